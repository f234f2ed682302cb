"""Run progress: the steps on a run's page, and server-sent events while somebody watches.

Any process can serve it. The process that plans the run knows each step at once, and the others read it with the run.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final, Literal

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from agent.runs.run import MOVING, Run
from agent.runs.service import RunService
from core.actor import Actor
from core.errors import Forbidden, NotFound
from web.auth import get_container
from web.console import labels
from web.console.session import SignedIn

router = APIRouter(include_in_schema=False)

LONGEST_S: Final = 30.0
"""Longest time of a stream in seconds. Then the browser opens another, so that a stopping server never waits longer for
one."""
LOOK_S: Final = 0.5
QUIET_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class StepRow:
    key: str
    label: str
    state: Literal["done", "now", "todo"]


def list_steps(run: Run, run_service: RunService) -> tuple[StepRow, ...]:
    """Planning steps of a run. Empty if it isn't moving."""
    if run.state not in MOVING:
        return ()
    lines = labels.STEPS["received" if run.state == "received" else "confirmed"]
    at = [key for key, _ in lines].index(_step(run, run_service))
    return tuple(
        StepRow(key, label, "done" if number < at else "now" if number == at else "todo")
        for number, (key, label) in enumerate(lines)
    )


@router.get("/runs/{run_id}/progress")
async def stream_progress(request: Request, visitor: SignedIn, run_id: str) -> Response:
    """Sends ``step`` with the name of each step as it begins, and ``moved`` once, when the page has something else to
    show."""
    run_service = get_container(request).runs
    run = await run_service.show(visitor.actor, run_id)
    return StreamingResponse(
        _stream(run_service, visitor.actor, run),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _stream(run_service: RunService, actor: Actor, run: Run) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    over = loop.time() + LONGEST_S
    stretch, told, spoken = run.state == "received", "", loop.time()
    yield "retry: 1000\n\n"
    with run_service.run_wakeups.pace(actor) as pace:
        while run.state in MOVING and (run.state == "received") == stretch:
            step = _step(run, run_service)
            if step != told:
                told, spoken = step, loop.time()
                yield f"event: step\ndata: {step}\n\n"
            elif loop.time() - spoken > QUIET_S:
                spoken = loop.time()
                yield ": still at it\n\n"
            if loop.time() > over:
                return
            await run_service.run_wakeups.wait(run.id, pace.slow_down(LOOK_S), steps=True)
            # A browser that leaves cancels this, but never in the middle of a query.
            try:
                run = await asyncio.shield(asyncio.ensure_future(run_service.show_again(actor, run.id)))
            except (Forbidden, NotFound):
                return  # the page asks again, and is told then
    yield f"event: moved\ndata: {run.revision}\n\n"


def _step(run: Run, run_service: RunService) -> str:
    return run_service.progress.get_phase(run) if run.state == "received" else run.state
