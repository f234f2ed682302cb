"""Lanes of jobs: how many jobs of one lane may run at once, and until when it is paused.

A lane is an endpoint, or one person's requests. A lane without a row has no limit of its own. Times are the database's,
as in ``store.jobs.jobs``.
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
    """Lane. ``width`` is how many jobs run at once, or None for the worker's own limit. Nothing is claimed before
    ``held_until_ms``."""

    __tablename__ = "work_lanes"

    lane: str = Field(primary_key=True)
    held_until_ms: int = Field(default=0, sa_type=BigInteger)
    width: int | None = None


LANES = table(LaneRow)


async def hold(session: AsyncSession, lane: str, seconds: float) -> None:
    """Pauses a lane for that long from now. A longer pause that is in force stays."""
    until = EpochMs() + round(seconds * 1000)
    fresh = upsert(session, LANES).values(lane=lane, held_until_ms=until)
    there = LANES.c.held_until_ms
    later = case((there > fresh.excluded.held_until_ms, there), else_=fresh.excluded.held_until_ms)
    await session.execute(fresh.on_conflict_do_update(index_elements=["lane"], set_={"held_until_ms": later}))


async def release(session: AsyncSession, lane: str) -> None:
    """Ends a pause."""
    fresh = upsert(session, LANES).values(lane=lane, held_until_ms=0)
    await session.execute(fresh.on_conflict_do_update(index_elements=["lane"], set_={"held_until_ms": 0}))


async def widen(session: AsyncSession, lane: str, width: int | None) -> None:
    """Sets how many jobs of a lane may run at once."""
    fresh = upsert(session, LANES).values(lane=lane, held_until_ms=0, width=width)
    await session.execute(fresh.on_conflict_do_update(index_elements=["lane"], set_={"width": width}))


def held_lanes() -> Select[tuple[str]]:
    """The lanes that are paused now."""
    return select(LANES.c.lane).where(LANES.c.held_until_ms > EpochMs())


def next_free_ms() -> Select[tuple[int]]:
    """Milliseconds until the next pause ends. NULL if no lane is paused."""
    soonest = select(func.min(LANES.c.held_until_ms) - EpochMs())
    return soonest.where(LANES.c.held_until_ms > EpochMs(), LANES.c.held_until_ms < EpochMs() + round(FOREVER_S * 500))
