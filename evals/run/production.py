"""Case answers as the product gives them: one case, resolved among what the role may run, validated against live
records, and held or not by the contract's policy. It ends at the card or question that a person would see. Nothing is
sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from agent.pipeline import Abstain, Plan, Question, Refusal, Reply, Request, Resolved, Trace
from agent.planning.propose import propose
from agent.planning.task import Outcome, Task, list_planned_actions
from agent.resolve.resolver import PieceQuestion, Resolver, SecondReader
from agent.workspace.context import WorkspaceContext
from core.actor import Actor
from core.errors import OpsIQError
from evals.cases.reader import Case
from evals.run.case_result import Call, CaseResult
from executors.evaluator import WorkerPool
from registry.contract import Risk
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

RUN: Final = "run_eval"
EVALUATOR: Final = WorkerPool(1)
"""Its process starts with the first condition that needs one, and ends with this one."""


async def answer(
    case: Case,
    context: WorkspaceContext,
    resolver: Resolver,
    now: datetime,
    seconds: Callable[[], float] = time.perf_counter,
) -> CaseResult:
    """Answers one case as the product does. An error of the model or the platform is the entry's ``error``."""
    began = seconds()
    actor = Actor(workspace="ws_eval", id="mem_eval", kind="member", name="Eva", role=case.role, person="eva")
    request = Request(text=case.prompt, now=now, surface=case.surface, answers=case.answers)
    try:
        outcome, resolving_ms = await _plan_case(request, context, actor, resolver)
        entry = await make_entry(case.id, request, outcome, context, actor)
    except OpsIQError as error:
        took = (seconds() - began) * 1000.0
        return CaseResult(case.id, "abstain", error=f"{error.code}: {error.detail}", ms=took)
    # A model's duration comes from its trace, even if its answer is replayed. The rest is measured here.
    rest = (seconds() - began) * 1000.0 - resolving_ms
    trace = outcome.resolved.trace if outcome.resolved is not None else Trace(resolver=resolver.name)
    return _add_trace(entry, trace, trace.duration_ms + max(0.0, rest))


async def _plan_case(
    request: Request, context: WorkspaceContext, actor: Actor, resolver: Resolver
) -> tuple[Outcome, float]:
    """Plans like a run: resolves the words as typed (with the action that was chosen), then validates what was answered
    since without resolving again. The milliseconds are the real time of resolving."""
    said = tuple(each for each in request.answers if each.slot == "action")
    timed = _Timed(resolver)
    task = Task(request.model_copy(update={"answers": said}), actor, context, RUN, evaluator=EVALUATOR)
    outcome = await propose(task, timed)
    if len(said) < len(request.answers) and (outcome.drafts or outcome.proposal is not None):
        again = Task(
            request, actor, context, RUN, evaluator=EVALUATOR, drafts=outcome.drafts, proposal=outcome.proposal
        )
        outcome = replace(await propose(again, timed), resolved=outcome.resolved)
    return outcome, timed.took_ms


class _Timed:
    """A resolver that measures its own time."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver, self.name, self.took_ms = resolver, resolver.name, 0.0

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        began = time.perf_counter()
        try:
            return await self.resolver.resolve(request, shortlist, kinds)
        finally:
            self.took_ms += (time.perf_counter() - began) * 1000.0

    async def read_again(self, question: PieceQuestion) -> Resolved | None:
        began = time.perf_counter()
        try:
            reader = self.resolver if isinstance(self.resolver, SecondReader) else None
            return await reader.read_again(question) if reader else None
        finally:
            self.took_ms += (time.perf_counter() - began) * 1000.0


async def make_entry(
    case_id: str, request: Request, outcome: Outcome, context: WorkspaceContext, actor: Actor
) -> CaseResult:
    """What the person is shown, as an entry to judge."""
    match outcome.verdict:
        case Abstain(reason=reason, detail=detail):
            return CaseResult(case_id, "noop" if reason == "condition_unmet" else "abstain", question=detail)
        case Question() as question:
            calls = tuple(draft.action for draft in outcome.drafts) or list_planned_actions(outcome)
            shown = _make_question(case_id, question, calls)
            again = Task(request, actor, context, RUN, evaluator=EVALUATOR, drafts=outcome.drafts)
            verdict = (
                (await propose(again, _Unasked())).verdict if outcome.drafts and question.slot == "action" else None
            )
            proposed = _list_calls(verdict) if isinstance(verdict, Plan) else ()
            return replace(shown, proposed=proposed, confidence=outcome.confidence)
        case Refusal(code=code, detail=detail):
            return CaseResult(
                case_id, "noop" if code == "condition_unmet" else "abstain", question=f"refused ({code}): {detail}"
            )
        case Reply(text=told, partial=True):
            return CaseResult(case_id, "abstain", question=told)
        case Reply() as reply:
            return CaseResult(case_id, "answer", question=reply.text, answer=_reply(reply))
        case Plan() as plan:
            return CaseResult(
                case_id,
                "act",
                calls=_list_calls(plan),
                sources={
                    f"{at}.{each.param}": each.source.model_dump(mode="json")
                    for at, step in enumerate(plan.steps)
                    for each in step.filled
                },
                held=plan.held,
                changes=any(step.risk is not Risk.READ for step in plan.steps),
                confidence=outcome.confidence,
            )
    raise AssertionError(outcome.verdict)


class _Unasked:
    """For drafts that exist already: there is nothing to resolve."""

    name = "unasked"

    async def resolve(self, request: Request, shortlist: Shortlist, kinds: Sequence[RecordKind]) -> Resolved:
        raise AssertionError((request, shortlist, kinds))


def _reply(reply: Reply) -> dict[str, Any]:
    values = list(reply.values)
    return {
        "kind": reply.record_kind,
        "ids": [each.id for each in reply.records],
        "count": reply.count,
        "value": values[0] if len(values) == 1 else values,
    }


def _make_question(case_id: str, question: Question, actions: Sequence[str]) -> CaseResult:
    return CaseResult(
        case_id,
        "clarify",
        calls=tuple({"action": action, "params": {}} for action in actions),
        missing=question.missing,
        question=question.text,
        candidates=tuple(" ".join((each.id, each.label, each.detail)) for each in question.candidates),
    )


def _list_calls(plan: Plan) -> tuple[Call, ...]:
    return tuple(
        {"action": step.action, "params": {each.param: each.value for each in step.filled}} for step in plan.steps
    )


def _add_trace(entry: CaseResult, trace: Trace, ms: float) -> CaseResult:
    return replace(entry, ms=ms, tokens=trace.tokens_in + trace.tokens_out, cost=trace.cost, notes=trace.notes)
