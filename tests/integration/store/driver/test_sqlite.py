from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from store.database import READERS, Database
from store.driver.sqlite import AT_ONCE, FEW, ONE_ROW, STEPS, Execute, SqliteConnection, connect

MANY = AT_ONCE * 2 + 7


@pytest.fixture
async def connection(tmp_path: Path) -> AsyncIterator[SqliteConnection]:
    made = await connect(str(tmp_path / "some.db"), timeout=1.0)
    cursor = made.cursor()
    await cursor.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)")
    await cursor.executemany("INSERT INTO t VALUES (?)", [(n,) for n in range(MANY)])
    assert cursor.rowcount == MANY
    yield made
    await made.close()


async def test_an_answer_of_any_length_is_read_whole(connection: SqliteConnection) -> None:
    for count in (0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, MANY):
        cursor = connection.cursor()
        await cursor.execute("SELECT n FROM t ORDER BY n LIMIT ?", (count,))
        assert cursor.description[0][0] == "n"
        assert await cursor.fetchall() == [(n,) for n in range(count)]
        assert await cursor.fetchall() == []
        await cursor.close()


async def test_an_answer_is_read_row_by_row_in_parts_and_as_a_stream_alike(connection: SqliteConnection) -> None:
    cursor = connection.cursor()
    await cursor.execute("SELECT n FROM t ORDER BY n")
    assert await cursor.fetchone() == (0,)
    assert await cursor.fetchmany(AT_ONCE) == [(n,) for n in range(1, AT_ONCE + 1)]
    assert [row async for row in cursor] == [(n,) for n in range(AT_ONCE + 1, MANY)]
    assert await cursor.fetchone() is None


async def test_a_change_says_how_many_rows_it_touched_and_answers_them(connection: SqliteConnection) -> None:
    cursor = connection.cursor()
    await cursor.execute("UPDATE t SET n = n + 100000 WHERE n < 3")
    assert (cursor.rowcount, cursor.description) == (3, None)
    await cursor.execute("DELETE FROM t WHERE n >= 100000 RETURNING n")
    assert await cursor.fetchall() == [(100_000,), (100_001,), (100_002,)]
    assert cursor.rowcount == 3


async def test_what_sqlite_refuses_is_raised_and_the_connection_goes_on(connection: SqliteConnection) -> None:
    cursor = connection.cursor()
    with pytest.raises(sqlite3.IntegrityError):
        await cursor.execute("INSERT INTO t VALUES (1)")
    with pytest.raises(sqlite3.OperationalError):
        await cursor.execute("SELECT nothing FROM nowhere")
    await cursor.execute("SELECT count(*) FROM t")
    assert await cursor.fetchone() == (MANY,)


async def test_a_stream_of_a_session_holds_only_a_part_at_a_time(database: Database) -> None:
    counted = text("WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 3000) SELECT n FROM c")
    async with database.read() as session:
        seen = [row.n async for row in await session.stream(counted)]
    assert seen == list(range(1, 3001))


def trips(connection: SqliteConnection) -> list[object]:
    """What is carried to the connection's thread from now on."""
    made: list[object] = []
    carried = connection.run_in_thread

    async def counted(job: Callable[[], Any]) -> Any:
        made.append(job)
        return await carried(job)

    connection.run_in_thread = counted  # type: ignore[method-assign]
    return made


async def test_several_statements_are_one_trip_and_begin_the_transaction_they_are_in(
    connection: SqliteConnection,
) -> None:
    made = trips(connection)
    connection.mark_begin("BEGIN IMMEDIATE")

    def moved(say: Execute) -> int:
        (least,) = say("SELECT min(n) FROM t", ()).fetchone()
        return say("UPDATE t SET n = -7 WHERE n = ?", (least,)).rowcount

    assert await connection.run_together(moved) == 1
    assert (len(made), connection.plain.in_transaction) == (1, True)
    await connection.rollback()
    cursor = connection.cursor()
    await cursor.execute("SELECT min(n) FROM t")
    assert await cursor.fetchone() == (0,)


async def test_what_may_be_said_soon_goes_with_what_comes_next_and_no_trip_of_its_own(
    connection: SqliteConnection,
) -> None:
    made = trips(connection)
    connection.mark_begin("BEGIN IMMEDIATE")
    connection.run_before_next(lambda say: say("INSERT INTO t VALUES (-1)", ()))
    connection.run_before_next(lambda say: say("INSERT INTO t VALUES (-2)", ()))
    assert (len(made), connection.plain.in_transaction) == (0, False)
    cursor = connection.cursor()
    await cursor.execute("SELECT count(*) FROM t WHERE n < 0")
    assert await cursor.fetchone() == (2,)
    connection.run_before_next(lambda say: say("INSERT INTO t VALUES (-3)", ()))
    await connection.commit()
    assert (len(made), connection.plain.in_transaction) == (2, False)
    await cursor.execute("SELECT count(*) FROM t WHERE n < 0")
    assert await cursor.fetchone() == (3,)


async def test_a_commit_alone_does_what_was_to_be_done_soon_and_raises_what_it_raises(
    connection: SqliteConnection,
) -> None:
    connection.mark_begin("BEGIN IMMEDIATE")
    connection.run_before_next(lambda say: say("INSERT INTO t VALUES (-1)", ()))
    connection.run_before_next(lambda say: say("INSERT INTO t VALUES (1)", ()))
    with pytest.raises(sqlite3.IntegrityError):
        await connection.commit()
    assert not connection.plain.in_transaction
    connection.mark_begin("BEGIN IMMEDIATE")
    connection.run_before_next(lambda say: say("INSERT INTO t VALUES (-2)", ()))
    await connection.rollback()
    await connection.commit()
    cursor = connection.cursor()
    await cursor.execute("SELECT n FROM t WHERE n < 0")
    assert await cursor.fetchall() == []


async def test_what_was_to_be_said_soon_dies_with_its_transaction_however_that_ends(tmp_path: Path) -> None:
    """Also when it could not begin, since somebody else was writing."""
    ours = await connect(str(tmp_path / "some.db"), timeout=0.1)
    with contextlib.closing(sqlite3.connect(tmp_path / "some.db", isolation_level=None)) as other:
        other.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)")
        other.execute("BEGIN IMMEDIATE")
        ours.mark_begin("BEGIN IMMEDIATE")
        ours.run_before_next(lambda say: say("INSERT INTO t VALUES (1)", ()))
        with pytest.raises(sqlite3.OperationalError):
            await ours.commit()
        other.execute("ROLLBACK")
        for ended in (ours.commit, ours.rollback):
            ours.mark_begin("BEGIN IMMEDIATE")
            await ours.cursor().execute("INSERT INTO t VALUES (2) ON CONFLICT DO NOTHING")
            await ended()
        assert other.execute("SELECT n FROM t").fetchall() == [(2,)]
    await ours.close()


async def test_a_statement_that_was_cancelled_before_it_began_its_transaction_is_undone(
    connection: SqliteConnection,
) -> None:
    held, go = threading.Event(), threading.Event()

    def busy() -> None:
        held.set()
        go.wait(5)

    working = asyncio.create_task(connection.run_in_thread(busy))
    await asyncio.to_thread(held.wait, 5)
    connection.mark_begin("BEGIN IMMEDIATE")
    first = asyncio.create_task(connection.run_together(lambda say: say("INSERT INTO t VALUES (-1)", ())))
    await asyncio.sleep(0.01)
    first.cancel()
    ending = asyncio.create_task(connection.rollback())
    await asyncio.sleep(0.01)
    go.set()
    await asyncio.gather(working, ending)
    assert not connection.plain.in_transaction
    cursor = connection.cursor()
    await cursor.execute("SELECT n FROM t WHERE n < 0")
    assert await cursor.fetchall() == []


async def test_short_queries_run_in_place_and_long_or_waiting_ones_in_the_thread(
    connection: SqliteConnection,
) -> None:
    made, cursor = trips(connection), connection.cursor()
    await cursor.execute("SELECT n FROM t WHERE n = 3")
    assert await cursor.fetchall() == [(3,)]
    await cursor.execute("INSERT INTO t VALUES (?)", (-1,))
    await cursor.executemany("INSERT INTO t VALUES (?)", [(-2,), (-3,)])
    assert (cursor.rowcount, made) == (2, [])
    await cursor.execute("SELECT count(*) FROM t AS a, t AS b WHERE a.n <= b.n")
    assert await cursor.fetchall() == [(((MANY + 3) * (MANY + 4)) // 2,)]
    assert len(made) == 1
    await cursor.executemany("INSERT INTO t VALUES (?)", [(-100 - n,) for n in range(FEW + 1)])
    await cursor.execute("INSERT INTO t SELECT n - 100000 FROM t")
    await cursor.execute("UPDATE t SET n = n WHERE n = 1")
    assert len(made) == 4
    connection.mark_begin("BEGIN IMMEDIATE")
    await cursor.execute("INSERT INTO t VALUES (?)", (-5,))
    await cursor.execute(f"UPDATE {ONE_ROW} t SET n = -6 WHERE n = ?", (-5,))
    assert len(made) == 4
    await connection.commit()
    await connection.rollback()  # there is nothing to undo
    assert len(made) == 5


async def test_who_must_wait_to_begin_waits_in_the_thread(connection: SqliteConnection, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "some.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    made, cursor = trips(connection), connection.cursor()
    for _ in range(2):
        connection.mark_begin("BEGIN IMMEDIATE")
        began = asyncio.ensure_future(cursor.execute("INSERT INTO t VALUES (?)", (-5,)))
        await asyncio.sleep(0)
        assert len(made) == 1
        other.rollback()
        await began  # it waits as long as it is told to, also after a begin that did not wait
        await connection.rollback()
        made.clear()
        other.execute("BEGIN IMMEDIATE")
    other.close()


async def test_while_its_thread_is_at_work_nothing_is_done_beside_it(connection: SqliteConnection) -> None:
    held, go_on = threading.Event(), threading.Event()

    def long() -> None:
        held.set()
        go_on.wait(10)

    waiting = asyncio.ensure_future(connection.run_in_thread(long))
    assert await asyncio.to_thread(held.wait, 10)
    waiting.cancel()  # who does not wait for it any more does not end it
    with pytest.raises(asyncio.CancelledError):
        await waiting
    made, cursor = trips(connection), connection.cursor()
    looking = asyncio.ensure_future(cursor.execute("SELECT count(*) FROM t"))
    await asyncio.sleep(0)
    assert len(made) == 1
    go_on.set()
    await looking
    assert await cursor.fetchone() == (MANY,)


async def test_a_transaction_begins_with_its_first_statement_and_one_without_any_is_none(
    connection: SqliteConnection,
) -> None:
    connection.mark_begin("BEGIN IMMEDIATE")
    assert not connection.plain.in_transaction
    await connection.commit()
    await connection.rollback()
    connection.mark_begin("BEGIN IMMEDIATE")
    await connection.cursor().execute("DELETE FROM t")
    assert connection.plain.in_transaction
    await connection.rollback()
    cursor = connection.cursor()
    await cursor.execute("SELECT count(*) FROM t")
    assert await cursor.fetchone() == (MANY,)


async def test_what_only_read_has_ended_when_its_connection_is_used_again(
    connection: SqliteConnection, tmp_path: Path
) -> None:
    reader = await connect(str(tmp_path / "some.db"), only_reads=True)
    counts = []
    for n in (MANY, MANY + 1):
        reader.mark_begin("BEGIN")
        cursor = reader.cursor()
        await cursor.execute("SELECT count(*) FROM t")
        counts.append(await cursor.fetchone())
        await reader.rollback()
        await connection.cursor().execute("INSERT INTO t VALUES (?)", (-n,))
    await reader.close()
    assert counts == [(MANY,), (MANY + 1,)]


async def test_a_look_that_was_broken_off_while_the_schema_was_read_is_the_only_one(
    connection: SqliteConnection, tmp_path: Path
) -> None:
    for n in range(STEPS // 5):
        await connection.cursor().execute(f"CREATE TABLE t{n} (n INTEGER PRIMARY KEY, a, b, c)")
    reader = await connect(str(tmp_path / "some.db"), only_reads=True)
    made = trips(reader)
    for _ in range(3):
        reader.mark_begin("BEGIN")
        await reader.cursor().execute("SELECT n FROM t WHERE n = 3")
        await reader.rollback()
    await reader.close()
    assert len(made) == 1


async def test_a_read_that_is_over_holds_nothing_back_in_the_write_ahead_log(database: Database) -> None:
    if database.dialect != "sqlite":
        pytest.skip("PostgreSQL has no such log")
    async with database.begin() as session:
        await session.execute(text("CREATE TABLE some (n INTEGER)"))
    for _ in range(READERS + 1):
        async with database.read() as session:
            await session.execute(text("SELECT * FROM some"))
    async with database.begin() as session:
        await session.execute(text("INSERT INTO some VALUES (1)"))
    async with database._writer.connect() as connection:
        writer: Any = (await connection.get_raw_connection()).driver_connection
        cursor = writer.cursor()
        await cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert await cursor.fetchall() == [(0, 0, 0)]
