"""What the desk, the planner and the sender write is counted as they write it."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

import store.history.log
import store.history.stats
from store.history.stats import HistoryCount, HistoryDayRow, counts_of, day_of, sum_counts
from store.rows import table
from tests.integration.agent.agent_harness import AgentHarness
from tests.integration.agent.runs.test_approval import CREDIT, EMAIL


async def table_of(bureau: AgentHarness) -> list[dict[str, object]]:
    async with bureau.sessions.read() as session:
        return [dict(row) for row in (await session.execute(select(table(HistoryDayRow)))).mappings()]


async def recounted(bureau: AgentHarness) -> list[dict[str, object]]:
    counts: list[tuple[str, str, HistoryCount]] = []
    async with bureau.sessions.read() as session:
        async for row in store.history.log.stream(session, bureau.workspace):
            counts += [
                (row.workspace, day_of(row.at), each) for each in counts_of(row.model_dump(), json.loads(row.data))
            ]
    return sum_counts(counts)


async def test_a_confirmed_and_a_rejected_card_are_counted_once_each(bureau: AgentHarness) -> None:
    run = await bureau.ask("olivia", CREDIT, EMAIL)
    bureau.clock.advance(seconds=7)
    await bureau.confirm("olivia", run)
    assert (await bureau.work(run.id)).state == "succeeded"
    other = await bureau.ask("olivia", CREDIT, EMAIL)
    await bureau.decisions.reject(bureau.people["olivia"], other.id, "not that one")
    today, me = bureau.clock().date(), bureau.people["olivia"].person
    async with bureau.sessions.read() as session:
        outcomes = await store.history.stats.by_day(session, bureau.workspace, "outcome", today, today)
        steps = await store.history.stats.distributions(session, bureau.workspace, "step", today, today)
        looked = await store.history.stats.distributions(session, bureau.workspace, "approved", today, today)
        totals = await store.history.stats.totals(
            session, bureau.workspace, ("approved", "rejected", "tokens_in"), today, today
        )
    assert sorted((name, n) for _, name, n in outcomes) == [("rejected", 1), ("succeeded", 1)]
    assert {name: each.n for name, each in steps.items()} == {"resolve": 2, "answer": 2, "call": 2, "whole": 1}
    assert looked[me].percentile(0.5) == pytest.approx(7000, rel=0.05)
    assert totals[("approved", me)][0] == totals[("rejected", me)][0] == 1
    assert [key for key in totals if key[0] == "tokens_in"]


async def test_the_counts_are_those_of_the_history(bureau: AgentHarness) -> None:
    for _ in range(3):
        run = await bureau.ask("olivia", CREDIT, EMAIL)
        bureau.clock.advance(hours=9)
        await bureau.confirm("olivia", run)
        await bureau.work(run.id)
    kept, counted = await table_of(bureau), await recounted(bureau)

    def by_key(row: dict[str, object]) -> str:
        return json.dumps(row, sort_keys=True)

    assert sorted(kept, key=by_key) == sorted(counted, key=by_key)
    assert len({row["day"] for row in kept}) > 1
