"""Job queue: a port with four verbs, and its implementation on the database (docs/decisions has the reasons)."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from core.errors import Unavailable
from store.database import Database
from store.jobs import broker, enqueue
from store.jobs import jobs as works
from store.jobs.enqueue import NewJob
from store.jobs.jobs import Job, PrefetchLimits
from store.jobs.updates import LeaseLost

log = logging.getLogger("opsiq.executors.queue")

LEASE_S: Final = 60.0
ALONE_PAUSES_S: Final = (10.0, 60.0, 120.0)
"""Extra lease time of a suspected poison job at each of its starts alone. After the last it is parked. A machine whose
processes are killed or starved a few times within seconds hits an innocent job only once. A poison job comes back
however long the pause is.
"""
OVERDUE_TURNS: Final = 16
SETTLES_AT_ONCE: Final = 2
"""Transactions at once if the database allows several writers: while one waits for an answer or the disk, the database
works on the other."""

CommitHook = Callable[[AsyncSession], Awaitable[None]]
"""Writes in the transaction that settles the job: the attempt, the outcome, its history entry. It runs only if the
settle applies, and again from the start if that transaction is rolled back. So it must change nothing but the
session."""


@dataclass(frozen=True, slots=True)
class SharedWrite:
    """One write for several settles of a group: ``write`` is called once with the items of the settles that apply,
    after their records. Like a record, it may run again from the start.
    """

    write: Callable[[AsyncSession, Sequence[Any]], Awaitable[None]]
    item: Any


@dataclass(frozen=True, slots=True)
class Done:
    """Outcome: the job is done. ``well`` is false if its lane should be slowed down until it succeeds again."""

    record: CommitHook | None = None
    shared: SharedWrite | None = None
    well: bool = True


@dataclass(frozen=True, slots=True)
class Reschedule:
    """Outcome: due again in ``delay_s``. ``error`` is a line for people, without secrets."""

    delay_s: float
    error: str
    record: CommitHook | None = None
    shared: SharedWrite | None = None


@dataclass(frozen=True, slots=True)
class Dead:
    """Outcome: not retried, and kept for a person to look at."""

    error: str
    record: CommitHook | None = None
    shared: SharedWrite | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """Outcome: the handler has settled the job in its own transaction."""


Outcome = Done | Reschedule | Dead | Settled
Settlement = tuple[Job, Done | Reschedule | Dead]
OnDead = Callable[[AsyncSession, Job, str], Awaitable[None]]
ReadBeside = Callable[[AsyncSession, Sequence[Job]], Awaitable[Mapping[str, Any]]]
"""Reads what the handlers of some claimed jobs need, by job id. It reads in the claim's transaction, or right after it
on SQLite, where that transaction blocks all other writers."""


class Queue(Protocol):
    """Port that jobs come from. A settle changes something only if its claim is still the job's last one."""

    lease_s: float
    settles_at_once: int
    """Number of groups that may be in the process of being written at once."""
    apart: Collection[str]
    """Kinds that are never claimed together with others."""

    async def claim(self, kinds: Collection[str], limit: int, ahead: PrefetchLimits | None = None) -> list[Job]:
        """Claims up to ``limit`` due jobs, most urgent first, each held for ``lease_s``."""
        ...

    async def renew(self, held: Sequence[Job]) -> list[Job]:
        """Extends each lease to ``lease_s`` from now and returns the jobs that are no longer held."""
        ...

    async def begin_alone(self, job: Job) -> int:
        """Counts durably that a job with lost claims is starting, and returns how often that has happened. 0 if the job
        isn't held any more. Its lease grows by the pause of ALONE_PAUSES_S: if this process ends now, nobody gets the
        job sooner."""
        ...

    async def settle(self, group: Sequence[Settlement]) -> list[bool | Exception]:
        """Settles a group. Returns for each: True, False if the claim is lost (nothing was written), or what its record
        raised."""
        ...

    async def next_due_s(self, kinds: Collection[str]) -> float | None:
        """Seconds until there is something to claim, None if nothing is known."""
        ...


class Notify(Protocol):
    """Callback that says that there may be jobs. It is called at once, and from any callback of the event loop."""

    def __call__(self, *, rest: bool = True) -> None:
        """``rest`` False: only jobs that the broker carries. Other kinds needn't be looked for before their time."""
        ...


class SqlQueue:
    """Queue on our own database. ``owner`` is unique to this process. ``on_dead`` runs in the transaction that marks a
    job dead.

    ``per_lane`` limits the held jobs of one lane (an endpoint), except for prefetched lanes. ``beside`` reads for the
    handlers of a kind (``Work.beside``). Jobs of kinds in ``forgets`` keep no row when they are done, because their
    subject itself shows that they are, and their settle writes nothing else.
    """

    def __init__(
        self,
        database: Database,
        *,
        owner: str,
        lease_s: float = LEASE_S,
        per_lane: int | None = None,
        on_dead: OnDead | None = None,
        beside: Mapping[str, ReadBeside] | None = None,
        forgets: Collection[str] = (),
    ) -> None:
        self.lease_s = lease_s
        self._one_writer = database.dialect == "sqlite"
        self.settles_at_once = 1 if self._one_writer else SETTLES_AT_ONCE
        self.apart: Collection[str] = ()
        self._database = database
        self._owner = owner
        self._per_lane = per_lane
        self._on_dead = on_dead
        self._beside = beside or {}
        self._forgets = frozenset(forgets)

    async def claim(self, kinds: Collection[str], limit: int, ahead: PrefetchLimits | None = None) -> list[Job]:
        async with self._database.begin() as session:
            found = await works.claim(
                session,
                owner=self._owner,
                kinds=kinds,
                lease_s=self.lease_s,
                limit=limit,
                per_lane=self._per_lane,
                ahead=ahead,
            )
            if not self._one_writer:
                await self._read_beside(session, found)
        if self._one_writer:
            await self._read_after(found)
        return found

    async def enqueue_leased(self, session: AsyncSession, item: NewJob) -> Job | None:
        """Adds a job that this process holds from the start. None if its key exists already."""
        return await enqueue.enqueue_leased(session, item, owner=self._owner, lease_s=self.lease_s)

    async def claim_named(
        self, kinds: Collection[str], keys: Sequence[str], ahead: PrefetchLimits | None = None
    ) -> tuple[list[Job], dict[str, broker.JobDelay]]:
        """Claims the keys that can be claimed now. Returns the jobs, and by key what each of the others waits for.
        Finished keys are in neither."""
        async with self._database.begin() as session:
            found = await broker.claim_named(
                session,
                owner=self._owner,
                kinds=kinds,
                keys=keys,
                lease_s=self.lease_s,
                per_lane=self._per_lane,
                ahead=ahead,
            )
            left = set(keys) - {job.key for job in found}
            waits = await broker.delays_of(session, left) if left else {}
            if not self._one_writer:
                await self._read_beside(session, found)
        if self._one_writer:
            await self._read_after(found)
        return found, waits

    async def overdue(self, kinds: Collection[str], due_for_s: float, limit: int) -> list[tuple[str, str, int]]:
        """Overdue jobs (see ``store.jobs.broker.overdue``). Of each lane at most as many as a few seconds need: the
        receiver keeps them until there is room."""
        per_lane = None if self._per_lane is None else self._per_lane * OVERDUE_TURNS
        async with self._database.begin() as session:
            return await broker.overdue(session, kinds=kinds, due_for_s=due_for_s, limit=limit, per_lane=per_lane)

    async def renew(self, held: Sequence[Job]) -> list[Job]:
        async with self._database.begin() as session:
            kept = await works.renew_many(session, held, self.lease_s)
        lost: list[Job] = []
        for job in held:
            if (job.id, job.attempt) in kept:
                job.counted = True
            else:
                lost.append(job)
        return lost

    async def begin_alone(self, job: Job) -> int:
        async with self._database.begin() as session:
            return await works.begin_alone(session, job, [self.lease_s + pause_s for pause_s in ALONE_PAUSES_S])

    async def settle(self, group: Sequence[Settlement]) -> list[bool | Exception]:
        """Settles in one transaction. If a record raises, in one transaction each, so that only that job fails. Raises
        Unavailable."""
        try:
            with contextlib.suppress(LeaseLost):
                async with self._database.begin() as session:
                    return await self._settle_all(session, group, all_held=True)
            async with self._database.begin() as session:
                return await self._settle_all(session, group, all_held=False)
        except Unavailable:
            raise
        except Exception as error:
            if len(group) == 1:
                return [error]
            log.warning(
                "a group of %d settles was rolled back (%s): settling one by one", len(group), type(error).__name__
            )
        made: list[bool | Exception] = []
        for settlement in group:
            made += await self.settle([settlement])
        return made

    async def next_due_s(self, kinds: Collection[str]) -> float | None:
        async with self._database.read() as session:
            return await works.next_due_s(session, kinds)

    async def _read_beside(self, session: AsyncSession, found: Sequence[Job]) -> None:
        for kind, read in self._beside.items():
            if mine := [job for job in found if job.kind == kind]:
                known = await read(session, mine)
                for job in mine:
                    job.beside = known.get(job.id)

    async def _read_after(self, found: Sequence[Job]) -> None:
        """Reads for the handlers after the claim's transaction, when others may write again. The claims stay valid even
        if this fails: then a handler reads for itself."""
        try:
            async with self._database.read() as session:
                await self._read_beside(session, found)
        except Unavailable as error:
            log.warning("what stands beside %d claims is not read: %s", len(found), error.detail)
        except Exception:
            log.exception("what stands beside %d claims can't be read", len(found))

    async def _settle_all(
        self, session: AsyncSession, group: Sequence[Settlement], *, all_held: bool
    ) -> list[bool | Exception]:
        """Settles a group. ``all_held`` assumes that every job is still held, and raises LeaseLost if not."""
        done = [job for job, outcome in group if isinstance(outcome, Done)]
        released = [job for job, outcome in group if _is_release(job, outcome)]
        # A group may hold two claims of one job (the first one lost its lease), which the id alone doesn't distinguish.
        alone = len({job.id for job, _ in group}) < len(group)
        together: set[str] = set()
        if not alone:
            for keep in (True, False):
                some = [job for job in done if (job.kind not in self._forgets) is keep]
                if not all_held:
                    together |= await works.ack_many(session, some, keep=keep)
                else:
                    await works.ack_all(session, some, keep=keep)
                    together |= {job.id for job in some}
            together |= await works.release_many(session, released)
        made: list[bool | Exception] = []
        shared: dict[Callable[[AsyncSession, Sequence[Any]], Awaitable[None]], list[Any]] = {}
        for job, outcome in group:
            fits = (
                job.id in together
                if not alone and (isinstance(outcome, Done) or _is_release(job, outcome))
                else await self._settle(session, job, outcome)
            )
            if fits and outcome.record is not None:
                await outcome.record(session)
            if fits and outcome.shared is not None:
                shared.setdefault(outcome.shared.write, []).append(outcome.shared.item)
            made.append(fits)
        for write, items in shared.items():
            await write(session, items)
        return made

    async def _settle(self, session: AsyncSession, job: Job, outcome: Done | Reschedule | Dead) -> bool:
        match outcome:
            case Done():
                fits = await works.ack(session, job, keep=job.kind not in self._forgets)
            case Reschedule(delay_s, error):
                fits = await works.reschedule(session, job, delay_s, error)
            case Dead(error):
                fits = await works.mark_dead(session, job, error)
                if fits and self._on_dead is not None:
                    await self._on_dead(session, job, error)
        return fits


def _is_release(job: Job, outcome: Done | Reschedule | Dead) -> bool:
    """Whether the outcome only releases the job."""
    return isinstance(outcome, Reschedule) and outcome == Reschedule(0.0, job.error)
