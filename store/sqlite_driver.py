"""aiosqlite with one trip to the connection's thread for a statement instead of four (cursor, execute, fetchall, close): the trips, and not
SQLite, were most of what a short transaction costs.
"""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from functools import partial
from typing import Any, Final

import aiosqlite

AT_ONCE: Final = 500
"""Rows that come with the statement; what an answer has beyond them is fetched when it is asked for: a stream stays a stream."""


class Cursor:
    """What SQLAlchemy asks of an aiosqlite cursor. A short answer is read and its cursor closed in the statement's own trip."""

    arraysize = 1

    def __init__(self, connection: OneTrip) -> None:
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
        await self._connection.carried(partial(self._said, sql, parameters, False))
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> Cursor:
        await self._connection.carried(partial(self._said, sql, parameters, True))
        return self

    async def fetchone(self) -> Any:
        found = await self.fetchmany(1)
        return found[0] if found else None

    async def fetchmany(self, size: int | None = None) -> Sequence[Any]:
        wanted = self.arraysize if size is None else size
        if len(self._rows) - self._at < wanted and self._open is not None:
            await self._connection.carried(partial(self._read, max(wanted, AT_ONCE)))
        found = self._rows[self._at : self._at + wanted]
        self._at += len(found)
        return found

    async def fetchall(self) -> Sequence[Any]:
        if self._open is not None:
            await self._connection.carried(partial(self._read, None))
        found, self._rows, self._at = self._rows[self._at :], [], 0
        return found

    def __aiter__(self) -> AsyncIterator[Any]:
        return self._each()

    async def close(self) -> None:
        cursor, self._open = self._open, None
        self._rows, self._at = [], 0
        if cursor is not None:
            await self._connection.carried(cursor.close)

    async def _each(self) -> AsyncIterator[Any]:
        while found := await self.fetchmany(AT_ONCE):
            for row in found:
                yield row

    # In the connection's thread:

    def _said(self, sql: str, parameters: Any, many: bool) -> None:
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
            self.rowcount = cursor.rowcount  # of an UPDATE … RETURNING: known once it has been read

    def _read(self, most: int | None) -> None:
        """So many more rows, all for None."""
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


class OneTrip(aiosqlite.Connection):
    """An aiosqlite connection whose cursors are ``Cursor``. A transaction begins in the trip of its first statement, and where it could
    only read, nobody waits for it to end."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], *, only_reads: bool) -> None:
        super().__init__(connector, AT_ONCE)
        self._only_reads = only_reads
        self._to_begin = ""

    def cursor(self) -> Cursor:  # type: ignore[override]
        return Cursor(self)

    @property
    def plain(self) -> sqlite3.Connection:
        return self._conn

    def begins(self, statement: str) -> None:
        """The next statement is the first of a transaction, which this one begins."""
        self._to_begin = statement

    async def commit(self) -> None:
        if self._began():
            await super().commit()

    async def rollback(self) -> None:
        if not self._began():
            return
        if self._only_reads:
            # Whoever comes next is served behind it. Should it fail, their BEGIN does.
            self._tx.put_nowait((None, self.plain.rollback))
        else:
            await super().rollback()

    async def carried(self, work: Callable[[], object]) -> None:
        """Do it in the connection's thread."""
        await self._execute(work)  # type: ignore[no-untyped-call]

    def begin(self) -> None:
        """In the connection's thread, before a statement."""
        if self._to_begin:
            statement, self._to_begin = self._to_begin, ""
            self.plain.execute(statement)

    def _began(self) -> bool:
        """Whether there is anything to end."""
        pending, self._to_begin = self._to_begin, ""
        return not pending


async def connected(name: str, *, only_reads: bool = False, **options: Any) -> OneTrip:
    """A file by its path or URI, with ``sqlite3.connect``'s options. Nothing begins a transaction by itself. Raises what sqlite3 raises."""
    connection = OneTrip(partial(sqlite3.connect, name, isolation_level=None, **options), only_reads=only_reads)
    connection._thread.daemon = True  # as SQLAlchemy has it: a thread that waits for work does not hold up the end
    await connection
    return connection
