"""The worker's step from words to a plan: resolve what was typed (or take up the drafts again), validate, decide whether it is held."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.confirmations
import store.history
import store.putting
import store.work
from agent import history, outcomes, people, runs
from agent.ground import Ground, Grounds
from agent.history import Kind
from agent.pipeline import Abstain, Ask, Calls, Draft, Plan, Question, Refusal, Resolved, Tell, silent
from agent.progress import Progress, Stopped, Work
from agent.resolve.resolver import Resolver
from agent.run import Run
from agent.validate import validate
from agent.validate.instead import settled
from core.clock import Clock
from core.errors import Conflict, ModelMisbehaved, ModelUnavailable, OpsIQError
from executors.queue import Record
from registry.condition import CheapOnly, Evaluator
from registry.contract import Risk
from registry.shortlist import Shortlist
from store.putting import Put
from store.sessions import Sessions, after_commit

log = logging.getLogger(__name__)

RESOLVE_WORK: Final = "run.resolve"
SEND_WORK: Final = "run.send"
CHEAP_ONLY: Final = CheapOnly()


@dataclass(frozen=True)
class Planner:
    """Takes a ``received`` run to asked, held, confirmed, refused or abstained. Nothing is sent here, so doing it twice is harmless."""

    sessions: Sessions
    grounds: Grounds
    resolver: Resolver
    fallback: Resolver | None
    clock: Clock
    changed: Callable[[str], None]
    wake: Callable[[], None]
    question_expires_s: int
    progress: Progress
    evaluator: Evaluator = CHEAP_ONLY

    async def plan(self, workspace: str, run_id: str) -> None:
        """Resolve and validate, and store what came of it. Raises PlatformUnavailable, ModelUnavailable or ModelMisbehaved."""
        if (record := await self.planned(workspace, run_id)) is not None:
            async with self.sessions.begin() as session:
                await record(session)

    async def planned(self, workspace: str, run_id: str) -> Record | None:
        """Resolve and validate. What comes of it is stored by the record that is answered, in whatever transaction it is run in; None
        where there is nothing to store. Raises PlatformUnavailable, ModelUnavailable or ModelMisbehaved (the engine tries again)."""
        async with self.sessions.read() as session:
            run = await runs.get(session, workspace, run_id)
            actor = await people.current(session, run.actor, self.clock())
            confirmed = await store.confirmations.of_session(session, actor or run.actor, run.session_id)
            ground = await self.grounds.standing(session, workspace)
        if run.state != "received":
            return None
        if actor is None:
            return self._settles(run, Refusal(code="forbidden", detail="Your access was withdrawn."), None, 0.0)
        run = run.with_(actor=actor)
        if ground is None:
            ground = await self.grounds.of(workspace)
        try:
            async with self.progress.of(run) as work:
                run, verdict, resolved, took_ms = await self.thought(run, ground, confirmed, work)
        except Stopped:
            log.info("cancelled while it was worked out", extra={"run_id": run_id})
            return None
        return self._settles(run, verdict, resolved, took_ms)

    async def thought(
        self, run: Run, ground: Ground, confirmed: Collection[str], work: Work | None = None
    ) -> tuple[Run, Plan | Question | Refusal | Abstain, Resolved | None, float]:
        """The run with what was read, the verdict over it, what resolving said (None where its drafts stood already), and the
        milliseconds of validation. Nothing is stored. ``work`` hears of the steps, and may be stopped while a
        resolver is asked (Stopped)."""
        resolved = None
        calls: Calls | None = None
        if not run.drafts:
            if work is None:
                resolved = await self._resolve(run, ground)
            else:
                work.tell("choosing")
                resolved = await work.unless_stopped(self._resolve(run, ground))
            run = run.with_(trace=resolved.trace)
            match resolved.resolution:
                case Calls(drafts=drafts, confidence=confidence) as calls:
                    run = run.with_(drafts=drafts, confidence=confidence)
                case Ask(question=question):
                    return run.with_(drafts=()), question, resolved, 0.0
                case abstain:
                    return run, abstain, resolved, 0.0
        tell = work.tell if work else silent
        verdict, took_ms = await judged(run, ground, confirmed, self.evaluator, tell)
        if calls is not None:
            began = time.perf_counter()

            async def check(drafts: Sequence[Draft]) -> Plan | Question | Refusal:
                return (await judged(run.with_(drafts=tuple(drafts)), ground, confirmed, self.evaluator, tell))[0]

            verdict, drafts = await settled(calls, verdict, ground.catalogue, check)
            run = run.with_(drafts=drafts)
            took_ms += (time.perf_counter() - began) * 1000
        return run, verdict, resolved, took_ms

    async def _resolve(self, run: Run, ground: Ground) -> Resolved:
        shortlist = ground.shortlist(run.actor, run.surface)
        if run.only is not None:
            shortlist = Shortlist([offer for offer in shortlist.offers if offer.name in run.only])
        chosen = next((answer for answer in reversed(run.answers) if answer.slot == "action" and answer.choice), None)
        if chosen is not None:
            return await self._resolve_chosen(run, ground, shortlist, chosen.choice or "")
        try:
            return await self.resolver.resolve(run.request, shortlist, tuple(ground.kinds))
        except (ModelUnavailable, ModelMisbehaved) as error:
            log.warning("the model gave no usable answer: %s", error.code, extra={"run_id": run.id})
            if self.fallback is None:
                raise
            resolved = await self.fallback.resolve(run.request, shortlist, tuple(ground.kinds))
            note = f"{self.resolver.name} gave no usable answer ({error.code}: {error.detail}); resolved by {self.fallback.name}"
            return resolved.model_copy(
                update={"trace": resolved.trace.model_copy(update={"notes": (*resolved.trace.notes, note)})}
            )

    async def _resolve_chosen(self, run: Run, ground: Ground, shortlist: Shortlist, action: str) -> Resolved:
        """The person picked the action: only its arguments are still to be read from the words."""
        offers = [offer for offer in shortlist.offers if offer.name == action]
        resolver = self.fallback or self.resolver
        resolved = await resolver.resolve(run.request, Shortlist(offers), tuple(ground.kinds))
        if isinstance(resolved.resolution, Calls) or not offers:
            return resolved
        bare = Calls(drafts=(Draft(action=action, version=offers[0].version),))
        return resolved.model_copy(update={"resolution": bare})

    def _settles(
        self, run: Run, verdict: Plan | Question | Refusal | Abstain, resolved: Resolved | None, took_ms: float
    ) -> Record:
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
        verdict: Plan | Question | Refusal | Abstain,
        resolved: Resolved | None,
        took_ms: float,
    ) -> Run:
        """Move a received run by its verdict, in the caller's transaction, with what history says of it and the work that follows."""
        now = run.updated_at
        entry: dict[str, Any]
        match verdict:
            case Plan() if verdict.held:
                expires = now + timedelta(seconds=verdict.expires_s)
                run = run.with_(state="held", plan=verdict, approvals=(), expires_at=expires, held_at=now)
                kind, entry = Kind.HELD, {"plan": history.plan_data(verdict), "expires_at": expires.isoformat()}
            case Plan():
                run = run.with_(state="confirmed", plan=verdict, approvals=(), held_at=None)
                kind, entry = Kind.AUTO_CONFIRMED, {"plan": history.plan_data(verdict)}
            case Question():
                expires = now + timedelta(seconds=self.question_expires_s)
                run = run.with_(state="asked", question=verdict, plan=None, expires_at=expires)
                kind, entry = Kind.ASKED, {"question": verdict.model_dump(mode="json")}
            case Abstain():
                refusal = Refusal(code="no_match", detail=verdict.detail, nearest=verdict.nearest)
                run = run.with_(state="abstained", refusal=refusal, plan=None)
                kind, entry = (
                    Kind.ABSTAINED,
                    {"reason": verdict.reason, "detail": verdict.detail, "nearest": list(verdict.nearest)},
                )
            case Refusal():
                run = run.with_(state="refused", refusal=verdict, plan=None)
                kind, entry = Kind.REFUSED, {"refusal": verdict.model_dump(mode="json")}
        moved = await runs.move(session, run, was={"received"})
        told = [history.entry(moved, kind, now, outcome=moved.state, duration_ms=took_ms, **entry)]
        if resolved is not None:
            read = history.entry(
                moved, Kind.RESOLVED, now,
                duration_ms=resolved.trace.duration_ms,
                trace=history.trace_data(resolved.trace),
                resolution=resolved.resolution.model_dump(mode="json"),
            )  # fmt: skip
            told.insert(0, read)
        await store.history.append_all(session, run.workspace, told)
        if moved.state == "confirmed":
            await put_send(session, moved)
            after_commit(session, self.wake)
        return moved

    async def unavailable(self, workspace: str, run_id: str, error: OpsIQError) -> None:
        """The last try failed: refuse in words instead of leaving the person waiting."""
        async with self.sessions.read() as session:
            run = await runs.get(session, workspace, run_id)
        if run.state == "received":
            detail = f"{error.detail} Nothing was sent; ask again in a moment."
            record = self._settles(run, Refusal(code="unavailable", detail=detail), None, 0.0)
            async with self.sessions.begin() as session:
                await record(session)

    async def given_up(self, session: AsyncSession, workspace: str, run_id: str, error: str) -> None:
        """The engine buries work of this run: say so in the run, in the same transaction. What may have been sent is unknown."""
        run = await runs.get(session, workspace, run_id)
        now = self.clock()
        if run.state == "received":
            refusal = Refusal(code="unavailable", detail="This could not be worked out; nothing was sent. Ask again.")
            run = run.with_(state="refused", refusal=refusal, updated_at=now)
            moved = await runs.move(session, run, was={"received"})
            await history.record(session, moved, Kind.REFUSED, now, outcome="refused", error=error)
        elif run.state == "confirmed":  # no call was begun: nothing has left
            refusal = Refusal(code="unavailable", detail="This could not be sent, and nothing has left. Ask again.")
            run = run.with_(state="refused", refusal=refusal, updated_at=now)
            moved = await runs.move(session, run, was={"confirmed"})
            await history.record(session, moved, Kind.REFUSED, now, outcome="refused", error=error)
        elif run.state == "executing":
            came = await outcomes.abandoned(session, run, now)
            state = outcomes.run_state(came)
            run = run.with_(state=state, outcomes=came, updated_at=now)
            moved = await runs.move(session, run, was={"executing"})
            told = [history.outcome_data(each) for each in came]
            await history.record(session, moved, Kind.FINISHED, now, outcome=state, outcomes=told, error=error)


async def judged(
    run: Run, ground: Ground, confirmed: Collection[str], evaluator: Evaluator, tell: Tell = silent
) -> tuple[Plan | Question | Refusal, float]:
    """The verdict over a run's drafts, and the milliseconds it took. ``confirmed`` are the contracts confirmed in this session, by digest.
    Raises PlatformUnavailable."""
    started = time.perf_counter()
    strays = [draft.action for draft in run.drafts if run.only is not None and draft.action not in run.only]
    if strays:
        return Refusal(code="forbidden", detail="That names an action which is not among those allowed here."), 0.0
    verdict = await validate(
        run.request,
        run.drafts,
        run_id=run.id,
        actor=run.actor,
        catalogue=ground.catalogue,
        kinds=ground.kinds,
        confirmed_in_session=confirmed.__contains__,
        tell=tell,
        evaluator=evaluator,
    )
    if isinstance(verdict, Plan) and not verdict.held and (why := _waits(run, verdict)):
        verdict = verdict.model_copy(update={"held": (why,), "approvals": max(1, verdict.approvals)})
    return verdict, (time.perf_counter() - started) * 1000


def _waits(run: Run, plan: Plan) -> str:
    """Why a plan that its policy would let go waits all the same, empty where it need not."""
    if run.must_wait:
        return run.must_wait
    return run.hold if any(step.risk is not Risk.READ for step in plan.steps) else ""


def resolve_work(run: Run) -> Put:
    """What works a received run out."""
    return Put(f"{run.id}:resolve:{run.revision}", RESOLVE_WORK, run.workspace, {"run_id": run.id}, priority=10)


async def put_resolve(session: AsyncSession, run: Run) -> None:
    await store.putting.put_one(session, resolve_work(run))


async def put_send(session: AsyncSession, run: Run) -> None:
    """The work row that sends a confirmed run: same transaction as the confirmation, once for each run and revision."""
    await store.putting.put(
        session,
        key=f"{run.id}:send:{run.revision}",
        kind=SEND_WORK,
        workspace=run.workspace,
        payload={"run_id": run.id},
        priority=10,
    )
