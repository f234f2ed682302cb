"""Model resolver: asks a language model for a proposal. The model sees words, contracts, kinds and handles, but never a
record. Code checks its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol

from agent.pipeline import Abstain, Ask, Proposed, Request, Resolution, Resolved, Trace
from agent.planning.proposal import AskResult, Call, PlanResult, Proposal
from agent.resolve.model.answer_shape import AnswerShape
from agent.resolve.model.arguments import ActionForm, make_action_forms, make_other_tokens
from agent.resolve.model.client import Completion
from agent.resolve.model.parse import Parser
from agent.resolve.model.plain import PlainParser, make_plain_schema
from agent.resolve.model.schema import make_fixed_context, make_request_context, make_schema
from agent.resolve.model.second_reading import MOST_PIECES, add_verdicts, prepare_pieces
from agent.resolve.resolver import MODEL, NOTHING_OPEN, PieceQuestion, choose_candidates, find_chosen_action
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.questions import ask_for_action
from core import canon
from prompts import DEFAULT_VERSION, SECOND_READING_VERSION, is_plain, render
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

MOST_WHOLE: Final = 32
MOST_OFFERED: Final = 20
"""Most actions in a prompt. A registry of up to ``MOST_WHOLE`` actions is offered whole, and of a larger one the
nearest."""
FEWEST_PLAIN: Final = 3
MOST_PLAIN: Final = 6
NEAR: Final = 0.5
"""In the plain form only the nearest actions are offered: the first ``FEWEST_PLAIN``, and more up to ``MOST_PLAIN``
whose score is at least this share of the best. A small model chooses better among few actions, likeliest first, and
reads them sooner."""
MOST_KINDS: Final = 12
MISJUDGED: Final = "It misjudged a request of which the answer is known."
MAX_TOKENS: Final = 1500


class Client(Protocol):
    """Port: what the resolver needs from ``ModelClient``."""

    async def complete(
        self, messages: Sequence[Mapping[str, str]], shape: AnswerShape, *, legal: str = "", max_tokens: int = 512
    ) -> Completion: ...


class VersionChoice(Protocol):
    """Port: chooses the prompt's version, and so the form, for a model."""

    async def version(self) -> str: ...


@dataclass(frozen=True, slots=True)
class AnswerSchema:
    """Answer schema: ``schema`` goes to the provider, ``digest`` names it in history. ``actions`` are the offered ones
    by token, ``others`` the names of other roles' actions by token. ``fixed`` is the part of the prompt that tells of
    them."""

    fixed: tuple[dict[str, str], ...]
    schema: dict[str, Any]
    digest: str
    actions: Mapping[str, ActionForm]
    others: Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class Offered:
    """What an answer may be about. ``others`` are the names of other roles' actions. ``thread`` adds what needs a
    thread: undoing, and choosing among its sets. ``more``: the platform has other actions. Equal if it holds the same
    objects, which outlive many requests."""

    offers: tuple[Offer, ...]
    kinds: tuple[RecordKind, ...]
    others: tuple[str, ...] = ()
    thread: bool = False
    more: bool = False
    version: str = DEFAULT_VERSION

    @property
    def _key(self) -> tuple[object, ...]:
        return (*map(id, self.offers), 0, *map(id, self.kinds), self.others, self.thread, self.more, self.version)

    def __hash__(self) -> int:
        return hash(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Offered) and other._key == self._key


@lru_cache(maxsize=64)
def make_answer_schema(offered: Offered) -> AnswerSchema:
    """The schema of an answer, in the form of the prompt's version, and the fixed part of the prompt."""
    actions = make_action_forms(offered.offers, offered.kinds)
    others = make_other_tokens(offered.others, actions)
    plain = is_plain(offered.version)
    if plain:
        made = make_plain_schema(actions, offered.kinds, thread=offered.thread)
    else:
        made = make_schema(actions, offered.kinds, tuple(others), thread=offered.thread)
    context = make_fixed_context(
        actions, offered.kinds, not_allowed=tuple(others), more=offered.more, thread=offered.thread, plain=plain
    )
    fixed = tuple(message.as_json() for message in render(offered.version, context, ("system",)))
    return AnswerSchema(fixed, made, canon.digest(made), actions, others)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A prepared request: the messages, the schema of the answer, and its parser."""

    messages: list[dict[str, str]]
    schema: AnswerSchema
    parser: Parser


def prepare(
    request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind], *, version: str = DEFAULT_VERSION
) -> Prepared:
    """Prepares the request for a model, in the form of ``version``. Its size is bounded: the nearest actions of a large
    registry, and the kinds they refer to."""
    plain = is_plain(version)
    offers = _list_nearest(request, shortlist) if plain else _choose_offers(request, shortlist)
    near = list_kinds(offers, kinds, request.text, whole=0 if plain else MOST_KINDS)
    offered = Offered(
        tuple(offers),
        tuple(near),
        tuple(shortlist.others),
        thread=bool(request.thread),
        more=len(offers) < len(shortlist),
        version=version,
    )
    schema = make_answer_schema(offered)
    parser = (PlainParser if plain else Parser)(request, schema.actions, near, schema.others)
    context = make_request_context(request, role=shortlist.role, plain=plain)
    asked = [message.as_json() for message in render(version, context, ("user",))]
    return Prepared([*schema.fixed, *asked], schema, parser)


def _choose_offers(request: Request, shortlist: Shortlist) -> list[Offer]:
    """The offers for the prompt. A small registry is offered whole and in its own order, so that the provider can cache
    it. Of a large one, the nearest."""
    picked = find_chosen_action(request, shortlist)
    if picked is None and len(shortlist) <= MOST_WHOLE:
        return list(shortlist.offers)
    return (
        _pick(picked, shortlist)
        or [each.offer for each in choose_candidates(request, shortlist, k=MOST_OFFERED)][:MOST_OFFERED]
    )


def _list_nearest(request: Request, shortlist: Shortlist) -> list[Offer]:
    """The few offers near the best, likeliest first. Small registries add more if no word of the request decides."""
    near = choose_candidates(request, shortlist, k=MOST_PLAIN)
    least = NEAR * max((each.score for each in near), default=0.0)
    kept = [each.offer for at, each in enumerate(near) if at < FEWEST_PLAIN or each.score >= least]
    kept += [each for each in shortlist.offers if each not in kept][: max(0, FEWEST_PLAIN - len(kept))]
    return _pick(find_chosen_action(request, shortlist), shortlist) or kept[:MOST_PLAIN]


def _pick(name: str | None, shortlist: Shortlist) -> list[Offer]:
    chosen = shortlist.get(name) if name is not None else None
    return [chosen] if chosen is not None else []


class ProposingResolver:
    """Resolves with one model call, or two if the first answer is no proposal. Raises ModelUnavailable,
    ModelMisbehaved."""

    name = MODEL

    def __init__(self, client: Client, *, version: str = DEFAULT_VERSION, choice: VersionChoice | None = None) -> None:
        """``choice`` finds the version. Without it, ``version`` is used."""
        self.client, self._version, self._choice = client, version, choice

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        if not request.text.strip():
            return self._make_untried(Abstain(reason="empty", detail="Say what you want done."))
        if not len(shortlist):
            return self._make_untried(Abstain(reason="nothing_fits", detail=NOTHING_OPEN))
        version = await self._choice.version() if self._choice is not None else self._version
        asked = prepare(request, shortlist, kinds, version=version)
        shape = AnswerShape(asked.schema.schema, asked.parser)
        legal = ", ".join(asked.schema.actions)
        completion = await self.client.complete(asked.messages, shape, legal=legal, max_tokens=MAX_TOKENS)
        resolution = self._make_resolution(completion.value, asked.parser, shortlist, request)
        names = tuple(form.offer.name for form in asked.schema.actions.values())
        trace = self._make_trace(completion, version, asked.schema.digest, names)
        if not is_plain(version) or request.thread or request.answers:  # earlier words that the text may depend on
            return Resolved(resolution=resolution, trace=trace)
        by_rules = (await RuleResolver().resolve(request, shortlist, kinds)).resolution
        return Resolved(resolution=resolution, trace=trace, by_rules=by_rules)

    async def read_again(self, question: PieceQuestion) -> Resolved | None:
        """The proposal with the model's verdicts on the ``pieces``: those that change nothing or are expressed become
        asides. If the plan stands, the others become left over.

        Abstains if the model misjudges the known request. None in the plain form. Raises ModelUnavailable,
        ModelMisbehaved.
        """
        request, proposal, pieces = question.request, question.proposal, question.pieces
        version = await self._choice.version() if self._choice is not None else self._version
        if is_plain(version) or not isinstance(proposal.result, PlanResult) or len(pieces) > MOST_PIECES:
            return None
        called = dict.fromkeys(call.action for call in proposal.result.calls)
        offers = [offer for name in called if (offer := question.shortlist.get(name)) is not None]
        asked = prepare_pieces(request, proposal, offers, list_kinds(offers, question.kinds, request.text), pieces)
        shape = AnswerShape(asked.schema, asked.parser)
        completion = await self.client.complete(asked.messages, shape, max_tokens=MAX_TOKENS)
        trace = self._make_trace(completion, SECOND_READING_VERSION, asked.digest, ())
        verdicts = asked.parser.parse(completion.value) if completion.value is not None else {}
        if not verdicts or (read := add_verdicts(question, verdicts)) is None:
            return Resolved(resolution=Abstain(reason="model_refused", detail=MISJUDGED), trace=trace)
        return Resolved(resolution=Proposed(proposal=read), trace=trace)

    def _make_trace(
        self, completion: Completion, version: str, schema_digest: str, shortlist: tuple[str, ...]
    ) -> Trace:
        return Trace(
            resolver=self.name,
            model=completion.model,
            prompt_version=version,
            prompt=json.dumps(completion.messages, ensure_ascii=False),
            response=completion.text,
            schema_digest=schema_digest,
            tokens_in=completion.tokens_in,
            tokens_out=completion.tokens_out,
            cost=completion.cost,
            duration_ms=completion.duration_ms,
            attempts=completion.attempts,
            shortlist=shortlist,
            notes=tuple(completion.notes),
        )

    def _make_resolution(
        self, value: Mapping[str, Any] | None, parser: Parser, shortlist: Shortlist, request: Request
    ) -> Resolution | Proposed:
        if value is None:
            return Abstain(reason="model_refused", detail="The model would not work on this request.")
        proposal = parser.parse(value)
        picked = find_chosen_action(request, shortlist)
        if picked is not None and not isinstance(proposal.result, PlanResult):
            # The person chose the action, so the model no longer decides it.
            return Proposed(proposal=Proposal(result=PlanResult(calls=(Call(action=picked),))))
        if isinstance(proposal.result, AskResult):
            return _ask_which(proposal.result, shortlist)
        return Proposed(proposal=proposal)

    def _make_untried(self, resolution: Abstain) -> Resolved:
        return Resolved(resolution=resolution, trace=Trace(resolver=self.name, attempts=0))


def list_kinds(
    offers: Sequence[Offer], kinds: Sequence[RecordKind], text: str, *, whole: int = MOST_KINDS
) -> list[RecordKind]:
    """The kinds that these actions refer to, the kinds those belong to, and kinds whose nouns are in the text. All
    kinds if there are at most ``whole``."""
    if len(kinds) <= whole:
        return list(kinds)
    by_name = {kind.name: kind for kind in kinds}
    wanted = {annotation.record for offer in offers for annotation in offer.annotations.values() if annotation.record}
    words = {word.strip(".,;:!?").casefold() for word in text.split()}
    wanted |= {kind.name for kind in kinds if words & {noun.casefold() for noun in kind.nouns}}
    wanted |= {relation.kind for name in tuple(wanted) if name in by_name for relation in by_name[name].relations}
    return [kind for kind in kinds if kind.name in wanted][:MOST_KINDS]


def _ask_which(asked: AskResult, shortlist: Shortlist) -> Resolution:
    offers = [offer for name in asked.actions if (offer := shortlist.get(name)) is not None]
    if not offers:
        return Abstain(reason="nothing_fits", detail="No registered action does this.")
    return Ask(question=ask_for_action(offers))
