"""Bulk write: one statement for many rows, passed directly to the driver. It serves the writes of every delivery.

The rows are passed as a table ``given``, so that the database takes one step for all of them. With a step for each row,
SQLite's thread would take Python's lock as often and slow the event loop.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncSession

from store.dialect import is_postgresql
from store.driver.prepared import find_sqlite
from store.driver.sqlite import Execute

Row = Sequence[Any]
_SIZES: Final = (1, 4, 16, 50, 100, 150, 200, 250, 300, 350, 400)
"""Numbers of rows in one statement on SQLite. There are few, so that the driver keeps all of these statements
prepared."""


class BulkStatement:
    """One SQL statement for many rows. ``statement`` reads the table ``given``. ``columns`` are its column names and
    PostgreSQL types, in the order of the rows' values. The SQL must suit both databases, and no part of it may come
    from outside. Text must be ``store.rows.storable``, and times as the database stores them
    (``store.dialect.write_time``). On SQLite the last row may be given several times; ``repeated``, which is appended
    there, says what happens to a repetition.
    """

    def __init__(self, statement: str, *, repeated: str = "", **columns: str) -> None:
        names = ", ".join(columns)
        arrays = [f"${place}::{kind}[]" for place, kind in enumerate(columns.values(), 1)]
        values = [
            f"CASE WHEN cardinality({array}) = 1 THEN ({array})[1] ELSE each.{name} END"
            for name, array in zip(columns, arrays, strict=True)
        ]
        each = f"SELECT {', '.join(values)} FROM unnest({', '.join(arrays)}) AS each ({names})"  # noqa: S608
        one = f"({', '.join('?' * len(columns))})"
        self._postgresql = f"WITH given ({names}) AS ({each}) {statement}"
        self._sqlite = {
            rows: f"WITH given ({names}) AS (VALUES {', '.join([one] * rows)}) {statement}{repeated}" for rows in _SIZES
        }

    async def run(self, session: AsyncSession, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """Executes the statement for all rows. Returns its result (RETURNING), which is empty if it returns nothing."""
        answers = await self._execute(session, rows)
        return [tuple(row) for each in answers if each.returns_rows for row in each]

    async def write(self, session: AsyncSession, rows: Sequence[Row]) -> None:
        """Executes a statement that returns nothing. On SQLite it is sent with the next statement of the transaction
        (``SqliteConnection.run_before_next``)."""
        sqlite = find_sqlite(session)
        if sqlite is None:
            await self._execute(session, rows)
            return
        for text, flat in self._chunks(rows):
            sqlite.run_before_next(partial(_execute_chunks, text, flat))

    async def _execute(self, session: AsyncSession, rows: Sequence[Row]) -> list[CursorResult[Any]]:
        if not rows:
            return []
        connection = await session.connection()
        if is_postgresql(session):
            return [await connection.exec_driver_sql(self._postgresql, _columns(rows))]
        return [await connection.exec_driver_sql(text, flat) for text, flat in self._chunks(rows)]

    def _chunks(self, rows: Sequence[Row]) -> Iterator[tuple[str, tuple[Any, ...]]]:
        """Splits the rows for SQLite: yields a statement and its values for each part."""
        for start in range(0, len(rows), _SIZES[-1]):
            chunk = list(rows[start : start + _SIZES[-1]])
            size = next(size for size in _SIZES if size >= len(chunk))
            chunk += [chunk[-1]] * (size - len(chunk))
            yield self._sqlite[size], tuple([value for row in chunk for value in row])


def _columns(rows: Sequence[Row]) -> tuple[Sequence[Any], ...]:
    """Turns rows into columns for PostgreSQL. A column with the same value in all rows is passed once, since the driver
    spends three times as long on each value as the server. The first column is passed whole, because it gives the
    number of rows.
    """
    whole, *others = zip(*rows, strict=True)
    return (whole, *[column[:1] if column.count(column[0]) == len(column) else column for column in others])


def _execute_chunks(text: str, values: tuple[Any, ...], execute: Execute) -> None:
    execute(text, values)
