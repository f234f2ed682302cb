"""Approval: confirms a held plan. Checks who may approve exactly this plan, once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from agent.history import recorder
from agent.history.recorder import EntryType
from agent.pipeline import Refusal, RunState
from agent.planning.planner import put_resolve, put_send
from agent.runs import repository
from agent.runs.approver_independence import refuse_dependent_approvers, refuse_newcomer
from agent.runs.expire import expire, has_expired
from agent.runs.obstacles import find_obstacle
from agent.runs.person_confirmation import is_person, needs_person, refuse_key
from agent.runs.run import Approval, Run
from agent.runs.states import Held, Planned, as_held
from agent.validate.drift import recheck
from agent.validate.payload import digest_plan
from agent.workspace import authority, principals
from agent.workspace.authority import may_run
from agent.workspace.context import WorkspaceContext, WorkspaceContexts
from core.actor import Actor
from core.clock import Clock
from core.errors import Forbidden
from store.database import Database
from store.runs import confirmations
from store.transaction_hook import TransactionHook, no_hook

log = logging.getLogger(__name__)

_NO_CARD: Final[Mapping[RunState, str]] = {
    "received": "It is being worked out again, so there is nothing to confirm yet. Wait for its card.",
    "asked": "A question about it is open, so there is nothing to confirm yet. Answer it first.",
}
_DECIDED: Final = "This was decided already, so there is nothing to confirm."
DRIFTED: Final = "What it stood on changed after it was shown, so this new card waits for a yes."


@dataclass(frozen=True)
class ApprovalService:
    """The only way from ``held`` to ``confirmed``."""

    database: Database
    contexts: WorkspaceContexts
    clock: Clock
    apart: timedelta
    """If two people must agree: the minimum age of a membership, role or access that one of them gave the other."""
    console_url: str = ""
    """The console's address, where a person can confirm what a key may not."""

    async def confirm(
        self,
        approver: Actor,
        run: Run,
        digest: str,
        in_transaction: TransactionHook[Run] = no_hook,
        request_id: str | None = None,
        shown_at: datetime | None = None,
    ) -> Run | Refusal:
        """Approves ``digest``. A second approval by the same person returns the run unchanged. Drift sends the run back
        to planning for a fresh card. Raises Conflict only if the run changed in a way that no answer covers."""
        if run.state in ("confirmed", "executing", "succeeded", "failed", "unknown") and run.digest == digest:
            return run
        held = self._to_confirm(approver, run, digest)
        if isinstance(held, Refusal):
            return await self._record_refusal(approver, run, held, request_id)
        context = await self.contexts.of(run.workspace)
        async with self.database.read() as session:
            requester = await principals.find_current_actor(session, run.actor, self.clock())
            standing = await list_valid_approvals(session, context, held, self.clock())
            denied = self._refuse(context, approver, held, requester) or await self._refuse_second(
                session, approver, held, standing
            )
        if denied is not None:
            return await self._record_refusal(approver, run, denied, request_id)
        assert requester is not None, "whose card has no obstacle may act"
        drift = (
            verify_digest(held)
            or check_requester_role(run, requester)
            or await recheck(
                held.plan, actor=requester, catalogue=context.catalogue, kinds=context.live, surface=run.surface
            )
        )
        if drift:
            return await self._plan_again(run, approver, drift, in_transaction, request_id)
        return await self._approve(approver, held, standing, in_transaction, request_id, shown_at)

    def _to_confirm(self, approver: Actor, run: Run, digest: str) -> Held | Refusal:
        held = as_held(run)
        if run.state == "expired" or (held is not None and has_expired(run, self.clock())):
            return Refusal(code="expired", detail="This card has expired; nothing was sent. Ask again for a fresh one.")
        if held is None:
            return Refusal(code="already_decided", detail=_NO_CARD.get(run.state, _DECIDED))
        if held.plan.digest != digest:
            return Refusal(
                code="stale", detail="The card has changed since you saw it. Look at the new one and confirm that."
            )
        if authority.find_approval(approver, run) is not None:
            return Refusal(
                code="same_person",
                detail="You have approved this already. It needs the approval of a second, different person.",
            )
        return held

    def _refuse(
        self, context: WorkspaceContext, approver: Actor, held: Held, requester: Actor | None
    ) -> Refusal | None:
        """Refuses a card that nobody can confirm any more, and an approver who may not confirm this one."""
        if obstacle := find_obstacle(held, requester, context.catalogue):
            return Refusal(code="forbidden", detail=f"This can't be confirmed now. {obstacle}")
        return may_run(context.catalogue, approver, held.plan) or refuse_key(context, approver, held, self.console_url)

    async def _refuse_second(
        self, session: AsyncSession, approver: Actor, held: Held, standing: tuple[Approval, ...]
    ) -> Refusal | None:
        """Refuses an approver who doesn't count as one of two different people."""
        people = [approver, *(each.actor for each in standing if each.actor)]
        return await refuse_newcomer(session, approver, held) or await refuse_dependent_approvers(
            session, held, people, self.clock(), self.apart
        )

    async def _record_refusal(self, approver: Actor, run: Run, refusal: Refusal, request_id: str | None) -> Refusal:
        now = self.clock()
        if refusal.code == "expired" and run.state == "held":
            await expire(self.database, run, now)
        async with self.database.begin() as session:
            await recorder.record(
                session,
                run,
                EntryType.CONFIRM_REFUSED,
                now,
                actor=approver,
                request_id=request_id,
                refusal=refusal.model_dump(mode="json"),
            )
        return refusal

    async def record_forbidden(
        self, approver: Actor, run_id: str, error: Forbidden, request_id: str | None = None
    ) -> None:
        """Records in history that somebody tried to approve a card that they may not see."""
        async with self.database.read() as session:
            run = await repository.get(session, approver.workspace, run_id)
        await self._record_refusal(approver, run, Refusal(code="forbidden", detail=error.detail), request_id)

    async def _plan_again(
        self,
        run: Run,
        approver: Actor,
        drift: tuple[str, ...],
        in_transaction: TransactionHook[Run],
        request_id: str | None,
    ) -> Run:
        """Sends the run back to planning with the same drafts. The fresh card shows the differences."""
        now = self.clock()
        again = run.with_(
            state="received", drift=drift, approvals=(), must_wait=DRIFTED, updated_at=now, expires_at=None
        )
        async with self.database.begin() as session:
            moved = await repository.move(session, again, was={"held"})
            await recorder.record(
                session,
                moved,
                EntryType.DRIFTED,
                now,
                actor=approver,
                request_id=request_id,
                drift=list(drift),
                digest=run.digest,
            )
            await put_resolve(session, moved)
            await in_transaction(session, moved)
        return moved

    async def _approve(
        self,
        approver: Actor,
        held: Held,
        standing: tuple[Approval, ...],
        in_transaction: TransactionHook[Run],
        request_id: str | None,
        shown_at: datetime | None,
    ) -> Run:
        """Adds an approval. ``standing`` are earlier approvals that still count, without those of people who lost the
        right since."""
        run, plan, now = held.run, held.plan, self.clock()
        approval = Approval(person=approver.person, name=approver.name, at=now, digest=plan.digest, actor=approver)
        approvals = (*standing, approval)
        gone = [each.person for each in run.approvals if each not in standing]
        complete = len(approvals) >= plan.approvals
        approved = run.with_(
            state="confirmed" if complete else "held",
            approvals=approvals,
            updated_at=now,
            decided_at=now if complete else None,
            expires_at=None if complete else run.expires_at,
        )
        shown_at = max(shown_at, run.held_at or shown_at) if shown_at else None
        async with self.database.begin() as session:
            moved = await repository.move(session, approved, was={"held"})
            await recorder.record(
                session,
                moved,
                EntryType.CONFIRMED if complete else EntryType.APPROVED,
                now,
                actor=approver,
                request_id=request_id,
                outcome=moved.state,
                digest=plan.digest,
                sentences=recorder.list_sentences(plan),
                seconds_to_approve=(now - run.held_at).total_seconds() if run.held_at else None,
                seconds_open=max((now - shown_at).total_seconds(), 0.0) if shown_at else None,
                lapsed=gone,
            )
            if complete:
                # An earlier yes by another person, or by the same person in another role, is no standing approval of
                # the requester.
                if run.mode == "live" and authority.has_approved_own(run, approvals):
                    for step in plan.steps:
                        await confirmations.remember(session, run.actor, run.session_id, step.contract_digest)
                await put_send(session, moved)
            await in_transaction(session, moved)
        return moved


def verify_digest(planned: Planned) -> tuple[str, ...]:
    """Tamper check: the drift of a stored plan that doesn't match its digest."""
    run, plan = planned.run, planned.plan
    if digest_plan(plan.steps, run_id=run.id, actor=run.actor, surface=run.surface) == plan.digest:
        return ()
    log.error("a stored plan does not match its digest", extra={"run_id": run.id, "workspace": run.workspace})
    return ("The stored plan was changed behind this card's back. It was made again from your words.",)


def check_requester_role(run: Run, requester: Actor) -> tuple[str, ...]:
    """The drift if the requester's role changed. The payload names the role at the time it was built."""
    if requester.role == run.actor.role:
        return ()
    return (f"{requester.name}'s role changed from {run.actor.role} to {requester.role}.",)


async def list_valid_approvals(
    session: AsyncSession, context: WorkspaceContext, planned: Planned, now: datetime
) -> tuple[Approval, ...]:
    """The approvals of this very plan by people who may still act and may still run it themselves."""
    kept: list[Approval] = []
    for each in planned.run.approvals:
        if each.digest != planned.plan.digest:
            continue
        giver = await principals.find_current_actor(session, each.actor, now) if each.actor else None
        if giver is None or may_run(context.catalogue, giver, planned.plan) is not None:
            continue
        if needs_person(context, planned.plan) and not is_person(giver):
            continue
        if await refuse_newcomer(session, giver, planned) is None:
            kept.append(each)
    return tuple(kept)


def find_lapsed(planned: Planned, standing: tuple[Approval, ...]) -> tuple[str, ...]:
    """The drift if approvals no longer count. Nothing is sent on the word of a person who has lost the right to give
    it."""
    gone = [each.name for each in planned.run.approvals if each not in standing]
    if not gone and len(standing) < planned.plan.approvals:
        return ("It has fewer approvals than it needs.",)
    return tuple(f"{name}, who approved this, may no longer do so." for name in gone)
