"""Run outcome: derived from the outcomes of its calls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

import store.runs.calls
from agent.history import recorder
from agent.pipeline import CallOutcome, CallState, RunState
from agent.runs.run import Run
from store.runs.calls import CallRow


def run_state(outcomes: Sequence[CallOutcome]) -> RunState:
    """The state of a finished run: unknown if any call is, failed if any failed, otherwise succeeded."""
    states = {each.state for each in outcomes}
    if "unknown" in states or "begun" in states:
        return "unknown"
    return "failed" if states & {"failed", "skipped"} else "succeeded"


async def close_calls(session: AsyncSession, run: Run, now: datetime) -> tuple[CallOutcome, ...]:
    """The outcomes of a run's calls. Calls after one that didn't succeed are skipped for good."""
    took = await store.runs.calls.took_ms(session, run.workspace, run.id)
    outcomes = []
    for call in await store.runs.calls.of_run(session, run.workspace, run.id):
        if call.state == "planned":
            call = await _end(session, call, "skipped", "Not sent, because an earlier call did not succeed.", now)
        outcomes.append(recorder.make_outcome(call, duration_ms=took.get(call.call_id, 0.0)))
    return tuple(outcomes)


async def abandon_calls(session: AsyncSession, run: Run, now: datetime) -> tuple[CallOutcome, ...]:
    """The outcomes of the calls of an abandoned run. A call under way may have happened. One that waited for its next
    attempt didn't. The rest are skipped."""
    for call in await store.runs.calls.of_run(session, run.workspace, run.id):
        if call.state == "begun":
            await _end(session, call, "unknown", "The worker stopped before an answer came.", now)
        elif call.state == "planned" and call.attempts:
            # An owner sent it again, so it may have happened the first time.
            fate: CallState = "failed" if call.started_at else "unknown"
            await _end(session, call, fate, f"{call.detail} It was not tried again.".strip(), now)
    return await close_calls(session, run, now)


async def _end(session: AsyncSession, call: CallRow, to: CallState, detail: str, now: datetime) -> CallRow:
    """The call in its final state. Raises Conflict if it changed meanwhile."""
    return await store.runs.calls.move(
        session, call.workspace, call.call_id, was={call.state}, to=to, detail=detail, finished_at=now
    )
