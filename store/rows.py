"""Row snapshots: values read from the database, never attached to a session. Changing one changes nothing stored.

If a row class has ``SEALED`` columns, its rows carry a message authentication code over them
(``core.crypto.authenticator``). Every write here makes the code, and every read checks it. A single row with a wrong
code raises NotAuthentic; among many, it is left out. A session without keys (before the data keys are open, and in
tests) neither makes nor checks codes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, ClassVar, TypeVar

from sqlalchemy import ColumnElement, Insert, MetaData, Table, insert, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.base import Executable
from sqlmodel import SQLModel

from core.crypto.authenticator import Authenticator
from core.errors import Conflict, InvalidInput, NotAuthentic
from store.dialect import upsert
from store.session import Session

log = logging.getLogger("opsiq.store.rows")

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
    SEALED: ClassVar[tuple[str, ...]] = ()
    """Columns that the code in ``mac`` covers. Empty for kinds without a code."""
    SEALED_SINCE: ClassVar[tuple[str, ...]] = ()
    """Columns that were added later. The code also covers them if any of them has a value, so that older rows keep
    their code."""

    def __init__(self, **columns: Any) -> None:
        """Builds a row without SQLModel's bookkeeping for ORM sessions, which was a large part of the cost of a read.
        Raises TypeError for an unknown column."""
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
    """A row class's columns, its constant defaults, and the defaults that are made for each row."""
    fields = kind.model_fields
    plain = {name: each.default for name, each in fields.items() if not each.is_required() and not each.default_factory}
    made: Any = tuple((name, each.default_factory) for name, each in fields.items() if each.default_factory)
    return frozenset(fields), plain, made


RowT = TypeVar("RowT", bound=Row)


def table(kind: type[Row]) -> Table:
    return kind.__table__


def list_values(row: Row) -> dict[str, Any]:
    """A row's columns, checked for values that one of the databases can't store. Raises InvalidInput."""
    return check_text({column.key: getattr(row, column.key) for column in row.__table__.columns})


def check_text(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Checks text. PostgreSQL stores no NUL, and neither database stores lone surrogates. Both are refused on both, so
    that both behave alike."""
    for name, value in columns.items():
        if isinstance(value, str):
            if "\x00" in value:
                raise InvalidInput(f"{name} holds a NUL character; send text without it.")
            try:
                value.encode("utf-8")
            except UnicodeEncodeError as error:
                raise InvalidInput(f"{name} holds a lone surrogate; send well-formed Unicode.") from error
    return dict(columns)


# ── message authentication ───────────────────────────────────────────────────────────────────────────────────────────


def find_authenticator(session: AsyncSession) -> Authenticator | None:
    return session.authenticator if isinstance(session, Session) else None


def compute_code(session: AsyncSession, kind: type[Row], columns: Mapping[str, Any]) -> str | None:
    """The code of a sealed row with these columns. None if this session makes none. Raises KeyError if a column is
    missing."""
    keys = find_authenticator(session)
    if keys is None or not kind.SEALED:
        return None
    return keys.code(table(kind).name, _sealed_values(kind, columns))


def is_authentic(session: AsyncSession, row: Row) -> bool:
    """Whether the row is as OpsIQ wrote it. Always true if its class is not sealed or the session has no keys."""
    keys = find_authenticator(session)
    if keys is None or not row.SEALED:
        return True
    held = row.__dict__
    return keys.fits(held["mac"], row.__table__.name, _sealed_values(type(row), held))


def _sealed_values(kind: type[Row], columns: Mapping[str, Any]) -> list[Any]:
    """The values that the code covers."""
    since = [columns[name] for name in kind.SEALED_SINCE]
    return [columns[name] for name in kind.SEALED] + (since if any(each is not None for each in since) else [])


def check_row(session: AsyncSession, row: RowT) -> RowT:
    """Returns the row. If it is not as OpsIQ wrote it, logs that and raises NotAuthentic."""
    if not is_authentic(session, row):
        raise refuse_row(row)
    return row


def authentic(session: AsyncSession, rows: Sequence[RowT]) -> list[RowT]:
    """The rows that are as OpsIQ wrote them. The others are logged and left out."""
    made = []
    for row in rows:
        if is_authentic(session, row):
            made.append(row)
        else:
            refuse_row(row)
    return made


def refuse_row(row: Row) -> NotAuthentic:
    """Logs a row that is not authentic. Returns the error to raise."""
    of = row.__table__
    name = "/".join(str(getattr(row, column.key)) for column in of.primary_key.columns)
    log.error(
        "a row of %s is not as OpsIQ wrote it and is refused: %s. Run `opsiq doctor`.",
        of.name,
        name,
        extra={"table": of.name, "row": name},
    )
    return NotAuthentic(
        f"The stored row {name} of {of.name} was written by something other than OpsIQ, so it is refused. "
        "Whoever runs the server should run `opsiq doctor`.",
        extra={"table": of.name},
    )


async def amend(
    session: AsyncSession, row: RowT, changes: Mapping[str, Any], *where: ColumnElement[bool]
) -> RowT | None:
    """Changes columns of a sealed row that was read, and so checked, in this transaction. Returns the new row. None if
    ``where`` did not hold, or it was changed since."""
    into, kind = table(type(row)), type(row)
    fresh = kind(**{**{name: getattr(row, name) for name in kind.model_fields}, **changes})
    fresh.__dict__["mac"] = compute_code(session, kind, fresh.__dict__)
    same = [column == getattr(row, column.key) for column in into.primary_key.columns]
    unchanged = into.c.mac.is_not_distinct_from(row.__dict__["mac"])
    moved = update(into).where(*same, unchanged, *where).values(check_text({**changes, "mac": fresh.__dict__["mac"]}))
    done = await session.execute(moved.returning(*into.primary_key.columns))
    return None if done.first() is None else fresh


# ── writing and reading ──────────────────────────────────────────────────────────────────────────────────────────────


async def add(session: AsyncSession, row: RowT) -> RowT:
    """Inserts a row. Raises Conflict if the row exists already or refers to one that doesn't."""
    return (await add_all(session, [row]))[0]


async def add_all(session: AsyncSession, rows: Sequence[RowT]) -> Sequence[RowT]:
    if rows:
        into = table(type(rows[0]))
        try:
            await session.execute(_inserting(type(rows[0])), [list_values(_add_code(session, row)) for row in rows])
        except IntegrityError as error:
            raise Conflict(f"This row of {into.name} is already there, or refers to a row that isn't.") from error
    return rows


def _add_code(session: AsyncSession, row: RowT) -> RowT:
    """The row with its code, if its class is sealed."""
    if row.SEALED:
        row.__dict__["mac"] = compute_code(session, type(row), row.__dict__)
    return row


@cache
def _inserting(kind: type[Row]) -> Insert:
    return insert(table(kind))


async def add_new(session: AsyncSession, row: Row) -> bool:
    """Inserts a row unless one with the same unique key exists. False if nothing was written."""
    into = table(type(row))
    statement = upsert(session, into).values(list_values(_add_code(session, row))).on_conflict_do_nothing()
    done = await session.execute(statement.returning(*into.primary_key.columns))
    return done.first() is not None


async def first(
    session: AsyncSession, kind: type[RowT], statement: Executable, given: Mapping[str, Any] | None = None
) -> RowT | None:
    """The first row of ``statement``, as ``kind``. None if there is none. Raises NotAuthentic."""
    found = (await session.execute(statement, given)).mappings().first()
    return None if found is None else check_row(session, kind(**found))


async def every(
    session: AsyncSession, kind: type[RowT], statement: Executable, given: Mapping[str, Any] | None = None
) -> list[RowT]:
    """All rows that are authentic."""
    rows = [kind(**found) for found in (await session.execute(statement, given)).mappings()]
    return authentic(session, rows) if kind.SEALED else rows
