"""Durable jobs: rows written in the transaction of their cause, claimed in batches under a lease.

The clock is the database's: every time here is epoch milliseconds computed in SQL. ``due_ms`` is when a row may be
claimed: its due time or, once claimed, the end of its lease. ``turn_ms`` is its place in the queue. A settle must match
the claim it was made under (owner and attempt). So a worker whose lease expired, and whose job was claimed again,
changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Index,
    Select,
    and_,
    case,
    delete,
    func,
    literal,
    not_,
    select,
    text,
    union_all,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from store.dialect import EpochMs, is_postgresql, present_ms
from store.jobs import lanes
from store.jobs.claim import COLUMNS, claim_rows
from store.jobs.selection import front_parameters, not_held, select_due
from store.jobs.updates import Claim, update_all_claimed, update_claimed
from store.rows import Row, check_text, table

KEEP_DONE_DAYS: Final = 7
MAX_ERROR: Final = 2_000
_LEASES_SEEN: Final = 5_000
_PAYLOAD: Final = COLUMNS.index("payload")
_LANE: Final = COLUMNS.index("lane")


class JobRow(Row, table=True):
    """Job. ``state`` is ready, claimed, done or dead. ``lane`` groups jobs that share a limit (an endpoint, or a
    person's requests). ``payload`` is JSON.
    """

    __tablename__ = "work"
    __table_args__ = (
        Index(
            "ix_work_open",
            "priority",
            "turn_ms",
            "id",
            "lane",
            "kind",
            sqlite_where=text("finished_ms IS NULL"),
            postgresql_where=text("finished_ms IS NULL"),
        ),
        Index(
            "ix_work_counted",
            "counted_in",
            sqlite_where=text("counted_in IS NOT NULL AND finished_ms IS NULL"),
            postgresql_where=text("counted_in IS NOT NULL AND finished_ms IS NULL"),
        ),
        Index(
            "ix_work_finished",
            "finished_ms",
            sqlite_where=text("finished_ms IS NOT NULL"),
            postgresql_where=text("finished_ms IS NOT NULL"),
        ),
    )

    id: str = Field(primary_key=True)
    key: str = Field(unique=True)
    kind: str
    workspace: str
    lane: str | None = None
    payload: str
    priority: int = 100
    state: str = "ready"
    attempt: int = 0
    owner: str | None = None
    error: str = ""
    due_ms: int = Field(sa_type=BigInteger)
    turn_ms: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": text("0")})
    """Its place in the queue: the time when it became or becomes due. A claim doesn't change this column, and so not
    its index."""
    counted_in: str | None = None
    """While it is claimed: the lane whose room it takes up. None also for a prefetched job, which its process
    counts."""
    created_ms: int = Field(sa_type=BigInteger)
    finished_ms: int | None = Field(default=None, sa_type=BigInteger)
    lost: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """Number of claims in a row that ended without a settle, because their process died or hung."""
    alone: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    """Number of later starts without another suspected job beside it."""
    carried_ms: int | None = Field(default=None, sa_type=BigInteger)
    """When it was last published again to a broker (see ``store.jobs.broker``)."""


_T = table(JobRow)


@dataclass(slots=True)  # frozen, it takes three times as long to create, and every delivery creates one
class Job:
    """One claim of a job. Only ``beside``, which is read later, and ``counted`` change.

    ``attempt`` counts from 1 and includes this claim. ``key`` is the business id, the same at every attempt. If it is
    not ``counted``, it was claimed ahead (``PrefetchLimits``): until its lease is renewed, only this process knows what
    it takes of its lane. ``lost`` is the number of claims right before this one that nobody settled.
    """

    id: str
    key: str
    kind: str
    workspace: str
    payload: Mapping[str, Any]
    attempt: int
    owner: str
    priority: int = 100
    lane: str | None = None
    error: str = ""
    created_ms: int = 0
    lost: int = 0
    counted: bool = True
    beside: Any = field(default=None, compare=False, repr=False)
    """Data that was read with its claim, if the queue reads any (``executors.jobs.queue.SqlQueue``)."""


@dataclass(frozen=True, slots=True)
class PrefetchLimits:
    """Limits of a claim ahead of the lanes' turn. ``rooms`` limits each quick lane. All other jobs together are limited
    to ``slots``, which begin immediately. ``uncounted`` are the jobs claimed ahead that the process still holds, by
    lane.
    """

    rooms: Mapping[str, int]
    slots: int
    uncounted: Mapping[str, int] = field(default_factory=dict)

    def given(self) -> dict[str, Any]:
        """The parameters of a claim ahead (``store.jobs.selection.select_due``)."""
        quick, uncounted = (json.dumps(dict(each)) for each in (self.rooms, self.uncounted))
        return {"slots": self.slots, "quick": quick, "uncounted": uncounted}


async def claim(
    session: AsyncSession,
    *,
    owner: str,
    kinds: Collection[str],
    lease_s: float,
    limit: int,
    per_lane: int | None = None,
    ahead: PrefetchLimits | None = None,
) -> list[Job]:
    """Claims up to ``limit`` due rows, most urgent first, and leases each for ``lease_s``.

    Lanes on hold are skipped. ``per_lane`` (or the lane's own width) limits the rows of one lane under lease. It looks
    at the first few hundred rows of lanes with room, so jobs behind a long queue are reached a claim later. On
    PostgreSQL two workers that claim at the same instant may both see the lane free, so the limit is exact for one
    worker and approximate for many. ``ahead`` has no effect without ``per_lane``. Other workers don't see what it
    claims of a quick lane.
    """
    postgresql = is_postgresql(session)
    ahead = None if per_lane is None else ahead
    picked = select_due(_T, tuple(kinds), per_lane, postgresql, ahead=ahead is not None)
    given: dict[str, Any] = front_parameters(limit)
    if ahead is not None:
        given |= ahead.given()
    return to_jobs(await claim_rows(session, _T, picked, owner, lease_s, given, ahead=ahead is not None))


def to_jobs(rows: Sequence[Sequence[Any]]) -> list[Job]:
    """Turns the rows of a claim (``store.jobs.claim.COLUMNS``) into jobs, most urgent first."""
    payloads = json.loads(f"[{','.join([row[_PAYLOAD] for row in rows])}]")  # they were written here as strict JSON
    made = [
        Job(*(*row[:_PAYLOAD], payload, *row[_PAYLOAD + 1 : -1], row[-1] == row[_LANE]))
        for row, payload in zip(rows, payloads, strict=True)
    ]
    return sorted(made, key=lambda job: (job.priority, job.created_ms, job.id))


async def ack(session: AsyncSession, job: Job, *, keep: bool = True) -> bool:
    """Marks a job as done. The row stays for 7 days, so that its key is not added again; then ``purge`` deletes it.
    Without ``keep`` it is deleted now, for jobs whose own records show that they were done."""
    return bool(await ack_many(session, [job], keep=keep))


async def ack_many(session: AsyncSession, jobs: Sequence[Job], *, keep: bool = True) -> set[str]:
    """Marks many jobs as done, like ``ack``. Returns the ids of those that were held and are now done."""
    return {
        work_id for work_id, _ in await update_claimed(session, _T, _final_state(keep), [_claim(one) for one in jobs])
    }


async def ack_all(session: AsyncSession, jobs: Sequence[Job], *, keep: bool = True) -> None:
    """Marks many jobs as done, at less cost than ``ack_many``, if all of them are expected to be held. Raises LeaseLost
    if some are not (``store.jobs.updates.update_all_claimed``)."""
    await update_all_claimed(session, _T, _final_state(keep), [_claim(one) for one in jobs])


async def release_many(session: AsyncSession, jobs: Sequence[Job]) -> set[str]:
    """Releases jobs: they are due again immediately, unchanged. Returns the ids of those that were held."""
    return {work_id for work_id, _ in await update_claimed(session, _T, "released", [_claim(one) for one in jobs])}


async def reschedule(session: AsyncSession, job: Job, delay_s: float, error: str) -> bool:
    """Reschedules a job: due again in ``delay_s``."""
    when = _due_after(delay_s)
    waits = {"state": "ready", "owner": None, "due_ms": when, "turn_ms": when, "counted_in": None}
    return await _settle(session, job, **waits, error=error[:MAX_ERROR])


async def mark_dead(session: AsyncSession, job: Job, error: str) -> bool:
    """Marks a job as dead: it is never tried again, and kept for a person to review."""
    return await _settle(session, job, state="dead", finished_ms=EpochMs(), error=error[:MAX_ERROR])


async def begin_alone(session: AsyncSession, job: Job, leases_s: Sequence[float]) -> int:
    """Counts that a job whose claims were lost starts with no other such job beside it. Returns the new count, or 0 if
    the job isn't held. ``leases_s`` gives the lease from now, by that count; beyond its end the lease stays as it is.
    Renewals never shorten it."""
    held_until = case(
        *((_T.c.alone == begun, EpochMs() + round(lease_s * 1000)) for begun, lease_s in enumerate(leases_s)),
        else_=_T.c.due_ms,
    )
    statement = update(_T).where(_is_held(job)).values(alone=_T.c.alone + 1, due_ms=held_until).returning(_T.c.alone)
    return (await session.execute(statement)).scalar_one_or_none() or 0


async def renew(session: AsyncSession, job: Job, lease_s: float) -> bool:
    """Extends the lease to ``lease_s`` from now, if it isn't longer already. False if it isn't held any more: stop the
    job."""
    return (job.id, job.attempt) in await renew_many(session, [job], lease_s)


async def renew_many(session: AsyncSession, jobs: Sequence[Job], lease_s: float) -> set[tuple[str, int]]:
    """Extends many leases, like ``renew``. Returns the (id, attempt) of those that are still held. From then on they
    all count in their lanes: a job that takes this long is no longer quick.
    """
    return await update_claimed(
        session, _T, "renewed", [_claim(one) for one in jobs], {"lease_ms": round(lease_s * 1000)}
    )


async def next_due_s(session: AsyncSession, kinds: Collection[str]) -> float | None:
    """Seconds until a job of these kinds can be claimed. 0 if one can be now, None if there is none.

    The end of a lane's hold counts as such a moment, whether or not something waits for it. The end of a lease behind
    thousands of others does not.
    """
    found = (await session.execute(_soonest(tuple(kinds)))).one()
    return min((max(0.0, ms / 1000) for ms in found if ms is not None), default=None)


async def counts(session: AsyncSession, workspace: str | None = None) -> dict[tuple[str, str], int]:
    """How many rows there are by (kind, state)."""
    statement = select(_T.c.kind, _T.c.state, func.count()).group_by(_T.c.kind, _T.c.state)
    if workspace is not None:
        statement = statement.where(_T.c.workspace == workspace)
    return {(kind, state): count for kind, state, count in (await session.execute(statement)).all()}


async def waiting(session: AsyncSession) -> list[tuple[str, str, int, float]]:
    """Unfinished jobs of every workspace: (kind, ready or claimed, rows, seconds since the oldest became due). The
    seconds are negative for a job that is not due yet. A claimed job becomes due when its lease ends."""
    open_ = select(_T.c.kind, _T.c.state, func.count(), EpochMs() - func.min(_T.c.due_ms)).group_by(
        _T.c.kind, _T.c.state
    )
    rows = (await session.execute(open_.where(_T.c.finished_ms.is_(None)).order_by(_T.c.kind, _T.c.state))).all()
    return [(kind, state, count, ms / 1000) for kind, state, count, ms in rows]


@dataclass(frozen=True)
class DeadJob:
    """A job that was given up: the reason and the time (epoch milliseconds)."""

    workspace: str
    kind: str
    key: str
    error: str
    at_ms: int


async def dead_jobs(session: AsyncSession, limit: int) -> list[DeadJob]:
    """Dead jobs of every workspace, the newest first."""
    columns = (_T.c.workspace, _T.c.kind, _T.c.key, _T.c.error, _T.c.finished_ms)
    dead = select(*columns).where(_T.c.state == "dead", _T.c.finished_ms.is_not(None))
    rows = (await session.execute(dead.order_by(_T.c.finished_ms.desc(), _T.c.id.desc()).limit(limit))).all()
    return [DeadJob(*row) for row in rows]


async def forget_dead_jobs(session: AsyncSession, keys: Collection[str] | None = None) -> int:
    """Deletes dead jobs that a person has reviewed: those of ``keys``, or all. Returns how many."""
    dead = delete(_T).where(_T.c.state == "dead", _T.c.finished_ms.is_not(None))
    if keys is not None:
        dead = dead.where(_T.c.key.in_(keys))
    return len((await session.execute(dead.returning(_T.c.id))).all())


async def purge(session: AsyncSession, keep_days: float = KEEP_DONE_DAYS, limit: int = 5_000) -> int:
    """Deletes up to ``limit`` jobs that were done longer ago. Dead rows stay until a person decides. Returns how
    many."""
    old = _T.c.finished_ms < EpochMs() - int(keep_days * 86_400_000)
    ids = select(_T.c.id).where(_T.c.state == "done", old).order_by(_T.c.finished_ms).limit(limit)
    gone = await session.execute(delete(_T).where(_T.c.id.in_(ids)).returning(_T.c.id))
    return len(gone.all())


async def _settle(session: AsyncSession, job: Job, **columns: Any) -> bool:
    statement = update(_T).where(_is_held(job)).values(check_text(columns)).returning(_T.c.id)
    return (await session.execute(statement)).first() is not None


def _is_held(job: Job) -> ColumnElement[bool]:
    return and_(_T.c.id == job.id, _T.c.owner == job.owner, _T.c.attempt == job.attempt, _T.c.state == "claimed")


@lru_cache(maxsize=64)
def _soonest(kinds: tuple[str, ...]) -> Select[tuple[int | None, int | None]]:
    """The statement for the milliseconds to each of the two moments of ``next_due_s``. It is cached, because building
    it costs more than running it."""
    open_ = and_(_T.c.finished_ms.is_(None), _T.c.kind.in_(kinds), not_held(_T))
    has_turn = _T.c.turn_ms <= present_ms()
    in_turn = (_T.c.priority, _T.c.turn_ms, _T.c.id)
    due = select(literal(0)).where(open_, has_turn, _T.c.due_ms <= present_ms()).order_by(*in_turn).limit(1)
    # Jobs to come are all in the index. A job whose turn has passed and that is not due is claimed. Only the first of
    # those are checked, in index order, because PostgreSQL would otherwise scan the whole table.
    to_come = select(func.min(_T.c.turn_ms).label("ms")).where(open_, not_(has_turn))
    claimed_ = select(_T.c.due_ms).where(open_, has_turn).order_by(*in_turn).limit(_LEASES_SEEN).subquery("claimed_")
    moments = union_all(to_come, select(func.min(claimed_.c.due_ms))).subquery("moments")
    soonest = select(func.min(moments.c.ms) - EpochMs()).scalar_subquery()
    return select(func.coalesce(due.scalar_subquery(), soonest), lanes.next_free_ms().scalar_subquery())


def _final_state(keep: bool) -> Literal["done", "forgotten"]:
    return "done" if keep else "forgotten"


def _claim(job: Job) -> Claim:
    return job.id, job.owner, job.attempt


def _due_after(seconds: float) -> ColumnElement[int]:
    return due(round(seconds * 1000))


def due(delay_ms: int | ColumnElement[int]) -> ColumnElement[int]:
    """SQL expression for the time that many milliseconds from now, by the database's clock."""
    return EpochMs() + delay_ms
