"""Job of planning a run: resolves what was typed (or takes up its drafts), validates it, and stores what came of it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.history.log
import store.jobs.enqueue
import store.jobs.jobs
import store.runs.confirmations
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.pipeline import Abstain, Plan, Question, Refusal, Reply, Resolved
from agent.planning.propose import CHEAP_ONLY, Outcome, Task, Verdict, propose
from agent.resolve.resolver import Resolver
from agent.runs import outcomes, repository
from agent.runs.expiry import card_expiry, question_expiry
from agent.runs.progress import PlanningProgress, PlanningStopped, Progress
from agent.runs.run import Run
from agent.workspace import principals
from agent.workspace.context import WorkspaceContext, WorkspaceContexts
from core.clock import Clock
from core.errors import Conflict, OpsIQError
from executors.jobs.queue import CommitHook
from registry.conditions.condition import Evaluator
from store.database import Database, after_commit
from store.jobs.enqueue import NewJob

log = logging.getLogger(__name__)

RESOLVE_JOB: Final = "run.resolve"
SEND_JOB: Final = "run.send"


@dataclass(frozen=True)
class Planner:
    """Moves a ``received`` run to asked, held, confirmed, answered, refused or abstained. Nothing is sent here, so
    doing it twice is harmless."""

    database: Database
    contexts: WorkspaceContexts
    resolver: Resolver
    clock: Clock
    changed: Callable[[str], None]
    wake: Callable[[], None]
    question_expires_s: int
    progress: Progress
    evaluator: Evaluator = CHEAP_ONLY

    async def plan(self, workspace: str, run_id: str) -> None:
        """Resolve, validate and store the verdict. Raises PlatformUnavailable, ModelUnavailable or ModelMisbehaved."""
        if (record := await self.plan_and_commit(workspace, run_id)) is not None:
            async with self.database.begin() as session:
                await record(session)

    async def plan_and_commit(self, workspace: str, run_id: str) -> CommitHook | None:
        """Resolve and validate, and return the hook that stores the verdict in the caller's transaction, or None where
        there is nothing to store. Raises PlatformUnavailable, ModelUnavailable or ModelMisbehaved (the worker tries
        again)."""
        async with self.database.read() as session:
            run = await repository.get(session, workspace, run_id)
            actor = await principals.current_actor(session, run.actor, self.clock())
            confirmed = await store.runs.confirmations.of_session(session, actor or run.actor, run.session_id)
            context = await self.contexts.current(session, workspace)
        if run.state != "received":
            return None
        if actor is None:
            return self._settles(run, Refusal(code="forbidden", detail="Your access was withdrawn."), None, 0.0)
        run = run.with_(actor=actor)
        if context is None:
            context = await self.contexts.of(workspace)
        try:
            async with self.progress.of(run) as job:
                run, outcome = await self.evaluate(run, context, confirmed, job)
        except PlanningStopped:
            log.info("cancelled while it was worked out", extra={"run_id": run_id})
            return None
        return self._settles(run, outcome.verdict, outcome.resolved, outcome.took_ms)

    async def evaluate(
        self, run: Run, context: WorkspaceContext, confirmed: Collection[str], job: PlanningProgress | None = None
    ) -> tuple[Run, Outcome]:
        """The run with what was resolved, and the outcome. Nothing is stored. ``job`` receives the phases, and may stop
        a resolver that is being asked (PlanningStopped)."""
        task = task_of(run, context, confirmed, self.evaluator)
        if job is None:
            outcome = await propose(task, self.resolver)
        elif task.stands:
            outcome = await propose(task, self.resolver, job.on_phase)
        else:
            outcome = await job.unless_stopped(propose(task, self.resolver, job.on_phase))
        if outcome.resolved is not None:
            run = run.with_(trace=outcome.resolved.trace)
        asked = isinstance(outcome.verdict, Question) and outcome.verdict.slot == "action"
        drafts = () if asked else outcome.drafts
        return run.with_(drafts=drafts, proposal=outcome.proposal, confidence=outcome.confidence), outcome

    def _settles(self, run: Run, verdict: Verdict, resolved: Resolved | None, took_ms: float) -> CommitHook:
        now = self.clock()
        run = run.with_(updated_at=now, question=None, refusal=None, expires_at=None)

        async def record(session: AsyncSession) -> None:
            try:
                await self.write(session, run, verdict, resolved, took_ms)
            except Conflict:  # raised by the move, before anything is written
                log.info("another worker planned this run first", extra={"run_id": run.id})
            after_commit(session, partial(self.changed, run.id))

        return record

    async def write(
        self,
        session: AsyncSession,
        run: Run,
        verdict: Verdict,
        resolved: Resolved | None,
        took_ms: float,
    ) -> Run:
        """Move a received run by its verdict, in the caller's transaction, with its history entries and the job that
        follows."""
        now = run.updated_at
        entry: dict[str, Any]
        match verdict:
            case Plan() if verdict.held:
                expires = card_expiry(verdict, now)
                run = run.with_(state="held", plan=verdict, approvals=(), expires_at=expires, held_at=now)
                kind, entry = EntryType.HELD, {"plan": recorder.plan_data(verdict), "expires_at": expires.isoformat()}
            case Plan():
                run = run.with_(state="confirmed", plan=verdict, approvals=(), held_at=None)
                kind, entry = EntryType.AUTO_CONFIRMED, {"plan": recorder.plan_data(verdict)}
            case Question():
                expires = question_expiry(self.question_expires_s, now)
                run = run.with_(state="asked", question=verdict, plan=None, expires_at=expires)
                kind, entry = EntryType.ASKED, {"question": verdict.model_dump(mode="json")}
            case Abstain():
                refusal = Refusal(code="no_match", detail=verdict.detail, nearest=verdict.nearest)
                run = run.with_(state="abstained", refusal=refusal, plan=None)
                kind, entry = (
                    EntryType.ABSTAINED,
                    {"reason": verdict.reason, "detail": verdict.detail, "nearest": list(verdict.nearest)},
                )
            case Reply():
                run = run.with_(state="answered", reply=verdict, plan=None)
                kind, entry = EntryType.REPLIED, {"reply": verdict.model_dump(mode="json")}
            case Refusal():
                run = run.with_(state="refused", refusal=verdict, plan=None)
                kind, entry = EntryType.REFUSED, {"refusal": verdict.model_dump(mode="json")}
        moved = await repository.move(session, run, was={"received"})
        told = [recorder.make_entry(moved, kind, now, outcome=moved.state, duration_ms=took_ms, **entry)]
        if resolved is not None:
            read = recorder.make_entry(
                moved,
                EntryType.RESOLVED,
                now,
                duration_ms=resolved.trace.duration_ms,
                trace=recorder.trace_data(resolved.trace),
                resolution=resolved.resolution.model_dump(mode="json"),
            )
            told.insert(0, read)
        await store.history.log.append_all(session, run.workspace, told)
        if moved.state == "confirmed":
            await put_send(session, moved)
            after_commit(session, self.wake)
        return moved

    async def mark_unavailable(self, workspace: str, run_id: str, error: OpsIQError) -> None:
        """Refuse a run whose last try failed, in words, instead of leaving the person waiting."""
        async with self.database.read() as session:
            run = await repository.get(session, workspace, run_id)
        if run.state == "received":
            detail = f"{error.detail} Nothing was sent; ask again in a moment."
            record = self._settles(run, Refusal(code="unavailable", detail=detail), None, 0.0)
            async with self.database.begin() as session:
                await record(session)

    async def give_up(self, session: AsyncSession, workspace: str, run_id: str, error: str) -> None:
        """Settle a run whose job is given up, in the same transaction. What may have been sent is unknown."""
        run = await repository.get(session, workspace, run_id)
        now = self.clock()
        if run.state == "received":
            refusal = Refusal(code="unavailable", detail="This could not be worked out; nothing was sent. Ask again.")
            run = run.with_(state="refused", refusal=refusal, updated_at=now)
            moved = await repository.move(session, run, was={"received"})
            await recorder.record(session, moved, EntryType.REFUSED, now, outcome="refused", error=error)
        elif run.state == "confirmed":  # no call was begun: nothing has left
            refusal = Refusal(code="unavailable", detail="This could not be sent, and nothing has left. Ask again.")
            run = run.with_(state="refused", refusal=refusal, updated_at=now)
            moved = await repository.move(session, run, was={"confirmed"})
            await recorder.record(session, moved, EntryType.REFUSED, now, outcome="refused", error=error)
        elif run.state == "executing":
            came = await outcomes.abandon_calls(session, run, now)
            state = outcomes.run_state(came)
            run = run.with_(state=state, outcomes=came, updated_at=now)
            moved = await repository.move(session, run, was={"executing"})
            told = [recorder.outcome_data(each) for each in came]
            await recorder.record(session, moved, EntryType.FINISHED, now, outcome=state, outcomes=told, error=error)


def task_of(run: Run, context: WorkspaceContext, confirmed: Collection[str], evaluator: Evaluator = CHEAP_ONLY) -> Task:
    """What is to be planned for a run as it stands. ``confirmed`` are the contracts confirmed in this session, by
    digest."""
    return Task(
        run.request,
        run.actor,
        context,
        run.id,
        confirmed,
        only=run.only,
        drafts=run.drafts,
        proposal=run.proposal,
        hold=run.hold,
        must_wait=run.must_wait,
        evaluator=evaluator,
    )


def resolve_work(run: Run) -> NewJob:
    """The job that plans a received run."""
    return NewJob(f"{run.id}:resolve:{run.revision}", RESOLVE_JOB, run.workspace, {"run_id": run.id}, priority=10)


async def put_resolve(session: AsyncSession, run: Run) -> None:
    await store.jobs.enqueue.enqueue_one(session, resolve_work(run))


async def put_send(session: AsyncSession, run: Run) -> None:
    """Enqueue the job that sends a confirmed run: in the confirmation's transaction, once for each run and revision."""
    await store.jobs.enqueue.enqueue(
        session,
        key=f"{run.id}:send:{run.revision}",
        kind=SEND_JOB,
        workspace=run.workspace,
        payload={"run_id": run.id},
        priority=10,
    )
