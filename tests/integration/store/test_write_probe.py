"""A server whose database can't be written is not ready, and finding out writes little."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from store.database import Database
from store.write_probe import EVERY_S, WriteProbe


class Ticks:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    made = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'opsiq.db'}")
    async with made.begin() as session:
        await session.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
        await session.execute(text("INSERT INTO alembic_version VALUES ('one')"))
    yield made
    await made.close()


async def test_it_writes_once_however_often_it_is_asked(database: Database) -> None:
    async with database.begin() as session:
        await session.execute(text("CREATE TABLE writes (at INTEGER)"))
        await session.execute(
            text("CREATE TRIGGER each AFTER UPDATE ON alembic_version BEGIN INSERT INTO writes VALUES (1); END")
        )
    ticks = Ticks()
    probe, written = WriteProbe(database, ticks), []
    for seconds in (0.0, 1.0, EVERY_S):
        ticks.now += seconds
        assert [await probe.is_writable() for _ in range(5)] == [True] * 5
        async with database.read() as session:
            written.append((await session.execute(text("SELECT count(*) FROM writes"))).scalar_one())
    assert written == [1, 1, 2]


async def test_a_disk_without_room_is_found_before_the_database_fails(database: Database, tmp_path: Path) -> None:
    asked: list[Path] = []

    def free(folder: Path) -> int:
        asked.append(folder)
        return 4096

    assert not await WriteProbe(database, Ticks(), free).is_writable()
    assert asked == [tmp_path]


async def test_a_database_that_refuses_writes_is_found_and_so_is_its_return(database: Database) -> None:
    ticks = Ticks()
    probe = WriteProbe(database, ticks)
    async with database.begin() as session:
        await session.execute(
            text("CREATE TRIGGER never BEFORE UPDATE ON alembic_version BEGIN SELECT RAISE(ABORT, 'no'); END")
        )
    assert not await probe.is_writable()
    async with database.begin() as session:
        await session.execute(text("DROP TRIGGER never"))
    assert not await probe.is_writable(), "kept for some seconds"
    ticks.now += EVERY_S
    assert await probe.is_writable()
