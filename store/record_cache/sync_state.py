"""Sync state of each cached kind: when it was last complete, and how far a full sync has come."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from store.dialect import UtcTime, upsert
from store.driver.prepared import PreparedQuery
from store.rows import Row, check_text, every, first, list_values, table


class SyncStateRow(Row, table=True):
    """Synchronisation state of one kind. ``began_at`` is the database's time at the start of the present (or last)
    read, ``cursor`` its position, and ``seen`` the number of records read. ``synced_at``: all records were read by
    then. None if they never were. ``shape`` is a digest of the kind's declaration at that time. ``heard_at`` is when an
    event last carried a state."""

    __tablename__ = "mirrors"

    workspace: str = Field(primary_key=True)
    connector: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    state: str
    shape: str
    cursor: str | None = None
    seen: int = 0
    began_at: datetime = Field(sa_type=UtcTime)
    synced_at: datetime | None = Field(default=None, sa_type=UtcTime)
    heard_at: datetime | None = Field(default=None, sa_type=UtcTime)
    error: str = ""


_T = table(SyncStateRow)
_GET = PreparedQuery(
    SyncStateRow,
    select(_T).where(
        _T.c.workspace == bindparam("within"), _T.c.connector == bindparam("by"), _T.c.kind == bindparam("of")
    ),
)


async def begin(session: AsyncSession, row: SyncStateRow) -> SyncStateRow | None:
    """Begins a full sync of a kind. The time of the last complete one is kept. None if a sync is running already."""
    given = list_values(row)
    fresh = upsert(session, _T).values(given)
    anew = {name: given[name] for name in ("state", "shape", "cursor", "seen", "began_at", "error")}
    statement = fresh.on_conflict_do_update(
        index_elements=["workspace", "connector", "kind"], set_=anew, where=_T.c.state != "reading"
    )
    return await first(session, SyncStateRow, statement.returning(_T))


async def get(session: AsyncSession, workspace: str, connector: str, kind: str) -> SyncStateRow | None:
    return await _GET.first(session, within=workspace, by=connector, of=kind)


async def listed(session: AsyncSession, workspace: str) -> list[SyncStateRow]:
    mine = select(_T).where(_T.c.workspace == workspace)
    return await every(session, SyncStateRow, mine.order_by(_T.c.connector, _T.c.kind))


async def stale(session: AsyncSession, before: datetime) -> list[SyncStateRow]:
    """Kinds of any workspace that were last complete before then and are not being synced."""
    old = select(_T).where(_T.c.synced_at < before, _T.c.state != "reading")
    return await every(session, SyncStateRow, old.order_by(_T.c.synced_at).limit(100))


async def move(session: AsyncSession, row: SyncStateRow, **columns: Any) -> bool:
    """Updates the state. False, and nothing written, if another sync has begun since ``row`` was read, or has come
    further."""
    same = and_(
        _is(row.workspace, row.connector, row.kind),
        _T.c.began_at == row.began_at,
        _T.c.state == row.state,
        _T.c.seen == row.seen,
    )
    done = await session.execute(update(_T).where(same).values(check_text(columns)).returning(_T.c.kind))
    return done.first() is not None


async def touch(session: AsyncSession, workspace: str, connector: str, kind: str, at: datetime) -> None:
    """Records that an event has carried a state. Does nothing if the kind is not cached."""
    await session.execute(update(_T).where(_is(workspace, connector, kind)).values(heard_at=at))


async def forget(session: AsyncSession, workspace: str, connector: str, kind: str) -> None:
    await session.execute(delete(_T).where(_is(workspace, connector, kind)))


def _is(workspace: str, connector: str, kind: str) -> ColumnElement[bool]:
    return and_(_T.c.workspace == workspace, _T.c.connector == connector, _T.c.kind == kind)
