"""Rows are snapshots: read from the database, never attached to a session, so changing one changes nothing stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, TypeVar

from sqlalchemy import MetaData, Table, insert
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


RowT = TypeVar("RowT", bound=Row)


def table(kind: type[Row]) -> Table:
    return kind.__table__


def values(row: Row) -> dict[str, Any]:
    """The row's columns, checked for what one of the databases can't store. Raises InvalidInput."""
    return storable({column.key: getattr(row, column.key) for column in row.__table__.columns})


def storable(columns: Mapping[str, Any]) -> dict[str, Any]:
    """PostgreSQL has no NUL in text and no database has lone surrogates: refused on both, so that both behave alike."""
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
    """Insert. Raises Conflict when the row is already there or refers to one that isn't."""
    return (await add_all(session, [row]))[0]


async def add_all(session: AsyncSession, rows: Sequence[RowT]) -> Sequence[RowT]:
    if rows:
        into = table(type(rows[0]))
        try:
            await session.execute(insert(into), [values(row) for row in rows])
        except IntegrityError as error:
            raise Conflict(f"This row of {into.name} is already there, or refers to a row that isn't.") from error
    return rows


async def add_new(session: AsyncSession, row: Row) -> bool:
    """Insert unless a row with one of its unique keys is there. False: nothing was written."""
    into = table(type(row))
    statement = upsert(session, into).values(values(row)).on_conflict_do_nothing()
    done = await session.execute(statement.returning(*into.primary_key.columns))
    return done.first() is not None


async def first(
    session: AsyncSession, kind: type[RowT], statement: Executable, given: Mapping[str, Any] | None = None
) -> RowT | None:
    """The first row ``statement`` answers, as ``kind``; None if there is none."""
    found = (await session.execute(statement, given)).mappings().first()
    return None if found is None else kind(**found)


async def every(session: AsyncSession, kind: type[RowT], statement: Executable) -> list[RowT]:
    return [kind(**found) for found in (await session.execute(statement)).mappings()]
