"""Database access, the same on SQLite and PostgreSQL: ``begin()`` to write, ``read()`` to read.

SQLite has one writer connection for the process, because several only compete for the file's lock. Among processes, one
writes at a time (``store.driver.write_lock``). It uses WAL with ``synchronous=FULL`` (NORMAL can lose the last commits
in a power cut), ``BEGIN IMMEDIATE``, and a pool of read-only connections that each read one snapshot. Its transaction
control follows SQLAlchemy's SQLite dialect, "Enabling Non-Legacy SQLite Transactional Modes". PostgreSQL uses READ
COMMITTED to write and REPEATABLE READ READ ONLY to read.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from sqlalchemy import event, select, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine

from core.crypto.authenticator import Authenticator
from core.errors import BadSetting, OpsIQError, Unavailable
from store.dialect import DbNow
from store.driver import dialect, sqlite
from store.driver.sqlite import SqliteConnection
from store.driver.write_lock import WriteLock
from store.session import Session

log = logging.getLogger("opsiq.store")

BUSY_TIMEOUT_S: Final = 30.0
READERS: Final = 4
POSTGRESQL_CONNECTIONS: Final = 10
REST_S: Final = 1.0
LEAST_FREE_BYTES: Final = 256 * 1024
"""Room on the disk below which SQLite counts as full."""
_DISK_FULL: Final = "53100"
EXAMPLES: Final = "sqlite+aiosqlite:///opsiq.db or postgresql+asyncpg://user:password@host/name"
_WAL: Final = "PRAGMA journal_mode=WAL"
_CALLBACKS: Final = "opsiq.after_commit"
_BEFORE_COMMIT: Final = "opsiq.before_commit"
_PUT: Final = "opsiq.put"
_RESTING: Final = "opsiq.resting_since"
_SQLITE_DAMAGED: Final = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_DAMAGED: Final = "The database file {file} is damaged. Stop the servers, then restore a backup."
_SQLITE_DOWN: Final = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    *_SQLITE_DAMAGED,
}
# SQLSTATE: connection, resources, operator intervention, lost race (deadlock, serialization).
_POSTGRESQL_DOWN: Final = ("08", "53", "57P", "40001", "40P01")


class Database:
    """Connection pool of this process. It is opened once, closed at shutdown, and belongs to one event loop."""

    def __init__(self, writer: AsyncEngine, reader: AsyncEngine, *, turn: WriteLock | None = None) -> None:
        self._writer = writer
        self._reader = reader
        self._turn = turn
        self._holding: set[asyncio.Task[Any]] = set()
        """The tasks that are in a transaction."""
        self._on_jobs: Callable[[Sequence[tuple[str, str]]], None] | None = None
        self.authenticator: Authenticator | None = None
        """Set once, when the data keys are open (``agent.history.sealing``). From then on, sealed rows that it did not
        make are refused."""

    @classmethod
    async def open(cls, url: str) -> Database:
        """Opens ``sqlite+aiosqlite:///path`` or ``postgresql+asyncpg://…``. Connects once.

        Raises BadSetting, or Unavailable if the database does not answer.
        """
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise BadSetting(f"The database URL can't be read: write {EXAMPLES}.") from error
        if parsed.drivername == "sqlite+aiosqlite":
            if not parsed.database or parsed.database == ":memory:" or "memory" in parsed.query.values():
                raise BadSetting("SQLite needs a file here: sqlite+aiosqlite:///path/to/opsiq.db.")
            try:
                await asyncio.to_thread(_make_file, Path(parsed.database))
            except OSError as error:
                raise BadSetting(f"The database file {parsed.database} can't be made: {error.strerror}.") from error
            made = _sqlite(url)
        elif parsed.drivername == "postgresql+asyncpg":
            try:
                made = _postgresql(url)
            except ModuleNotFoundError as error:
                raise BadSetting("PostgreSQL needs its driver: pip install 'opsiq-server[postgres]'.") from error
        else:
            raise BadSetting(f"{parsed.drivername!r} is not a database OpsIQ knows: write {EXAMPLES}.")
        try:
            async with made.begin() as session:
                await now(session)
        except BaseException:
            await made.close()
            raise
        return made

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """Opens one transaction. It commits when the block ends, and rolls back if the block raises.

        Raises Unavailable if the database is down or full, or if the transaction lost a race and may be run again. A
        nested block of the same task could deadlock, so it raises RuntimeError. Make no network call inside.
        """
        with self._one_for_this_task():
            async with self._turn.held() if self._turn else nullcontext(), self._transaction() as session:
                yield session
        callbacks = list(session.info.get(_CALLBACKS, ()))
        if self._on_jobs is not None and (put := session.info.get(_PUT)):
            callbacks.insert(0, partial(self._on_jobs, put))
        for callback in callbacks:
            try:
                callback()
            except Exception:
                log.exception("a callback after commit failed; what was committed stands")

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        async with (
            _report_outage(self._writer),
            _open_session(self._writer, self.authenticator) as (connection, session),
        ):
            yield session
            for prepare in list(session.info.get(_BEFORE_COMMIT, {}).values()):
                await prepare(session)
            await connection.commit()

    @contextmanager
    def _one_for_this_task(self) -> Iterator[None]:
        """Raises RuntimeError if this task is in a transaction already: while it held one connection and waited for
        another, a few such tasks would hold all that there are, for as long as each waits."""
        task = asyncio.current_task()
        if task is None or task in self._holding:
            raise RuntimeError("A transaction inside a transaction: pass the session on instead of opening a second.")
        self._holding.add(task)
        try:
            yield
        finally:
            self._holding.discard(task)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """Opens a read-only snapshot: every query in the block sees the same data. Writing raises. Nesting it raises
        RuntimeError, as in ``begin``. Connections are few: wait for nothing but the database inside."""
        with self._one_for_this_task():
            async with (
                _report_outage(self._reader),
                _open_session(self._reader, self.authenticator) as (connection, session),
            ):
                yield session
                await connection.rollback()

    @asynccontextmanager
    async def _session(self, engine: AsyncEngine) -> AsyncIterator[tuple[AsyncConnection, Session]]:
        async with _report_outage(engine), _open_session(engine, self.authenticator) as opened:
            yield opened

    def tell(self, told: Callable[[Sequence[tuple[str, str]]], None]) -> None:
        """Registers a callback that gets the (kind, key) of every job that was committed here and is due
        immediately."""
        self._on_jobs = told

    @property
    def dialect(self) -> str:
        """The engine: ``sqlite`` or ``postgresql``."""
        return self._writer.dialect.name

    @property
    def file(self) -> Path | None:
        """SQLite's file. None for PostgreSQL."""
        named = self._writer.url.database
        return Path(named) if self.dialect == "sqlite" and named else None

    async def close(self) -> None:
        await self._reader.dispose()
        await self._writer.dispose()


def after_commit(session: AsyncSession, callback: Callable[[], None]) -> None:
    """Registers a callback to run after this session's transaction commits. It does not run after a rollback. It must
    not block."""
    session.info.setdefault(_CALLBACKS, []).append(callback)


def before_commit(session: AsyncSession, name: str, prepare: Callable[[AsyncSession], Awaitable[None]]) -> None:
    """Awaits ``prepare`` once in this session's transaction, right before the commit. A second call with the same
    ``name`` changes nothing."""
    session.info.setdefault(_BEFORE_COMMIT, {}).setdefault(name, prepare)


def announce(session: AsyncSession, put: tuple[str, str]) -> None:
    """Records that this (kind, key) was added in this session: see ``Database.tell``."""
    session.info.setdefault(_PUT, []).append(put)


async def now(session: AsyncSession) -> datetime:
    """The database's clock, so that many machines agree on the time."""
    found: datetime = (await session.execute(select(DbNow()))).scalar_one()
    return found


def _make_file(path: Path) -> None:
    """Creates the database file for this user only. It holds sealed secrets, and prompts."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)


# Error texts are logged. A statement's values stay out of them (``hide_parameters``): addresses, password digests, form
# secrets.


def _sqlite(url: str) -> Database:
    parsed = make_url(url)
    path = parsed.database or ""
    (name,), options = parsed.get_dialect()().create_connect_args(parsed)
    # This does not begin a transaction: the "begin" event below does.
    connect = partial(sqlite.connect, name, **{**options, "timeout": BUSY_TIMEOUT_S})
    look = partial(connect, only_reads=True)
    shared: Any = {"hide_parameters": True, "execution_options": {"compiled_cache": dialect.STATEMENTS}}
    ours = parsed.set(drivername=dialect.DRIVER)
    writer = create_async_engine(ours, async_creator=connect, pool_size=1, max_overflow=0, **shared)
    reader = create_async_engine(ours, async_creator=look, pool_size=READERS, max_overflow=0, pool_timeout=60, **shared)
    _on_connect(writer, _WAL, "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")
    _on_connect(reader, "PRAGMA query_only=ON")
    _on_begin(writer, "BEGIN IMMEDIATE")
    _on_begin(reader, "BEGIN")
    return Database(writer, reader, turn=WriteLock(Path(path.removeprefix("file:").partition("?")[0])))


def _postgresql(url: str) -> Database:
    writer = create_async_engine(url, pool_size=POSTGRESQL_CONNECTIONS, max_overflow=0, hide_parameters=True)
    _ping_after_a_rest(writer)
    reader = writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return Database(writer, reader)


def _on_connect(engine: AsyncEngine, *pragmas: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def connected(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
            if pragma == _WAL and (mode := cursor.fetchone()[0]) != "wal":
                # Without it other processes could not read during a write. Locks of network file systems can't be
                # trusted.
                cursor.close()
                connection.close()
                raise BadSetting(
                    f"The database file's file system allows no write-ahead log (it stays in mode {mode!r}): put "
                    f"OPSIQ_DATA on a "
                    "local disk, or set OPSIQ_DATABASE_URL to a PostgreSQL."
                )
        cursor.close()


def _on_begin(engine: AsyncEngine, statement: str) -> None:
    @event.listens_for(engine.sync_engine, "begin")
    def begun(connection: Connection) -> None:
        plain: Any = connection.connection.driver_connection
        plain.mark_begin(statement)


def _ping_after_a_rest(engine: AsyncEngine) -> None:
    """Checks a connection that was idle for a second, and replaces it if it is dead. SQLAlchemy's pre-ping checks every
    time, at the cost of three round trips for each transaction.
    """

    @event.listens_for(engine.sync_engine, "checkin")
    def came_back(_connection: Any, record: Any) -> None:
        record.info[_RESTING] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def goes_out(connection: Any, record: Any, _proxy: Any) -> None:
        rested_since = record.info.pop(_RESTING, None)
        if rested_since is None or time.monotonic() - rested_since < REST_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except Exception as error:
            raise DisconnectionError from error


async def refuse_damaged(session: AsyncSession) -> None:
    """Reads all of a SQLite file. Raises Unavailable if its pages don't fit together."""
    connection = await session.connection()
    if connection.dialect.name != "sqlite":
        return
    told = (await session.execute(text("PRAGMA quick_check(1)"))).scalars().first()
    if told != "ok":
        raise Unavailable(_DAMAGED.format(file=connection.engine.url.database))


@asynccontextmanager
async def _report_outage(engine: AsyncEngine) -> AsyncIterator[None]:
    """Turns errors of a database that is down into Unavailable. Every other failure is a defect and stays as it is."""
    try:
        yield
    except OpsIQError:
        raise
    except sqlite3.DatabaseError as error:  # of a statement that was compiled already
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE_DOWN:
            raise Unavailable(_explain_outage(engine, error)) from error
        raise
    except PoolTimeout as error:
        raise Unavailable("The database is busy: no connection came free in time. Try again.") from error
    except SQLAlchemyError as error:
        if isinstance(error, DBAPIError) and _is_down(error):
            raise Unavailable(_explain_outage(engine, error)) from error
        raise


def _explain_outage(engine: AsyncEngine, error: BaseException) -> str:
    """Says what is wrong and what to do, as far as that can be told. SQLite can't even read if its shared-memory file
    has no room to grow, and does not say so. So the disk is checked."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause.__cause__ or cause, "sqlite_errorcode", getattr(cause, "sqlite_errorcode", 0))
    if code & 0xFF in _SQLITE_DAMAGED:
        return _DAMAGED.format(file=engine.url.database)
    full = code & 0xFF == sqlite3.SQLITE_FULL or getattr(cause, "sqlstate", "") == _DISK_FULL
    if engine.dialect.name == "sqlite" and engine.url.database:
        with suppress(OSError):
            full = full or shutil.disk_usage(Path(engine.url.database).parent).free < LEAST_FREE_BYTES
    if full:
        return "The disk that the database is on is full. Free some space there, then try again."
    return "The database can't do this now (down or busy). Try again."


@asynccontextmanager
async def _open_session(
    engine: AsyncEngine, authenticator: Authenticator | None
) -> AsyncIterator[tuple[AsyncConnection, Session]]:
    """Opens a session whose first statement begins a transaction. What is not committed when the block ends is
    rolled back."""
    try:
        connection = await engine.connect()
    except OSError as error:
        # Network errors before the database is connected are not database errors yet.
        raise Unavailable("The database does not answer: check that it runs, and OPSIQ_DATABASE_URL.") from error
    try:
        yield connection, Session(connection, _sqlite_of(connection), authenticator)
    finally:
        if connection.in_transaction():
            await connection.__aexit__(
                None, None, None
            )  # runs to its end even if cancelled, so that no connection is left behind
        else:
            await connection.close()  # nothing to wait for


def _sqlite_of(connection: AsyncConnection) -> SqliteConnection | None:
    plain = connection.sync_connection
    if plain is None or plain.dialect.name != "sqlite":
        return None
    plain.begin()  # nothing is said to SQLite before its first statement, whoever says that
    driver = plain.connection.driver_connection
    return driver if isinstance(driver, SqliteConnection) else None


def _is_down(error: DBAPIError) -> bool:
    cause = error.orig.__cause__ if error.orig is not None and error.orig.__cause__ is not None else error.orig
    code = getattr(cause, "sqlite_errorcode", getattr(error.orig, "sqlite_errorcode", None))
    if isinstance(code, int):
        return code & 0xFF in _SQLITE_DOWN
    state = getattr(error.orig, "sqlstate", None) or getattr(cause, "sqlstate", None)
    return error.connection_invalidated or (isinstance(state, str) and state.startswith(_POSTGRESQL_DOWN))
