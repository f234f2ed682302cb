"""Tasks of long calls (MCP extension ``io.modelcontextprotocol/tasks``, SEP-2663): a task is a run, and its id the
run's.

Nothing else is stored for it. So a task survives a restart, any process can read it, and exactly those who see the run
see the task.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from mcp_types import InputResponses, RequestParams, Result
from pydantic import Field

from agent.runs.run import MOVING, Run
from core.clock import format_iso

POLL_MS: Final = 2000
SLOW_POLL_MS: Final = 5000
"""Polling interval in milliseconds while a person must act."""

TaskStatus = Literal["working", "input_required", "completed", "failed", "cancelled"]


class TaskParams(RequestParams):
    task_id: str = Field(alias="taskId", pattern=r"^run_[0-9A-Z]{26}$")


class UpdateTaskParams(TaskParams):
    input_responses: InputResponses = Field(alias="inputResponses")


def describe_created(run: Run) -> dict[str, Any]:
    """The task instead of a tool's result."""
    return {"resultType": "task", **_task(run, "working" if run.state in MOVING else "input_required")}


def describe_task(run: Run, result: Result, requests: dict[str, Any] | None) -> dict[str, Any]:
    """A task as ``tasks/get`` returns it: with its result once it is finished, or with the requests to the client while
    it waits for a person. ``requests`` is None if the client can't answer them."""
    if run.state in MOVING or (run.state in ("held", "asked") and not requests):
        return {"resultType": "complete", **_task(run, "working")}
    if run.state in ("held", "asked"):
        return {"resultType": "complete", **_task(run, "input_required"), "inputRequests": requests}
    whole = result.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"resultType": "complete", **_task(run, "completed"), "result": whole}


def _task(run: Run, status: TaskStatus) -> dict[str, Any]:
    waits = run.state in ("held", "asked")
    return {
        "taskId": run.id,
        "status": status,
        "statusMessage": _MESSAGES.get(run.state, f"It is {run.state}."),
        "createdAt": format_iso(run.created_at),
        "lastUpdatedAt": format_iso(run.updated_at),
        "ttlMs": None,
        "pollIntervalMs": SLOW_POLL_MS if waits else POLL_MS,
    }


_MESSAGES: Final = {
    "held": "A card waits for a person, who confirms it in the console.",
    "asked": "A question waits for an answer.",
    "received": "It is being worked out.",
    "confirmed": "It is about to be sent.",
    "executing": "It is being sent.",
}
