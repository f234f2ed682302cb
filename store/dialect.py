"""SQL dialects: where SQLite and PostgreSQL differ (time columns, the database's clock, inserting if absent)."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    String,
    Table,
    TableValuedAlias,
    any_,
    bindparam,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from core.clock import format_iso, from_iso

ISO_LENGTH: Final = 27


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime with microseconds. It is ``timestamptz`` on PostgreSQL, else RFC 3339 text, which sorts.

    A naive datetime is a programming error and raises ValueError: guessing a zone would silently change the time.
    """

    impl = String(ISO_LENGTH)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(String(ISO_LENGTH))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("Give an aware datetime: a naive one does not say which moment it means.")
        return value.astimezone(UTC) if dialect.name == "postgresql" else format_iso(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (the base's name)
        if isinstance(value, datetime):
            return value if value.tzinfo is UTC else value.astimezone(UTC)
        return None if value is None else from_iso(value)


def write_time(at: datetime | None, *, postgresql: bool) -> Any:
    """A datetime as a UtcTime column stores it, for statements that are passed directly to the driver."""
    return at if at is None or postgresql else format_iso(at)


class DbNow(FunctionElement[datetime]):
    """SQL expression for the database's current time, for UtcTime columns. Milliseconds on SQLite, microseconds on
    PostgreSQL."""

    type = UtcTime()
    name = "db_now"
    inherit_cache = True


class EpochMs(FunctionElement[int]):
    """SQL expression for the database's current time as whole milliseconds since 1970."""

    type = BigInteger()
    name = "epoch_ms"
    inherit_cache = True


@compiles(DbNow, "sqlite")
def _now_sqlite(_element: DbNow, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now')"


@compiles(DbNow, "postgresql")
def _now_postgresql(_element: DbNow, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "clock_timestamp()"


@compiles(EpochMs, "sqlite")
def _epoch_ms_sqlite(_element: EpochMs, _compiler: SQLCompiler, **_kw: Any) -> str:
    # unixepoch('subsec') needs SQLite 3.42; julianday is a double with 0.04 ms resolution in this century.
    return "CAST(ROUND((julianday('now') - 2440587.5) * 86400000.0) AS INTEGER)"


@compiles(EpochMs, "postgresql")
def _epoch_ms_postgresql(_element: EpochMs, _compiler: SQLCompiler, **_kw: Any) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"


def present_ms() -> ScalarSelect[int]:
    """SQL expression like EpochMs, but evaluated once for a whole statement. PostgreSQL would otherwise evaluate it for
    every row, and never use an index."""
    return select(EpochMs()).scalar_subquery()


def is_postgresql(session: AsyncSession) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def upsert(session: AsyncSession, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Builds an INSERT with ``on_conflict_do_nothing`` and ``on_conflict_do_update`` for this session's database."""
    return postgresql.insert(table) if is_postgresql(session) else sqlite.insert(table)


def among(column: ColumnElement[Any], name: str, *, postgresql: bool) -> ColumnElement[bool]:
    """SQL condition: the column is one of the texts (``write_texts``) given as parameter ``name``."""
    if postgresql:
        return column == any_(bindparam(name, type_=ARRAY(String)))
    return column.in_(select(func.json_each(bindparam(name, type_=String)).table_valued("value").c.value))


def within(column: ColumnElement[Any], few: Select[Any], *, postgresql: bool) -> ColumnElement[bool]:
    """SQL condition ``column IN (few)``, without duplicates in ``few``. It is passed as one array, so that PostgreSQL
    needs neither a sort nor a join."""
    return column == any_(func.array(few.scalar_subquery())) if postgresql else column.in_(few)


def pairs(name: str, *, postgresql: bool) -> TableValuedAlias:
    """SQL rows of ``key`` and ``value`` from the JSON object given as parameter ``name``."""
    given = bindparam(name, type_=String)
    each = func.json_each_text(cast(given, JSON)) if postgresql else func.json_each(given)
    return each.table_valued("key", "value")


def one_of(column: ColumnElement[Any], few: Collection[str]) -> ColumnElement[bool]:
    """SQL condition: the column is one of these few values, each its own parameter. A list would be expanded into the
    statement at each execution."""
    return column.in_([literal(each) for each in few])


def write_texts(given: Collection[str], *, postgresql: bool) -> Any:
    """The parameter value for ``among``."""
    return list(given) if postgresql else json.dumps(list(given))
