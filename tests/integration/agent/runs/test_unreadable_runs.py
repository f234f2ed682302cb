"""A run that another version stored in a form that this one can't read: it keeps nobody from the others."""

from __future__ import annotations

import pytest

import store.runs.runs
from agent.planning.planner import RESOLVE_JOB
from agent.runs.run import Run
from core.errors import Unavailable
from tests.integration.agent.agent_harness import AgentHarness

FOREIGN = '{"schema": "opsiq/run/v9"}'


async def asked(harness: AgentHarness, text: str, thread: Run | None = None) -> Run:
    harness.clock.advance(seconds=1)
    return await harness.run_service.ask(
        harness.people["olivia"], text, session_id="s1", thread_id=thread.id if thread else None
    )


async def stored_otherwise(harness: AgentHarness, run: Run) -> None:
    """As a newer version would leave it: sealed like any row, its document in a form of its own."""
    async with harness.database.begin() as session:
        await store.runs.runs.move(
            session,
            run.workspace,
            run.id,
            was=[run.state],
            to=run.state,
            revision=run.revision,
            fixed={
                "session_id": run.session_id,
                "actor_id": run.actor.id,
                "person": run.actor.person,
                "surface": run.surface,
            },
            role=run.actor.role,
            actions="",
            risk="",
            plan_digest=run.digest,
            expires_at=run.expires_at,
            updated_at=run.updated_at,
            document=FOREIGN,
        )


async def test_lists_and_threads_go_on_without_it(harness: AgentHarness) -> None:
    first = await asked(harness, "the first")
    second = await asked(harness, "the second", first)
    third = await asked(harness, "the third", first)
    await stored_otherwise(harness, second)
    olivia = harness.people["olivia"]
    assert [each.id for each in await harness.run_service.list_runs(olivia)] == [third.id, first.id]
    assert [each.id for each in await harness.run_service.thread_of(olivia, third)] == [first.id, third.id]
    assert await harness.run_service.list_awaiting(olivia) == ([], None)
    assert (await harness.job(third.id)).state != "received"  # planned, with what can be read of its thread


async def test_a_page_of_them_leads_on_to_the_older_ones(harness: AgentHarness) -> None:
    first = await asked(harness, "the first")
    second = await asked(harness, "the second")
    third = await asked(harness, "the third")
    olivia = harness.people["olivia"]
    await stored_otherwise(harness, third)
    assert await harness.run_service.list_page(olivia, limit=2) == ([second], second.id)
    await stored_otherwise(harness, second)
    assert await harness.run_service.list_page(olivia, limit=2) == ([], second.id)
    assert await harness.run_service.list_page(olivia, before=second.id, limit=2) == ([first], None)


async def test_asked_for_by_itself_it_is_said_what_is_wrong(harness: AgentHarness) -> None:
    run = await asked(harness, "the only one")
    await stored_otherwise(harness, run)
    with pytest.raises(Unavailable, match="stored by another version of OpsIQ") as raised:
        await harness.run_service.show(harness.people["olivia"], run.id)
    assert run.id in raised.value.detail


async def test_its_work_is_buried_without_an_end(harness: AgentHarness) -> None:
    run = await asked(harness, "the only one")
    await stored_otherwise(harness, run)
    async with harness.database.begin() as session:
        await harness.planner.give_up(session, run.workspace, run.id, f"{RESOLVE_JOB} failed")
    async with harness.database.read() as session:
        assert (await store.runs.runs.get(session, run.workspace, run.id)).document == FOREIGN
