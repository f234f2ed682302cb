"""SQLite driver: aiosqlite, with at most one trip to the connection's thread for a statement instead of four (cursor,
execute, fetchall, close), and none for a short statement.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from functools import lru_cache, partial
from typing import Any, Final, TypeVar

import aiosqlite

T = TypeVar("T")
Execute = Callable[[str, Sequence[Any]], sqlite3.Cursor]

AT_ONCE: Final = 500
"""Rows that are fetched with the statement. Further rows are fetched on demand, so that a stream stays a stream."""

STEPS: Final = 3_000
"""Most steps of SQLite's virtual machine: a fraction of a millisecond, or a hundred rows of twenty columns found by an
index."""
FEW: Final = 16
"""Most rows that are inserted in the event loop's thread."""
ONE_ROW: Final = "/* one row */"
"""Start of an UPDATE whose condition is a complete key."""


class Cursor:
    """Cursor as SQLAlchemy expects it. The statement's own trip also reads a short result and closes the cursor."""

    arraysize = 1

    def __init__(self, connection: SqliteConnection) -> None:
        self._connection = connection
        self._open: sqlite3.Cursor | None = None
        self._rows: list[Any] = []
        self._at = 0
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> Cursor:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> Cursor:
        await self._connection.run_statement(sql, partial(self._run_statement, sql, parameters, False))
        return self

    async def executemany(self, sql: str, parameters: Sequence[Iterable[Any]]) -> Cursor:
        await self._connection.run_statement(
            sql, partial(self._run_statement, sql, parameters, True), rows=len(parameters)
        )
        return self

    async def fetchone(self) -> Any:
        found = await self.fetchmany(1)
        return found[0] if found else None

    async def fetchmany(self, size: int | None = None) -> Sequence[Any]:
        wanted = self.arraysize if size is None else size
        if len(self._rows) - self._at < wanted and self._open is not None:
            await self._connection.run_in_thread(partial(self._read, max(wanted, AT_ONCE)))
        found = self._rows[self._at : self._at + wanted]
        self._at += len(found)
        return found

    async def fetchall(self) -> Sequence[Any]:
        if self._open is not None:
            await self._connection.run_in_thread(partial(self._read, None))
        found, self._rows, self._at = self._rows[self._at :], [], 0
        return found

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._each()

    async def close(self) -> None:
        cursor, self._open = self._open, None
        self._rows, self._at = [], 0
        if cursor is not None:
            await self._connection.run_in_thread(cursor.close)

    async def _each(self) -> AsyncIterator[Any]:
        while found := await self.fetchmany(AT_ONCE):
            for row in found:
                yield row

    # In the connection's thread, or in the caller's while nothing is under way there:

    def _run_statement(self, sql: str, parameters: Any, many: bool) -> None:
        if self._open is not None:
            self._open.close()
        self._connection.begin()
        cursor = self._open = self._connection.plain.cursor()
        self._rows, self._at = [], 0
        (cursor.executemany if many else cursor.execute)(sql, parameters)
        self.description, self.lastrowid = cursor.description, cursor.lastrowid
        if cursor.description is None:
            self.rowcount = cursor.rowcount
            self._shut(cursor)
        else:
            self._read(AT_ONCE)
            self.rowcount = cursor.rowcount  # of an UPDATE … RETURNING: known once its result has been read

    def _read(self, most: int | None) -> None:
        """Reads that many more rows; None reads all."""
        cursor = self._open
        if cursor is None:
            return
        fresh = cursor.fetchall() if most is None else cursor.fetchmany(most)
        self._rows = self._rows[self._at :] + fresh
        self._at = 0
        if most is None or len(fresh) < most:
            self.rowcount = cursor.rowcount
            self._shut(cursor)

    def _shut(self, cursor: sqlite3.Cursor) -> None:
        self._open = None
        cursor.close()


class SqliteConnection(aiosqlite.Connection):
    """Connection that runs cheap statements in place: a query that ends within STEPS of SQLite's, and inserts of a few
    rows. Statements that may wait (for a lock or the disk) or take long go to the thread.

    A transaction begins with its first statement. If it could only read, nobody waits for it to end.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection], *, only_reads: bool, waits_s: float) -> None:
        super().__init__(connector, AT_ONCE)
        self._only_reads = only_reads
        self._waits_ms = round(waits_s * 1000)
        self._to_begin = ""
        self._soon: list[Callable[[Execute], object]] = []
        self._last: _ThreadCall | None = None

    def cursor(self) -> Cursor:  # type: ignore[override]
        return Cursor(self)

    @property
    def plain(self) -> sqlite3.Connection:
        return self._conn

    def mark_begin(self, statement: str) -> None:
        """Marks that the next statement begins a transaction."""
        self._to_begin = statement
        self._soon = []

    def run_before_next(self, work: Callable[[Execute], object]) -> None:
        """Queues a statement to run before the next one of this transaction, in the same trip. Its error is raised
        there."""
        self._soon.append(work)

    async def commit(self) -> None:
        if self._soon or self._in_transaction():
            await self.run_in_thread(self._end_transaction)

    async def rollback(self) -> None:
        if not self._only_reads and not self._idle:
            # Runs behind calls that nobody awaits any more. One of them may be the first statement, which still has to
            # begin the transaction.
            await self.run_in_thread(self._roll_back)
            return
        self._soon = []
        if not self._in_transaction():
            return
        if not self._only_reads:
            if self.plain.in_transaction:  # SQLAlchemy's pool also asks for a rollback after each commit
                await self.run_in_thread(self.plain.rollback)
        # By a commit: what SQLite has read of the schema would else be read again, where a look was broken off while it
        # read that.
        elif self._idle:
            self.plain.commit()
        else:  # whoever comes next is served behind it
            self._tx.put_nowait((None, self._trip(self.plain.commit)))

    async def run_statement(self, sql: str, statement: Callable[[], object], *, rows: int = 1) -> None:
        """Executes a statement, in place or in the connection's thread."""
        if self._idle and not self._soon and (self._only_reads or not self._to_begin or self._try_begin()):
            if self._only_reads or sql.startswith("SELECT"):
                if self._try_query(statement):
                    return
            elif rows <= FEW and _is_bounded(sql):
                statement()
                return
        await self.run_in_thread(statement)

    async def run_in_thread(self, work: Callable[[], T]) -> T:
        """Executes in the connection's thread."""
        made: T = await self._execute(self._trip(work))  # type: ignore[no-untyped-call]
        return made

    async def run_together(self, work: Callable[[Execute], T]) -> T:
        """Executes several statements in one trip. Results of earlier ones may be passed to later ones."""

        def run_all() -> T:
            self.begin()
            return work(self.plain.execute)

        return await self.run_in_thread(run_all)

    def begin(self) -> None:
        """Begins the transaction before its first statement."""
        if self._to_begin:
            statement, self._to_begin = self._to_begin, ""
            self.plain.execute(statement)
        if self._soon:
            waiting, self._soon = self._soon, []
            for work in waiting:
                work(self.plain.execute)

    def _roll_back(self) -> None:
        self._to_begin, self._soon = "", []
        self.plain.rollback()

    def _end_transaction(self) -> None:
        """Commits or rolls back; after a failed commit nobody calls rollback."""
        try:
            self.begin()
            self.plain.commit()
        except BaseException:
            self._roll_back()
            raise

    def _try_begin(self) -> bool:
        """Tries to begin in place. False if somebody else is writing: waiting is the thread's task."""
        plain = self.plain
        plain.execute("PRAGMA busy_timeout=0")
        try:
            plain.execute(self._to_begin)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return False
        finally:
            plain.execute(f"PRAGMA busy_timeout={self._waits_ms}")
        self._to_begin = ""
        return True

    def _try_query(self, statement: Callable[[], object]) -> bool:
        """Tries to run a query in place. False if it takes longer than STEPS; it has had no effect and may be run again
        from the start."""
        plain = self.plain
        plain.set_progress_handler(_enough, STEPS)
        try:
            statement()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            return False
        finally:
            plain.set_progress_handler(None, 0)
        return True

    @property
    def _idle(self) -> bool:
        """Whether the thread has nothing to do, including calls of cancelled tasks that no longer wait."""
        return self._last is None or self._last.over

    def _trip(self, work: Callable[[], object]) -> _ThreadCall:
        self._last = _ThreadCall(work)
        return self._last

    def _in_transaction(self) -> bool:
        """Whether a transaction is open."""
        pending, self._to_begin = self._to_begin, ""
        return not pending


class _ThreadCall:
    """Call in a connection's thread. ``over`` is set when it no longer uses the connection."""

    __slots__ = ("_work", "over")

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self.over = False

    def __call__(self) -> object:
        try:
            return self._work()
        finally:
            self.over = True


def _enough() -> int:
    return 1


@lru_cache(maxsize=512)
def _is_bounded(sql: str) -> bool:
    """Whether a statement touches only given rows, not as many as a condition finds."""
    return (sql.startswith("INSERT INTO") and "SELECT" not in sql) or sql.startswith(f"UPDATE {ONE_ROW}")


async def connect(name: str, *, only_reads: bool = False, **options: Any) -> SqliteConnection:
    """Opens a file by its path or URI, with ``sqlite3.connect``'s options. No transaction begins implicitly. Raises
    what sqlite3 raises."""
    options |= {"isolation_level": None, "check_same_thread": False}
    connect = partial(sqlite3.connect, name, **options)
    connection = SqliteConnection(connect, only_reads=only_reads, waits_s=options.get("timeout", 5.0))
    connection._thread.daemon = True  # as SQLAlchemy has it: a thread that waits for work does not hold up the end
    await connection
    return connection
