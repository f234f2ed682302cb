"""JSON rows: a query that returns many rows in one step of SQLite. With a step for each row, SQLite's thread would take
Python's lock as often and slow the event loop.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, LargeBinary, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import from_iso
from store.dialect import UtcTime
from store.driver.prepared import CompiledStatement, find_sqlite

MANY: Final = 80
"""Number of rows that takes about ``store.driver.sqlite.STEPS``."""


def select_as_json(statement: Select[Any]) -> Select[tuple[str]]:
    """Wraps ``statement`` so that it returns all rows as one JSON text, in no order: an array of arrays, with bytes in
    hexadecimal. Columns may be text, integers, bytes and times, but not floats, which would be rounded.
    """
    rows = statement.subquery("rows")
    return select(func.json_group_array(func.json_array(*[_as_json(column) for column in rows.c])))


class JsonRowsQuery:
    """SELECT for many rows. ``made`` builds it for PostgreSQL (True) or SQLite."""

    def __init__(self, made: Callable[[bool], Select[Any]]) -> None:
        self._postgresql = made(True)
        self._sqlite = select_as_json(alone := made(False))
        self._compiled: CompiledStatement | None = None
        reading = enumerate(map(_reader, alone.selected_columns))
        self._read = [(place, read) for place, read in reading if read is not None]

    async def rows(self, session: AsyncSession, expected: int, **given: Any) -> Sequence[Sequence[Any]]:
        """Executes the query. The rows come in no order. ``expected`` is their approximate number; a long query goes to
        SQLite's thread immediately."""
        sqlite = find_sqlite(session)
        if sqlite is None:
            answered: Sequence[Sequence[Any]] = (await session.execute(self._postgresql, given)).all()
            return answered
        if self._compiled is None:
            self._compiled = CompiledStatement.of(self._sqlite, (await session.connection()).dialect)
        sql, values = self._compiled.text, self._compiled.bind(given)
        if expected >= MANY:
            (text,) = await sqlite.run_together(lambda execute: execute(sql, values).fetchone())
        else:
            cursor = sqlite.cursor()
            await cursor.execute(sql, values)
            ((text,),) = await cursor.fetchall()
        found: list[list[Any]] = json.loads(text)
        for place, read in self._read:
            for row in found:
                if row[place] is not None:
                    row[place] = read(row[place])
        return found


def _as_json(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.hex(column) if isinstance(column.type, LargeBinary) else column


def _reader(column: ColumnElement[Any]) -> Callable[[str], Any] | None:
    if isinstance(column.type, LargeBinary):
        return bytes.fromhex
    return from_iso if isinstance(column.type, UtcTime) else None
