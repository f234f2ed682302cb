"""A claim as it is said to the database: one statement on PostgreSQL; on SQLite three of one step each, in one trip to its thread."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Label, Table, func, literal_column, select, update
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate, Update

from store.compiled import Said, sqlite_of
from store.dialect import EpochMs, among
from store.sqlite_driver import Say
from store.whole import whole

COLUMNS: Final = (
    "id",
    "key",
    "kind",
    "workspace",
    "payload",
    "attempt",
    "owner",
    "priority",
    "lane",
    "error",
    "created_ms",
)


async def take(
    session: AsyncSession, work: Table, picked: CTE, owner: str, lease_s: float, given: Mapping[str, Any]
) -> Sequence[Sequence[Any]]:
    """Claim the rows whose ``address`` is in ``picked``, with its parameters. Answers their COLUMNS, in no order."""
    sqlite = sqlite_of(session)
    if sqlite is None:
        return list(await session.execute(_taking_picked(work, picked, owner, lease_s), given))
    pick, take_, read = _said(work, picked, owner, lease_s, (await session.connection()).dialect)

    def taken(say: Say) -> str:
        """This transaction is the only one that writes: what was picked is there until it is taken."""
        addresses: str
        rows: str
        (addresses,) = say(pick.text, pick.placed(given)).fetchone()
        if addresses == "[]":
            return addresses
        say(take_.text, take_.placed({"addresses": addresses}))
        (rows,) = say(read.text, read.placed({"addresses": addresses})).fetchone()
        return rows

    found: list[list[Any]] = json.loads(await sqlite.together(taken))
    return found


def address(work: Table, postgresql: bool) -> Label[Any]:
    """What a row is found by within one transaction of SQLite's, one statement of PostgreSQL's: the database's own address of it spares
    two look-ups of its id. A row that somebody has changed since PostgreSQL's statement began is not where it was: it is passed over,
    as one that is locked.
    """
    return literal_column(f"{work.name}.{'ctid' if postgresql else 'rowid'}").label("address")


@lru_cache(maxsize=512)
def _taking_picked(work: Table, picked: CTE, owner: str, lease_s: float) -> ReturningUpdate[Any]:
    """Kept, since to build it costs as much as to run it."""
    taking = _taking(work, address(work, postgresql=True).element.in_(select(picked.c.address)), owner, lease_s)
    return taking.returning(*(work.c[name] for name in COLUMNS))


@lru_cache(maxsize=512)
def _said(work: Table, picked: CTE, owner: str, lease_s: float, dialect: Dialect) -> tuple[Said, Said, Said]:
    these = among(address(work, postgresql=False).element, "addresses", postgresql=False)
    pick = select(func.json_group_array(picked.c.address))
    read = whole(select(*(work.c[name] for name in COLUMNS)).where(these))
    return Said.of(pick, dialect), Said.of(_taking(work, these, owner, lease_s), dialect), Said.of(read, dialect)


def _taking(work: Table, these: ColumnElement[bool], owner: str, lease_s: float) -> Update:
    return (
        update(work)
        .where(these)
        .values(state="claimed", owner=owner, attempt=work.c.attempt + 1, due_ms=EpochMs() + round(lease_s * 1000))
    )
