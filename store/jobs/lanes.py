"""Lanes of durable work: how many pieces of one (an endpoint) may run at once, and until when it is left alone.

A lane without a row has no limit of its own. Times are the database's, as in ``store.jobs.jobs``.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from store.dialect import EpochMs, upsert
from store.rows import Row, table

FOREVER_S: Final = 3_650 * 86_400.0


class LaneRow(Row, table=True):
    """``width`` is how many at once, None for the worker's own limit; nothing is claimed before ``held_until_ms``."""

    __tablename__ = "work_lanes"

    lane: str = Field(primary_key=True)
    held_until_ms: int = Field(default=0, sa_type=BigInteger)
    width: int | None = None


LANES = table(LaneRow)


async def hold(session: AsyncSession, lane: str, seconds: float) -> None:
    """Leave the lane alone for so long from now; a longer hold that stands already stays."""
    until = EpochMs() + round(seconds * 1000)
    fresh = upsert(session, LANES).values(lane=lane, held_until_ms=until)
    there = LANES.c.held_until_ms
    later = case((there > fresh.excluded.held_until_ms, there), else_=fresh.excluded.held_until_ms)
    await session.execute(fresh.on_conflict_do_update(index_elements=["lane"], set_={"held_until_ms": later}))


async def release(session: AsyncSession, lane: str) -> None:
    """End any hold."""
    fresh = upsert(session, LANES).values(lane=lane, held_until_ms=0)
    await session.execute(fresh.on_conflict_do_update(index_elements=["lane"], set_={"held_until_ms": 0}))


async def widen(session: AsyncSession, lane: str, width: int | None) -> None:
    """Set how many pieces of it may run at once."""
    fresh = upsert(session, LANES).values(lane=lane, held_until_ms=0, width=width)
    await session.execute(fresh.on_conflict_do_update(index_elements=["lane"], set_={"width": width}))


def held_lanes() -> Select[tuple[str]]:
    """The lanes that are left alone at this moment."""
    return select(LANES.c.lane).where(LANES.c.held_until_ms > EpochMs())


def next_free_ms() -> Select[tuple[int]]:
    """Milliseconds until the next hold ends, NULL when nothing is held."""
    soonest = select(func.min(LANES.c.held_until_ms) - EpochMs())
    return soonest.where(LANES.c.held_until_ms > EpochMs(), LANES.c.held_until_ms < EpochMs() + round(FOREVER_S * 500))
