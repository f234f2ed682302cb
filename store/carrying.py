"""Work that a broker carries: the rows stay the truth, the broker's messages only say which of them to look at."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from store import lanes
from store.claiming import carrying, claiming, fronted
from store.dialect import EpochMs, is_postgresql, texts
from store.rows import table
from store.work import Ahead, Work, WorkRow, claimed

AGAIN_S: Final = 30.0
_T = table(WorkRow)


async def claim_named(
    session: AsyncSession,
    *,
    owner: str,
    kinds: Collection[str],
    keys: Sequence[str],
    lease_s: float,
    per_lane: int | None = None,
    ahead: Ahead | None = None,
) -> list[Work]:
    """As ``store.work.claim``, but of these keys only: found by their index, whatever stands before them."""
    postgresql = is_postgresql(session)
    ahead = None if per_lane is None else ahead
    statement = claiming(_T, owner, tuple(kinds), lease_s, per_lane, postgresql, named=True, ahead=ahead is not None)
    given = {"wanted": texts(keys, postgresql=postgresql), **fronted(len(keys))}
    if ahead is not None:
        given |= {"quick": texts(ahead.lanes, postgresql=postgresql), "slots": ahead.slots}
    return claimed((await session.execute(statement, given)).all())


async def waits_s(session: AsyncSession, keys: Sequence[str]) -> dict[str, float]:
    """Seconds until each of these may be claimed, 0 for now: by its due time or lease, and its lane's hold. What is
    finished or not there is left out.
    """
    held = func.coalesce(lanes.LANES.c.held_until_ms, 0) - EpochMs()
    statement = (
        select(_T.c.key, _T.c.due_ms - EpochMs(), held)
        .outerjoin(lanes.LANES, lanes.LANES.c.lane == _T.c.lane)
        .where(_T.c.key.in_(list(keys)), _T.c.finished_ms.is_(None))
    )
    return {key: max(0, due, free) / 1000 for key, due, free in (await session.execute(statement)).all()}


async def overdue(
    session: AsyncSession, *, kinds: Collection[str], due_for_s: float, limit: int, per_lane: int | None = None
) -> list[tuple[str, str, int]]:
    """What could have been claimed for so long and was not, as (kind, key, mark), marked so that nobody else carries it for AGAIN_S."""
    statement = carrying(_T, tuple(kinds), round(AGAIN_S * 1000), limit, per_lane, is_postgresql(session))
    found = await session.execute(statement, {"due_for_ms": round(due_for_s * 1000)})
    return [(kind, key, mark) for kind, key, mark in found.all()]
