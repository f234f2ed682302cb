"""Reconciler: finds out by reads, which contracts describe, whether calls happened whose answer was lost.

It only reads. A read that shows whether a call happened settles it, as an owner's word would. If no read tells within a
day, a person decides.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

import store.contracts
import store.runs.calls
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.pipeline import Step
from agent.planning.planner import find_reconcile, put_send
from agent.runs import repository
from agent.runs.run import Run
from agent.runs.states import as_planned
from agent.sending.answers import decode
from agent.sending.http_endpoint import HttpEndpointClient
from agent.validate.payload import make_binding
from agent.workspace.context import WorkspaceContexts
from core.clock import Clock
from core.errors import Conflict, InvalidInput, NotAuthentic, NotFound
from executors.jobs.queue import Dead, Done, Outcome, Reschedule
from executors.retry import EndpointReply, Reply
from registry.conditions import condition as conditions
from registry.conditions.condition import Evaluator
from registry.contract import Contract, parse
from registry.endpoints import json_body
from registry.endpoints.formats import write_text
from registry.endpoints.rendering import Binding, RenderedRequest, is_absent, render_read
from registry.endpoints.types import Expectation, Reconcile
from registry.endpoints.values import Value
from store.database import Database, after_commit
from store.jobs.jobs import Job
from store.runs.calls import CallRow

log = logging.getLogger(__name__)

DELAYS_S: Final = (
    2.0, 3.0, 5.0, 10.0, 20.0, 40.0, 60.0, 120.0, 300.0, 900.0, 1_800.0, 3_600.0, 7_200.0, 14_400.0, 28_800.0, 28_800.0,
)  # fmt: skip
"""Pauses after each read: about a day in all."""
_ANEW: Final[dict[str, Any]] = {"detail": "", "finished_at": None}
Finding = Literal["happened", "not_happened", "undecided"]


@dataclass(frozen=True)
class Reconciler:
    """Reads for runs whose outcome is ``unknown``. Two at once do no harm, because every change is conditional."""

    database: Database
    contexts: WorkspaceContexts
    client: HttpEndpointClient
    evaluator: Evaluator
    clock: Clock
    changed: Callable[[str], None]
    wake: Callable[[], None]

    async def reconcile(self, job: Job) -> Outcome:
        """Reads once for each unknown call of the run whose contract describes a read."""
        workspace, run_id = job.workspace, job.payload["run_id"]
        try:
            async with self.database.read() as session:
                run = await repository.get(session, workspace, run_id)
                calls = {each.call_id: each for each in await store.runs.calls.of_run(session, workspace, run_id)}
        except NotAuthentic as error:
            return Dead(error.detail)
        planned = as_planned(run)
        if planned is None or run.state != "unknown":
            return Done()
        waiting = False
        for step in planned.plan.steps:
            call = calls.get(step.call_id)
            read = find_reconcile(step)
            if call is None or call.state != "unknown" or read is None:
                continue
            found = await self._read(run, step, call, read, job.attempt)
            waiting = waiting or found == "undecided"
        try:
            await self._resume(run)
        except Conflict:
            return Done()  # somebody settled it meanwhile
        if not waiting:
            return Done()
        if job.attempt > len(DELAYS_S):
            return Done()  # a person decides
        return Reschedule(DELAYS_S[job.attempt - 1], "No read tells yet whether it happened.")

    async def _read(self, run: Run, step: Step, call: CallRow, read: Reconcile, attempt: int) -> Finding:
        """Reads once, records what was read, and settles the call if that tells its outcome."""
        found: Finding = "undecided"
        told: dict[str, Any] = {}
        try:
            binding, request = await self._render_request(run, step, read)
        except (InvalidInput, NotFound, NotAuthentic) as error:
            told["error"] = error.detail
        else:
            reply = await self.client.send(
                run.workspace,
                _find_connection(step),
                request,
                timeout_s=step.timeout_s,
                purpose="reconcile",
                attempt=attempt,
            )
            told["url"] = request.url
            if isinstance(reply, EndpointReply):
                told["error"] = reply.said
            else:
                told |= {"status": reply.status, "error": reply.error, "duration_ms": reply.duration_ms}
                happened = await is_met(read.happened, reply, binding, self.evaluator, workspace=run.workspace)
                if happened:
                    found = "happened"
                elif read.not_happened is not None and self._is_over(call, read):
                    missed = await is_met(read.not_happened, reply, binding, self.evaluator, workspace=run.workspace)
                    found = "not_happened" if missed else "undecided"
        await self._write_down(run, call, found, attempt, told)
        return found

    async def _render_request(self, run: Run, step: Step, read: Reconcile) -> tuple[Binding, RenderedRequest]:
        async with self.database.read() as session:
            row = await store.contracts.version(session, run.workspace, step.action, step.version)
        contract: Contract = parse(json.loads(row.raw))
        if contract.digest != step.contract_digest:
            raise NotAuthentic("The stored contract is not the one that the call was made with.")
        connection = _find_connection(step)
        base = None
        if connection is not None:
            base = (await self.contexts.of(run.workspace)).catalogue.address(connection)
            if base is None or not step.url.startswith(base.rstrip("/") + "/"):
                raise InvalidInput(f"The connection {connection!r} is another one by now.")
        binding = make_binding(contract, {each.param: each.value for each in step.filled}, step.call_id)
        return binding, render_read(read, binding, base)

    def _is_over(self, call: CallRow, read: Reconcile) -> bool:
        """Whether the last attempt is so old that it can't be under way any more."""
        ended = call.finished_at or call.started_at
        return ended is None or self.clock() >= ended + timedelta(seconds=read.settles_after_s)

    async def _write_down(self, run: Run, call: CallRow, found: Finding, attempt: int, told: dict[str, Any]) -> None:
        now = self.clock()
        async with self.database.begin() as session:
            if found != "undecided":
                await store.runs.calls.move(
                    session,
                    run.workspace,
                    call.call_id,
                    was={"unknown"},
                    to="succeeded" if found == "happened" else "failed",
                    detail="A read of the platform found that it had happened."
                    if found == "happened"
                    else "A read of the platform found that it had not happened.",
                    finished_at=now,
                )
            await recorder.record(
                session, run, EntryType.RECONCILED, now, outcome=found, call_id=call.call_id, read=attempt, **told
            )

    async def _resume(self, run: Run) -> None:
        """Finishes a run without unknown calls. Steps after a call that happened still run within that call's deadline.
        Later they would surprise. Raises Conflict."""
        now = self.clock()
        async with self.database.begin() as session:
            calls = await store.runs.calls.of_run(session, run.workspace, run.id)
            if any(each.state in ("unknown", "begun") for each in calls):
                return
            planned = as_planned(run)
            deadlines = {step.call_id: step.deadline_s for step in planned.plan.steps} if planned else {}
            if all(_in_time(each, deadlines, now) for each in calls if each.state in ("succeeded", "failed")):
                for each in calls:
                    if each.state == "skipped":
                        await store.runs.calls.move(
                            session, run.workspace, each.call_id, was={"skipped"}, to="planned", **_ANEW
                        )
            moved = await repository.move(session, run.with_(state="executing", updated_at=now), was={"unknown"})
            await put_send(session, moved)
            after_commit(session, self.wake)
        self.changed(run.id)


def _find_connection(step: Step) -> str | None:
    return step.endpoint.connection if step.endpoint is not None else None


def _in_time(call: CallRow, deadlines: dict[str, int], now: datetime) -> bool:
    """Whether a settled call succeeded recently enough to continue with the next step."""
    if call.state != "succeeded" or call.started_at is None:
        return False
    return now <= call.started_at + timedelta(seconds=deadlines.get(call.call_id, 0))


ANSWER: Final = frozenset({"answer", "params"})


async def is_met(
    expected: Expectation, reply: Reply, binding: Binding, evaluator: Evaluator, *, workspace: str
) -> bool:
    """Whether every expectation holds. One that can't be judged doesn't, and neither does a truncated answer."""
    if reply.status is None or reply.cut or not _status_fits(expected, reply.status):
        return False
    document = decode(reply.body)
    found = json_body.read_at(document, expected.at) if document is not json_body.MISSING else json_body.MISSING
    if expected.some is not None or expected.none is not None:
        if not isinstance(found, list):
            return False
        wanted = expected.some or expected.none or {}
        there = any(_entry_fits(entry, wanted, binding) for entry in found)
        if there is (expected.some is None):
            return False
    elif expected.equals is not None:
        if not _same(found, expected.equals, binding):
            return False
    elif expected.at and (found is json_body.MISSING or found is None):
        return False
    if expected.condition is None:
        return True
    if document is json_body.MISSING:
        return False
    try:
        condition = conditions.compile(expected.condition, ANSWER)
    except InvalidInput:
        return False
    result = await evaluator.evaluate(
        condition, {"answer": document, "params": dict(binding.params)}, workspace=workspace
    )
    return result.holds and not result.trouble and not result.overran


def _status_fits(expected: Expectation, status: int) -> bool:
    return str(status) in expected.status or f"{status // 100}xx" in expected.status


def _entry_fits(entry: Any, wanted: Mapping[str, Value], binding: Binding) -> bool:
    return all(_same(json_body.read_at(entry, pointer), value, binding) for pointer, value in wanted.items())


def _same(found: Any, value: Value, binding: Binding) -> bool:
    """Whether a value is the bound one. A number equals its text, because APIs write ids both ways."""
    try:
        wanted = binding.value(value)
    except InvalidInput:
        return False
    if is_absent(wanted) or found is json_body.MISSING:
        return False
    if isinstance(found, bool) or isinstance(wanted, bool) or found is None or wanted is None:
        return found is wanted
    if isinstance(found, str | int | float) and isinstance(wanted, str | int | float):
        return write_text(found) == write_text(wanted)
    return bool(found == wanted)
