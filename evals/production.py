"""Answers one case as the product does: resolved among what the role may run, validated against live records, held or
not by the contract's policy. It ends at the card or question a person would see; nothing is sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from agent.ground import Ground
from agent.pipeline import Abstain, Ask, Calls, Draft, Plan, Question, Refusal, Request, Resolved, Trace
from agent.resolve.resolver import Resolver
from agent.validate import validate
from agent.validate.instead import settled
from core.actor import Actor
from core.errors import OpsIQError
from evals.entry import Call, Entry
from evals.external import Case
from executors.evaluator import WorkerPool
from registry.contract import Risk
from registry.shortlist import Shortlist

RUN: Final = "run_eval"
_EVALUATOR: Final = WorkerPool(1)
"""Its process starts with the first condition that needs one, and ends with this one."""


async def answer(
    case: Case, ground: Ground, resolver: Resolver, now: datetime, seconds: Callable[[], float] = time.perf_counter
) -> Entry:
    """What the person would have been shown. An error of the model or the platform is the entry's ``error``."""
    began = seconds()
    actor = Actor(workspace="ws_eval", id="mem_eval", kind="member", name="Eva", role=case.role, person="eva")
    request = Request(text=case.prompt, now=now, surface=case.surface, answers=case.answers)
    try:
        resolved = await _resolved(request, ground, actor, resolver)
        entry = await _entry(case.id, request, resolved, ground, actor)
    except OpsIQError as error:
        took = (seconds() - began) * 1000.0
        return Entry(case.id, "abstain", error=f"{error.code}: {error.detail}", ms=took)
    # What a model took is what its trace says, also when its answer is replayed; the rest is measured here.
    rest = (seconds() - began) * 1000.0 - resolved[1]
    return _told(entry, resolved[0].trace, resolved[0].trace.duration_ms + max(0.0, rest))


async def _resolved(request: Request, ground: Ground, actor: Actor, resolver: Resolver) -> tuple[Resolved, float]:
    """The resolver's answer to the words alone, as they were typed: what was answered since is for the look-up, but
    for which action was meant. The milliseconds are what this really took."""
    began = time.perf_counter()
    shortlist = ground.shortlist(actor, request.surface)
    chosen = next((each.choice for each in request.answers[::-1] if each.slot == "action" and each.choice), None)
    bare = request.model_copy(update={"answers": ()})
    if chosen is None or chosen not in shortlist:
        found = await resolver.resolve(bare, shortlist, tuple(ground.kinds))
    else:
        offers = [offer for offer in shortlist.offers if offer.name == chosen]
        said = tuple(each for each in request.answers if each.slot == "action")
        asked = request.model_copy(update={"answers": said})
        found = await resolver.resolve(asked, Shortlist(offers), tuple(ground.kinds))
        if not isinstance(found.resolution, Calls):
            draft = Draft(action=chosen, version=offers[0].version)
            found = found.model_copy(update={"resolution": Calls(drafts=(draft,))})
    return found, (time.perf_counter() - began) * 1000.0


async def _entry(
    case_id: str, request: Request, resolved: tuple[Resolved, float], ground: Ground, actor: Actor
) -> Entry:
    resolution = resolved[0].resolution
    match resolution:
        case Abstain():
            decision = "noop" if resolution.reason == "condition_unmet" else "abstain"
            return Entry(case_id, decision, question=resolution.detail)
        case Ask():
            shown = _question(case_id, resolution.question, resolution.drafts)
            verdict = await _validated(request, resolution.drafts, ground, actor)
            proposed = _calls(verdict) if isinstance(verdict, Plan) else ()
            return replace(shown, proposed=proposed, confidence=resolution.confidence)
    verdict, drafts = await settled(
        resolution,
        await _validated(request, resolution.drafts, ground, actor),
        ground.catalogue,
        lambda others: _validated(request, others, ground, actor),
    )
    match verdict:
        case Question():
            return replace(_question(case_id, verdict, drafts), confidence=resolution.confidence)
        case Refusal():
            decision = "noop" if verdict.code == "condition_unmet" else "abstain"
            return Entry(case_id, decision, question=f"refused ({verdict.code}): {verdict.detail}")
    return Entry(
        case_id,
        "act",
        calls=_calls(verdict),
        sources={
            f"{at}.{each.param}": each.source.model_dump(mode="json")
            for at, step in enumerate(verdict.steps)
            for each in step.filled
        },
        held=verdict.held,
        changes=any(step.risk is not Risk.READ for step in verdict.steps),
        confidence=resolution.confidence,
    )


async def _validated(
    request: Request, drafts: Sequence[Draft], ground: Ground, actor: Actor
) -> Plan | Question | Refusal:
    return await validate(
        request,
        drafts,
        run_id=RUN,
        actor=actor,
        catalogue=ground.catalogue,
        kinds=ground.kinds,
        confirmed_in_session=lambda _: False,
        evaluator=_EVALUATOR,
    )


def _question(case_id: str, question: Question, drafts: Sequence[Draft]) -> Entry:
    return Entry(
        case_id,
        "clarify",
        calls=tuple({"action": draft.action, "params": {}} for draft in drafts),
        missing=question.missing,
        question=question.text,
        candidates=tuple(" ".join((each.id, each.label, each.detail)) for each in question.candidates),
    )


def _calls(plan: Plan) -> tuple[Call, ...]:
    return tuple(
        {"action": step.action, "params": {each.param: each.value for each in step.filled}} for step in plan.steps
    )


def _told(entry: Entry, trace: Trace, ms: float) -> Entry:
    return replace(entry, ms=ms, tokens=trace.tokens_in + trace.tokens_out, cost=trace.cost, notes=trace.notes)
