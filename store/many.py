"""One statement for many rows, said straight to the driver: for what is written for every delivery, where SQLAlchemy's own work for each
row costs several times the database's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import UpdateBase

from store.dialect import is_postgresql

Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class _Spoken:
    """``places``: for each of the statement's parameters, where a row has it, or -1 and the value, and how the driver wants it."""

    text: str
    places: tuple[tuple[int, Any, Callable[[Any], Any] | None], ...]


class Many:
    """``made`` makes the statement for PostgreSQL (True) or SQLite; ``names`` are its parameters (of an INSERT: its columns), in the order
    in which rows have them. What text rows hold must be ``store.rows.storable``.
    """

    def __init__(self, made: Callable[[bool], UpdateBase], names: Sequence[str]) -> None:
        self._made = made
        self._names = tuple(names)
        self._spoken: dict[str, _Spoken] = {}

    async def run(self, session: AsyncSession, rows: Sequence[Row]) -> None:
        connection = await session.connection()
        dialect = connection.dialect
        spoken = self._spoken.get(dialect.name)
        if spoken is None:
            spoken = self._spoken[dialect.name] = self._compiled(dialect, self._made(is_postgresql(session)))
        if rows:
            await connection.exec_driver_sql(spoken.text, [_placed(spoken.places, row) for row in rows])

    def _compiled(self, dialect: Dialect, statement: UpdateBase) -> _Spoken:
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(self._names))
        fixed = compiled.params
        where = {name: place for place, name in enumerate(self._names)}
        places = []
        for name in compiled.positiontup:
            processor = compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
            if name in where:
                places.append((where[name], None, processor))
            else:
                places.append((-1, processor(fixed[name]) if processor else fixed[name], None))
        return _Spoken(str(compiled), tuple(places))


def _placed(places: tuple[tuple[int, Any, Callable[[Any], Any] | None], ...], row: Row) -> tuple[Any, ...]:
    return tuple(
        [
            fixed if place < 0 else row[place] if processor is None else processor(row[place])
            for place, fixed, processor in places
        ]
    )
