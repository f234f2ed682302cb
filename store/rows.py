"""Rows as snapshots: read from the database, never attached to a session, so changing one changes nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Insert, MetaData, Table, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import Executable
from sqlmodel import SQLModel

from core.errors import Conflict, InvalidInput
from store.dialect import upsert

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Row(SQLModel):
    """One row of one table. Every stored change goes through a query; a row shows what was there when it was read."""

    metadata = METADATA
    __table__: ClassVar[Table]

    def __init__(self, **columns: Any) -> None:
        """Builds a row without SQLModel's bookkeeping for ORM sessions, which was a good part of what a read costs.
        Raises TypeError for what is no column."""
        known, plain, made = _shape(type(self))
        if not columns.keys() <= known:
            raise TypeError(f"{type(self).__name__} has no {sorted(columns.keys() - known)}")
        held = self.__dict__
        held.update(plain)
        for name, make in made:
            if name not in columns:
                held[name] = make()
        held.update(columns)
        object.__setattr__(self, "__pydantic_fields_set__", set(columns))
        object.__setattr__(self, "__pydantic_extra__", None)
        object.__setattr__(self, "__pydantic_private__", None)


@cache
def _shape(kind: type[Row]) -> tuple[frozenset[str], dict[str, Any], tuple[tuple[str, Callable[[], Any]], ...]]:
    """A row class's columns, the defaults that are values, and those that are made anew for each row."""
    fields = kind.model_fields
    plain = {name: each.default for name, each in fields.items() if not each.is_required() and not each.default_factory}
    made: Any = tuple((name, each.default_factory) for name, each in fields.items() if each.default_factory)
    return frozenset(fields), plain, made


RowT = TypeVar("RowT", bound=Row)


def table(kind: type[Row]) -> Table:
    return kind.__table__


def values(row: Row) -> dict[str, Any]:
    """A row's columns, checked for what one of the databases can't store. Raises InvalidInput."""
    return storable({column.key: getattr(row, column.key) for column in row.__table__.columns})


def storable(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Checks text: PostgreSQL has no NUL in text and no database has lone surrogates; both are refused on both, so that
    both behave alike."""
    for name, value in columns.items():
        if isinstance(value, str):
            if "\x00" in value:
                raise InvalidInput(f"{name} holds a NUL character; send text without it.")
            try:
                value.encode("utf-8")
            except UnicodeEncodeError as error:
                raise InvalidInput(f"{name} holds a lone surrogate; send well-formed Unicode.") from error
    return dict(columns)


async def add(session: AsyncSession, row: RowT) -> RowT:
    """Inserts a row. Raises Conflict when the row is already there or refers to one that isn't."""
    return (await add_all(session, [row]))[0]


async def add_all(session: AsyncSession, rows: Sequence[RowT]) -> Sequence[RowT]:
    if rows:
        into = table(type(rows[0]))
        try:
            await session.execute(_inserting(type(rows[0])), [values(row) for row in rows])
        except IntegrityError as error:
            raise Conflict(f"This row of {into.name} is already there, or refers to a row that isn't.") from error
    return rows


@cache
def _inserting(kind: type[Row]) -> Insert:
    return insert(table(kind))


async def add_new(session: AsyncSession, row: Row) -> bool:
    """Inserts a row unless one with one of its unique keys is there. False: nothing was written."""
    into = table(type(row))
    statement = upsert(session, into).values(values(row)).on_conflict_do_nothing()
    done = await session.execute(statement.returning(*into.primary_key.columns))
    return done.first() is not None


async def first(
    session: AsyncSession, kind: type[RowT], statement: Executable, given: Mapping[str, Any] | None = None
) -> RowT | None:
    """The first row that ``statement`` answers, as ``kind``; None if there is none."""
    found = (await session.execute(statement, given)).mappings().first()
    return None if found is None else kind(**found)


async def every(
    session: AsyncSession, kind: type[RowT], statement: Executable, given: Mapping[str, Any] | None = None
) -> list[RowT]:
    return [kind(**found) for found in (await session.execute(statement, given)).mappings()]
