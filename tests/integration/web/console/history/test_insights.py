"""Insights: what the charts say is what history holds."""

from __future__ import annotations

import math
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

import store.history.log
import store.history.stats
from agent.history.recorder import EntryType
from core.actor import Actor
from store.database import Database
from store.history.entries import HistoryRow
from store.migrate import upgrade
from store.rows import table
from tests.integration.store.test_migrate import brought_to
from tests.integration.web.console.console import NOON, Console
from web.console.history import insights


async def write(console: Console, kind: str, at: datetime, actor: Actor | None = None, **more: Any) -> None:
    data = more.pop("data", {})
    async with console.container.database.begin() as session:
        who = (actor or console.owner).as_json()
        await store.history.log.append(
            session, workspace=console.owner.workspace, kind=kind, run_id="run_1", actor=who, data=data, at=at, **more
        )


async def test_runs_are_counted_by_how_they_ended_within_the_period(console: Console) -> None:
    now = console.clock()
    for days, outcome in ((0, "succeeded"), (0, "succeeded"), (3, "failed"), (10, "succeeded"), (400, "failed")):
        await write(console, "finished", now - timedelta(days=days), outcome=outcome)
    await write(console, "rejected", now, outcome="rejected")
    await write(console, "held", now, outcome="held")
    browser = await console.signed_in("olivia@shop.test")
    for days, ended in (("7", 4), ("30", 5), ("90", 5), ("365", 5)):
        page = (await browser.get("/insights", params={"days": days})).text
        assert f"{ended} runs ended" in page, days
        assert "is-failed" in page
    assert "5 runs ended" in (await browser.get("/insights")).text
    assert (await browser.get("/insights", params={"days": "31"})).status_code == 400


async def test_every_run_of_the_period_stands_in_one_column(console: Console) -> None:
    now = console.clock()
    chance = random.Random(7)
    written = Counter[str]()
    for _ in range(60):
        days, outcome = chance.randrange(365), chance.choice(["succeeded", "failed", "unknown"])
        await write(console, "finished", now - timedelta(days=days), outcome=outcome)
        written[outcome] += 1
    async with console.container.database.read() as session:
        ended = await store.history.stats.by_day(
            session, console.owner.workspace, "outcome", now.date() - timedelta(days=364), now.date()
        )
    for back, wide in insights.PERIODS.values():
        since = now.date() - timedelta(days=back - 1)
        within = [each for each in ended if each[0] >= since.isoformat()]
        drawn = insights.make_columns(within, ("succeeded", "failed", "unknown"), since, now.date(), wide)
        assert sum(each.total for each in drawn) == sum(n for _, _, n in within)
        assert max(each.x + each.width for each in drawn) <= insights.WIDE
        assert all(block.y >= 0 and block.y + block.height <= insights.TALL for each in drawn for block in each.blocks)
    assert sum(n for _, _, n in ended) == sum(written.values())


async def test_tokens_cost_and_unknown_prices_are_summed_by_model(console: Console) -> None:
    now = console.clock()
    for tokens, cost in ((1000, "0.25"), (2000, "0.5"), (50, None)):
        trace = {"resolver": "model", "model": "m/one", "tokens_in": tokens, "tokens_out": 10, "cost": cost}
        await write(console, "resolved", now, model="m/one", duration_ms=100.0, data={"trace": trace})
    await write(
        console,
        "resolved",
        now,
        model="offline",
        duration_ms=3.0,
        data={"trace": {"resolver": "offline", "tokens_in": 0, "tokens_out": 0}},
    )
    page = (await (await console.signed_in("olivia@shop.test")).get("/insights")).text
    assert "3,050" in page
    assert "0.75 and 1 answers of unknown price" in page
    assert "0.75 US dollars in all" in page


async def test_who_agrees_to_all_within_seconds_is_pointed_at(console: Console) -> None:
    now = console.clock()
    for at in range(12):
        await write(
            console,
            "confirmed",
            now,
            console.owner,
            outcome="confirmed",
            risk="write",
            data={"seconds_to_approve": 1.0 + at / 10},
        )
        await write(
            console,
            "confirmed",
            now,
            console.admin,
            outcome="confirmed",
            risk="write",
            data={"seconds_to_approve": 30.0},
        )
    await write(console, "rejected", now, console.admin, outcome="rejected", risk="write")
    await write(console, "rejected", now, console.admin, outcome="rejected")
    page = (await (await console.signed_in("olivia@shop.test")).get("/insights")).text
    assert page.count("approval fatigue?") == 1
    olivia, amir = (page[page.index(f'<th scope="row">{name}') :].split("</tr>")[0] for name in ("Olivia", "Amir"))
    assert "approval fatigue?" in olivia
    assert "100 %" in olivia
    assert "92.3 %" in amir, "12 of 13: what was rejected before there was a card is no decided card"
    assert "30 s" in amir or "29 s" in amir or "31 s" in amir


async def test_a_history_from_before_is_counted_when_the_database_is_brought_up(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/old.db"
    database = await brought_to(url, "0011")
    written = {"kind": "finished", "outcome": "succeeded", "duration_ms": 100.0, "person": "mem_1", "data": "{}"}
    rows = [{**written, "seq": n, "at": NOON - timedelta(days=n % 3)} for n in range(1, 8)]
    rows += [{**written, "seq": 8, "kind": "held", "data": "spoilt"}, {**written, "seq": 9, "workspace": "ws_2"}]
    columns = {column.name: "" for column in table(HistoryRow).columns}
    async with database.begin() as session:
        for row in rows:
            whole = {**columns, "workspace": "ws_1", "at": NOON, "id": f"{row.get('workspace')}{row['seq']}", **row}
            await session.execute(insert(table(HistoryRow)).values(whole))
    await database.close()
    await upgrade(url)
    database = await Database.open(url)
    async with database.read() as session:
        ended = await store.history.stats.by_day(
            session, "ws_1", "outcome", NOON.date() - timedelta(days=9), NOON.date()
        )
        steps = await store.history.stats.distributions(
            session, "ws_1", "step", NOON.date() - timedelta(days=9), NOON.date()
        )
    await database.close()
    assert sorted(ended) == [
        ("2026-11-22", "succeeded", 2),
        ("2026-11-23", "succeeded", 3),
        ("2026-11-24", "succeeded", 2),
    ]
    assert {name: each.n for name, each in steps.items()} == {"whole": 7, "answer": 1}


@given(st.floats(min_value=0.02, max_value=1e8))
def test_a_duration_is_known_from_its_bucket_to_five_percent(ms: float) -> None:
    assert abs(store.history.stats.find_duration(store.history.stats.find_slot(ms)) - ms) <= 0.05 * ms


@given(st.lists(st.floats(min_value=1, max_value=1e6), min_size=1, max_size=200), st.sampled_from([0.5, 0.95, 0.99]))
def test_a_percentile_of_buckets_is_the_percentile_to_five_percent(times: list[float], share: float) -> None:
    slots = Counter(store.history.stats.find_slot(each) for each in times)
    found = store.history.stats.Distribution(len(times), sorted(slots.items())).percentile(share)
    exact = sorted(times)[math.ceil(share * len(times)) - 1]
    assert found is not None
    assert abs(found - exact) <= 0.05 * exact


@pytest.mark.parametrize(
    ("ms", "told"),
    [
        (0.5, "0.5 ms"),
        (12.3, "12 ms"),
        (345.0, "345 ms"),
        (1200, "1.2 s"),
        (59_000, "59 s"),
        (90_000, "1.5 min"),
        (8e6, "2.2 h"),
    ],
)
def test_a_duration_is_told_in_its_own_unit(ms: float, told: str) -> None:
    assert insights.format_duration(ms) == told


def test_a_day_is_a_day_of_utc() -> None:
    assert store.history.stats.find_day(datetime.fromisoformat("2026-11-25T00:30:00+01:00")) == "2026-11-24"
    assert store.history.stats.find_day(datetime(2026, 11, 24, tzinfo=UTC)) == "2026-11-24"


def test_the_kinds_that_are_said_to_count_are_those_that_do() -> None:
    entry = {
        "outcome": "succeeded",
        "person": "mem_1",
        "risk": "write",
        "model": "small",
        "prompt_version": "v1",
        "duration_ms": 5.0,
    }
    does = {kind for kind in EntryType if store.history.stats.list_counts({**entry, "kind": kind.value}, {})}
    assert {kind.value for kind in does} == store.history.stats.COUNTED
