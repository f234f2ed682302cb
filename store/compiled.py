"""A statement compiled once and said straight to the driver from then on: what SQLAlchemy does for each execution of a short statement
costs more than the statement."""

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
class _Text:
    """``places``: for each of the statement's parameters, where a row has it, or -1 and the value, and how the driver wants it."""

    text: str
    places: tuple[tuple[int, Any, Callable[[Any], Any] | None], ...]


class Compiled:
    """``made`` makes the statement for PostgreSQL (True) or SQLite; ``names`` are its parameters (of an INSERT: its columns), in the order
    in which rows have them. What text rows hold must be ``store.rows.storable``.
    """

    def __init__(self, made: Callable[[bool], UpdateBase], names: Sequence[str]) -> None:
        self._made = made
        self._names = tuple(names)
        self._said: dict[str, _Text] = {}

    async def run(self, session: AsyncSession, rows: Sequence[Row]) -> None:
        connection = await session.connection()
        dialect = connection.dialect
        spoken = self._said.get(dialect.name)
        if spoken is None:
            spoken = self._said[dialect.name] = self._compiled(dialect, self._made(is_postgresql(session)))
        if rows:
            await connection.exec_driver_sql(spoken.text, [_placed(spoken.places, row) for row in rows])

    def _compiled(self, dialect: Dialect, statement: UpdateBase) -> _Text:
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
        return _Text(str(compiled), tuple(places))


def _placed(places: tuple[tuple[int, Any, Callable[[Any], Any] | None], ...], row: Row) -> tuple[Any, ...]:
    return tuple(
        [
            fixed if place < 0 else row[place] if processor is None else processor(row[place])
            for place, fixed, processor in places
        ]
    )
