"""Nonces of signed requests: each (key, nonce) is accepted once (docs/reference/wire.md §1)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Index, delete, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from store.dialect import UtcTime, is_postgresql, write_time
from store.driver.bulk_write import BulkStatement
from store.rows import Row, add_new, table


class NonceRow(Row, table=True):
    __tablename__ = "nonces"
    __table_args__ = (Index("ix_nonces_at", "at"),)

    key: str = Field(primary_key=True)
    nonce: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)


_T = table(NonceRow)
_TAKE: Final = BulkStatement(
    "INSERT INTO nonces (key, nonce, at) SELECT * FROM given WHERE true ON CONFLICT DO NOTHING RETURNING key, nonce",
    key="text",
    nonce="text",
    at="timestamptz",
)


async def insert(session: AsyncSession, key: str, nonce: str, at: datetime) -> bool:
    """Inserts a nonce. False if it was used before: the request is a replay."""
    return await add_new(session, NonceRow(key=key, nonce=nonce, at=at))


async def insert_many(session: AsyncSession, wanted: Sequence[tuple[str, str, datetime]]) -> list[bool]:
    """Inserts many (key, nonce, at) in one statement. Returns for each whether it was free. If one occurs twice, the
    first is free."""
    first = {(key, nonce): at for key, nonce, at in reversed(wanted)}
    postgresql = is_postgresql(session)
    # Always in the same order, so that two processes can't deadlock.
    rows = [(key, nonce, write_time(at, postgresql=postgresql)) for (key, nonce), at in sorted(first.items())]
    fresh = set(await _TAKE.run(session, rows))
    made: list[bool] = []
    for key, nonce, _ in wanted:
        made.append((key, nonce) in fresh)
        fresh.discard((key, nonce))
    return made


async def purge(session: AsyncSession, before: datetime, limit: int = 5_000) -> int:
    """Deletes up to ``limit`` nonces from before then. Returns how many. Never call it for the window in which a
    signature is valid."""
    old = select(_T.c.key, _T.c.nonce).where(_T.c.at < before).order_by(_T.c.at).limit(limit)
    gone = delete(_T).where(tuple_(_T.c.key, _T.c.nonce).in_(old)).returning(_T.c.nonce)
    return len((await session.execute(gone)).all())
