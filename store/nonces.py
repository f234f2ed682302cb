"""Nonces of signed requests: each (key, nonce) once (docs/reference/wire.md §1)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from store.dialect import UtcTime
from store.rows import Row, add_new, table


class NonceRow(Row, table=True):
    __tablename__ = "nonces"
    __table_args__ = (Index("ix_nonces_at", "at"),)

    key: str = Field(primary_key=True)
    nonce: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)


_T = table(NonceRow)


async def insert(session: AsyncSession, key: str, nonce: str, at: datetime) -> bool:
    """Take this nonce. False: it was taken before, so the request is a repeat."""
    return await add_new(session, NonceRow(key=key, nonce=nonce, at=at))


async def purge(session: AsyncSession, before: datetime) -> int:
    """Forget nonces from before then; returns how many. Never within the window in which a signature is good."""
    return len((await session.execute(delete(_T).where(_T.c.at < before).returning(_T.c.nonce))).all())
