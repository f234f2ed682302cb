"""Worker: claims due jobs in batches, runs them concurrently, renews their leases, settles in groups.

Jobs run at least once, with the same key: a process may die at any instruction, and the jobs it held are claimed again
when their leases expire. An idle worker sleeps until the next job is due, until it is notified, or for ``poll_s``,
after which it finds jobs that other processes added.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Final, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from core import metrics
from core.errors import Unavailable
from core.logs import bound
from core.traces import open_span
from executors.jobs.batch_settler import BatchSettler
from executors.jobs.claim_planner import BATCH, LOOK_S, ClaimGroup, ClaimPlanner, compute_pause_s
from executors.jobs.lane_scheduler import LaneScheduler
from executors.jobs.leases import LeasedJob, Leases, Pause, log_fields, pause, summarize_error
from executors.jobs.queue import ALONE_PAUSES_S, Dead, Done, Notify, OnDead, Outcome, Queue, Reschedule, Settled
from store.jobs.jobs import Job

log = logging.getLogger("opsiq.executors.worker")

CONCURRENCY: Final = 50
POLL_S: Final = 5.0
STOP_S: Final = 20.0
MAX_ATTEMPTS: Final = 10
SUSPECT: Final = 2
"""Claims lost in a row after which a job is suspected: it runs with no other suspect beside it, since one of them may
kill its processes."""
MAX_ALONE: Final = len(ALONE_PAUSES_S)
"""Starts of a suspect alone, with growing pauses, before it is parked."""
FIRST_BACKOFF_S: Final = 1.0
MAX_BACKOFF_S: Final = 600.0
_GAP_S: Final = 0.01
_STUCK_S: Final = 0.25
_STOCKED_S: Final = 0.1
_NAMED: Final = {"run_id": "run_id", "event_id": "event_id", "delivery": "delivery_id"}
"""Fields of a job's log lines, and their keys in its payload."""

Handler = Callable[[Job], Awaitable[Outcome]]
"""Runs one job. It may be cancelled (shutdown, lost lease) and is then called again, perhaps in another process."""


class WakeSource(Protocol):
    """Signals that another process has added jobs (LISTEN/NOTIFY, a broker). A lost signal only costs time, since the
    worker polls too.
    """

    async def open(self, on_notify: Notify) -> None: ...

    async def close(self) -> None: ...


def compute_backoff_s(attempt: int) -> float:
    """Exponential backoff with a cap: the delay after a handler's ``attempt``-th exception."""
    return float(min(MAX_BACKOFF_S, FIRST_BACKOFF_S * 2 ** min(attempt - 1, 30)))


class Worker:
    """Runs ``handlers`` (by kind of job) until stopped: ``async with Worker(…)``, or ``start`` and ``stop``.

    ``concurrency`` limits each kind separately, so that hanging deliveries leave slots for actions. ``limits`` sets it
    for one kind. ``per_lane`` names the kinds whose quick lanes are prefetched (executors/jobs/lane_scheduler.py), and
    how many jobs of a lane then run at once. If a handler raises, its job is retried with a growing delay. After
    ``max_attempts`` claims the job is marked dead (see SqlQueue's ``on_dead``).

    A job that kills its process is never settled, so its lost claims are counted in its row. After SUSPECT lost claims
    it runs with no other suspect beside it and under a longer lease. After MAX_ALONE more it is parked: marked dead
    without a start, with what ``on_parked`` writes.
    """

    def __init__(
        self,
        queue: Queue,
        handlers: Mapping[str, Handler],
        *,
        concurrency: int = CONCURRENCY,
        limits: Mapping[str, int] | None = None,
        per_lane: Mapping[str, int] | None = None,
        poll_s: float = POLL_S,
        max_attempts: int = MAX_ATTEMPTS,
        wakes: Sequence[WakeSource] = (),
        on_parked: OnDead | None = None,
        pause: Pause = pause,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._on_parked = on_parked
        self._alone = asyncio.Lock()
        self._queue = queue
        self._handlers = dict(handlers)
        self._lines = {
            kind: LaneScheduler[LeasedJob]((limits or {}).get(kind, concurrency), (per_lane or {}).get(kind))
            for kind in handlers
        }
        self._poll_s = poll_s
        self._max_attempts = max_attempts
        self._wakes = tuple(wakes)
        self._pause = pause
        self._monotonic = monotonic
        self._held: dict[tuple[str, int], LeasedJob] = {}
        self._slots: set[asyncio.Task[None]] = set()
        self._claim_planner = ClaimPlanner(self._held, self._lines, queue.apart)
        waiting = self._claim_planner.waiting
        self._batch_settler = BatchSettler(queue, lambda: len(self._held) - waiting(), waiting)
        self._leases = Leases(queue, self._held, self._lose_unbegun, pause=pause, monotonic=monotonic)
        self._on_notify = asyncio.Event()
        self._stopping = asyncio.Event()
        self._stopped = asyncio.Event()
        self._behind = False
        self._due_at = math.inf
        self._loops: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Worker:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Starts claiming. It can be called only once. Raises what a WakeSource raises if it can't be opened."""
        if self._loops:
            raise RuntimeError("The engine has been started before; make a new one.")
        for wake in self._wakes:
            await wake.open(self.wake)
        self._loops = [
            asyncio.create_task(self._claim_loop(), name="opsiq-claim"),
            asyncio.create_task(self._leases.keep(self._stopped), name="opsiq-renew"),
        ]

    def wake(self, *, rest: bool = True) -> None:
        """Wakes the worker, since there may be jobs. Call it after the commit that added them
        (``store.database.after_commit``). See ``Notify``."""
        self._claim_planner.notify(rest=rest)
        self._on_notify.set()

    def has_capacity(self, kind: str) -> bool:
        """Whether such a job could start immediately."""
        line = self._lines.get(kind)
        if line is None or not self._loops or self._stopping.is_set():
            return False
        return line.running < line.slots and not line.waiting

    def take(self, job: Job) -> None:
        """Starts a job that this process already holds, without a claim (``SqlQueue.enqueue_leased``)."""
        self._take([job])
        if self._stopping.is_set():
            self._give_back(self._lines[job.kind].all_waiting())

    @property
    def running(self) -> int:
        """Number of jobs held now."""
        return len(self._held)

    async def stop(self, bound_s: float = STOP_S) -> None:
        """Stops claiming and lets running jobs finish for most of ``bound_s``. The rest are cancelled and released for
        other processes.
        """
        self._stopping.set()
        self._on_notify.set()
        if self._loops:
            await self._loops[0]
        for line in self._lines.values():
            self._give_back(line.all_waiting())
        await self._finish(bound_s * 0.75)
        for slot in list(self._slots):
            slot.cancel("released")
        await self._finish(bound_s * 0.25)
        if self._slots:
            log.error("%d handlers ignored their cancellation; their leases will run out", len(self._slots))
        self._stopped.set()
        if self._loops:
            await self._loops[1]
        await self._batch_settler.drain()
        for wake in self._wakes:  # last, so that they can tell other processes of the released jobs
            await wake.close()

    async def _finish(self, seconds: float) -> None:
        if self._slots:
            await asyncio.wait(self._slots, timeout=seconds)

    async def _claim_loop(self) -> None:
        trouble = 0
        while not self._stopping.is_set():
            self._on_notify.clear()
            began = self._monotonic()
            try:
                wait_s = await self._round()
                trouble = 0
            except Exception as error:
                trouble += 1
                self._claim_planner.notify()
                wait_s = compute_pause_s(trouble)
                self._complain(error, trouble, wait_s)
                await self._pause(self._stopping, wait_s)
                continue
            await self._pause(self._on_notify, wait_s)
            # Several notifications in a row cause one claim: a batch costs little more than a single row.
            if (rest_s := _GAP_S - (self._monotonic() - began)) > 0 and self._held:
                await self._pause(self._stopping, rest_s)

    async def _round(self) -> float:
        """Claims as many jobs as there is room for. Returns how long to wait unless notified."""
        self._behind = False
        now = self._monotonic()
        for line in self._lines.values():
            self._give_back(line.stale(now))
        if now >= self._due_at - _GAP_S:
            self._due_at = math.inf
            self._claim_planner.notify()
        taken = 0
        for pool in self._claim_planner.pools:
            try:
                taken += await self._claim(pool, now)
            except Exception as error:
                if not pool.apart:
                    raise
                again_s = pool.record_failure(now)
                self._complain(error, pool.trouble, again_s)
        free = [kind for kind, room in self._claim_planner.free(self._lines).items() if room > 0]
        if len(free) < len(self._lines):
            self._behind = True
        if self._behind and free and taken:
            # With prefetched jobs the next claim can wait: every settle notifies, and later a claim brings more jobs.
            return 0.0 if self._claim_planner.waiting() < BATCH else _STOCKED_S
        if self._claim_planner.waiting():
            return LOOK_S
        due_s = await self._queue.next_due_s(free) if free else None
        # Due but not claimed: blocked by its lane's limit, or being claimed by another process.
        least_s = _GAP_S if taken else _STUCK_S if due_s == 0 else 0.0
        wait_s = self._poll_s if due_s is None else min(self._poll_s, max(due_s, least_s))
        wait_s = max(0.0, min(wait_s, *[pool.next_look_s(now) for pool in self._claim_planner.pools]))
        self._due_at = self._monotonic() + wait_s
        return wait_s

    async def _claim(self, pool: ClaimGroup, now: float) -> int:
        """Claims as many jobs of these kinds as there is room for. Returns how many came."""
        taken = 0
        for wanted in self._claim_planner.plan_claims(pool, now):
            claimed = await self._queue.claim(wanted.kinds, wanted.limit, self._claim_planner.ahead(wanted))
            self._take(claimed)
            taken += len(claimed)
            self._behind |= pool.record_claim(wanted, len(claimed))
        return taken

    def _take(self, claimed: Sequence[Job]) -> None:
        at = self._monotonic()
        for job in claimed:
            held = self._held[job.id, job.attempt] = LeasedJob(job, at, at)
            self._lines[job.kind].add(held)
        for kind in dict.fromkeys(job.kind for job in claimed):
            while (first := self._lines[kind].begin()) is not None:
                slot = asyncio.create_task(self._slot(self._lines[kind], first), name=f"opsiq-work-{first.job.id}")
                first.task = slot
                self._slots.add(slot)
                slot.add_done_callback(self._slots.discard)

    async def _slot(self, line: LaneScheduler[LeasedJob], held: LeasedJob | None) -> None:
        """Runs one job after another while some wait."""
        slot = asyncio.current_task()
        while held is not None:
            held.task = slot
            began = self._monotonic()
            well = False
            try:
                well = await self._run(held, began)
            finally:
                held.task = None
                self._give_back(line.ended(held, well=well, took_s=self._monotonic() - began))
            if self._batch_settler.full:
                await self._batch_settler.capacity()
            held = None if self._stopping.is_set() else line.begin()

    async def _run(self, held: LeasedJob, began: float) -> bool:
        """Runs one job and returns whether it went well."""
        job = held.job
        ids = {_NAMED[name]: value for name, value in job.payload.items() if name in _NAMED and isinstance(value, str)}
        outcome: Outcome | None = None
        try:
            with bound(**ids), open_span(job.kind, work_id=job.id, attempt=job.attempt, **ids):
                outcome = await self._handle(job)
        finally:
            if outcome is None or isinstance(outcome, Settled):
                self._forget(job, isinstance(outcome, Reschedule))
            else:
                self._settle(job, outcome)
        metrics.count_job(job.kind, type(outcome).__name__.lower() if outcome else "lost", self._monotonic() - began)
        return isinstance(outcome, Done) and outcome.well

    def _forget(self, job: Job, comes_again: bool) -> None:
        """Forgets a job that has ended."""
        self._held.pop((job.id, job.attempt), None)
        line = self._lines[job.kind]
        if comes_again or ((self._behind or job.lane is not None) and not line.stocked(job.lane)):
            self._claim_planner.pool_of[job.kind].notified |= not line.capacity()
            self._on_notify.set()

    def _give_back(self, unbegun: Sequence[LeasedJob]) -> None:
        """Releases prefetched jobs that won't start here. They are due at once, for this or another process."""
        for held in unbegun:
            self._settle(held.job, Reschedule(0.0, held.job.error))

    def _lose_unbegun(self, held: LeasedJob) -> None:
        if self._lines[held.job.kind].drop(held):
            self._forget(held.job, False)

    async def _handle(self, job: Job) -> Outcome | None:
        """The handler's outcome. None if the lease was lost meanwhile."""
        try:
            if job.lost >= SUSPECT:
                return await self._handle_suspect(job)
            return await self._handlers[job.kind](job)
        except asyncio.CancelledError:
            if (slot := asyncio.current_task()) is not None:
                slot.uncancel()
            held = self._held.get((job.id, job.attempt))
            if held is None or held.lost:
                return None
            log.info("work %s is released at shutdown", job.id, extra=log_fields(job))
            return Reschedule(0.0, "Released at shutdown.")
        except Exception as error:
            log.exception("the handler of %s failed at attempt %d", job.kind, job.attempt, extra=log_fields(job))
            return self._decide_after_error(job, error)

    async def _handle_suspect(self, job: Job) -> Outcome:
        """Runs a suspected poison job with no other suspect beside it, after counting the start. If the process ends
        now, this job probably ended it. If that happens at each start, after longer and longer pauses, it certainly
        did."""
        async with self._alone:
            begun = await self._queue.begin_alone(job)
            if not begun:
                return Reschedule(0.0, job.error)  # another worker has it by now, so this settle changes nothing
            if begun <= MAX_ALONE:
                log.warning(
                    "work %s has lost %d claims in a row: it is begun alone", job.id, job.lost, extra=log_fields(job)
                )
                return await self._handlers[job.kind](job)
        return self._parks(job)

    def _parks(self, job: Job) -> Dead:
        error = (
            f"Parked: the process ended or was stuck {job.lost} times while it was at this, {MAX_ALONE} of them with"
            " nothing like it beside it. It is not tried again by itself."
        )
        on_parked = self._on_parked
        if on_parked is None:
            return Dead(error)

        async def record(session: AsyncSession) -> None:
            await on_parked(session, job, error)

        return Dead(error, record)

    def _settle(self, job: Job, outcome: Done | Reschedule | Dead, *, again: bool = True) -> None:
        self._batch_settler.submit((job, outcome), partial(self._on_settled, job, outcome, again))

    def _on_settled(self, job: Job, outcome: Done | Reschedule | Dead, again: bool, result: bool | Exception) -> None:
        """Handles the result of a settle."""
        if isinstance(result, Exception) and not isinstance(result, Unavailable):
            log.error("what %s wanted to record failed", job.kind, exc_info=result, extra=log_fields(job))
            if again:
                self._settle(job, Reschedule(compute_backoff_s(job.attempt), summarize_error(result)), again=False)
                return
        if result is False:
            log.warning("work %s was settled too late: its lease is lost", job.id, extra=log_fields(job))
        if isinstance(outcome, Dead):
            log.error("work %s is dead: %s", job.id, outcome.error, extra=log_fields(job))
        self._forget(job, isinstance(outcome, Reschedule))

    def _decide_after_error(self, job: Job, error: Exception) -> Reschedule | Dead:
        away = type(error) is Unavailable  # the database failed, which says nothing about the job
        if job.attempt >= self._max_attempts and not away:
            return Dead(f"Given up after {job.attempt} attempts. {summarize_error(error)}")
        return Reschedule(compute_backoff_s(job.attempt), summarize_error(error))

    def _complain(self, error: Exception, trouble: int, wait_s: float) -> None:
        if isinstance(error, Unavailable):
            log.warning("no work can be claimed (%s); next try in %.1f s", error.detail, wait_s)
        else:
            log.error("no work can be claimed, %d times now; next try in %.1f s", trouble, wait_s, exc_info=error)
