"""Planning job: resolves a run's words (or takes its drafts), validates them, and stores the verdict."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

import store.history.log
import store.jobs.enqueue
import store.jobs.jobs
import store.runs.confirmations
import store.runs.runs
from agent.history import recorder
from agent.history.questions import answer_from_history, may_be_about_history
from agent.history.recorder import EntryType
from agent.pipeline import Plan, Refusal, Resolved, Step, ignore_phase
from agent.planning.reading_pool import ReadingPool
from agent.planning.repeated_calls import tell_repeated
from agent.planning.task import (
    CHEAP_ONLY,
    NOTHING_WITHDRAWN,
    TOO_COSTLY,
    Outcome,
    Verdict,
    Withdrawal,
    make_task,
    make_too_costly,
)
from agent.planning.thread import MOST_TURNS, WAITING, Thread, build_thread, restore_thread
from agent.planning.thread_answers import read_thread_question
from agent.planning.typed_answers import plan_in_thread
from agent.planning.unchanged_calls import MOST_READ_ANEW, read_unchanged
from agent.resolve.resolver import Resolver
from agent.runs import outcomes, repository
from agent.runs.expire import has_expired
from agent.runs.progress import PlanningProgress, PlanningStopped, Progress
from agent.runs.run import Run
from agent.runs.verdicts import settle_run
from agent.workspace import principals
from agent.workspace.context import WorkspaceContext, WorkspaceContexts
from core import cpu_budget
from core.actor import Actor
from core.clock import Clock
from core.errors import Conflict, NotAuthentic, OpsIQError, PlatformUnavailable, Unavailable
from executors.jobs.queue import CommitHook
from registry.conditions.condition import Evaluator
from registry.endpoints.types import HttpEndpoint, Reconcile
from store.database import Database, after_commit
from store.jobs.enqueue import NewJob

T = TypeVar("T")
log = logging.getLogger(__name__)

RESOLVE_JOB: Final = "run.resolve"
SEND_JOB: Final = "run.send"
RECONCILE_JOB: Final = "run.reconcile"
MOMENT: Final = timedelta(minutes=2)
"""How long a record cache may not know yet what a call changed."""
MOST_READ: Final = 50
"""So many of a thread's runs are read to find those before this one that count: some may be of another mode."""
_LINKS: Final = {
    "Corrected": ("replaces", "replaced_by"),
    "Answered": ("replaces", "replaced_by"),
    "Taken back": ("withdraws", "withdrawn_by"),
}
"""How history links a run and the earlier ones that it withdraws, from either end. The earlier run keeps its end."""


class EarlierRunMoved(Conflict):
    """An earlier run of the thread changed while this one was about to withdraw it."""


@dataclass(frozen=True)
class Planner:
    """Moves a ``received`` run to asked, held, confirmed, answered, refused or abstained. It sends nothing, so planning
    twice is harmless."""

    database: Database
    contexts: WorkspaceContexts
    resolver: Resolver
    clock: Clock
    changed: Callable[[str], None]
    wake: Callable[[], None]
    question_expires_s: int
    progress: Progress
    budget_s: float
    """How much processor time the reading of one request may take."""
    evaluator: Evaluator = CHEAP_ONLY
    pool: ReadingPool | None = None
    """Where words are read; None: right here, under the same budget."""

    async def plan(self, workspace: str, run_id: str) -> None:
        """Resolves, validates and stores the verdict. Raises PlatformUnavailable, ModelUnavailable or
        ModelMisbehaved."""
        if (record := await self.plan_and_commit(workspace, run_id)) is not None:
            async with self.database.begin() as session:
                await record(session)

    async def plan_and_commit(self, workspace: str, run_id: str) -> CommitHook | None:
        """Resolves and validates. Returns the hook that stores the verdict in the caller's transaction, or None if
        there is nothing to store.

        Raises PlatformUnavailable, ModelUnavailable or ModelMisbehaved. The worker then tries again.
        """
        async with self.database.read() as session:
            run = await repository.get(session, workspace, run_id)
            actor = await principals.find_current_actor(session, run.actor, self.clock())
            lost = "" if actor else await principals.explain_lost_access(session, run.actor, self.clock())
            confirmed = await store.runs.confirmations.of_session(session, actor or run.actor, run.session_id)
            context = await self.contexts.find_current(session, workspace)
            earlier = await self._list_earlier(session, run, actor or run.actor)
            waiting = await self._list_waiting(session, run, actor or run.actor)
        if run.state != "received":
            return None
        if actor is None:
            refusal = Refusal(code="forbidden", detail=lost)
            return self._make_settle_hook(run.with_(edit=None, before_edit=None), refusal, None, 0.0)
        run, context = run.with_(actor=actor), context or await self.contexts.of(workspace)
        try:
            async with self.progress.of(run) as job:
                run, outcome = await self.evaluate(run, context, confirmed, job, earlier, waiting)
        except PlanningStopped:
            log.info("cancelled while it was worked out", extra={"run_id": run_id})
            return None
        verdict = outcome.verdict
        if may_be_about_history(run, verdict):
            async with self.database.read() as session:
                verdict = await answer_from_history(session, run, context.catalogue) or verdict
        elif isinstance(verdict, Plan):
            async with self.database.read() as session:
                run = run.with_(repeats=await tell_repeated(session, run, verdict, self.clock()))
        return self._make_settle_hook(run, verdict, outcome.resolved, outcome.took_ms, outcome.withdrawal)

    async def _list_earlier(self, session: AsyncSession, run: Run, actor: Actor) -> tuple[Run, ...]:
        """The earlier requests of its thread, oldest first. Only this principal's, on this surface."""
        if run.thread == run.id:
            return ()
        found = await repository.list_thread(session, actor, run, until=run.created_at, limit=MOST_READ)
        before = [each for each in found if (each.created_at, each.id) < (run.created_at, run.id)]
        return tuple(before[-MOST_TURNS:])

    async def _list_waiting(self, session: AsyncSession, run: Run, actor: Actor) -> list[Run]:
        """The cards of the requester that wait, newest first, for a request that asks about those."""
        if read_thread_question(run.text) != "what waits":
            return []
        rows = await store.runs.runs.listed(
            session, run.workspace, states=("held",), person=actor.person, role=actor.role, limit=MOST_READ
        )
        found = repository.list_readable(rows)
        return [each for each in found if each.mode == run.mode and not has_expired(each, self.clock())]

    async def evaluate(
        self,
        run: Run,
        context: WorkspaceContext,
        confirmed: Collection[str],
        job: PlanningProgress | None = None,
        earlier: Sequence[Run] = (),
        waiting: Sequence[Run] = (),
    ) -> tuple[Run, Outcome]:
        """The run with its resolution and verdict, after the ``earlier`` ones of its thread, with the cards that are
        ``waiting`` for the person. Nothing is stored.

        ``job`` is told of the steps and may be stopped meanwhile (PlanningStopped). Raises PlatformUnavailable,
        ModelUnavailable or ModelMisbehaved.
        """
        await self._read_anew(earlier, context)
        return await plan_in_thread(run, earlier, partial(self._propose, context, confirmed, job), waiting)

    async def _read_anew(self, earlier: Sequence[Run], context: WorkspaceContext) -> None:
        """Reads again from the platform what the latest request of the thread has just changed, and updates the cached
        records. "Undo that" then finds the present state."""
        last = earlier[-1] if earlier else None
        if last is None or last.plan is None or last.state != "succeeded" or not context.cache:
            return
        if self.clock() - last.updated_at > MOMENT:
            return
        pins = dict.fromkeys((pin.record_kind, pin.record_id) for step in last.plan.steps for pin in step.pins)
        for kind, record_id in list(pins)[:MOST_READ_ANEW]:
            try:
                await context.live.record(kind, record_id)
            except PlatformUnavailable as error:
                log.info("what was changed could not be read anew: %s", error.code)
                return

    async def resolve(self, run: Run, context: WorkspaceContext) -> Resolved:
        """Resolves the run's words without a thread. Raises ModelUnavailable or ModelMisbehaved."""
        if self.pool is not None:
            return await self.pool.resolve(run, context)
        from agent.planning.propose import resolve

        try:
            return await cpu_budget.run_within(self.budget_s, resolve(make_task(run, context, ()), self.resolver))
        except cpu_budget.Exhausted:
            return make_too_costly(self.resolver.name)

    async def _propose(
        self,
        context: WorkspaceContext,
        confirmed: Collection[str],
        job: PlanningProgress | None,
        run: Run,
        earlier: Sequence[Run],
    ) -> tuple[Thread, Outcome]:
        """The thread of a run, and what is planned in it."""
        thread = build_thread(earlier, context.catalogue)
        if run.drafts or run.proposal is not None:
            thread = restore_thread(run.handles, earlier, now=thread)
        if self.pool is None:
            outcome = await self._propose_here(run, context, confirmed, job, thread)
        else:
            doing = self.pool.propose(run, context, confirmed, job.on_phase if job else ignore_phase, thread)
            outcome = await (job.run_unless_stopped(doing) if job else doing)
        return thread, await read_unchanged(outcome, context.live)

    async def _propose_here(
        self,
        run: Run,
        context: WorkspaceContext,
        confirmed: Collection[str],
        job: PlanningProgress | None,
        thread: Thread,
    ) -> Outcome:
        """Plans in this process, under the same budget. Only the resolver may be cut off."""
        from agent.planning.propose import propose

        def around(asked: Coroutine[Any, Any, T]) -> Awaitable[T]:
            return job.run_unless_stopped(cpu_budget.carry_budget(asked)) if job else asked

        task = make_task(run, context, confirmed, self.evaluator, thread)
        try:
            return await cpu_budget.run_within(
                self.budget_s, propose(task, self.resolver, job.on_phase if job else ignore_phase, around)
            )
        except cpu_budget.Exhausted:
            return Outcome(Refusal(code="too_complex", detail=TOO_COSTLY))

    def _make_settle_hook(
        self,
        run: Run,
        verdict: Verdict,
        resolved: Resolved | None,
        took_ms: float,
        withdrawal: Withdrawal = NOTHING_WITHDRAWN,
    ) -> CommitHook:
        now = self.clock()
        run = run.with_(updated_at=now, question=None, refusal=None, expires_at=None)

        async def record(session: AsyncSession) -> None:
            try:
                await self.write(session, run, verdict, resolved, took_ms, withdrawal)
            except EarlierRunMoved:
                raise  # all of it is rolled back and planned again
            except Conflict:  # the move raises this before anything is written
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
        withdrawal: Withdrawal = NOTHING_WITHDRAWN,
    ) -> Run:
        """Moves a received run by its verdict, in the caller's transaction.

        Also writes its history entry and its next job, and withdraws the earlier runs that it replaces. Raises
        EarlierRunMoved if one of those changed meanwhile: then the transaction must not be committed.
        """
        now = run.updated_at
        run, kind, entry = settle_run(run, verdict, self.question_expires_s)
        if withdrawal.runs:
            entry |= {_LINKS[withdrawal.why][0]: list(withdrawal.runs)}
        moved = await repository.move(session, run, was={"received"})
        told = [recorder.make_entry(moved, kind, now, outcome=moved.state, duration_ms=took_ms, **entry)]
        if resolved is not None:
            # Its answer came before the check began.
            told.insert(0, recorder.make_resolved_entry(moved, resolved, now - timedelta(milliseconds=took_ms)))
        await store.history.log.append_all(session, run.workspace, told)
        for earlier_id in withdrawal.runs:
            await self._withdraw(session, earlier_id, moved, withdrawal.why)
        if moved.state == "confirmed":
            await put_send(session, moved)
            after_commit(session, self.wake)
        return moved

    async def _withdraw(self, session: AsyncSession, earlier_id: str, by: Run, why: str) -> None:
        now = by.updated_at
        link: dict[str, Any] = {_LINKS[why][1]: by.id}
        earlier = await repository.get(session, by.workspace, earlier_id)
        reason = f"{why}: {by.request.words(len(by.answers) if why == 'Answered' else 0)}"[:500]
        over = earlier.with_(state="rejected", reason=reason, updated_at=now, decided_at=now, expires_at=None, **link)
        try:
            rejected = await repository.move(session, over, was=WAITING)
        except Conflict as error:
            raise EarlierRunMoved(f"The run {earlier_id} moved while it was to be withdrawn.") from error
        told = {"reason": reason, "request_id": by.request_id} | link
        await recorder.record(session, rejected, EntryType.REJECTED, now, actor=by.actor, outcome="rejected", **told)
        after_commit(session, partial(self.changed, earlier_id))

    async def mark_unavailable(self, workspace: str, run_id: str, error: OpsIQError) -> None:
        """Refuses the run after the last try failed, so that the person doesn't wait. Raises NotAuthentic."""
        async with self.database.read() as session:
            run = await repository.get(session, workspace, run_id)
        if run.state == "received":
            lasts = isinstance(error, PlatformUnavailable) and error.lasting
            again = "." if lasts else "; ask again in a moment."
            detail = f"{error.detail} Nothing was sent{again}"
            record = self._make_settle_hook(run, Refusal(code="unavailable", detail=detail), None, 0.0)
            async with self.database.begin() as session:
                await record(session)

    async def give_up(self, session: AsyncSession, workspace: str, run_id: str, error: str) -> None:
        """Marks a run whose job was given up, in the same transaction.

        Calls that may have been sent become unknown. A run that was changed outside OpsIQ stays as it is, because OpsIQ
        must not repeat its contents as its own.
        """
        try:
            run = await repository.get(session, workspace, run_id)
        except (NotAuthentic, Unavailable):
            return
        now = self.clock()
        if run.state == "received":
            refusal = Refusal(code="unavailable", detail="This could not be worked out; nothing was sent. Ask again.")
            run, kind, _ = settle_run(run.with_(updated_at=now), refusal, self.question_expires_s)
            moved = await repository.move(session, run, was={"received"})
            await recorder.record(session, moved, kind, now, outcome=moved.state, error=error)
        elif run.state == "confirmed":  # no call was begun, so nothing was sent
            refusal = Refusal(code="unavailable", detail="This could not be sent, and nothing has left. Ask again.")
            run = run.with_(state="refused", refusal=refusal, updated_at=now)
            moved = await repository.move(session, run, was={"confirmed"})
            await recorder.record(session, moved, EntryType.REFUSED, now, outcome="refused", error=error)
        elif run.state == "executing":
            came = await outcomes.abandon_calls(session, run, now)
            state = outcomes.run_state(came)
            run = run.with_(state=state, outcomes=came, updated_at=now)
            moved = await repository.move(session, run, was={"executing"})
            told = [recorder.describe_outcome(each) for each in came]
            await recorder.record(session, moved, EntryType.FINISHED, now, outcome=state, outcomes=told, error=error)
            await put_reconcile(session, moved)


def resolve_work(run: Run) -> NewJob:
    """The job that plans a received run. Each person has a lane, so that one's many requests don't go before another's
    only one."""
    lane = f"{RESOLVE_JOB}:{run.workspace}:{run.actor.person}"
    key = f"{run.id}:resolve:{run.revision}"
    return NewJob(key, RESOLVE_JOB, run.workspace, {"run_id": run.id}, priority=10, lane=lane)


async def put_resolve(session: AsyncSession, run: Run) -> None:
    await store.jobs.enqueue.enqueue_one(session, resolve_work(run))


async def put_send(session: AsyncSession, run: Run) -> None:
    """Enqueues the job that sends a confirmed run, in the confirmation's transaction. Once for each run and
    revision."""
    await store.jobs.enqueue.enqueue(
        session,
        key=f"{run.id}:send:{run.revision}",
        kind=SEND_JOB,
        workspace=run.workspace,
        payload={"run_id": run.id},
        priority=10,
    )


async def put_reconcile(session: AsyncSession, run: Run) -> None:
    """Enqueues the job that finds out what became of a run's unknown calls, if a contract says how."""
    unknown = {each.call_id for each in run.outcomes if each.state == "unknown"}
    steps = run.plan.steps if run.plan is not None else ()
    if not any(find_reconcile(step) is not None for step in steps if step.call_id in unknown):
        return
    await store.jobs.enqueue.enqueue(
        session,
        key=f"{run.id}:reconcile:{run.revision}",
        kind=RECONCILE_JOB,
        workspace=run.workspace,
        payload={"run_id": run.id},
        delay_s=1.0,
    )


def find_reconcile(step: Step) -> Reconcile | None:
    """The read that tells whether a step's call happened. None if there is none."""
    return step.endpoint.reconcile if isinstance(step.endpoint, HttpEndpoint) else None
