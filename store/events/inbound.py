"""Inbound messages that platforms sent to their connectors, each (workspace, connector, message id) once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from store.dialect import UtcTime
from store.rows import Row, add_new, first, table


class InboundRow(Row, table=True):
    """Inbound message. ``message`` is the platform's own id of the message, ``digest`` the digest of its bytes, and
    ``event_id`` the event made from it."""

    __tablename__ = "inbound_messages"
    __table_args__ = (Index("ix_inbound_messages_at", "at"),)

    workspace: str = Field(primary_key=True)
    connector: str = Field(primary_key=True)
    message: str = Field(primary_key=True)
    digest: str
    event_id: str
    at: datetime = Field(sa_type=UtcTime)


_T = table(InboundRow)


async def take(session: AsyncSession, row: InboundRow) -> InboundRow | None:
    """Stores a message. Returns the one stored before under its id, or None if it is new."""
    if await add_new(session, row):
        return None
    same = (_T.c.workspace == row.workspace, _T.c.connector == row.connector, _T.c.message == row.message)
    return await first(session, InboundRow, select(_T).where(*same))


async def purge(session: AsyncSession, before: datetime, limit: int = 5_000) -> int:
    """Deletes up to ``limit`` messages from before then. Returns how many. Never call it for the period in which a
    platform resends messages."""
    same = (_T.c.workspace, _T.c.connector, _T.c.message)
    old = select(*same).where(_T.c.at < before).order_by(_T.c.at).limit(limit)
    gone = delete(_T).where(tuple_(*same).in_(old)).returning(_T.c.message)
    return len((await session.execute(gone)).all())
