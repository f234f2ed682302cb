"""From every version, with a row in each of its tables, forward to this one: nothing is lost, and the schema is what
the tables say."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, event, insert, select, text

from core.clock import format_iso
from store.database import Database
from store.history.stats import find_day, list_counts, sum_counts
from store.jobs import jobs
from store.migrate import FOLDER, _config, upgrade
from tests.integration.conftest import NewDatabase
from tests.integration.store.test_migrate import differences, ours

STEPS = [step.revision for step in ScriptDirectory(str(FOLDER)).walk_revisions()][::-1]
AT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without a table."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'old.db'}"
    url: str = request.getfixturevalue("empty_postgresql")
    return url


@pytest.fixture
def empty_postgresql(postgresql: NewDatabase) -> str:
    import asyncio

    url = postgresql()

    async def emptied() -> None:
        database = await Database.open(url)
        async with database.begin() as session:
            await session.execute(text("DROP SCHEMA public CASCADE"))
            await session.execute(text("CREATE SCHEMA public"))
        await database.close()

    asyncio.run(emptied())
    return url


SAID = {
    "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'",
    "postgresql": "SELECT c.relname, array_agg(concat_ws(' ', a.attname, a.atttypid, a.atttypmod) ORDER BY a.attnum) "
    "FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace GROUP BY c.relname",
}
"""How each engine describes its tables: a name, then its columns."""


class Schema:
    """The tables as they are there; what a step leaves as it was is not read again."""

    def __init__(self, connection: Connection) -> None:
        self.tables = MetaData()
        self._connection, self._said = connection, dict[str, str]()

    def follow(self) -> None:
        """Reads anew what the engine describes otherwise than when it was read, or is new."""
        found = self._connection.exec_driver_sql(SAID[self._connection.dialect.name]).all()
        said = {str(name): repr(columns) for name, *columns in found}
        for name in [name for name in self.tables.tables if said.get(name) != self._said.get(name)]:
            self.tables.remove(self.tables.tables[name])
        self.tables.reflect(self._connection, only=[name for name in said if name not in self.tables.tables])
        self._said = said


def reflected(connection: Connection) -> MetaData:
    there = MetaData()
    there.reflect(connection)
    return there


def fill(connection: Connection, there: MetaData, version: int) -> None:
    """A row in each table of the schema as it was reflected: no code of today takes part."""
    made: dict[str, dict[str, Any]] = {}
    for table in there.sorted_tables:
        if table.name == "alembic_version" or not ours(table.name, "table", None):
            continue
        made[table.name] = {column.name: _value(table, column, made, version) for column in table.columns}
        connection.execute(insert(table).values(made[table.name]))
    assert made, "even the oldest version had tables"


def _value(table: Table, column: Any, made: dict[str, dict[str, Any]], version: int) -> Any:
    for key in column.foreign_keys:
        if key.column.table.name != table.name:
            return made[key.column.table.name][key.column.name]
    plain: dict[type, Any] = {
        bool: True, int: version, float: version + 0.5, Decimal: version + 0.5, bytes: b"bytes %d" % version,
        datetime: AT + timedelta(days=version),
    }  # fmt: skip
    kind = column.type.python_type
    if kind in plain:
        return plain[kind]
    is_time = column.name == "at" or column.name.endswith(("_at", "_since"))
    return format_iso(AT + timedelta(days=version)) if is_time else f"{version} {column.name} of {table.name}"[:27]


def rows(connection: Connection, there: MetaData | None = None) -> dict[str, list[dict[str, Any]]]:
    there = there or reflected(connection)
    return {
        name: [dict(row) for row in connection.execute(select(table)).mappings()]
        for name, table in there.tables.items()
    }


def lost(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> list[Any]:
    """The rows that no row of ``after`` is the same as, in every column that is still there."""
    found: list[Any] = []
    for name, made in before.items():
        if name == "alembic_version" or not ours(name, "table", None):
            continue
        there = after.get(name, [])
        same = [column for column in made[0] if there and column in there[0]] if made else []
        kept = {tuple(each[column] for column in same) for each in there}
        found += [(name, row) for row in made if tuple(row[column] for column in same) not in kept]
    return found


async def test_rows_of_every_version_come_through_every_step_after_it(empty_url: str) -> None:
    """At each version a row more in each of its tables: what was written by the first goes through all of them."""
    database = await Database.open(empty_url)
    async with database.begin() as session:
        connection = await session.connection()

        def walk(connection: Connection) -> None:
            written: dict[str, list[dict[str, Any]]] = {}
            there, passed = Schema(connection), []

            def after_each(step: Any, **_: Any) -> None:
                nonlocal written
                passed.append(step.up_revision_id)
                there.follow()
                assert lost(written, rows(connection, there.tables)) == [], step.up_revision_id
                fill(connection, there.tables, len(passed))
                written = rows(connection, there.tables)

            config = _config(connection)
            config.attributes["on_version_apply"] = after_each
            command.upgrade(config, "head")
            assert passed == STEPS

        await connection.run_sync(walk)
        assert await connection.run_sync(differences) == []
    await database.close()


@pytest.mark.parametrize("revision", [STEPS[0], STEPS[len(STEPS) // 2], STEPS[-2]])
async def test_a_database_of_an_older_version_comes_to_this_one_at_once(empty_url: str, revision: str) -> None:
    database = await Database.open(empty_url)

    def fill_older(connection: Connection) -> dict[str, list[dict[str, Any]]]:
        command.upgrade(_config(connection), revision)
        there = reflected(connection)
        fill(connection, there, 1)
        return rows(connection, there)

    async with database.begin() as session:
        before = await (await session.connection()).run_sync(fill_older)
    await upgrade(empty_url)
    async with database.begin() as session:
        connection = await session.connection()
        assert lost(before, await connection.run_sync(rows)) == []
        assert await connection.run_sync(differences) == []
    await database.close()


def appended(connection: Connection, workspace: str, count: int) -> list[dict[str, Any]]:
    """A history of ``count`` entries as they were before they were counted; every seventh decision was spoilt since."""
    there = MetaData()
    there.reflect(connection, only=["history"])
    made: list[dict[str, Any]] = []
    for seq in range(1, count + 1):
        kind, data = DECISIONS[seq % len(DECISIONS)]
        made.append(
            dict.fromkeys(there.tables["history"].columns.keys(), None)
            | {
                "workspace": workspace,
                "seq": seq,
                "id": f"his_{workspace}_{seq}",
                "at": AT + timedelta(hours=seq),
                "kind": kind,
                "person": f"mem_{seq % 3}",
                "outcome": "succeeded" if kind == "finished" else None,
                "risk": "write",
                "model": "small",
                "prompt_version": "v1",
                "duration_ms": float(seq % 50),
                "data": "{spoilt" if seq % 7 == 0 else json.dumps(data),
                "actor": "{}",
                "words": kind,
                "prev": "",
                "digest": "",
            }
        )
    times = connection.dialect.name == "postgresql"
    connection.execute(
        insert(there.tables["history"]),
        [each | {"at": each["at"] if times else format_iso(each["at"])} for each in made],
    )
    return made


DECISIONS: list[tuple[str, dict[str, Any]]] = [
    ("prompt", {"text": "refund it"}),
    ("resolved", {"trace": {"tokens_in": 90, "tokens_out": 4, "cost": "0.0012"}}),
    ("held", {}),
    ("approved", {"seconds_to_approve": 2.5}),
    ("call_settled", {"trace": {"tokens_in": 7}}),
    ("finished", {}),
]


def held_in(entry: dict[str, Any]) -> dict[str, Any]:
    return {} if entry["data"] == "{spoilt" else dict(json.loads(entry["data"]))


async def test_an_older_history_is_counted_entry_by_entry_and_no_part_is_read_twice(empty_url: str) -> None:
    database = await Database.open(empty_url)
    looked: list[tuple[str, Any]] = []

    def seen(_connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if "FROM history WHERE" in statement:
            looked.append((statement, given))

    def counted(connection: Connection) -> list[dict[str, Any]]:
        command.upgrade(_config(connection), "0011")
        made = [
            *appended(connection, "ws_1", 30),
            *appended(connection, "ws_2", 4_500),
            *appended(connection, "ws_3", 1),
        ]
        event.listen(connection, "before_cursor_execute", seen)
        command.upgrade(_config(connection), "0012")
        event.remove(connection, "before_cursor_execute", seen)
        assert rows(connection)["history_days"], "something was counted"
        entries = ((each["workspace"], find_day(each["at"]), list_counts(each, held_in(each))) for each in made)
        return sum_counts((of, day, one) for of, day, counts in entries for one in counts)

    def plans(connection: Connection) -> list[str]:
        sqlite = connection.dialect.name == "sqlite"
        if not sqlite:  # few as they are, PostgreSQL would sooner read them all
            connection.execute(text("ANALYZE history"))
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            connection.execute(text("SET LOCAL enable_bitmapscan = off"))
        said = (
            connection.exec_driver_sql(f"EXPLAIN {'QUERY PLAN ' if sqlite else ''}{statement}", given).all()
            for statement, given in looked
        )
        return [" ".join(str(row[-1]) for row in plan) for plan in said]

    async with database.begin() as session:
        connection = await session.connection()
        wanted = await connection.run_sync(counted)
        found = (await connection.run_sync(rows))["history_days"]
        told = await connection.run_sync(plans)
    await database.close()
    assert len(looked) > 2, "it was read in pieces"
    for plan in told:
        assert "(workspace,seq)>(?,?)" in plan or "Index Cond: (ROW(" in plan, plan

    def ordered(counts: list[dict[str, Any]]) -> list[str]:
        return sorted(json.dumps(each, sort_keys=True) for each in counts)

    assert ordered(found) == ordered(wanted)


async def test_work_that_waited_or_was_held_keeps_its_turn_and_its_room(empty_url: str) -> None:
    row = "(id, key, kind, workspace, lane, payload, priority, state, attempt, error, due_ms, created_ms, finished_ms)"
    made = [
        ("first", "ready", 1, None),
        ("second", "ready", 2, None),
        ("held", "claimed", 4_000_000_000_000, None),
        ("over", "done", 1, 1),
    ]

    def before(connection: Connection) -> None:
        command.upgrade(_config(connection), "0017")
        for key, state, due_ms, finished_ms in made:
            values = {"key": key, "state": state, "due": due_ms, "finished": finished_ms}
            connection.execute(
                text(
                    f"INSERT INTO work {row} VALUES (:key, :key, 'call', 'ws_1', 'one', '{{}}', 100, :state, 1, "
                    f"'', :due, 3, :finished)"
                ),
                values,
            )

    database = await Database.open(empty_url)
    async with database.begin() as session:
        await (await session.connection()).run_sync(before)
    await upgrade(empty_url)
    async with database.begin() as session:
        counted = await session.execute(text("SELECT key, turn_ms, counted_in FROM work ORDER BY key"))
        assert counted.all() == [
            ("first", 1, None),
            ("held", 3, "one"),
            ("over", 0, None),
            ("second", 2, None),
        ]
        claimed = await jobs.claim(session, owner="w1", kinds=["call"], lease_s=60, limit=9, per_lane=2)
    await database.close()
    assert [one.key for one in claimed] == ["first"], "one is held, and two fit"
