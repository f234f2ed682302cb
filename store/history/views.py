"""Saved history filters: named, private or shared."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict, NotFound
from store.dialect import UtcTime
from store.rows import Row, add_new, every, table

MOST = 100


class HistoryViewRow(Row, table=True):
    """Saved filter. ``query`` is the filter as in the history page's address. ``shared``: every owner sees it."""

    __tablename__ = "history_views"
    __table_args__ = (UniqueConstraint("workspace", "person", "name"),)

    id: str = Field(primary_key=True)
    workspace: str = Field(foreign_key="workspaces.id")
    person: str
    person_name: str
    name: str
    query: str
    shared: bool
    created_at: datetime = Field(sa_type=UtcTime)


_T = table(HistoryViewRow)


async def save_view(session: AsyncSession, row: HistoryViewRow) -> None:
    """Saves a filter. Raises Conflict if this person has one of this name, or too many."""
    mine = select(func.count()).where(_T.c.workspace == row.workspace, _T.c.person == row.person)
    if (await session.execute(mine)).scalar_one() >= MOST:
        raise Conflict(f"You keep {MOST} views; delete one that you don't use.")
    if not await add_new(session, row):
        raise Conflict("You keep a view of this name already: choose another name, or delete that one first.")


async def visible_views(session: AsyncSession, workspace: str, person: str) -> list[HistoryViewRow]:
    """A person's own filters and the shared ones, by name."""
    theirs = or_(_T.c.person == person, _T.c.shared)
    mine = select(_T).where(_T.c.workspace == workspace, theirs)
    return await every(session, HistoryViewRow, mine.order_by(func.lower(_T.c.name), _T.c.id).limit(500))


async def remove(session: AsyncSession, workspace: str, person: str, view_id: str) -> None:
    """Deletes a filter that is one's own or shared. Raises NotFound, also for another person's private filter."""
    theirs = or_(_T.c.person == person, _T.c.shared)
    gone = delete(_T).where(_T.c.id == view_id, _T.c.workspace == workspace, theirs).returning(_T.c.id)
    if (await session.execute(gone)).first() is None:
        raise NotFound("There is no such view.")
