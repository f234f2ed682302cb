"""Prepared statements: compiled once and, on SQLite, passed directly to the driver. SQLAlchemy's work for each
execution of a short statement costs many times the statement.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Insert
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.dml import UpdateBase

from store import rows
from store.dialect import is_postgresql
from store.driver.sqlite import SqliteConnection
from store.rows import Row, table
from store.session import Session

RowT = TypeVar("RowT", bound=Row)
Made = Callable[[Any], Any] | None


@dataclass(frozen=True, slots=True)
class CompiledStatement:
    """Statement in the form of SQLite's driver. ``places`` gives each parameter's name, or no name and the value, and
    how the driver wants it.
    """

    text: str
    places: tuple[tuple[str | None, Any, Made], ...]

    @classmethod
    def of(cls, statement: Any, dialect: Dialect, names: Sequence[str] | None = None) -> CompiledStatement:
        keys = list(names) if names is not None and isinstance(statement, Insert) else None
        compiled: Any = statement.compile(dialect=dialect, column_keys=keys)
        fixed = compiled.params
        places: list[tuple[str | None, Any, Made]] = []
        for name in compiled.positiontup or ():
            bind = compiled.binds[name]
            made = bind.type.dialect_impl(dialect).bind_processor(dialect)
            if bind.required or (names is not None and name in names):
                places.append((name, None, made))
            else:
                places.append((None, made(fixed[name]) if made else fixed[name], None))
        text = str(compiled)
        assert "POSTCOMPILE" not in text, "a list is no parameter here: see store.dialect.among and one_of"
        return cls(text, tuple(places))

    def bind(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(
            [
                value if name is None else given[name] if made is None else made(given[name])
                for name, value, made in self.places
            ]
        )


class PreparedStatement:
    """Statement that returns no rows. ``made`` builds it for PostgreSQL (True) or SQLite. ``names`` are its parameters
    (for an INSERT, its columns), in the order of the rows' values. Text in rows must be ``store.rows.storable``.
    """

    def __init__(self, made: Callable[[bool], UpdateBase], names: Sequence[str]) -> None:
        self._made = made
        self._names = tuple(names)
        self._compiled: dict[str, CompiledStatement] = {}

    async def run(self, session: AsyncSession, rows: Sequence[Sequence[Any]]) -> None:
        if not rows:
            return
        text, given = await self._bind_rows(session, rows)
        sqlite = find_sqlite(session)
        if sqlite is None:
            await (await session.connection()).exec_driver_sql(text, given)
        elif len(given) == 1:
            await sqlite.cursor().execute(text, given[0])
        else:
            await sqlite.cursor().executemany(text, given)

    async def _bind_rows(
        self, session: AsyncSession, rows: Sequence[Sequence[Any]]
    ) -> tuple[str, list[tuple[Any, ...]]]:
        connection = await session.connection()
        compiled = self._compiled.get(connection.dialect.name)
        if compiled is None:
            statement = self._made(is_postgresql(session))
            compiled = self._compiled[connection.dialect.name] = CompiledStatement.of(
                statement, connection.dialect, self._names
            )
        return compiled.text, [compiled.bind(dict(zip(self._names, row, strict=True))) for row in rows]


class PreparedQuery(Generic[RowT]):
    """Query that returns whole rows of ``kind``, or a function that builds it for PostgreSQL (True) or SQLite. Its
    parameters are required (``bindparam("name")``) and are no lists (``store.dialect.among``).
    """

    def __init__(self, kind: type[RowT], statement: Executable | Callable[[bool], Executable]) -> None:
        self._kind = kind
        made = statement if callable(statement) else lambda _: statement
        self._postgresql, self._sqlite = made(True), made(False)
        self._compiled: CompiledStatement | None = None
        self._columns: tuple[tuple[str, Made], ...] = ()

    async def first(self, session: AsyncSession, **given: Any) -> RowT | None:
        """The first row of a prepared statement. Raises NotAuthentic."""
        found = await self._fetch(session, given)
        return rows.check_row(session, found[0]) if found else None

    async def every(self, session: AsyncSession, **given: Any) -> list[RowT]:
        """All rows that are authentic."""
        found = await self._fetch(session, given)
        return rows.authentic(session, found) if self._kind.SEALED else found

    async def _fetch(self, session: AsyncSession, given: Mapping[str, Any]) -> list[RowT]:
        sqlite = find_sqlite(session)
        if sqlite is None:
            told = await session.execute(self._postgresql, given)
            return [self._kind(**each) for each in told.mappings()]
        if self._compiled is None:
            dialect = (await session.connection()).dialect
            self._columns = tuple(
                (column.key, column.type.dialect_impl(dialect).result_processor(dialect, None))
                for column in table(self._kind).columns
            )
            self._compiled = CompiledStatement.of(self._sqlite, dialect)
        cursor = sqlite.cursor()
        await cursor.execute(self._compiled.text, self._compiled.bind(given))
        return [self._row(row) for row in await cursor.fetchall()]

    def _row(self, row: Sequence[Any]) -> RowT:
        pairs = zip(self._columns, row, strict=True)
        return self._kind(**{name: value if made is None else made(value) for (name, made), value in pairs})


def find_sqlite(session: AsyncSession) -> SqliteConnection | None:
    """The SQLite connection of a session. None on PostgreSQL."""
    return session.sqlite if isinstance(session, Session) else None
