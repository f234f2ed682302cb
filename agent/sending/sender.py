"""Sender of confirmed runs: claims, posts and settles their calls in order, each under one idempotency key.

A crash between claim and settle leaves a call that is ``begun``. It is sent again with the same key if its contract is
idempotent. Otherwise it is ``unknown`` and a person decides. No transaction is open during a request.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import store.runs.calls
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.pipeline import CallState, Step
from agent.planning.planner import put_reconcile, put_resolve
from agent.runs import outcomes, repository
from agent.runs.approval import DRIFTED, check_requester_role, find_lapsed, list_valid_approvals, verify_digest
from agent.runs.run import Run
from agent.runs.states import Confirmed, Planned, as_confirmed, as_planned
from agent.runs.test_mode import is_test
from agent.sending.action_secrets import ActionSecrets
from agent.sending.call_log import CallLog
from agent.sending.endpoint_client import EndpointClient
from agent.validate.drift import recheck
from agent.workspace import principals
from agent.workspace.context import WorkspaceContexts
from core.clock import Clock
from core.errors import Conflict, NotAuthentic
from executors import sandbox
from executors.http.signed_client import SignedClient
from executors.jobs.queue import Dead, Done, Outcome, Reschedule
from executors.retry import EndpointReply, Reply, judge_action, judge_endpoint
from registry.catalogue import Catalogue
from store.database import Database
from store.runs.calls import CallRow

log = logging.getLogger(__name__)

_SETTLED: frozenset[CallState] = frozenset({"succeeded", "failed", "skipped"})


@dataclass(frozen=True)
class Sender:
    """Executes confirmed runs. One worker at a time holds a run, by the queue's lease. Every update is conditional all
    the same.

    A test run ends in the sandbox. Calls leave only here, and the run's mode is checked each time.
    """

    database: Database
    contexts: WorkspaceContexts
    signed_client: SignedClient
    secrets: ActionSecrets
    clock: Clock
    changed: Callable[[str], None]
    endpoints: Mapping[str, EndpointClient] = field(default_factory=dict)
    """Clients by endpoint type, for all types except the signed POST."""

    @property
    def log(self) -> CallLog:
        return CallLog(self.database, self.clock, self.changed)

    async def send(self, workspace: str, run_id: str) -> Outcome:
        """Moves one run as far as possible. Returns ``Reschedule`` if a call waits for its next attempt, and ``Dead``
        for a run that was changed outside OpsIQ: nothing of it is sent."""
        try:
            async with self.database.read() as session:
                run = await repository.get(session, workspace, run_id)
        except NotAuthentic as error:
            return Dead(error.detail)
        planned = as_planned(run)
        if planned is not None and run.state == "confirmed":
            try:
                started = await self._start(planned)
            except Conflict:
                # Another worker moved it first and may be dead by now. The next look finds how far it got.
                return Reschedule(1.0, "Another worker is at it.")
            if started is None:  # it drifted and is planned again
                return Done()
            run = started
        confirmed = as_confirmed(run)
        if confirmed is None or run.state != "executing":
            return Done()
        context = await self.contexts.of(workspace)
        async with self.database.read() as session:
            calls = {call.call_id: call for call in await store.runs.calls.of_run(session, workspace, run.id)}
        for step in confirmed.plan.steps:
            call = calls[step.call_id]
            if call.state == "succeeded":
                continue
            if call.state in _SETTLED:
                break
            handled = await self._send_step(confirmed, step, call, context.catalogue)
            if handled is not None:
                return handled
            async with self.database.read() as session:
                if (await store.runs.calls.get(session, workspace, step.call_id)).state != "succeeded":
                    break
        await self._finish(run)
        return Done()

    async def _start(self, planned: Planned) -> Run | None:
        """Checks role, contract, endpoint and records a last time before sending. Then commits the claim.

        None after drift. Raises Conflict if another worker moved the run meanwhile.
        """
        run, plan = planned.run, planned.plan
        context = await self.contexts.of(run.workspace)
        async with self.database.read() as session:
            actor = await principals.find_current_actor(session, run.actor, self.clock())
            lost = "" if actor else await principals.explain_lost_access(session, run.actor, self.clock())
            standing = await list_valid_approvals(session, context, planned, self.clock())
        drift: tuple[str, ...] = (
            (lost,)
            if actor is None
            else verify_digest(planned)
            or check_requester_role(run, actor)
            or find_lapsed(planned, standing)
            or await recheck(plan, actor=actor, catalogue=context.catalogue, kinds=context.live, surface=run.surface)
        )
        now = self.clock()
        async with self.database.begin() as session:
            if drift:
                # A plan confirmed only by its policy may be confirmed by it again. A card that a person saw is shown
                # again.
                waits = DRIFTED if plan.held else run.must_wait
                again = run.with_(state="received", drift=drift, approvals=(), must_wait=waits, updated_at=now)
                moved = await repository.move(session, again, was={"confirmed"})
                await recorder.record(session, moved, EntryType.DRIFTED, now, drift=list(drift), digest=plan.digest)
                await put_resolve(session, moved)
                result = None
            else:
                result = await repository.move(session, run.with_(state="executing", updated_at=now), was={"confirmed"})
                await store.runs.calls.insert_many(
                    session, [_make_row(run, step, at) for at, step in enumerate(plan.steps)]
                )
        self.changed(run.id)
        return result

    async def _send_step(self, confirmed: Confirmed, step: Step, call: CallRow, catalogue: Catalogue) -> Outcome | None:
        """Makes one attempt at one call. None if the call is settled, whatever the result."""
        run = confirmed.run
        if call.state == "begun":  # a worker died between its mark and the answer, so it may have happened
            await self.log.mark(
                run, step, "unknown", EntryType.CALL_ATTEMPTED, detail="The worker stopped before an answer came."
            )
            call = await self.log.get(run, step)
        if call.state == "unknown" and not step.idempotent:
            return None
        # Attempts without a start: its outcome was unknown and a person wants it sent again. From here on only a 2xx
        # settles it.
        resent = call.attempts > 0 and call.started_at is None
        unknown_before = call.state == "unknown" or resent
        tried = call.attempts > 0
        if tried or step is not confirmed.plan.steps[0]:
            refusal = await self._still_allowed(confirmed, step, tried=tried)
            if refusal is not None:
                settled: CallState = "unknown" if unknown_before else "failed"
                await self.log.mark(run, step, settled, EntryType.CALL_SETTLED, detail=refusal)
                return None
        now = self.clock()
        begun_first = call.started_at or now
        if call.attempts and now >= begun_first + timedelta(seconds=step.deadline_s):
            await self.log.mark(
                run,
                step,
                "unknown" if unknown_before else "failed",
                EntryType.CALL_SETTLED,
                detail=f"No success within {step.deadline_s} s.",
            )
            return None
        if is_test(run):
            call = await self.log.begin(run, step, call)
            contract = catalogue.version(step.action, step.version)
            reply = await asyncio.to_thread(sandbox.answer, contract.result if contract else None)
        elif step.endpoint is not None:
            return await self._call_endpoint(
                run, step, call, step.endpoint.type, begun_first, catalogue, unknown_before
            )
        else:
            secrets = await self.secrets.of(run.workspace, step.url)
            call = await self.log.begin(run, step, call)
            reply = await self.signed_client.post(
                step.url,
                step.payload.encode(),
                message_id=step.call_id,
                secrets=secrets,
                timeout_s=step.timeout_s,
                attempt=call.attempts,
            )
        verdict = judge_action(
            reply,
            attempt=call.attempts,
            elapsed_s=(self.clock() - begun_first).total_seconds(),
            deadline_s=step.deadline_s,
            idempotent=step.idempotent,
            unknown_before=unknown_before,
        )
        return await self.log.settle(run, step, call, reply, verdict, catalogue, unknown_before=unknown_before)

    async def _call_endpoint(
        self,
        run: Run,
        step: Step,
        call: CallRow,
        kind: str,
        begun_first: datetime,
        catalogue: Catalogue,
        unknown_before: bool,
    ) -> Outcome | None:
        """Makes one attempt at an endpoint that is no signed POST, and judges it by the endpoint's own rules."""
        client = self.endpoints.get(kind)
        call = await self.log.begin(run, step, call)
        if client is None:
            reply = Reply(None, b"", 0, None, sent=False)
            came = EndpointReply(reply, "not_done", f"This server can't call endpoints of the type {kind!r}.")
        else:
            came = await client.call(run.workspace, step, attempt=call.attempts)
        verdict = judge_endpoint(
            came,
            attempt=call.attempts,
            elapsed_s=(self.clock() - begun_first).total_seconds(),
            deadline_s=step.deadline_s,
            idempotent=step.idempotent,
            unknown_before=unknown_before,
        )
        reply = came.reply if came.result is None else came.reply._replace(body=came.result)
        return await self.log.settle(run, step, call, reply, verdict, catalogue, unknown_before=unknown_before)

    async def _still_allowed(self, confirmed: Confirmed, step: Step, *, tried: bool) -> str | None:
        """Checks again before each later step and each further attempt, except records that earlier steps of this run
        changed. A call that was ``tried`` before may have changed its own record."""
        run, plan = confirmed.run, confirmed.plan
        context = await self.contexts.of(run.workspace)
        async with self.database.read() as session:
            actor = await principals.find_current_actor(session, run.actor, self.clock())
            lost = "" if actor else await principals.explain_lost_access(session, run.actor, self.clock())
            standing = await list_valid_approvals(session, context, confirmed, self.clock())
        if actor is None:
            return lost
        if changed := check_requester_role(run, actor):
            return " ".join(changed)
        earlier = plan.steps[: plan.steps.index(step) + (1 if tried else 0)]
        touched = frozenset((pin.record_kind, pin.record_id) for each in earlier for pin in each.pins)
        rest = plan.model_copy(update={"steps": (step,)})
        drift = await recheck(
            rest,
            actor=actor,
            catalogue=context.catalogue,
            kinds=context.live,
            surface=run.surface,
            skip_records=touched,
        )
        return " ".join(drift or find_lapsed(confirmed, standing)) or None

    async def _finish(self, run: Run) -> None:
        now = self.clock()
        try:
            async with self.database.begin() as session:
                came = await outcomes.close_calls(session, run, now)
                state = outcomes.run_state(came)
                done = run.with_(state=state, outcomes=came, updated_at=now)
                moved = await repository.move(session, done, was={"executing"})
                await recorder.record(
                    session,
                    moved,
                    EntryType.FINISHED,
                    now,
                    outcome=state,
                    sentences=recorder.list_sentences(moved.plan),
                    outcomes=[recorder.describe_outcome(each) for each in came],
                    duration_ms=(now - run.created_at).total_seconds() * 1000,
                )
                await put_reconcile(session, moved)
        except Conflict:
            log.info("another worker finished this run first", extra={"run_id": run.id})
        self.changed(run.id)


def _make_row(run: Run, step: Step, seq: int) -> CallRow:
    return CallRow(
        call_id=step.call_id,
        workspace=run.workspace,
        run_id=run.id,
        seq=seq,
        action=step.action,
        version=step.version,
        state="planned",
        url=step.url,
        payload=step.payload,
        attempts=0,
        status=None,
        answer=None,
        detail="",
        started_at=None,
        finished_at=None,
    )
