"""The door to runs: ask, answer, edit, confirm, reject, look. Consoles, APIs and terminals all come through here and nowhere else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import store.calls
import store.runs
from agent import history, runs
from agent.confirm import Also, Gate, may_run, nothing
from agent.direct import Direct
from agent.ground import Grounds
from agent.history import Kind
from agent.pipeline import Answer, Given, GivenBy, Question, Refusal, RunState
from agent.plan import put_send, resolve_work
from agent.progress import Progress
from agent.run import MOVING, Run
from agent.taken_back import taken_back
from agent.watch import Watch, heard
from core import ids
from core.actor import OWNER, Actor, Surface
from core.clock import Clock
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from executors.at_once import Begin
from store.sessions import Sessions, after_commit

log = logging.getLogger(__name__)

MAX_TEXT: Final = 4000
PAGE: Final = 200
RACES: Final = 5
CANCELLED: Final = "Cancelled while it was being worked out."
EXPIRE_AT_ONCE: Final = 100
Verdict = Literal["resend", "happened", "did_not_happen"]


@dataclass(frozen=True)
class Desk:
    sessions: Sessions
    grounds: Grounds
    gate: Gate
    clock: Clock
    watch: Watch
    wake: Callable[[], None]
    begin: Begin
    direct: Direct
    progress: Progress

    async def ask(
        self,
        actor: Actor,
        text: str,
        *,
        surface: Surface = "admin",
        session_id: str,
        request_id: str | None = None,
        now: datetime | None = None,
        also: Also = nothing,
    ) -> Run:
        """Accept a request. It is durable when this returns; ``settled`` waits for what comes of it. Raises InvalidInput.

        ``also``, here and below, is done in the transaction of the change itself: an idempotency record commits with its effect.
        """
        words = text.strip()
        if not words:
            raise InvalidInput("Type what you want to be done.")
        if len(words) > MAX_TEXT:
            raise InvalidInput(f"A request has at most {MAX_TEXT} characters; this one has {len(words)}.")
        at = self.clock()
        run = Run(
            id=ids.new("run"), workspace=actor.workspace, session_id=session_id, actor=actor, surface=surface, text=words,
            now=now or at, request_id=request_id, created_at=at, updated_at=at,
        )  # fmt: skip
        async with self.sessions.begin() as session:
            await runs.insert(session, run)
            await history.record(session, run, Kind.PROMPT, at, text=words)
            await self.begin(session, resolve_work(run))
            await also(session, run)
        return run

    async def run_action(
        self,
        actor: Actor,
        action: str,
        values: Mapping[str, Given],
        *,
        given: GivenBy,
        surface: Surface = "admin",
        session_id: str,
        request_id: str | None = None,
        also: Also = nothing,
    ) -> Run:
        """Run a contract by its name with values given as data: judged, held and recorded like a typed request (``Direct.run``)."""
        return await self.direct.run(
            actor, action, values, given=given, surface=surface, session_id=session_id, request_id=request_id, also=also
        )

    async def settled(self, actor: Actor, run_id: str, *, wait_s: float = 30.0) -> Run:
        """The run as soon as it waits for a person or is over, or as it stands after ``wait_s`` seconds."""
        deadline = asyncio.get_running_loop().time() + wait_s
        with self.watch.watching(run_id) as moved:
            while True:
                moved.clear()
                run = await self.show(actor, run_id)
                left = deadline - asyncio.get_running_loop().time()
                if run.state not in MOVING or left <= 0:
                    return run
                await heard(moved, min(left, 0.25))

    async def show(self, actor: Actor, run_id: str) -> Run:
        """One run: one's own, any for an owner, a held one for whoever may approve it, and what came of it for who did. Raises NotFound for
        the rest."""
        async with self.sessions.read() as session:
            run = await runs.get(session, actor.workspace, run_id)
            if run.state in ("executing", "unknown"):
                calls = await store.calls.of_run(session, actor.workspace, run_id)
                took = await store.calls.took_ms(session, actor.workspace, run_id)
                run = run.with_(
                    outcomes=tuple(history.outcome_of(call, duration_ms=took.get(call.call_id, 0.0)) for call in calls)
                )
        if run.actor.person == actor.person or actor.role == OWNER:
            return run
        if approved_by(run, actor) or await self._may_approve(actor, run):
            return run
        raise NotFound(f"There is no run {run_id}.")

    async def listed(
        self, actor: Actor, *, states: tuple[RunState, ...] = (), before: str | None = None, limit: int = 50
    ) -> list[Run]:
        """The actor's own runs, newest first; everybody's for an owner."""
        async with self.sessions.read() as session:
            person = None if actor.role == OWNER else actor.person
            rows = await store.runs.listed(
                session, actor.workspace, states=states, person=person, before=before, limit=limit
            )
        return [runs.of_row(row) for row in rows]

    async def awaiting(self, actor: Actor, *, limit: int = 50) -> list[Run]:
        """Cards that this actor could approve now, oldest first."""
        ground = await self.grounds.of(actor.workspace)
        mine = {contract.name for contract in ground.catalogue if actor.role in contract.roles}
        now = self.clock()
        found: list[Run] = []
        last: store.runs.RunRow | None = None
        while True:
            async with self.sessions.read() as session:
                rows = await store.runs.listed(
                    session, actor.workspace, states=("held",), person=None, before=last, limit=PAGE
                )
            for row in rows:  # the columns first: a run's document is large
                if not mine.issuperset(row.actions.split()) or (row.expires_at is not None and row.expires_at <= now):
                    continue
                run = runs.of_row(row)
                if run.plan is not None and may_run(ground, actor, run.plan) is None and not approved_by(run, actor):
                    found.append(run)
            if len(rows) < PAGE:
                return found[::-1][:limit]
            last = rows[-1]

    async def answer(
        self,
        actor: Actor,
        run_id: str,
        slot: str,
        *,
        choice: str | None = None,
        text: str | None = None,
        also: Also = nothing,
    ) -> Run | Refusal:
        """Answer the open question with one of its candidates or in words, or take the request back. Raises InvalidInput, Forbidden."""
        run = await self._own(actor, run_id)
        question = run.question
        now = self.clock()
        if run.state != "asked" or question is None:
            return Refusal(code="already_decided", detail=f"This run is {run.state}; no question is open.")
        if run.expires_at is not None and now >= run.expires_at:
            return await self._expire(run)
        if slot != question.slot:
            return Refusal(code="stale", detail="That question was answered already. Look at the one that is open now.")
        if choice is None and text is not None and taken_back(text):
            return await self.reject(actor, run_id, text, also=also)
        answer = _answer(question, choice, text)
        again = run.with_(
            state="received", answers=(*run.answers, answer), question=None, updated_at=now, expires_at=None
        )
        if question.slot == "action" and answer.text is not None:
            again = again.with_(drafts=())
        return await self._replan(again, {"asked"}, Kind.ANSWERED, actor, also, answer=answer.model_dump(mode="json"))

    async def edit(
        self, actor: Actor, run_id: str, digest: str, changes: Mapping[str, str], *, also: Also = nothing
    ) -> Run | Refusal:
        """Change parameters of a held card by words (slot ``0.amount`` → "20 dollars"). That is a new plan, held anew."""
        run = await self._own(actor, run_id)
        if run.state != "held" or run.plan is None:
            return Refusal(
                code="already_decided", detail=f"This run is {run.state}; only a card that is held can be edited."
            )
        if run.expires_at is not None and self.clock() >= run.expires_at:
            return await self._expire(run)
        if run.plan.digest != digest:
            return Refusal(code="stale", detail="The card has changed since you saw it. Edit the new one.")
        ground = await self.grounds.of(run.workspace)
        known = {
            f"{at}.{param}"
            for at, step in enumerate(run.plan.steps)
            if (contract := ground.catalogue.version(step.action, step.version))
            for param in contract.properties
        }
        unknown = sorted(set(changes) - known)
        if unknown or not changes:
            raise InvalidInput(f"There is no such parameter on this card: {', '.join(unknown) or '(none named)'}.")
        answers = tuple(Answer(slot=slot, text=_text(words)) for slot, words in changes.items())
        kept = tuple(each for each in run.answers if not any(_about(each.slot, slot) for slot in changes))
        now = self.clock()
        again = run.with_(
            state="received", answers=(*kept, *answers), approvals=(), drift=(), updated_at=now, expires_at=None
        )
        return await self._replan(again, {"held"}, Kind.EDITED, actor, also, changes=dict(changes), digest=digest)

    async def confirm(self, actor: Actor, run_id: str, digest: str, *, also: Also = nothing) -> Run | Refusal:
        """Say yes to exactly ``digest``. Twice is once."""
        for _ in range(RACES):
            run = await self._visible(actor, run_id)
            try:
                confirmed = await self.gate.confirm(actor, run, digest, also)
            except Conflict:
                # Somebody was quicker. The gate knows the same yes, and another's first of two yeses leaves room for this one.
                continue
            self.watch.changed(run_id)
            self.wake()
            return confirmed
        return Refusal(code="already_decided", detail="This run keeps moving; look at it again.")

    async def reject(self, actor: Actor, run_id: str, reason: str = "", *, also: Also = nothing) -> Run | Refusal:
        """Say no. Only before anything is sent."""
        run = await self._visible(actor, run_id)
        now = self.clock()
        if run.state not in ("held", "asked"):
            return Refusal(code="already_decided", detail=f"This run is {run.state}; there is nothing left to reject.")
        rejected = run.with_(
            state="rejected", reason=reason.strip()[:500] or None, updated_at=now, decided_at=now, expires_at=None
        )
        try:
            async with self.sessions.begin() as session:
                moved = await runs.move(session, rejected, was={"held", "asked"})
                await history.record(
                    session, moved, Kind.REJECTED, now, actor=actor, outcome="rejected", reason=moved.reason
                )
                await also(session, moved)
        except Conflict:
            return Refusal(code="already_decided", detail="This run has moved on; look at it again.")
        self.watch.changed(run_id)
        return moved

    async def cancel(self, actor: Actor, run_id: str) -> Run | Refusal:
        """Stop the working out of a request. Whoever is at it finds the run gone: nothing comes of it, whatever a model still answers."""
        run = await self._visible(actor, run_id)
        now = self.clock()
        if run.state != "received":
            return Refusal(code="already_decided", detail=f"This run is {run.state}: it is worked out already.")
        cancelled = run.with_(
            state="rejected", reason=CANCELLED, plan=None, drift=(), updated_at=now, decided_at=now, expires_at=None
        )
        try:
            async with self.sessions.begin() as session:
                moved = await runs.move(session, cancelled, was={"received"})
                await history.record(
                    session, moved, Kind.CANCELLED, now, actor=actor, outcome="rejected", reason=CANCELLED,
                    phase=self.progress.phase(run),
                )  # fmt: skip
        except Conflict:
            return Refusal(code="already_decided", detail="This run has moved on; look at it again.")
        self.watch.changed(run_id)
        return moved

    async def decide(self, actor: Actor, run_id: str, verdict: Verdict, *, also: Also = nothing) -> Run | Refusal:
        """A person settles what nobody knows: an owner looked at the platform and says whether it happened, or sends it again
        under the same key."""
        if actor.role != OWNER:
            raise Forbidden("Only an owner decides about a call whose outcome is unknown.")
        run = await self._visible(actor, run_id)
        if run.state != "unknown":
            return Refusal(code="already_decided", detail=f"This run is {run.state}; nothing about it is unknown.")
        now = self.clock()
        try:
            async with self.sessions.begin() as session:
                for call in await store.calls.of_run(session, run.workspace, run.id):
                    match (call.state, verdict):
                        case ("unknown" | "begun", "resend"):
                            changes: dict[str, Any] = {"to": "planned", "started_at": None, "finished_at": None}
                        case ("unknown" | "begun", "happened"):
                            changes = {
                                "to": "succeeded",
                                "detail": f"{actor.name} found that it had happened.",
                                "finished_at": now,
                            }
                        case ("unknown" | "begun", "did_not_happen"):
                            changes = {
                                "to": "failed",
                                "detail": f"{actor.name} found that it had not happened.",
                                "finished_at": now,
                            }
                        case ("skipped", "resend" | "happened"):
                            changes = {"to": "planned", "detail": "", "finished_at": None}
                        case _:
                            continue
                    await store.calls.move(session, run.workspace, call.call_id, was={call.state}, **changes)
                moved = await runs.move(
                    session, run.with_(state="executing", updated_at=now, decided_at=now), was={"unknown"}
                )
                await history.record(session, moved, Kind.DECIDED, now, actor=actor, verdict=verdict)
                await put_send(session, moved)
                await also(session, moved)
                after_commit(session, self.wake)
        except Conflict:
            return Refusal(code="already_decided", detail="This run has moved on; look at it again.")
        self.watch.changed(run_id)
        return moved

    async def expire_due(self) -> int:
        """Expire what has run out, at most ``EXPIRE_AT_ONCE`` of it. Answers how many; called now and then by the server."""
        async with self.sessions.read() as session:
            rows = await store.runs.due(session, self.clock(), EXPIRE_AT_ONCE)
        done = 0
        for row in rows:
            try:
                await self._expire(runs.of_row(row))
                done += 1
            except Exception:
                log.exception("run %s can't be expired; the others are", row.id)
        return done

    # ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _expire(self, run: Run) -> Refusal:
        now = self.clock()
        try:
            async with self.sessions.begin() as session:
                moved = await runs.move(session, run.with_(state="expired", updated_at=now), was={"held", "asked"})
                await history.record(session, moved, Kind.EXPIRED, now, outcome="expired")
        except Conflict:
            pass
        self.watch.changed(run.id)
        return Refusal(code="expired", detail="This has expired; nothing was sent. Ask again.")

    async def _replan(
        self, run: Run, was: set[RunState], kind: Kind, actor: Actor, also: Also, **data: Any
    ) -> Run | Refusal:
        try:
            async with self.sessions.begin() as session:
                moved = await runs.move(session, run, was=was)
                await history.record(session, moved, kind, run.updated_at, actor=actor, **data)
                await self.begin(session, resolve_work(moved))
                await also(session, moved)
        except Conflict:
            return Refusal(code="already_decided", detail="This run has moved on; look at it again.")
        self.watch.changed(run.id)
        return moved

    async def _visible(self, actor: Actor, run_id: str) -> Run:
        return await self.show(actor, run_id)

    async def _own(self, actor: Actor, run_id: str) -> Run:
        run = await self.show(actor, run_id)
        if run.actor.person != actor.person:
            raise Forbidden(f"Only {run.actor.name}, who asked for this, may answer or edit it.")
        return run

    async def _may_approve(self, actor: Actor, run: Run) -> bool:
        planned_anew = run.state == "received" and bool(
            run.drift
        )  # the approver who met the drift waits for the fresh card
        if run.plan is None or not (run.state == "held" or planned_anew):
            return False
        ground = await self.grounds.of(run.workspace)
        return may_run(ground, actor, run.plan) is None


def approved_by(run: Run, actor: Actor) -> bool:
    return any(each.person == actor.person for each in run.approvals)


def _answer(question: Question, choice: str | None, text: str | None) -> Answer:
    if (choice is None) == (text is None):
        raise InvalidInput("Answer with one of the candidates (choice) or in your own words (text), not both.")
    if choice is not None:
        found = next((each for each in question.candidates if each.id == choice), None)
        if found is None:
            raise InvalidInput(f"{choice!r} is none of the candidates of this question.")
        return Answer(slot=question.slot, choice=choice, label=found.label)
    if not question.free_text:
        raise InvalidInput("Choose one of the candidates of this question.")
    return Answer(slot=question.slot, text=_text(text or ""))


def _text(text: str) -> str:
    words = text.strip()
    if not words or len(words) > MAX_TEXT:
        raise InvalidInput(f"An answer has 1 to {MAX_TEXT} characters.")
    return words


def _about(slot: str, changed: str) -> bool:
    """Whether an earlier answer's slot is the changed parameter or a record on the way to it (``0.invoice_id/customer``)."""
    return slot == changed or slot.startswith(changed + "/")
