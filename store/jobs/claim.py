"""Claim statements: one on PostgreSQL, and on SQLite three of one step each, in one trip to its thread."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Label, Table, case, func, literal_column, null, select, update
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import ReturningUpdate, Update

from store.dialect import among, pairs, present_ms, within
from store.driver.json_rows import select_as_json
from store.driver.prepared import CompiledStatement, find_sqlite
from store.driver.sqlite import Execute
from store.jobs import lanes

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
    "lost",
    "counted_in",
)


async def claim_rows(
    session: AsyncSession,
    job: Table,
    picked: CTE,
    owner: str,
    lease_s: float,
    given: Mapping[str, Any],
    *,
    ahead: bool,
) -> Sequence[Sequence[Any]]:
    """Claims the rows whose ``address`` is in ``picked``, with its parameters. Returns their COLUMNS, in no order. Rows
    claimed ``ahead`` of the lanes of the parameter ``quick`` are not counted in their lane, unless it has its own
    width.
    """
    sqlite = find_sqlite(session)
    if sqlite is None:
        took: Sequence[Sequence[Any]] = (
            await session.execute(_update_selected(job, picked, owner, lease_s, ahead), given)
        ).all()
        return took
    pick, mark, read = _sqlite_statements(job, picked, owner, lease_s, ahead, (await session.connection()).dialect)

    def take(execute: Execute) -> str:
        """This transaction is the only one that writes, so the picked rows are still unclaimed when they are
        claimed."""
        addresses: str
        rows: str
        (addresses,) = execute(pick.text, pick.bind(given)).fetchone()
        if addresses == "[]":
            return addresses
        execute(mark.text, mark.bind({**given, "addresses": addresses}))
        (rows,) = execute(read.text, read.bind({"addresses": addresses})).fetchone()
        return rows

    found: list[list[Any]] = json.loads(await sqlite.run_together(take))
    return found


def address(job: Table, postgresql: bool) -> Label[Any]:
    """SQL expression for a row's physical address. It saves two look-ups by id. It is valid within one transaction on
    SQLite, and one statement on PostgreSQL. A row that was changed after PostgreSQL's statement began has moved, and is
    skipped like a locked one.
    """
    return literal_column(f"{job.name}.{'ctid' if postgresql else 'rowid'}").label("address")


@lru_cache(maxsize=512)
def _update_selected(job: Table, picked: CTE, owner: str, lease_s: float, ahead: bool) -> ReturningUpdate[Any]:
    """The statement. It is cached, because building it costs as much as running it."""
    these = within(address(job, postgresql=True).element, select(picked.c.address), postgresql=True)
    taking = _update_claimed(job, these, owner, lease_s, _counted_in(job, ahead, postgresql=True))
    return taking.returning(*(job.c[name] for name in COLUMNS))


@lru_cache(maxsize=512)
def _sqlite_statements(
    job: Table, picked: CTE, owner: str, lease_s: float, ahead: bool, dialect: Dialect
) -> tuple[CompiledStatement, CompiledStatement, CompiledStatement]:
    these = among(address(job, postgresql=False).element, "addresses", postgresql=False)
    pick = select(func.json_group_array(picked.c.address))
    read = select_as_json(select(*(job.c[name] for name in COLUMNS)).where(these))
    taking = _update_claimed(job, these, owner, lease_s, _counted_in(job, ahead, postgresql=False))
    return (
        CompiledStatement.of(pick, dialect),
        CompiledStatement.of(taking, dialect),
        CompiledStatement.of(read, dialect),
    )


def _update_claimed(
    job: Table, these: ColumnElement[bool], owner: str, lease_s: float, counted_in: ColumnElement[str | None]
) -> Update:
    """On PostgreSQL, a row that is not counted changes no indexed column. That halves the cost of the change, and no
    index grows with each claim.
    """
    until = present_ms() + round(lease_s * 1000)
    held = {"state": "claimed", "owner": owner, "attempt": job.c.attempt + 1, "due_ms": until}
    # Still claimed: its claimant never settled it. A job that was released is like new.
    held |= {name: case((job.c.state == "claimed", left), else_=0) for name, left in _never_settled(job).items()}
    return update(job).where(these).values({**held, "counted_in": counted_in})


def _never_settled(job: Table) -> dict[str, ColumnElement[int]]:
    return {"lost": job.c.lost + 1, "alone": job.c.alone}


def _counted_in(job: Table, ahead: bool, *, postgresql: bool) -> ColumnElement[str | None]:
    if not ahead:
        return job.c.lane
    quick = pairs("quick", postgresql=postgresql)
    narrow = select(lanes.LANES.c.lane).where(lanes.LANES.c.width.is_not(None))
    return case((job.c.lane.in_(select(quick.c.key).where(quick.c.key.not_in(narrow))), null()), else_=job.c.lane)
