from __future__ import annotations

import asyncio
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core.errors import BadSetting, Unavailable
from store.database import Database, _sqlite, after_commit, now
from store.requests import nonces
from store.runs import runs
from tests.integration.store.rowmaking import AT, a_run


async def test_what_was_written_in_a_block_is_there_after_it(database: Database) -> None:
    async with database.begin() as session:
        await runs.insert(session, a_run())
    async with database.read() as session:
        assert (await runs.get(session, "ws_1", "run_1")).created_at == AT


async def test_a_block_that_raises_leaves_nothing(database: Database) -> None:
    async def fail() -> None:
        async with database.begin() as session:
            await runs.insert(session, a_run())
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    async with database.read() as session:
        assert await runs.listed(session, "ws_1") == []


async def test_a_reader_can_not_write(database: Database) -> None:
    with pytest.raises(DBAPIError):
        async with database.read() as session:
            await nonces.insert(session, "pk_1", "n", AT)


async def confirm(database: Database) -> None:
    async with database.begin() as writer:
        await runs.move(writer, "ws_1", "run_1", was=["held"], to="confirmed")


async def test_a_task_in_a_transaction_opens_no_second_one(database: Database) -> None:
    """More such tasks than there are connections would wait for each other."""
    for first in (database.read, database.begin):
        for second in (database.read, database.begin):
            async with first():
                with pytest.raises(RuntimeError, match="inside a transaction"):
                    async with second():
                        pass
            async with second() as session:
                await session.execute(text("SELECT 1"))


async def test_a_reader_sees_one_moment_while_a_writer_goes_on(database: Database) -> None:
    async with database.begin() as session:
        await runs.insert(session, a_run())
    async with database.read() as reader:
        assert (await runs.get(reader, "ws_1", "run_1")).state == "held"
        await asyncio.create_task(confirm(database))
        assert (await runs.get(reader, "ws_1", "run_1")).state == "held"
    async with database.read() as reader:
        assert (await runs.get(reader, "ws_1", "run_1")).state == "confirmed"


async def test_changing_a_row_that_was_read_changes_nothing_stored(database: Database) -> None:
    async with database.begin() as session:
        row = await runs.insert(session, a_run())
        row.state = "confirmed"
        seen = await runs.get(session, "ws_1", "run_1")
        seen.state = "confirmed"
    async with database.read() as session:
        assert (await runs.get(session, "ws_1", "run_1")).state == "held"


async def test_a_callback_runs_once_what_it_tells_of_can_be_read(database: Database) -> None:
    told: list[str] = []
    async with database.begin() as session:
        after_commit(session, lambda: told.append("woken"))
        await runs.insert(session, a_run())
        assert told == []
    assert told == ["woken"]


async def test_no_callback_runs_after_a_rollback(database: Database) -> None:
    told: list[str] = []

    async def fail() -> None:
        async with database.begin() as session:
            after_commit(session, lambda: told.append("woken"))
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert told == []


async def test_a_callback_that_fails_does_not_make_a_commit_look_failed(database: Database) -> None:
    told: list[str] = []
    async with database.begin() as session:
        after_commit(session, lambda: {}["missing"])
        after_commit(session, lambda: told.append("woken"))
        await runs.insert(session, a_run())
    assert told == ["woken"]


async def test_a_writer_cancelled_in_the_middle_leaves_nothing_and_the_next_one_writes(database: Database) -> None:
    reached = asyncio.Event()

    async def stopped() -> None:
        async with database.begin() as session:
            await runs.insert(session, a_run())
            reached.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stopped())
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with database.begin() as session:
        assert await runs.listed(session, "ws_1") == []
        await runs.insert(session, a_run("run_2"))


async def test_twenty_writers_at_once_all_write_and_on_sqlite_in_order_of_arrival(database: Database) -> None:
    wrote: list[int] = []

    async def write(n: int) -> None:
        async with database.begin() as session:
            await runs.insert(session, a_run(f"run_{n}"))
            wrote.append(n)

    await asyncio.gather(*(write(n) for n in range(20)))
    async with database.read() as session:
        assert len(await runs.listed(session, "ws_1")) == 20
    assert wrote == sorted(wrote) or database.dialect == "postgresql"


async def test_the_database_has_a_clock_of_its_own_in_utc(database: Database) -> None:
    async with database.read() as session:
        first = await now(session)
        assert first.tzinfo is not None
        assert first <= await now(session)


async def test_sqlite_writes_through_to_the_disk_at_every_commit(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'opsiq.db'}")
    async with database.begin() as session:
        told = [
            (await session.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    await database.close()
    assert told == ["wal", 2, 1]


async def test_a_new_sqlite_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'data' / 'opsiq.db'}")
    await database.close()
    assert stat.S_IMODE((tmp_path / "data" / "opsiq.db").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite://", "sqlite+aiosqlite:///:memory:", "mysql://a/b", "postgresql://a/b", "nonsense"]
)
async def test_an_unfit_url_says_what_to_write_instead(url: str) -> None:
    with pytest.raises(BadSetting, match="sqlite"):
        await Database.open(url)


async def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await Database.open(f"postgresql+asyncpg://postgres@/opsiq?host={tmp_path}")


async def test_a_full_disk_is_told_as_one_and_what_was_written_before_stands(tmp_path: Path) -> None:
    database = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'opsiq.db'}")
    async with database.begin() as session:
        await session.execute(text("CREATE TABLE loaves (crumbs BLOB)"))
    async with database.begin() as session:
        await session.execute(text("PRAGMA max_page_count = 20"))
    with pytest.raises(Unavailable, match="disk that the database is on is full"):
        async with database.begin() as session:
            await session.execute(text("INSERT INTO loaves VALUES (zeroblob(1000000))"))
    async with database.read() as session:
        assert (await session.execute(text("SELECT count(*) FROM loaves"))).scalar_one() == 0
    await database.close()


async def test_a_folder_that_can_not_be_made_is_a_bad_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadSetting, match="file"):
        await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'file' / 'opsiq.db'}")


def test_importing_the_store_does_not_load_alembic() -> None:
    code = "import sys, store.all_tables, store.migrate, store.history.log; sys.exit('alembic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


async def test_a_file_system_without_a_write_ahead_log_is_refused(tmp_path: Path) -> None:
    """``unix-dotfile`` has no shared memory, like a network file system."""
    made = _sqlite(f"sqlite+aiosqlite:///file:{tmp_path}/opsiq.db?vfs=unix-dotfile&uri=true")
    with pytest.raises(BadSetting, match="write-ahead log"):
        async with made.begin():
            pass
    await made.close()
