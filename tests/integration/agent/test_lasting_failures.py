"""A read of the platform that can't succeed is not tried again while a person waits. Nobody is told to ask again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.workers import JobHandlers
from core.errors import PlatformUnavailable
from executors.jobs.queue import Done, Reschedule
from tests.integration.agent.agent_harness import AgentHarness


@pytest.mark.parametrize("lasting", [True, False])
async def test_only_what_may_pass_is_tried_again(harness: AgentHarness, lasting: bool) -> None:
    run = await harness.run_service.ask(harness.people["olivia"], "refund it", session_id="s1")
    failure = PlatformUnavailable("The platform has too many chairs.", lasting=lasting)

    async def fail(*_: Any) -> None:
        raise failure

    planner = SimpleNamespace(plan_and_commit=fail, mark_unavailable=harness.planner.mark_unavailable)
    handlers = JobHandlers(cast("Any", planner), *cast("Any", [None] * 7))

    async def resolve(attempt: int) -> Any:
        job = SimpleNamespace(workspace=run.workspace, payload={"run_id": run.id}, attempt=attempt)
        return await handlers.resolve(cast("Any", job))

    assert isinstance(await resolve(1), Done if lasting else Reschedule)
    if not lasting:
        await resolve(9)
    refused = await harness.run(run.id)
    assert refused.refusal is not None
    assert refused.refusal.detail.startswith("The platform has too many chairs. Nothing was sent")
    assert ("ask again" in refused.refusal.detail) is not lasting
