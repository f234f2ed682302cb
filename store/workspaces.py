"""Workspaces: the boundaries between tenants. ``settings`` is JSON owned by the rooms above."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import NotFound
from store.dialect import UtcTime
from store.rows import Row, add, check_text, every, first, table


class WorkspaceRow(Row, table=True):
    __tablename__ = "workspaces"

    id: str = Field(primary_key=True)
    name: str
    settings: str = "{}"
    created_at: datetime = Field(sa_type=UtcTime)


_T = table(WorkspaceRow)
_FOUNDED: Final = "opsiq.founded"


async def insert(session: AsyncSession, row: WorkspaceRow) -> WorkspaceRow:
    """Inserts a workspace. Raises Conflict when the id is taken."""
    session.info.setdefault(_FOUNDED, set()).add(row.id)
    return await add(session, row)


def was_founded(session: AsyncSession, workspace: str) -> bool:
    """Whether this transaction created it. Only then has it no history yet."""
    return workspace in session.info.get(_FOUNDED, ())


async def get(session: AsyncSession, workspace: str) -> WorkspaceRow:
    """Reads one workspace. Raises NotFound."""
    row = await first(session, WorkspaceRow, select(_T).where(_T.c.id == workspace))
    if row is None:
        raise NotFound("There is no such workspace.")
    return row


async def every_one(session: AsyncSession) -> list[WorkspaceRow]:
    """Every workspace, oldest first. For sweeps and the command line, never for a page."""
    return await every(session, WorkspaceRow, select(_T).order_by(_T.c.created_at, _T.c.id))


async def change(
    session: AsyncSession, workspace: str, *, name: str | None = None, settings: str | None = None
) -> WorkspaceRow:
    """Updates the given fields. Raises NotFound."""
    given = {key: value for key, value in {"name": name, "settings": settings}.items() if value is not None}
    if given:
        await session.execute(update(_T).where(_T.c.id == workspace).values(check_text(given)))
    return await get(session, workspace)
