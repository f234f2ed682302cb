"""Work that a broker's messages name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from store.database import Database
from store.driver.prepared import find_sqlite
from store.jobs import broker, enqueue, jobs, lanes
from store.jobs.enqueue import NewJob
from store.jobs.jobs import Job, PrefetchLimits

MANY = 3_000
KEYS = [f"k{at}" for at in range(MANY - 300, MANY)]


async def put(database: Database, *of: NewJob) -> None:
    async with database.begin() as session:
        await enqueue.enqueue_many(session, of)


async def named(database: Database, *keys: str, **given: Any) -> list[Job]:
    async with database.begin() as session:
        return await broker.claim_named(session, owner="w1", kinds=["note"], keys=keys, lease_s=60, **given)


async def test_of_the_named_what_is_due_and_free_is_claimed(database: Database) -> None:
    await put(
        database,
        NewJob("due", "note", "ws_1", {}),
        NewJob("urgent", "note", "ws_1", {}, priority=1),
        NewJob("other", "else", "ws_1", {}),
        NewJob("unnamed", "note", "ws_1", {}),
        NewJob("later", "note", "ws_1", {}, delay_s=60),
        NewJob("held", "note", "ws_1", {}, lane="held"),
    )
    async with database.begin() as session:
        await lanes.hold(session, "held", 60)
    every = ("due", "urgent", "other", "later", "held", "never heard of")
    assert [one.key for one in await named(database, *every)] == ["urgent", "due"]
    assert await named(database, *every) == [], "a lease is as good as any"
    async with database.read() as session:
        waits = await broker.delays_of(session, every)
    assert {key for key, wait in waits.items() if 50 < wait.seconds <= 60} == {"due", "urgent", "later", "held"}
    assert waits["other"] == (0, None)
    assert waits["held"].lane == "held"


async def test_no_more_of_a_lane_is_named_than_fits(database: Database) -> None:
    await put(database, *(NewJob(f"k{at}", "note", "ws_1", {}, lane="slow" if at < 9 else "quick") for at in range(18)))
    every = [f"k{at}" for at in range(18)]
    found = await named(database, *every, per_lane=4, ahead=PrefetchLimits({"quick": 100}, 4))
    assert [one.lane for one in found].count("slow") == 4
    assert [one.lane for one in found].count("quick") == 9
    async with database.begin() as session:
        assert await jobs.claim(session, owner="w2", kinds=["note"], lease_s=60, limit=50, per_lane=4) == []


async def test_the_named_are_found_by_their_keys_however_much_waits(database: Database) -> None:
    await put(database, *(NewJob(f"k{at}", "note", "ws_1", {}, lane=f"l{at % 5}") for at in range(MANY)))
    looked: list[tuple[str, Any]] = []

    def seen(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        looked.append((statement, given))

    async with database.begin() as session:
        connection = await session.connection()
        event.listen(connection.sync_connection, "before_cursor_execute", seen)
        if (sqlite := find_sqlite(session)) is not None:  # its driver is spoken to directly
            sqlite.plain.set_trace_callback(lambda said: looked.append((said, ())))
        found = await broker.claim_named(
            session, owner="w1", kinds=["note"], keys=KEYS, lease_s=60, per_lane=8,
            ahead=PrefetchLimits(dict.fromkeys(("l0", "l1", "l2", "l3", "l4"), 600), 8),
        )  # fmt: skip
        event.remove(connection.sync_connection, "before_cursor_execute", seen)
        if sqlite is not None:
            sqlite.plain.set_trace_callback(None)
        explain = "EXPLAIN" if database.dialect == "postgresql" else "EXPLAIN QUERY PLAN"
        plan = "\n".join(
            [
                str(row[-1])
                for statement, given in looked
                if not statement.startswith("BEGIN")
                for row in await connection.exec_driver_sql(f"{explain} {statement}", given)
            ]
        )
    assert {one.key for one in found} == set(KEYS)
    assert "ix_work_open" not in plan, plan
    assert "Seq Scan on work " not in plan, plan
    assert "SCAN work " not in plan, plan
