"""Enqueueing of jobs in the transaction of their cause: one, many, or one that is leased from the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, bindparam
from sqlalchemy.dialects.postgresql import insert as on_postgresql
from sqlalchemy.dialects.sqlite import insert as on_sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import Insert, ReturningInsert

from core import canon, ids
from store.database import announce
from store.dialect import EpochMs, is_postgresql
from store.jobs.jobs import Job, JobRow, due
from store.rows import check_text, table

_T = table(JobRow)


@dataclass(frozen=True, slots=True)
class NewJob:
    """Job for ``enqueue_many``. The fields are those of ``enqueue``."""

    key: str
    kind: str
    workspace: str
    payload: Mapping[str, Any]
    priority: int = 100
    delay_s: float = 0.0
    lane: str | None = None


async def enqueue(
    session: AsyncSession,
    *,
    key: str,
    kind: str,
    workspace: str,
    payload: Mapping[str, Any],
    priority: int = 100,
    delay_s: float = 0.0,
    lane: str | None = None,
) -> bool:
    """Adds a job in the transaction of its cause. False, and nothing changed, if this key was added before.

    A lower ``priority`` comes first. Raises NotCanonical if the payload is not JSON.
    """
    return await enqueue_one(session, NewJob(key, kind, workspace, payload, priority, delay_s, lane))


async def enqueue_one(session: AsyncSession, item: NewJob) -> bool:
    """Adds one job, as ``enqueue`` does."""
    is_new = (await session.execute(_insert(is_postgresql(session)), _columns(item))).first() is not None
    if is_new and item.delay_s <= 0:
        announce(session, (item.kind, item.key))
    return is_new


async def enqueue_leased(session: AsyncSession, item: NewJob, *, owner: str, lease_s: float) -> Job | None:
    """Adds a job that ``owner`` has already claimed: nobody else sees it during the lease. None if the key was added
    before."""
    held = {
        "state": "claimed",
        "owner": owner,
        "attempt": 1,
        "delay_ms": round(lease_s * 1000),
        "counted_in": item.lane,
    }
    fresh = _columns(item) | held
    row = (await session.execute(_insert(is_postgresql(session)), fresh)).first()
    if row is None:
        return None
    return Job(
        fresh["id"],
        item.key,
        item.kind,
        item.workspace,
        item.payload,
        1,
        owner,
        item.priority,
        item.lane,
        "",
        row.created_ms,
    )


async def enqueue_many(session: AsyncSession, items: Sequence[NewJob]) -> None:
    """Adds many jobs at once, much faster than ``enqueue``. Keys that were added before are skipped."""
    if items:
        await session.execute(_insert_many(is_postgresql(session)), [_columns(item) for item in items])
        for item in items:
            if item.delay_s <= 0:
                announce(session, (item.kind, item.key))


@cache
def _insert_many(postgresql: bool) -> Insert:
    """The statement. It is cached, because building it costs more than running it."""
    after, turn_after = (due(bindparam(name, type_=BigInteger)) for name in ("delay_ms", "turn_delay_ms"))
    fresh = (on_postgresql if postgresql else on_sqlite)(_T).values(
        due_ms=after, turn_ms=turn_after, created_ms=EpochMs()
    )
    return fresh.on_conflict_do_nothing(index_elements=["key"])


@cache
def _insert(postgresql: bool) -> ReturningInsert[tuple[int]]:
    return _insert_many(postgresql).returning(_T.c.created_ms)


def _columns(item: NewJob) -> dict[str, Any]:
    named = {
        "id": ids.make_id("wrk"),
        "key": item.key,
        "kind": item.kind,
        "workspace": item.workspace,
        "lane": item.lane,
    }
    told = {
        "payload": canon.dumps(item.payload).decode(),
        "priority": item.priority,
        "delay_ms": (delay_ms := round(item.delay_s * 1000)),
        "turn_delay_ms": delay_ms,
    }
    return check_text({**named, **told, "state": "ready", "owner": None, "attempt": 0, "error": "", "counted_in": None})
