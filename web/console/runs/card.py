"""Confirmation card: exactly what will be sent, where to, who asked, and where each value comes from.

It is made only from the plan and the typed words: no model writes any part. Other people's text is shown with hidden
characters spelled out (``core.display_text``).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from agent.pipeline import ParameterValue, Plan, PromptSource, RecordSource, Source, Span, Step, grade_evidence
from agent.runs.card_edits import find_failed_edit
from agent.runs.run import Run
from agent.runs.states import Planned
from agent.runs.test_mode import is_test
from agent.workspace import authority
from core.actor import Actor
from core.clock import write_weekday
from core.display_text import to_display_text
from registry.catalogue import Catalogue
from registry.confirmation import ConfirmBy
from registry.contract import Contract, Risk
from registry.endpoints.types import McpEndpoint
from registry.records import Kinds, format_field
from web.console import labels
from web.console.labels import Badge

_WHOLE = 400_000
_LONG: Final = 160
_SHORT: Final = 5
"""Calls and values that fit on a phone's screen together."""


@dataclass(frozen=True, slots=True)
class TextPiece:
    """A piece of the typed words, with the keys of the values that were read from it or found by it."""

    text: str
    used_by: str


@dataclass(frozen=True, slots=True)
class QuotedRequest:
    """A typed or chosen text: the request, or an answer to a question."""

    label: str
    pieces: tuple[TextPiece, ...]

    @property
    def long(self) -> bool:
        """Whether the text may not fit on a narrow screen. Then it scrolls, also by keyboard."""
        text = "".join(each.text for each in self.pieces)
        return len(text) > 150 or text.count("\n") >= 4


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Param:
    """Parameter on a card. ``shown`` is the value for people, ``exact`` the JSON that is sent, and ``slot`` its name in
    an edit. ``day`` is a moment or a day in words, with its weekday. ``record`` are the declared fields of the record
    where the value was looked up, as of the plan. ``doubt`` says that no code vouches for the value, so a person should
    check it."""

    key: str
    slot: str
    name: str
    label: str
    shown: str
    exact: str
    source: str
    record: tuple[Field, ...]
    long: bool
    doubt: str = ""
    day: str = ""
    words: str = ""
    """Initial text of an edit: a person's words as typed, and other values as shown. After one that made no card, its
    words."""
    fixed: bool = False
    """Whether no words change it, because the contract takes it from a record alone. It has no edit then."""
    refused: str = ""
    """Why the last edit of it made no new card."""

    @property
    def lines(self) -> bool:
        return "\n" in self.words


@dataclass(frozen=True, slots=True)
class Call:
    number: int
    title: str
    preview: str
    risk: Badge
    contract: str
    version: int
    url: str
    idempotent: bool
    params: tuple[Param, ...]
    payload: str
    request: str
    """Method, address and headers of an HTTP request, one a line. Empty for a signed POST."""

    @property
    def wordy(self) -> bool:
        """Whether the sentence contains a longer text, and so isn't shown as a headline."""
        return len(self.preview) > _LONG


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Card:
    run_id: str
    title: str
    asked_by: str
    role: str
    asked_at: datetime
    said: tuple[QuotedRequest, ...]
    calls: tuple[Call, ...]
    held: tuple[str, ...]
    repeats: str
    drift: tuple[str, ...]
    digest: str
    expires_at: datetime | None
    approvals: tuple[ApprovalLine, ...]
    approvals_needed: int
    irreversible: bool
    is_open: bool
    may_edit: bool
    approved_by_me: bool
    by_person: bool = False
    test: bool = False
    over_mcp: bool = False
    obstacle: str = ""
    """Why nobody can confirm it any more, though it waits."""
    shown_at: datetime | None = None
    """When its page was opened, for how long it was open before the yes."""

    @property
    def risk(self) -> Badge | None:
        """The common risk of several calls, shown once above them. None if the risks differ."""
        risks = {each.risk for each in self.calls}
        return self.calls[0].risk if len(self.calls) > 1 and len(risks) == 1 else None

    @property
    def long(self) -> bool:
        """Whether the card may be longer than the window. Then its buttons stay visible."""
        return sum(len(each.params) + 1 for each in self.calls) > _SHORT

    @property
    def edit_refused(self) -> bool:
        """Whether a value shows why its last edit made no new card."""
        return any(each.refused for call in self.calls for each in call.params)

    @property
    def sent_alike(self) -> bool:
        """Whether several calls have one contract and one address. Then the way of sending is shown once."""
        ways = {(each.contract, each.version, each.url, each.idempotent) for each in self.calls}
        return len(self.calls) > 1 and len(ways) == 1


_NO_KINDS: Final = Kinds(())


_NO_CONTRACTS: Final = Catalogue(())


def make_card(
    planned: Planned,
    actor: Actor,
    kinds: Kinds = _NO_KINDS,
    obstacle: str = "",
    shown_at: datetime | None = None,
    catalogue: Catalogue = _NO_CONTRACTS,
) -> Card:
    """The card of a planned run, for ``actor``. ``kinds`` say what the fields of its records are, ``obstacle`` why
    nobody can confirm it any more, ``shown_at`` when its page is opened, ``catalogue`` which values are fixed."""
    run, plan = planned.run, planned.plan
    viewer = actor.person
    calls = tuple(_call(run, step, at, viewer, kinds, catalogue) for at, step in enumerate(plan.steps))
    return Card(
        run_id=run.id,
        title=_title(calls),
        asked_by=labels.name_asker_in_full(run, 120),
        role=run.actor.role,
        asked_at=run.created_at,
        said=tuple(_quote_requests(run, plan, viewer)),
        calls=calls,
        held=tuple(to_display_text(each) for each in plan.held),
        repeats=run.repeats,
        drift=tuple(to_display_text(each) for each in run.drift),
        digest=plan.digest,
        expires_at=run.expires_at,
        approvals=tuple(ApprovalLine(to_display_text(each.name, limit=120), each.at) for each in run.approvals),
        approvals_needed=plan.approvals,
        irreversible=any(step.risk is Risk.IRREVERSIBLE for step in plan.steps),
        is_open=run.state == "held",
        may_edit=run.state == "held" and not obstacle and authority.owns(actor, run),
        approved_by_me=authority.find_approval(actor, run) is not None,
        by_person=plan.confirm_by is ConfirmBy.PERSON,
        test=is_test(run),
        over_mcp=run.via == "mcp",
        obstacle=to_display_text(obstacle),
        shown_at=shown_at,
    )


def _title(calls: Sequence[Call]) -> str:
    if len(calls) == 1:
        return calls[0].title
    titles = [each.title for each in calls]
    return labels.name_actions(titles) if len(set(titles)) == 1 else f"{len(calls)} actions, in this order"


def quote_requests(run: Run, viewer: str) -> tuple[QuotedRequest, ...]:
    """The words of a run without a plan that uses them yet."""
    return tuple(
        QuotedRequest(_who(run, origin, viewer), tuple(_pieces(run.request.words(origin), [])))
        for origin in range(len(run.answers) + 1)
    )


def _call(run: Run, step: Step, at: int, viewer: str, kinds: Kinds, catalogue: Catalogue) -> Call:
    contract = catalogue.version(step.action, step.version)
    return Call(
        number=at + 1,
        title=to_display_text(step.title),
        preview=to_display_text(step.preview),
        risk=labels.RISKS[step.risk],
        contract=step.action,
        version=step.version,
        url=_address(step),
        idempotent=step.idempotent,
        params=tuple(_param(run, each, step, at, viewer, kinds, contract) for each in step.filled),
        payload=_payload(step),
        request=_request(step),
    )


def _address(step: Step) -> str:
    if isinstance(step.endpoint, McpEndpoint):
        at = "" if step.url.startswith("stdio:") else f" at {step.url}"
        return to_display_text(f"{step.endpoint.target}{at}", limit=_WHOLE)
    return to_display_text(f"{step.method} {step.url}".strip(), limit=_WHOLE)


def _payload(step: Step) -> str:
    text = step.payload.replace("\r\n", "\n") if step.endpoint is not None else step.payload
    return to_display_text(text, lines=step.endpoint is not None, limit=_WHOLE)


def _request(step: Step) -> str:
    if step.endpoint is None:
        return ""
    lines = [_address(step), *(f"{name}: {value}" for name, value in step.headers)]
    if step.endpoint.connection is not None:
        lines.append(f"(with the credentials of the connection “{step.endpoint.connection}”, put in when it is sent)")
    return "\n".join(to_display_text(line, limit=_WHOLE) for line in lines)


def _is_fixed(filled: ParameterValue, contract: Contract | None) -> bool:
    """Whether the contract takes the value from a record's field and no words may choose another: the currency of an
    amount, because nothing is converted, and what takes no words at all."""
    if contract is None or not isinstance(filled.source, RecordSource) or filled.source.field == "id":
        return False
    own, others = contract.annotation(filled.param), map(contract.annotation, contract.properties)
    return not own.takes_words or (own.derive is not None and filled.param in {each.currency_from for each in others})


def _param(
    run: Run, filled: ParameterValue, step: Step, at: int, viewer: str, kinds: Kinds, contract: Contract | None
) -> Param:
    typed = not isinstance(filled.source, RecordSource)
    shown = to_display_text(filled.shown, lines=typed, limit=_WHOLE)
    day = write_weekday(filled.value, run.zone)
    beside = [
        each.source for each in step.filled if isinstance(each.source, RecordSource) and each.source.field == "id"
    ]
    slot, edit = f"{at}.{filled.param}", find_failed_edit(run)
    typed_anew = edit.changes.get(slot) if edit is not None else None
    return Param(
        key=_key(at, filled),
        slot=slot,
        name=filled.param,
        label=to_display_text(filled.label),
        shown=shown,
        exact=to_display_text(json.dumps(filled.value, ensure_ascii=False), limit=_WHOLE),
        source=labels.describe_source(run, filled.source, viewer, filled.shown, beside),
        record=tuple(_record(filled.source, step, run.zone, kinds)),
        long=len(shown) > _LONG or "\n" in shown,
        doubt=labels.DOUBTS.get(grade_evidence(filled.source), ""),
        day=day,
        words=typed_anew or ((str(filled.value) if day else filled.shown) if typed else shown),
        fixed=_is_fixed(filled, contract),
        refused=to_display_text(edit.why, limit=_WHOLE) if edit is not None and typed_anew is not None else "",
    )


def _record(source: Source, step: Step, zone: str, kinds: Kinds) -> Iterator[Field]:
    if not isinstance(source, RecordSource):
        return
    kind = kinds.get(source.record_kind)
    for pin in step.pins:
        if (pin.record_kind, pin.record_id) == (source.record_kind, source.record_id):
            for name, value in pin.values.items():
                declared = kind.field_named(name) if kind is not None else None
                if value is None:
                    told = "nothing"
                elif declared is not None and declared.type in ("money_minor", "boolean", "enum"):
                    told = format_field(declared, pin.values)
                else:
                    told = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                text = write_weekday(value, zone) or told
                yield Field(to_display_text(name.replace("_", " "), limit=120), to_display_text(text, limit=1000))


def _key(at: int, filled: ParameterValue) -> str:
    return f"v{at}-{filled.param}"


def _quote_requests(run: Run, plan: Plan, viewer: str) -> Iterator[QuotedRequest]:
    used = [
        (span, _key(at, filled))
        for at, step in enumerate(plan.steps)
        for filled in step.filled
        if isinstance(filled.source, PromptSource | RecordSource)
        for span in filled.source.spans
    ]
    for origin in range(len(run.answers) + 1):
        mine = [(span, key) for span, key in used if span.origin == origin]
        yield QuotedRequest(_who(run, origin, viewer), tuple(_pieces(run.request.words(origin), mine)))


def _who(run: Run, origin: int, viewer: str) -> str:
    mine = run.actor.person == viewer and (origin > 0 or run.cause is None)
    named = labels.name_actor(run.actor, 60) if origin else labels.name_asker(run, viewer)
    who = "You" if mine else named[:1].upper() + named[1:] if run.cause is not None else named
    return f"{who} {'chose' if labels.was_chosen(run, origin) else 'said' if origin else 'asked'}"


def _pieces(text: str, used: list[tuple[Span, str]]) -> Iterator[TextPiece]:
    """The whole text, cut at each start and end of a used phrase. Nothing is left out."""
    cuts = sorted({0, len(text), *(cut for span, _ in used for cut in (span.start, span.end) if cut <= len(text))})
    for start, end in pairwise(cuts):
        keys = [key for span, key in used if span.start <= start and end <= span.end]
        yield TextPiece(to_display_text(text[start:end], lines=True, limit=_WHOLE), " ".join(dict.fromkeys(keys)))
