"""Data keys (envelope encryption): each encrypts stored secrets, and is itself wrapped with the key of the environment
or the data folder."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict
from store.dialect import UtcTime, is_postgresql
from store.rows import Row, add, every, table


class DataKeyRow(Row, table=True):
    """One wrapped data key. The newest encrypts, and the others still decrypt."""

    __tablename__ = "data_keys"

    id: str = Field(primary_key=True)
    wrapped: str
    created_at: datetime = Field(sa_type=UtcTime)


_T = table(DataKeyRow)


async def listed(session: AsyncSession) -> list[DataKeyRow]:
    """Every data key, oldest first."""
    return await every(session, DataKeyRow, select(_T).order_by(_T.c.created_at, _T.c.id))


async def lock(session: AsyncSession) -> None:
    """Locks the data keys: nobody else creates or wraps any until this transaction ends."""
    if is_postgresql(session):
        await session.execute(text("LOCK TABLE data_keys IN EXCLUSIVE MODE"))


async def insert(session: AsyncSession, row: DataKeyRow) -> DataKeyRow:
    """Inserts a data key. Raises Conflict if the id is taken."""
    return await add(session, row)


async def rewrap(session: AsyncSession, key_id: str, *, was: str, wrapped: str) -> None:
    """Replaces the wrapping of a data key. Raises Conflict if somebody else has rewrapped it."""
    mine = update(_T).where(_T.c.id == key_id, _T.c.wrapped == was)
    if (await session.execute(mine.values(wrapped=wrapped).returning(_T.c.id))).first() is None:
        raise Conflict("The data keys were wrapped anew by someone else just now: look again.")
