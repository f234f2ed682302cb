"""The resolver that asks a model. The model is the least trusted part: it picks from a closed set and points at words.

What it sees is the person's words and the contracts, never a record. What it says is held to a type made for this
request, and then to the words: an argument that wasn't typed is dropped, whatever the model says about it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from pydantic import BaseModel

from agent.pipeline import (
    Abstain,
    Argument,
    Ask,
    Calls,
    Candidate,
    Choice,
    Draft,
    Mention,
    Question,
    Request,
    Resolution,
    Resolved,
    Several,
    Span,
    Trace,
)
from agent.read import exact, scan
from agent.resolve.client import Completion
from agent.resolve.locate import locate, pieces, typed
from agent.resolve.resolver import candidates, chosen_action
from agent.resolve.schema import ASK, MAX_CALLS, NONE, Entry, Member, Shape, Slot, plain, shape, value_texts
from agent.resolve.split import clauses
from prompts import DEFAULT_VERSION, ActionLine, AnswerLine, ParameterLine, ResolveContext, render
from registry.offer import Offer
from registry.records import RecordKind
from registry.shortlist import Scored, Shortlist

T = TypeVar("T", bound=BaseModel)

_NEAREST: Final = 3


class Client(Protocol):
    """What the resolver needs of ``agent.resolve.client.ModelClient``."""

    async def complete(
        self, messages: Sequence[Mapping[str, str]], shape: type[T], *, legal: str = ""
    ) -> Completion[T]: ...


class ModelResolver:
    """Resolves by one model call (two where the first answer fits no schema). Raises ModelUnavailable,
    ModelMisbehaved."""

    name = "model"

    def __init__(self, client: Client, *, version: str = DEFAULT_VERSION) -> None:
        self.client = client
        self.version = version

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        if not request.text.strip():
            return self._untried(Abstain(reason="empty", detail="Say what you want done."))
        scored = candidates(request, shortlist)
        if not scored:
            return self._untried(Abstain(reason="nothing_fits", detail="No action is open to you here."))
        picked = chosen_action(request, shortlist)
        offers = [each.offer for each in scored if picked is None or each.offer.name == picked]
        choice = shape(offers, several=len(clauses(request.text)) > 1)
        titles = {kind.name: kind.title for kind in kinds}
        messages = [message.as_json() for message in render(self.version, context(request, choice, titles))]
        completion = await self.client.complete(messages, choice.model, legal=choice.describe())
        notes = list(completion.notes)
        resolution = _resolution(completion.value, choice, request, scored, notes)
        trace = Trace(
            resolver=self.name,
            model=completion.model,
            prompt_version=self.version,
            prompt=json.dumps(completion.messages, ensure_ascii=False),
            response=completion.text,
            schema_digest=choice.digest,
            tokens_in=completion.tokens_in,
            tokens_out=completion.tokens_out,
            cost=completion.cost,
            duration_ms=completion.duration_ms,
            attempts=completion.attempts,
            shortlist=tuple(offer.name for offer in offers),
            notes=tuple(notes),
        )
        return Resolved(resolution=resolution, trace=trace)

    def _untried(self, resolution: Resolution) -> Resolved:
        return Resolved(resolution=resolution, trace=Trace(resolver=self.name, prompt_version=self.version, attempts=0))


def context(request: Request, choice: Shape, titles: Mapping[str, str]) -> ResolveContext:
    """What the prompt may hold. ``titles`` are the record kinds' names for people."""
    return ResolveContext(
        request=request.text,
        actions=tuple(_action_line(entry, titles) for entry in choice.entries.values()),
        answers=tuple(
            AnswerLine(about=answer.slot.partition("/")[0].rpartition(".")[2], text=answer.text)
            for answer in request.answers
            if answer.text
        ),
        several=choice.several,
    )


def _action_line(entry: Entry, titles: Mapping[str, str]) -> ActionLine:
    offer = entry.offer
    return ActionLine(
        name=entry.token,
        about=offer.description or offer.title,
        parameters=tuple(
            ParameterLine(
                name=slot.token,
                hint=_hint(slot, offer, titles),
                required=slot.required,
                values=value_texts(slot),
                many=slot.many,
            )
            for slot in entry.slots.values()
        ),
        example=offer.examples[0] if offer.examples else "",
    )


def _hint(slot: Slot, offer: Offer, titles: Mapping[str, str]) -> str:
    annotation = offer.annotation(slot.parameter)
    if annotation.record:
        return f"the words that say which {titles.get(annotation.record, annotation.record).lower()}"
    return str(plain(offer.properties[slot.parameter], offer.parameters).get("description") or annotation.label or "")


# ── from the model's answer to a resolution ──────────────────────────────────────────────────────────────────────────


def _resolution(
    value: BaseModel | None, choice: Shape, request: Request, scored: Sequence[Scored], notes: list[str]
) -> Resolution:
    nearest = tuple(each.offer.name for each in scored[:_NEAREST] if each.score > 0)
    if value is None:
        return Abstain(reason="model_refused", detail="The model would not work on this request.", nearest=nearest)
    answer = value.model_dump(by_alias=True, exclude_none=True)
    call = answer["call"]
    if call["action"] == NONE:
        return Abstain(reason="nothing_fits", detail="No registered action does this.", nearest=nearest)
    if call["action"] == ASK:
        return _which([choice.entries[token].offer for token in dict.fromkeys(call["between"])])
    reader = _Reader(request, notes)
    drafts = tuple(reader.draft(choice.entries[each["action"]], each) for each in [call, *answer.get("then", ())])
    return Calls(drafts=drafts[:MAX_CALLS], confidence=reader.confidence)


def _which(offers: Sequence[Offer]) -> Ask:
    question = Question(
        slot="action",
        code="unclear_action",
        text="Which of these do you mean?",
        candidates=tuple(Candidate(id=offer.name, label=offer.title, detail=offer.description) for offer in offers),
    )
    return Ask(question=question)


class _Reader:
    """Turns calls of one answer into drafts, keeping what stands in the person's words and noting what doesn't."""

    def __init__(self, request: Request, notes: list[str]) -> None:
        self._request = request
        self._words = typed(request)
        self._notes = notes
        self._given = 0
        self._kept = 0

    @property
    def confidence(self) -> float:
        """The part of what the model gave that was really said: one that makes up arguments may have made up the
        action."""
        return 1.0 if not self._given else round(self._kept / self._given, 4)

    def draft(self, entry: Entry, call: Mapping[str, Any]) -> Draft:
        arguments: dict[str, Argument] = {}
        taken: list[Span] = []
        for slot in entry.slots.values():
            if slot.token not in call:
                continue
            argument = self._argument(entry.offer, slot, call[slot.token], taken)
            self._given += 1
            if argument is None:
                self._notes.append(f"{entry.offer.name}.{slot.parameter}: dropped, the request doesn't say it")
                continue
            self._kept += 1
            arguments[slot.parameter] = argument
            taken += _spans(argument)
        return Draft(action=entry.offer.name, version=entry.offer.version, arguments=arguments)

    def _argument(self, offer: Offer, slot: Slot, value: Any, taken: Sequence[Span]) -> Argument | None:
        schema = plain(offer.properties[slot.parameter], offer.parameters)
        if not slot.many:
            return self._one(offer, slot, schema, value, taken)
        each = plain(schema.get("items") or {}, offer.parameters)
        items: list[Mention | Choice] = []
        for item in value:
            found = self._one(offer, slot, each, item, [*taken, *(span for made in items for span in made.spans)])
            if found is None:
                self._notes.append(f"{offer.name}.{slot.parameter}: an item dropped, the request doesn't say it")
            else:
                items.append(found)
        return Several(items=tuple(items)) if items else None

    def _one(
        self, offer: Offer, slot: Slot, schema: Mapping[str, Any], value: Any, taken: Sequence[Span]
    ) -> Mention | Choice | None:
        if slot.closed:
            spans = self._evidence(offer, slot, schema, value)
            return Choice(value=value, spans=spans) if spans else None
        spans = pieces(value, self._words, taken=taken) or self._same_value(offer, slot, schema, value)
        return Mention(spans=spans) if spans else None

    def _evidence(self, offer: Offer, slot: Slot, schema: Mapping[str, Any], value: Member) -> tuple[Span, ...]:
        """The words by which a member of a closed set was chosen: the set's own reader's, else the member's or its
        other words'."""
        if found := self._read(offer, slot, schema, value):
            return found
        if isinstance(value, bool):
            return ()
        annotation = offer.annotation(slot.parameter)
        for said in (str(value), str(value).replace("_", " "), *annotation.words.get(str(value), ())):
            if found := locate(said, self._words):
                return found
        return ()

    def _same_value(self, offer: Offer, slot: Slot, schema: Mapping[str, Any], value: str) -> tuple[Span, ...]:
        """Where a model converted what was typed ("2026-04-14" for "April 14th"): the typed words that read as that
        very value."""
        annotation = offer.annotation(slot.parameter)
        if annotation.record or (schema.get("type") == "string" and "format" not in schema):
            return ()
        meant = exact(value, name=slot.parameter, schema=schema, annotation=annotation, now=self._request.now)
        return self._read(offer, slot, schema, meant.value) if meant else ()

    def _read(self, offer: Offer, slot: Slot, schema: Mapping[str, Any], value: Any) -> tuple[Span, ...]:
        annotation = offer.annotation(slot.parameter)
        for origin, text in reversed(self._words):
            for reading in scan(
                text,
                name=slot.parameter,
                schema=schema,
                annotation=annotation,
                now=self._request.now,
                required=slot.required,
            ):
                if type(reading.value) is type(value) and reading.value == value:
                    return (Span(origin=origin, start=reading.start, end=reading.end, text=reading.text),)
        return ()


def _spans(argument: Argument) -> tuple[Span, ...]:
    if isinstance(argument, Several):
        return tuple(span for item in argument.items for span in item.spans)
    return argument.spans
