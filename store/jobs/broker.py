"""Queries for jobs whose keys a broker carries. The rows are authoritative, and a message only says which row to look
at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store.dialect import EpochMs, among, is_postgresql, write_texts
from store.jobs import lanes
from store.jobs.claim import claim_rows
from store.jobs.jobs import Job, JobRow, PrefetchLimits, to_jobs
from store.jobs.selection import front_parameters, select_due, select_overdue, unfinished
from store.rows import table

AGAIN_S: Final = 30.0
_T = table(JobRow)


async def claim_named(
    session: AsyncSession,
    *,
    owner: str,
    kinds: Collection[str],
    keys: Sequence[str],
    lease_s: float,
    per_lane: int | None = None,
    ahead: PrefetchLimits | None = None,
) -> list[Job]:
    """Claims as ``store.jobs.jobs.claim`` does, but only these keys. They are found by their index, whatever is ahead
    of them in the queue."""
    postgresql = is_postgresql(session)
    ahead = None if per_lane is None else ahead
    picked = select_due(_T, tuple(kinds), per_lane, postgresql, named=True, ahead=ahead is not None)
    given = {"wanted": write_texts(keys, postgresql=postgresql), **front_parameters(len(keys))}
    if ahead is not None:
        given |= ahead.given()
    return to_jobs(await claim_rows(session, _T, picked, owner, lease_s, given, ahead=ahead is not None))


class JobDelay(NamedTuple):
    """Seconds until a job may be claimed, by its due time or lease and its lane's hold. 0 if only its lane's limit may
    delay it."""

    seconds: float
    lane: str | None


async def delays_of(session: AsyncSession, keys: Collection[str]) -> dict[str, JobDelay]:
    """What delays each of these jobs. Jobs that are finished or don't exist are left out."""
    postgresql = is_postgresql(session)
    found = await session.execute(_waits(postgresql), {"wanted": write_texts(keys, postgresql=postgresql)})
    return {key: JobDelay(max(0, due, free) / 1000, lane) for key, lane, due, free in found.all()}


@cache
def _waits(postgresql: bool) -> Select[Any]:
    held = func.coalesce(lanes.LANES.c.held_until_ms, 0) - EpochMs()
    return (
        select(_T.c.key, _T.c.lane, _T.c.due_ms - EpochMs(), held)
        .outerjoin(lanes.LANES, lanes.LANES.c.lane == _T.c.lane)
        .where(among(_T.c.key, "wanted", postgresql=postgresql), unfinished(_T))
    )


async def overdue(
    session: AsyncSession, *, kinds: Collection[str], due_for_s: float, limit: int, per_lane: int | None = None
) -> list[tuple[str, str, int]]:
    """Jobs that could have been claimed for that long and were not, as (kind, key, mark). They are marked, so that
    nobody else publishes them for AGAIN_S."""
    statement = select_overdue(_T, tuple(kinds), round(AGAIN_S * 1000), limit, per_lane, is_postgresql(session))
    found = await session.execute(statement, {"due_for_ms": round(due_for_s * 1000)})
    return [(kind, key, mark) for kind, key, mark in found.all()]
