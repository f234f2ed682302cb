"""A run whose work is gone, however that came about: here it is deleted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text, update

import store.jobs.jobs
from agent.pipeline import CallState
from agent.planning.planner import SEND_JOB
from agent.runs.recovery import STANDING_FOR, RunRecovery
from agent.runs.run import Run
from store.jobs.jobs import Job
from store.rows import table
from store.runs.runs import RunRow
from tests.integration.agent.agent_harness import AgentHarness
from tests.integration.agent.sending.test_sender import EMAIL, REPLY, confirmed, died


@pytest.fixture
def rung() -> list[str]:
    return []


@pytest.fixture
def stranded(harness: AgentHarness, rung: list[str]) -> RunRecovery:
    return RunRecovery(harness.database, harness.clock, lambda: rung.append("rung"))


async def claimed(harness: AgentHarness) -> list[Job]:
    async with harness.database.begin() as session:
        return await store.jobs.jobs.claim(session, owner="me", kinds=[SEND_JOB], lease_s=60, limit=10)


async def lost(harness: AgentHarness) -> None:
    """All work is gone, and the run has not moved for a while."""
    then = harness.clock() - STANDING_FOR - timedelta(seconds=1)
    async with harness.database.begin() as session:
        await session.execute(text("DELETE FROM work"))
        await session.execute(update(table(RunRow)).values(updated_at=then))


async def taken_up(harness: AgentHarness, run: Run) -> Run:
    """Its work is there again; it is done."""
    (job,) = await claimed(harness)
    assert job.payload == {"run_id": run.id}
    return await harness.job(run.id)


@pytest.mark.parametrize(
    ("order", "ends", "sent"), [(EMAIL, "succeeded", 2), (REPLY, "unknown", 1)], ids=["idempotent", "not idempotent"]
)
async def test_an_executing_run_without_work_is_taken_up_by_its_contracts_idempotency(
    harness: AgentHarness,
    stranded: RunRecovery,
    rung: list[str],
    order: tuple[str, str, dict[str, str]],
    ends: CallState,
    sent: int,
) -> None:
    run = await confirmed(harness, order)
    await died(harness, run)
    await lost(harness)
    assert await stranded.take_up() == 1
    assert rung == ["rung"]
    assert (await taken_up(harness, run)).state == ends
    assert len(harness.signed_client.posted) == sent
    assert len({each.key for each in harness.signed_client.posted}) == 1
    assert "taken_up" in await harness.kinds(run.id)


async def test_a_confirmed_run_without_work_is_taken_up(harness: AgentHarness, stranded: RunRecovery) -> None:
    run = await confirmed(harness, EMAIL)
    await lost(harness)
    assert await stranded.take_up() == 1
    assert (await taken_up(harness, run)).state == "succeeded"


async def test_it_is_taken_up_once_and_again_only_when_that_work_is_lost_too(
    harness: AgentHarness, stranded: RunRecovery
) -> None:
    run = await confirmed(harness, EMAIL)
    await lost(harness)
    assert [await stranded.take_up() for _ in range(2)] == [1, 0]
    harness.clock.advance(days=1)
    assert await stranded.take_up() == 0, "its work waits"
    await lost(harness)
    assert await stranded.take_up() == 1
    assert (await taken_up(harness, run)).state == "succeeded"


async def test_a_run_whose_work_is_due_or_held_is_left_alone(harness: AgentHarness, stranded: RunRecovery) -> None:
    run = await confirmed(harness, EMAIL)
    await died(harness, run)
    harness.clock.advance(days=1)
    assert await stranded.take_up() == 0, "its work is due"
    assert len(await claimed(harness)) == 1
    assert await stranded.take_up() == 0, "its work is held"


async def test_a_run_that_moved_just_now_is_left_alone(harness: AgentHarness, stranded: RunRecovery) -> None:
    await confirmed(harness, EMAIL)
    async with harness.database.begin() as session:
        await session.execute(text("DELETE FROM work"))
    assert await stranded.take_up() == 0
