"""From every version, with a row in each of its tables, forward to this one: nothing is lost, and the schema is what the tables say."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, func, insert, select, text

from core.clock import iso
from store.migrate import FOLDER, _config, upgrade
from store.sessions import Sessions
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
        sessions = await Sessions.open(url)
        async with sessions.begin() as session:
            await session.execute(text("DROP SCHEMA public CASCADE"))
            await session.execute(text("CREATE SCHEMA public"))
        await sessions.close()

    asyncio.run(emptied())
    return url


def filled(connection: Connection, revision: str) -> dict[str, int]:
    """The schema of that version with a row in each table, by reflection: no code of today takes part. How many rows each has."""
    command.upgrade(_config(connection), revision)
    there = MetaData()
    there.reflect(connection)
    made: dict[str, dict[str, Any]] = {}
    for table in there.sorted_tables:
        if table.name == "alembic_version" or not ours(table.name, "table", None):
            continue
        made[table.name] = {column.name: _value(table, column, made) for column in table.columns}
        connection.execute(insert(table).values(made[table.name]))
    return {
        name: connection.execute(select(func.count()).select_from(there.tables[name])).scalar_one() for name in made
    }


def _value(table: Table, column: Any, made: dict[str, dict[str, Any]]) -> Any:
    for key in column.foreign_keys:
        if key.column.table.name != table.name:
            return made[key.column.table.name][key.column.name]
    plain: dict[type, Any] = {bool: True, int: 1, float: 1.5, Decimal: 1.5, bytes: b"bytes", datetime: AT}
    kind = column.type.python_type
    if kind in plain:
        return plain[kind]
    is_time = column.name == "at" or column.name.endswith(("_at", "_since"))
    return iso(AT) if is_time else f"{column.name} of {table.name}"[:27]


def rows(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    there = MetaData()
    there.reflect(connection)
    return {
        name: [dict(row) for row in connection.execute(select(table)).mappings()] for name, table in there.tables.items()
    }  # fmt: skip


@pytest.mark.parametrize("revision", STEPS)
async def test_every_step_forward_keeps_what_is_there(empty_url: str, revision: str) -> None:
    sessions = await Sessions.open(empty_url)
    async with sessions.begin() as session:
        connection = await session.connection()
        counted = await connection.run_sync(filled, revision)
        before = await connection.run_sync(rows)
    await upgrade(empty_url)
    async with sessions.begin() as session:
        connection = await session.connection()
        after = await connection.run_sync(rows)
        assert await connection.run_sync(differences) == []
    await sessions.close()
    assert counted, "the oldest version had tables"
    for name in counted:
        for row, same in zip(before[name], after[name], strict=True):
            assert {column: same[column] for column in row if column in same} == {
                column: value for column, value in row.items() if column in same
            }
