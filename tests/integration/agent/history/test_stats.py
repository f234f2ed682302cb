"""What the desk, the planner and the sender write is counted as they write it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

import store.history.log
import store.history.stats
from store.history.stats import HistoryCount, HistoryDayRow, find_day, list_counts, sum_counts
from store.rows import table
from tests.integration.agent.agent_harness import AgentHarness
from tests.integration.agent.runs.test_approval import CREDIT, EMAIL


async def table_of(harness: AgentHarness) -> list[dict[str, object]]:
    async with harness.database.read() as session:
        return [dict(row) for row in (await session.execute(select(table(HistoryDayRow)))).mappings()]


async def recounted(harness: AgentHarness) -> list[dict[str, object]]:
    counts: list[tuple[str, str, HistoryCount]] = []
    async with harness.database.read() as session:
        async for row in store.history.log.stream(session, harness.workspace):
            counts += [
                (row.workspace, find_day(row.at), each) for each in list_counts(row.model_dump(), json.loads(row.data))
            ]
    return sum_counts(counts)


async def test_a_confirmed_and_a_rejected_card_are_counted_once_each(harness: AgentHarness) -> None:
    run = await harness.ask("olivia", CREDIT, EMAIL)
    harness.clock.advance(seconds=60)
    opened = harness.clock()
    harness.clock.advance(seconds=7)
    await harness.decisions.confirm(harness.people["olivia"], run.id, run.digest or "", shown_at=opened)
    assert (await harness.job(run.id)).state == "succeeded"
    other = await harness.ask("olivia", CREDIT, EMAIL)
    await harness.decisions.reject(harness.people["olivia"], other.id, "not that one")
    today, me = harness.clock().date(), harness.people["olivia"].person
    async with harness.database.read() as session:
        outcomes = await store.history.stats.by_day(session, harness.workspace, "outcome", today, today)
        steps = await store.history.stats.distributions(session, harness.workspace, "step", today, today)
        looked = await store.history.stats.distributions(session, harness.workspace, "approved", today, today)
        totals = await store.history.stats.totals(
            session, harness.workspace, ("approved", "rejected", "tokens_in"), today, today
        )
    assert sorted((name, n) for _, name, n in outcomes) == [("rejected", 1), ("succeeded", 1)]
    assert {name: each.n for name, each in steps.items()} == {"resolve": 2, "answer": 2, "call": 2, "whole": 1}
    assert looked[me].percentile(0.5) == pytest.approx(7000, rel=0.05)
    assert totals[("approved", me)][0] == totals[("rejected", me)][0] == 1
    assert [key for key in totals if key[0] == "tokens_in"]


async def test_the_resolvers_answer_is_from_before_its_check(harness: AgentHarness) -> None:
    run = await harness.ask("olivia", CREDIT, EMAIL)
    at = {each.kind: (each.at, each.duration_ms or 0.0) for each in await harness.entries(run.id)}
    held_at, checked_ms = at["held"]
    assert checked_ms > 0
    assert (held_at - at["resolved"][0]).total_seconds() * 1000 == pytest.approx(checked_ms, abs=0.002)


async def test_the_counts_are_those_of_the_history(harness: AgentHarness) -> None:
    for _ in range(3):
        run = await harness.ask("olivia", CREDIT, EMAIL)
        harness.clock.advance(hours=9)
        await harness.confirm("olivia", run)
        await harness.job(run.id)
    kept, counted = await table_of(harness), await recounted(harness)

    def by_key(row: dict[str, object]) -> str:
        return json.dumps(row, sort_keys=True)

    assert sorted(kept, key=by_key) == sorted(counted, key=by_key)
    assert len({row["day"] for row in kept}) > 1
