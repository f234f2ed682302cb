from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from core.errors import BadSetting
from store.all_tables import METADATA
from store.database import Database
from store.migrate import FOLDER, _config, newest_revision, upgrade, upgrade_open
from store.runs import runs
from tests.integration.store.rowmaking import a_run


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """All but the index of words (SQLite: tables, PostgreSQL: where it has pg_trgm), which no table of ours
    describes."""
    return (kind != "table" or not str(name).startswith("history_words")) and name != "ix_history_words"


def differences(connection: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True, "include_name": ours}
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, METADATA))


async def brought_to(url: str, revision: str) -> Database:
    """An empty database brought to an older version, opened."""
    database = await Database.open(url)
    async with database.begin() as session:
        await (await session.connection()).run_sync(lambda connection: command.upgrade(_config(connection), revision))
    return database


@asynccontextmanager
async def ends_as_today(database: Database) -> AsyncIterator[None]:
    """What this version writes beside an entry fits into an older database meanwhile, so that it can fill one."""
    columns = ("generation BIGINT NOT NULL DEFAULT 0", "mac VARCHAR")
    async with database.begin() as session:
        for each in columns:
            await session.execute(text(f"ALTER TABLE history_heads ADD COLUMN {each}"))
    yield
    async with database.begin() as session:
        for each in columns:
            await session.execute(text(f"ALTER TABLE history_heads DROP COLUMN {each.partition(' ')[0]}"))


async def test_the_migrated_schema_is_what_the_tables_say(database: Database) -> None:
    async with database.begin() as session:
        assert await (await session.connection()).run_sync(differences) == []


async def test_the_comparison_sees_a_missing_index_and_a_column_too_many(database: Database) -> None:
    async with database.begin() as session:
        await session.execute(text("DROP INDEX ix_work_open"))
        await session.execute(text("ALTER TABLE runs ADD COLUMN extra TEXT"))
        assert len(await (await session.connection()).run_sync(differences)) == 2


async def test_only_open_work_is_in_the_index_that_claims_go_by(database: Database) -> None:
    def where(connection: Connection) -> str:
        [index] = [one for one in inspect(connection).get_indexes("work") if one["name"] == "ix_work_open"]
        return str(index["dialect_options"][f"{database.dialect}_where"])

    async with database.read() as session:
        assert "finished_ms IS NULL" in await (await session.connection()).run_sync(where)


def test_the_newest_revision_is_the_head_that_alembic_finds() -> None:
    found = ScriptDirectory(str(FOLDER)).get_current_head()
    assert newest_revision() == found


def test_a_database_that_is_up_to_date_is_opened_without_alembic(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'opsiq.db'}"
    asyncio.run(upgrade(url))
    said = "import asyncio, sys; from store.migrate import upgrade; asyncio.run(upgrade(sys.argv[1])); "
    code = said + "print(sorted({name.partition('.')[0] for name in sys.modules} & {'alembic', 'mako', 'pygments'}))"
    done = subprocess.run([sys.executable, "-c", code, url], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_upgrading_again_changes_nothing(database: Database, database_url: str) -> None:
    async with database.begin() as session:
        await runs.insert(session, a_run())
    await upgrade(database_url)
    await upgrade_open(database)
    async with database.read() as session:
        assert (await runs.get(session, "ws_1", "run_1")).state == "held"


async def test_a_database_of_a_newer_version_is_refused(database: Database, database_url: str) -> None:
    async with database.begin() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(BadSetting, match="newer version"):
        await upgrade(database_url)


async def test_two_upgrades_of_a_new_file_at_once_both_succeed(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'new.db'}"
    await asyncio.gather(upgrade(url), upgrade(url))
    database = await Database.open(url)
    async with database.begin() as session:
        assert await (await session.connection()).run_sync(differences) == []
    await database.close()


async def test_an_upgrade_that_fails_leaves_no_half_made_schema(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")
    async with database.begin() as session:
        await session.execute(text("CREATE TABLE work (id TEXT)"))  # in the way of the step's last tables
    with pytest.raises(Exception, match="work"):
        await upgrade_open(database)
    async with database.read() as session:
        names = (await session.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'"))).scalars().all()
    await database.close()
    assert names == ["work"]
