"""Call log: records each step of sending a call together with its history entry, in one transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import store.runs.calls
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.pipeline import CallState, Step
from agent.runs.run import Run
from agent.runs.test_mode import is_test
from core.clock import Clock
from core.errors import Conflict
from core.storable import make_storable
from executors.http.signed_client import MAX_ANSWER_BYTES
from executors.jobs.queue import Outcome, Reschedule
from executors.retry import Failed, Reply, Retry, RetryVerdict, Success, Unknown
from registry.catalogue import Catalogue
from registry.result import fits_result
from store.database import Database
from store.runs.calls import AttemptRow, CallRow

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CallLog:
    database: Database
    clock: Clock
    changed: Callable[[str], None]

    async def settle(
        self,
        run: Run,
        step: Step,
        call: CallRow,
        reply: Reply,
        verdict: RetryVerdict,
        catalogue: Catalogue,
        *,
        unknown_before: bool,
    ) -> Outcome | None:
        """Records the result of the attempt.

        The endpoint's answer is evidence and never an obstacle: a part that can't be stored is left out, but its
        arrival is recorded. Raises Conflict, and what a database that is down raises.
        """
        contract = catalogue.version(step.action, step.version)
        handled: Outcome | None = None
        fits: bool | None = None
        match verdict:
            case Success():
                state: CallState = "succeeded"
                fits = fits_result(contract.result if contract else None, reply.body)
                detail = "" if fits is not False else "The answer doesn't fit the contract's result schema."
                if is_test(run):
                    detail = reply.detail
            case Retry():
                state = "unknown" if verdict.unknown or unknown_before else "planned"
                detail = verdict.detail
                handled = Reschedule(verdict.delay_s, verdict.detail)
            case Failed():
                state, detail = "failed", verdict.detail
            case Unknown():
                state, detail = "unknown", verdict.detail
        answer = make_storable(reply.body[:MAX_ANSWER_BYTES]) if reply.body else None
        try:
            await self._write_down(run, step, call, reply, state, detail, answer, fits, handled)
        except Conflict:
            raise
        except Exception as error:
            # A call that was made must not be forgotten or sent again because of its answer. The error's own words may
            # hold the answer.
            log.error(
                "an answer could not be kept (%s): settled without it", type(error).__name__, extra={"run_id": run.id}
            )
            detail = f"{detail} The answer could not be kept.".strip()
            await self._write_down(run, step, call, reply, state, detail, None, fits, handled)
        self.changed(run.id)
        return handled

    async def _write_down(
        self,
        run: Run,
        step: Step,
        call: CallRow,
        reply: Reply,
        state: CallState,
        detail: str,
        answer: str | None,
        fits: bool | None,
        handled: Outcome | None,
    ) -> None:
        now = self.clock()
        async with self.database.begin() as session:
            moved = await store.runs.calls.move(
                session,
                run.workspace,
                step.call_id,
                was={"begun"},
                to=state,
                of_attempt=call.attempts,
                status=reply.status,
                answer=answer,
                detail=detail,
                finished_at=None if handled else now,
            )
            await store.runs.calls.log_attempt(
                session,
                AttemptRow(
                    call_id=step.call_id,
                    n=call.attempts,
                    started_at=now - timedelta(milliseconds=reply.duration_ms),
                    duration_ms=reply.duration_ms,
                    status=reply.status,
                    error=reply.error,
                    answer_head=(answer or "")[:512],
                ),
            )
            await recorder.record(
                session,
                run,
                EntryType.CALL_ATTEMPTED if handled else EntryType.CALL_SETTLED,
                now,
                outcome=state,
                duration_ms=reply.duration_ms,
                sentences=[step.preview],
                call=recorder.describe_outcome(recorder.make_outcome(moved, fits, reply.duration_ms)),
                error=reply.error,
                retry_in_s=handled.delay_s if isinstance(handled, Reschedule) else None,
            )

    async def begin(self, run: Run, step: Step, call: CallRow) -> CallRow:
        """Marks the start of an attempt, committed before the first byte is sent, so that a crash is visible."""
        now = self.clock()
        async with self.database.begin() as session:
            moved = await store.runs.calls.move(
                session,
                run.workspace,
                step.call_id,
                was={"planned", "unknown"},
                to="begun",
                attempts=call.attempts + 1,
                started_at=call.started_at or now,
            )
            await recorder.record(
                session,
                run,
                EntryType.CALL_BEGUN,
                now,
                sentences=[step.preview],
                call_id=step.call_id,
                attempt=moved.attempts,
                url=step.url,
                payload=step.payload,
                **recorder.describe_request(step),
            )
        return moved

    async def mark(self, run: Run, step: Step, state: CallState, kind: EntryType, *, detail: str) -> None:
        now = self.clock()
        async with self.database.begin() as session:
            moved = await store.runs.calls.move(
                session,
                run.workspace,
                step.call_id,
                was={"planned", "begun", "unknown"},
                to=state,
                detail=detail,
                finished_at=now,
            )
            told = recorder.describe_outcome(recorder.make_outcome(moved))
            await recorder.record(session, run, kind, now, outcome=state, sentences=[step.preview], call=told)

    async def get(self, run: Run, step: Step) -> CallRow:
        async with self.database.read() as session:
            return await store.runs.calls.get(session, run.workspace, step.call_id)
