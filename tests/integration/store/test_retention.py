"""What is kept for how long: every table is swept or kept for ever with a reason, and a sweep takes what is over, piece
by piece."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

import store.automations
import store.events.events
import store.events.inbound
import store.requests.idempotency
import store.requests.nonces
from core import ids
from core.errors import NotFound
from store import retention
from store.all_tables import METADATA
from store.automations import FiringRow
from store.database import Database
from store.events.events import EventRow, ReactionRow
from store.events.inbound import InboundRow
from store.requests.idempotency import IdempotencyRow
from store.rows import add_all

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_every_table_is_swept_or_kept_for_ever_with_a_reason() -> None:
    tables = set(METADATA.tables) - {"alembic_version"}
    assert tables == retention.SWEPT | set(retention.FOR_EVER), "say in store/retention.py how long it is kept"
    assert not retention.SWEPT & set(retention.FOR_EVER)
    assert all(retention.FOR_EVER.values())


async def an_event(database: Database, *, days: float, state: str = "done", workspace: str = "ws_1") -> str:
    """Fired so many days ago, with a reaction and a rule's firing."""
    at = NOW - timedelta(days=days)
    row = EventRow(
        id=ids.make_id("evt"),
        workspace=workspace,
        name="order.shipped",
        data="{}",
        occurred_at=at,
        fired_at=at,
        origin="key:x",
        state=state,
    )
    async with database.begin() as session:
        await store.events.events.insert(session, row)
        await store.events.events.plan_reactions(
            session, [ReactionRow(event_id=row.id, subscriber="webhooks", workspace=workspace, priority=40)]
        )
        await store.automations.insert_firing(
            session, FiringRow(source="rul_1", event_id=row.id, workspace=workspace, at=at, verdict="unmet")
        )
    return row.id


async def there(database: Database, event_id: str) -> bool:
    async with database.read() as session:
        try:
            await store.events.events.get(session, "ws_1", event_id)
        except NotFound:
            assert await store.events.events.reactions(session, "ws_1", event_id) == []
            return False
        return True


async def test_events_go_with_what_came_of_them_once_they_are_old_enough(database: Database) -> None:
    old, young = await an_event(database, days=91), await an_event(database, days=89)
    unfinished = await an_event(database, days=500, state="firing")
    assert "events" not in await retention.sweep(database, NOW), "0 is for ever"
    assert await there(database, old)
    gone = await retention.sweep(database, NOW, events_days=90)
    assert gone["events"] == 1
    assert [await there(database, each) for each in (old, young, unfinished)] == [False, True, True]
    async with database.read() as session:
        firings = await store.automations.firings(session, "ws_1", "rul_1")
    assert {each.event_id for each in firings} == {young, unfinished}


async def test_a_sweep_is_many_small_pieces_until_nothing_is_left(database: Database) -> None:
    for n in range(7):
        await an_event(database, days=400 + n)
    async with database.begin() as session:
        assert await store.events.events.purge(session, NOW, limit=3) == 3
    assert (await retention.sweep(database, NOW, events_days=365))["events"] == 4


async def test_nonces_go_after_eleven_minutes_and_never_within_the_window(database: Database) -> None:
    ages = (0, 299, 300, 599, 601, 659, 661, 5000)
    async with database.begin() as session:
        wanted = [("pk_1", f"n{age}", NOW - timedelta(seconds=age)) for age in ages]
        assert all(await store.requests.nonces.insert_many(session, wanted))
    assert (await retention.sweep(database, NOW))["nonces"] == 2
    async with database.begin() as session:
        fresh = await store.requests.nonces.insert_many(session, wanted)
    free = {661, 5000}
    assert dict(zip(ages, fresh, strict=True)) == {age: age in free for age in ages}


@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_a_piece_is_the_oldest_and_no_more_than_was_asked_for(database: Database, limit: int) -> None:
    async with database.begin() as session:
        await store.requests.nonces.insert_many(
            session, [("pk_1", f"n{n}", NOW - timedelta(hours=n + 1)) for n in range(3)]
        )
        rows = [
            IdempotencyRow(
                workspace="ws_1",
                method="POST",
                path="/v1/runs",
                key=f"k{n}",
                fingerprint="f",
                owner="o",
                state="done",
                created_at=NOW - timedelta(days=n + 2),
            )
            for n in range(3)
        ]
        await add_all(session, rows)
        for n in range(3):
            at = NOW - timedelta(days=40 + n)
            message = InboundRow(workspace="ws_1", connector="saas", message=f"m{n}", digest="d", event_id="e", at=at)
            await store.events.inbound.take(session, message)
    most = min(limit, 3)
    async with database.begin() as session:
        assert await store.requests.nonces.purge(session, NOW, limit) == most
        assert await store.requests.idempotency.purge(session, NOW, limit) == most
        assert await store.events.inbound.purge(session, NOW, limit) == most
        left = [await store.requests.idempotency.get(session, "ws_1", "POST", "/v1/runs", f"k{n}") for n in range(3)]
    assert [each is not None for each in left] == [n < 3 - most for n in range(3)], "the oldest went first"
