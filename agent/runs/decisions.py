"""Run decisions: answer, edit, confirm, reject, cancel, settle an unknown outcome, and expire over time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy.ext.asyncio import AsyncSession

import store.runs.calls
import store.runs.runs
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.pipeline import Refusal, RunState
from agent.planning.planner import put_send, resolve_work
from agent.runs import repository
from agent.runs.answer_phrases import is_cancellation, make_answer
from agent.runs.approval import ApprovalService
from agent.runs.card_edits import UNCHANGED, begin_edit, restore_card
from agent.runs.expire import expire, has_expired
from agent.runs.person_confirmation import refuse_key
from agent.runs.progress import Progress, RunWakeups
from agent.runs.run import Run
from agent.runs.service import RunService
from agent.runs.states import as_asked, as_held, as_planned
from agent.runs.test_mode import check_mode
from agent.validate.consent import is_no
from agent.validate.questions import REST
from agent.workspace import authority, principals
from agent.workspace.context import WorkspaceContexts
from core.actor import OWNER, Actor
from core.clock import Clock
from core.errors import Conflict, Forbidden, InvalidInput
from executors.jobs.inline_dispatcher import BeginJob
from store.database import Database, after_commit
from store.transaction_hook import TransactionHook, no_hook

log = logging.getLogger(__name__)

RACES: Final = 5
CANCELLED: Final = "Cancelled while it was being worked out."
EXPIRE_AT_ONCE: Final = 100
MOVED_ON: Final = Refusal(code="already_decided", detail="This run has moved on; look at it again.")
DecisionVerdict = Literal["resend", "happened", "did_not_happen"]


@dataclass(frozen=True)
class Decisions:
    """Decisions about runs that the ``actor`` may see. ``request_id`` is of the request by which they decide. Raises
    NotFound for other runs, and WrongMode for a key of the other mode."""

    run_service: RunService
    database: Database
    contexts: WorkspaceContexts
    approvals: ApprovalService
    clock: Clock
    run_wakeups: RunWakeups
    wake: Callable[[], None]
    begin: BeginJob
    progress: Progress

    async def answer(
        self,
        actor: Actor,
        run_id: str,
        slot: str,
        *,
        choice: str | None = None,
        text: str | None = None,
        request_id: str | None = None,
        in_transaction: TransactionHook[Run] = no_hook,
    ) -> Run | Refusal:
        """Answers the open question with a candidate or in words, or takes the request back: of an edit's question only
        the edit, and the card stands again. A "no" to whether to do the rest takes it back too. Raises InvalidInput,
        Forbidden."""
        run = await self._get_own(actor, run_id)
        asked = as_asked(run)
        now = self.clock()
        if asked is None:
            return Refusal(code="already_decided", detail=f"This run is {run.state}; no question is open.")
        if has_expired(run, now):
            return await self._expire(run)
        question = asked.question
        if slot != question.slot:
            known = any(each.slot == slot for each in run.answers)
            why = "That question was answered already." if known else "This run has asked no such question."
            return Refusal(code="stale", detail=f"{why} Look at the one that is open now.")
        says_no = question.slot == REST and text is not None and is_no(text)
        if choice is None and text is not None and (says_no or is_cancellation(text, question)):
            if run.before_edit is not None:
                return await self._drop_edit(run, actor, in_transaction, request_id)
            return await self.reject(actor, run_id, text, request_id=request_id, in_transaction=in_transaction)
        answer = make_answer(question, choice, text)
        again = run.with_(
            state="received", answers=(*run.answers, answer), question=None, updated_at=now, expires_at=None
        )
        if question.slot == "action" and answer.text is not None:
            again = again.with_(drafts=())
        return await self._replan(
            again,
            {"asked"},
            EntryType.ANSWERED,
            actor,
            in_transaction,
            request_id=request_id,
            answer=answer.model_dump(mode="json"),
        )

    async def edit(
        self,
        actor: Actor,
        run_id: str,
        digest: str,
        changes: Mapping[str, str],
        *,
        request_id: str | None = None,
        in_transaction: TransactionHook[Run] = no_hook,
    ) -> Run | Refusal:
        """Changes parameters of a held card by words (slot ``0.amount`` → "20 dollars"). It is planned again, and the
        new card needs an approval whatever its policy, because nobody has seen it. If none comes of it, the card stands
        again as it was (``settle_edit``)."""
        run = await self._get_own(actor, run_id)
        held = as_held(run)
        if held is None:
            return Refusal(
                code="already_decided", detail=f"This run is {run.state}; only a card that is held can be edited."
            )
        if has_expired(run, self.clock()):
            return await self._expire(run)
        if held.plan.digest != digest:
            return Refusal(code="stale", detail="The card has changed since you saw it. Edit the new one.")
        context = await self.contexts.of(run.workspace)
        known = {
            f"{at}.{param}"
            for at, step in enumerate(held.plan.steps)
            if (contract := context.catalogue.version(step.action, step.version))
            for param in contract.properties
        }
        unknown = sorted(set(changes) - known)
        if unknown or not changes:
            raise InvalidInput(f"There is no such parameter on this card: {', '.join(unknown) or '(none named)'}.")
        again = begin_edit(run, changes, self.clock())
        return await self._replan(
            again,
            {"held"},
            EntryType.EDITED,
            actor,
            in_transaction,
            request_id=request_id,
            changes=dict(changes),
            digest=digest,
        )

    async def confirm(
        self,
        actor: Actor,
        run_id: str,
        digest: str,
        *,
        shown_at: datetime | None = None,
        request_id: str | None = None,
        in_transaction: TransactionHook[Run] = no_hook,
    ) -> Run | Refusal:
        """Approves exactly ``digest``. Approving twice counts once. ``shown_at`` is when the page with the card was
        opened, if it was one."""
        for _ in range(RACES):
            try:
                run = await self._to_decide(actor, run_id)
            except Forbidden as error:
                await self.approvals.record_forbidden(actor, run_id, error, request_id)
                raise
            try:
                confirmed = await self.approvals.confirm(actor, run, digest, in_transaction, request_id, shown_at)
            except Conflict:
                # Another approval was faster. The service recognises a repeated yes, and the first of two approvals
                # leaves room for this one.
                continue
            self.run_wakeups.notify_changed(run_id)
            self.wake()
            return confirmed
        return Refusal(code="already_decided", detail="This run keeps moving; look at it again.")

    async def reject(
        self,
        actor: Actor,
        run_id: str,
        reason: str = "",
        *,
        misread: bool = False,
        request_id: str | None = None,
        in_transaction: TransactionHook[Run] = no_hook,
    ) -> Run | Refusal:
        """Rejects a run, only before anything is sent. ``misread``: its card isn't what the words ask for. Nothing else
        about a no says so."""
        run = await self._to_decide(actor, run_id)
        now = self.clock()
        if run.state not in ("held", "asked"):
            return Refusal(code="already_decided", detail=f"This run is {run.state}; there is nothing left to reject.")
        rejected = run.with_(
            state="rejected",
            reason=reason.strip()[:500] or None,
            rejected_by=actor,
            updated_at=now,
            decided_at=now,
            expires_at=None,
        )
        return await self._store(
            rejected,
            {"held", "asked"},
            EntryType.REJECTED,
            actor,
            in_transaction,
            request_id=request_id,
            outcome="rejected",
            reason=rejected.reason,
            digest=rejected.digest,
            sentences=recorder.list_sentences(rejected.plan),
            **({"misread": True} if misread and rejected.plan else {}),
        )

    async def cancel(self, actor: Actor, run_id: str, *, request_id: str | None = None) -> Run | Refusal:
        """Cancels the planning of a request, or of a card's edit. Its worker finds the run gone, so nothing comes of a
        late answer by a model."""
        run = await self._to_decide(actor, run_id)
        now = self.clock()
        if run.state != "received":
            return Refusal(code="already_decided", detail=f"This run is {run.state}: it is worked out already.")
        if run.before_edit is not None:
            return await self._drop_edit(run, actor, no_hook, request_id)
        cancelled = run.with_(
            state="rejected",
            reason=CANCELLED,
            rejected_by=actor,
            plan=None,
            drift=(),
            updated_at=now,
            decided_at=now,
            expires_at=None,
        )
        return await self._store(
            cancelled,
            {"received"},
            EntryType.CANCELLED,
            actor,
            no_hook,
            request_id=request_id,
            outcome="rejected",
            reason=CANCELLED,
            phase=self.progress.get_phase(run),
        )

    async def decide(
        self,
        actor: Actor,
        run_id: str,
        verdict: DecisionVerdict,
        *,
        request_id: str | None = None,
        in_transaction: TransactionHook[Run] = no_hook,
    ) -> Run | Refusal:
        """Settles a run with an unknown outcome: an owner checked the platform and says whether it happened, or sends
        it again under the same key."""
        if actor.role != OWNER:
            raise Forbidden("Only an owner decides about a call whose outcome is unknown.")
        run = await self._to_decide(actor, run_id)
        if run.state != "unknown":
            return Refusal(code="already_decided", detail=f"This run is {run.state}; nothing about it is unknown.")
        planned = as_planned(run)
        if verdict != "did_not_happen" and planned is not None:  # these others send it again, or send what follows it
            refusal = refuse_key(await self.contexts.of(run.workspace), actor, planned, self.approvals.console_url)
            if refusal is not None:
                return refusal
        now = self.clock()
        try:
            async with self.database.begin() as session:
                await principals.check_still_acts(session, actor, now)
                for call in await store.runs.calls.of_run(session, run.workspace, run.id):
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
                    await store.runs.calls.move(session, run.workspace, call.call_id, was={call.state}, **changes)
                moved = await repository.move(
                    session, run.with_(state="executing", updated_at=now, decided_at=now), was={"unknown"}
                )
                await recorder.record(
                    session, moved, EntryType.DECIDED, now, actor=actor, request_id=request_id, verdict=verdict
                )
                await put_send(session, moved)
                await in_transaction(session, moved)
                after_commit(session, self.wake)
        except Conflict:
            return MOVED_ON
        self.run_wakeups.notify_changed(run_id)
        return moved

    async def expire_due(self) -> int:
        """Expires what is due, at most ``EXPIRE_AT_ONCE`` runs. Returns how many. The server calls it periodically."""
        async with self.database.read() as session:
            rows = await store.runs.runs.due(session, self.clock(), EXPIRE_AT_ONCE)
        done = 0
        for row in rows:
            try:
                await self._expire(repository.read_row(row))
                done += 1
            except Exception:
                log.exception("run %s can't be expired; the others are", row.id)
        return done

    # ── within ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _expire(self, run: Run) -> Refusal:
        await expire(self.database, run, self.clock())
        self.run_wakeups.notify_changed(run.id)
        return Refusal(code="expired", detail="This has expired; nothing was sent. Ask again.")

    async def _drop_edit(
        self, run: Run, actor: Actor, in_transaction: TransactionHook[Run], request_id: str | None
    ) -> Run | Refusal:
        """Takes back an edit that no card came of yet, and only that."""
        restored = restore_card(run, self.clock())
        return await self._store(
            restored,
            {run.state},
            EntryType.EDIT_DROPPED,
            actor,
            in_transaction,
            request_id=request_id,
            outcome="held",
            reason=UNCHANGED,
        )

    async def _replan(
        self,
        run: Run,
        was: set[RunState],
        kind: EntryType,
        actor: Actor,
        in_transaction: TransactionHook[Run],
        **data: Any,
    ) -> Run | Refusal:
        async def plan_anew(session: AsyncSession, moved: Run) -> None:
            await self.begin(session, resolve_work(moved))
            await in_transaction(session, moved)

        return await self._store(run, was, kind, actor, plan_anew, **data)

    async def _store(
        self,
        run: Run,
        was: set[RunState],
        kind: EntryType,
        actor: Actor,
        in_transaction: TransactionHook[Run],
        **data: Any,
    ) -> Run | Refusal:
        """Stores the run with its history entry, and calls ``in_transaction``. Does nothing if another change was
        faster."""
        try:
            async with self.database.begin() as session:
                moved = await repository.move(session, run, was=was)
                await recorder.record(session, moved, kind, run.updated_at, actor=actor, **data)
                await in_transaction(session, moved)
        except Conflict:
            return MOVED_ON
        self.run_wakeups.notify_changed(run.id)
        return moved

    async def _to_decide(self, actor: Actor, run_id: str) -> Run:
        """The run, for an actor who may decide about it. Raises NotFound, WrongMode."""
        run = await self.run_service.show(actor, run_id)
        check_mode(actor, run)
        return run

    async def _get_own(self, actor: Actor, run_id: str) -> Run:
        run = await self._to_decide(actor, run_id)
        authority.check_owns(actor, run)
        return run
