"""The resolver that asks a model. The model is the least trusted part: it picks from a closed set and points at words.

What it sees is the person's words and the contracts, never a record. What it says is held to a type made for this
request, and then to the words: an argument that wasn't typed is dropped, whatever the model says about it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

from pydantic import BaseModel

from agent.pipeline import (
    Abstain,
    Ask,
    Calls,
    Candidate,
    Question,
    Request,
    Resolution,
    Resolved,
    Span,
    Trace,
)
from agent.resolve.client import Completion
from agent.resolve.conditional import under_condition
from agent.resolve.gapped import apart
from agent.resolve.ground import Grounding
from agent.resolve.mentions import spans_of
from agent.resolve.merge import joined
from agent.resolve.minds import both
from agent.resolve.odds import odds
from agent.resolve.offline import REGARDLESS, Offline, depends
from agent.resolve.pool import Doubt
from agent.resolve.resolver import candidates, chosen_action
from agent.resolve.schema import ASK, MAX_CALLS, NONE, Entry, Shape, Slot, plain, shape, value_texts
from agent.resolve.second import agree, confirmed_first, reconciled
from agent.resolve.split import clauses, hear
from prompts import DEFAULT_VERSION, ActionLine, AnswerLine, ParameterLine, ResolveContext, render
from registry.offer import Offer
from registry.records import RecordKind
from registry.shortlist import Scored, Shortlist

T = TypeVar("T", bound=BaseModel)

_NEAREST: Final = 3
_UNDER_WAY_S: Final = 0.001
"""By then the model has been asked, and what is computed next costs the person no time."""


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
        self._words = Offline()

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        if not request.text.strip():
            return self._untried(Abstain(reason="empty", detail="Say what you want done."))
        made = await under_condition(request, kinds, lambda part: self.resolve(part, shortlist, kinds))
        if made is not None:
            return made
        scored = candidates(request, shortlist)
        if not scored:
            return self._untried(Abstain(reason="nothing_fits", detail="No action is open to you here."))
        picked = chosen_action(request, shortlist)
        most = min(len(clauses(request.text)), MAX_CALLS)
        offers = [each.offer for each in scored if picked is None or each.offer.name == picked]
        choice = shape(offers, several=most > 1)
        titles = {kind.name: kind.title for kind in kinds}
        messages = [message.as_json() for message in render(self.version, context(request, choice, titles))]
        asked = self.client.complete(messages, choice.model, legal=choice.describe())
        completion, words = await asyncio.gather(asked, self._by_words(request, shortlist, kinds, picked))
        notes = list(completion.notes)
        doubts: dict[str, Doubt] = {}
        resolution = _resolution(completion.value, choice, request, scored, picked, most, kinds, notes, doubts)
        if words is not None and agree(resolution, words):
            resolution = joined(resolution, words, shortlist)
        elif words is not None:
            told = odds(completion.tokens, (*choice.entries, NONE, ASK))
            minds, read = both(told, choice, resolution, words, doubts, request, shortlist, kinds)
            resolution = reconciled(resolution, words, shortlist, notes, minds, read)
            if depends(hear(request.text)):  # the words alone ask about it; what outdoes them must too
                resolution = confirmed_first(resolution, shortlist, REGARDLESS)
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

    async def _by_words(
        self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind], picked: str | None
    ) -> Resolution | None:
        """What the words alone come to, worked out while the model is waited for; None where the person has picked the action."""
        if picked is not None:
            return None
        await asyncio.sleep(_UNDER_WAY_S)
        return (await self._words.resolve(request, shortlist, kinds)).resolution

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
    value: BaseModel | None,
    choice: Shape,
    request: Request,
    scored: Sequence[Scored],
    picked: str | None,
    most: int,
    kinds: Sequence[RecordKind],
    notes: list[str],
    doubts: dict[str, Doubt],
) -> Resolution:
    """``picked`` is the action the person chose when asked; ``most`` how many calls the request can be for: one a
    clause. What speaks against it goes into ``doubts``."""
    nearest = tuple(each.offer.name for each in scored[:_NEAREST] if each.score > 0)
    if value is None:
        return Abstain(reason="model_refused", detail="The model would not work on this request.", nearest=nearest)
    answer = value.model_dump(by_alias=True, exclude_none=True)
    call = answer["call"]
    if call["action"] == NONE and picked is not None:
        call = {
            "action": next(iter(choice.entries))
        }  # the person has said so: which action is no longer the model's to say
    if call["action"] == NONE:
        return Abstain(reason="nothing_fits", detail="No registered action does this.", nearest=nearest)
    if call["action"] == ASK:
        return _which([choice.entries[token].offer for token in dict.fromkeys(call["between"])])
    calls = _stood_on([call, *answer.get("then", ())[: most - 1]], choice, request, kinds, notes)
    grounding = Grounding(request, kinds, notes, alone=len(calls) == 1)
    drafts = [grounding.draft(choice.entries[each["action"]], each) for each in calls]
    doubts |= grounding.doubts
    if len(drafts) == 1:
        offer = choice.entries[calls[0]["action"]].offer
        drafts = list(apart(drafts[0], request.text, 0, offer, kinds, request.now))
    return Calls(drafts=tuple(drafts), confidence=grounding.confidence)


def _stood_on(
    calls: Sequence[Mapping[str, Any]], choice: Shape, request: Request, kinds: Sequence[RecordKind], notes: list[str]
) -> Sequence[Mapping[str, Any]]:
    """Of several calls those that rest on words of the request, which no earlier one of the same action rests on; the first if none does.
    Small models fill the list up, and begin it with what they know by heart."""
    if len(calls) == 1:
        return calls
    grounding = Grounding(request, kinds, [], alone=False)
    kept: list[Mapping[str, Any]] = []
    used: dict[str, list[Span]] = {}
    for call in calls:
        entry = choice.entries[call["action"]]
        spans = [span for each in grounding.draft(entry, call).arguments.values() for span in spans_of(each)]
        before = used.setdefault(entry.token, [])
        # One that gave nothing may need nothing, where it is what was said first.
        if any(span not in before for span in spans) or (not kept and len(call) == 1):
            kept.append(call)
            before += spans
        else:
            notes.append(f"{entry.offer.name}: a call dropped, no word of the request is for it")
    return kept or calls[:1]


def _which(offers: Sequence[Offer]) -> Ask:
    question = Question(
        slot="action",
        code="unclear_action",
        text="Which of these do you mean?",
        candidates=tuple(Candidate(id=offer.name, label=offer.title, detail=offer.description) for offer in offers),
    )
    return Ask(question=question)
