"""The durable work loop: claims due work in batches, runs it concurrently, keeps its leases, settles in groups.

At least once, with the same key: a process may die at any instruction, and what it held comes again when its lease
runs out. Idle, it sleeps until the next piece is due, until somebody rings, or for ``poll_s``, the net for what
another process has put.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from core import meters
from core.errors import OpsIQError, Unavailable
from core.logs import bound
from core.traces import span
from executors.queue import Dead, Done, Later, Outcome, Queue, Settled
from executors.settler import Settler
from store.work import Work

log = logging.getLogger("opsiq.executors.engine")

CONCURRENCY: Final = 50
POLL_S: Final = 5.0
STOP_S: Final = 20.0
MAX_ATTEMPTS: Final = 10
FIRST_BACKOFF_S: Final = 1.0
MAX_BACKOFF_S: Final = 600.0
_GAP_S: Final = 0.01
_STUCK_S: Final = 0.25
_BATCH: Final = 20
_NAMED: Final = {"run_id": "run_id", "event_id": "event_id", "delivery": "delivery_id"}
"""What a log line says of the work at hand, by where its payload has it."""

Handler = Callable[[Work], Awaitable[Outcome]]
"""Does one piece of work. It may be cancelled (shutdown, lost lease) and will then be called again, maybe elsewhere."""

Pause = Callable[[asyncio.Event, float], Awaitable[None]]
"""Waits for the event, at most so many seconds."""


class Wake(Protocol):
    """Rings when another process has put work (LISTEN/NOTIFY, a broker). Missing rings cost latency only: the poll is
    the net.
    """

    async def open(self, ring: Callable[[], None]) -> None: ...

    async def close(self) -> None: ...


def backoff_s(attempt: int) -> float:
    """The delay after a handler's ``attempt``-th exception: doubling, capped."""
    return float(min(MAX_BACKOFF_S, FIRST_BACKOFF_S * 2 ** min(attempt - 1, 30)))


async def pause(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


@dataclass(slots=True)
class _Held:
    work: Work
    task: asyncio.Task[None]
    renewed_at: float
    lost: bool = False


class Engine:
    """Runs ``handlers`` (by kind of work) until stopped: ``async with Engine(…)``, or ``start`` and ``stop``.

    ``concurrency`` bounds each kind by itself, so that hanging deliveries leave actions their slots; ``limits`` sets
    it for a kind. A handler that raises is tried again with a growing delay; at ``max_attempts`` claims the work is
    buried (see SqlQueue's ``on_dead``).
    """

    def __init__(
        self,
        queue: Queue,
        handlers: Mapping[str, Handler],
        *,
        concurrency: int = CONCURRENCY,
        limits: Mapping[str, int] | None = None,
        poll_s: float = POLL_S,
        max_attempts: int = MAX_ATTEMPTS,
        wakes: Sequence[Wake] = (),
        pause: Pause = pause,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._queue = queue
        self._handlers = dict(handlers)
        self._limits = {kind: (limits or {}).get(kind, concurrency) for kind in handlers}
        self._poll_s = poll_s
        self._max_attempts = max_attempts
        self._wakes = tuple(wakes)
        self._pause = pause
        self._monotonic = monotonic
        self._held: dict[tuple[str, int], _Held] = {}
        self._settler = Settler(queue, lambda: len(self._held))
        self._ring = asyncio.Event()
        self._stopping = asyncio.Event()
        self._stopped = asyncio.Event()
        self._behind = False
        self._loops: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Engine:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Begins to claim. Once only. Raises what a Wake raises when it can't be opened."""
        if self._loops:
            raise RuntimeError("The engine has been started before; make a new one.")
        for wake in self._wakes:
            await wake.open(self.wake)
        self._loops = [
            asyncio.create_task(self._claiming(), name="opsiq-claim"),
            asyncio.create_task(self._renewing(), name="opsiq-renew"),
        ]

    def wake(self) -> None:
        """There may be work: look now. To be called after the commit that put it (``store.sessions.after_commit``)."""
        self._ring.set()

    @property
    def running(self) -> int:
        """How many pieces of work are held at this moment."""
        return len(self._held)

    async def stop(self, bound_s: float = STOP_S) -> None:
        """Claims no more and lets what runs finish for most of ``bound_s``; the rest is cancelled and released for
        others to take.
        """
        self._stopping.set()
        self._ring.set()
        if self._loops:
            await self._loops[0]
        await self._finish(bound_s * 0.75)
        for held in list(self._held.values()):
            held.task.cancel("released")
        await self._finish(bound_s * 0.25)
        if self._held:
            log.error("%d handlers ignored their cancellation; their leases will run out", len(self._held))
        self._stopped.set()
        if self._loops:
            await self._loops[1]
        await self._settler.drain()
        for wake in self._wakes:  # last, so that they can tell others of what was released
            await wake.close()

    async def _finish(self, seconds: float) -> None:
        tasks = [held.task for held in self._held.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    async def _claiming(self) -> None:
        trouble = 0
        while not self._stopping.is_set():
            self._ring.clear()
            began = self._monotonic()
            try:
                wait_s = await self._round()
                trouble = 0
            except Exception as error:
                trouble += 1
                wait_s = min(30.0, 0.5 * 2 ** min(trouble, 6))
                self._complain(error, trouble, wait_s)
                await self._pause(self._stopping, wait_s)
                continue
            await self._pause(self._ring, wait_s)
            # Rings in quick succession make one claim: a batch costs little more than a single row.
            if (rest_s := _GAP_S - (self._monotonic() - began)) > 0 and self._held:
                await self._pause(self._stopping, rest_s)

    async def _round(self) -> float:
        """Claims what there is room for; answers for how long there is nothing to do unless somebody rings."""
        self._behind = False
        taken = 0
        for kinds, limit in self._room():
            claimed = await self._queue.claim(kinds, limit)
            for work in claimed:
                self._take(work)
            taken += len(claimed)
            self._behind |= len(claimed) >= limit
        free = [kind for kind, room in self._free().items() if room > 0]
        if len(free) < len(self._limits):
            self._behind = True
        if self._behind and free and taken:
            return 0.0
        due_s = await self._queue.next_due_s(free) if free else None
        if due_s is None:
            return self._poll_s
        # Due and yet not claimed: held back by its lane's limit, or another process is just taking it.
        return min(self._poll_s, max(due_s, _GAP_S if taken else _STUCK_S if due_s == 0 else 0.0))

    def _free(self) -> dict[str, int]:
        used = Counter(held.work.kind for held in self._held.values())
        return {kind: limit - used[kind] for kind, limit in self._limits.items()}

    def _room(self) -> list[tuple[list[str], int]]:
        """The claims of one round: kinds with plenty of room share one, so that priorities hold across them."""
        free = self._free()
        plenty = [kind for kind, room in free.items() if room >= min(_BATCH, self._limits[kind])]
        groups = [([kind], room) for kind, room in free.items() if room > 0 and kind not in plenty]
        if plenty:
            groups.insert(0, (plenty, min(free[kind] for kind in plenty)))
        return groups

    def _take(self, work: Work) -> None:
        task = asyncio.create_task(self._run(work), name=f"opsiq-work-{work.id}")
        self._held[work.id, work.attempt] = _Held(work, task, self._monotonic())

    async def _run(self, work: Work) -> None:
        outcome: Outcome | None = None
        began = self._monotonic()
        ids = {_NAMED[name]: value for name, value in work.payload.items() if name in _NAMED and isinstance(value, str)}
        try:
            with bound(**ids), span(work.kind, work_id=work.id, attempt=work.attempt, **ids):
                outcome = await self._handled(work)
                if outcome is not None and not isinstance(outcome, Settled):
                    await self._settled(work, outcome)
            meters.WORK.labels(work.kind, type(outcome).__name__.lower() if outcome else "lost").inc()
            meters.WORK_S.labels(work.kind).observe(self._monotonic() - began)
        finally:
            self._held.pop((work.id, work.attempt), None)
            if self._behind or work.lane is not None or isinstance(outcome, Later):
                self._ring.set()

    async def _handled(self, work: Work) -> Outcome | None:
        """What the handler says of it; None if the claim was lost meanwhile."""
        try:
            return await self._handlers[work.kind](work)
        except asyncio.CancelledError:
            held = self._held.get((work.id, work.attempt))
            if held is None or held.lost:
                return None
            log.info("work %s is released at shutdown", work.id, extra=_ids(work))
            return Later(0.0, "Released at shutdown.")
        except Exception as error:
            log.exception("the handler of %s failed at attempt %d", work.kind, work.attempt, extra=_ids(work))
            return self._after_error(work, error)

    async def _settled(self, work: Work, outcome: Done | Later | Dead) -> None:
        result = await self._settler.settle((work, outcome))
        if isinstance(result, Exception) and not isinstance(result, Unavailable):
            log.error("what %s wanted to record failed", work.kind, exc_info=result, extra=_ids(work))
            result = await self._settler.settle((work, Later(backoff_s(work.attempt), _line(result))))
        if result is False:
            log.warning("work %s was settled too late: its lease is lost", work.id, extra=_ids(work))
        if isinstance(outcome, Dead):
            log.error("work %s is dead: %s", work.id, outcome.error, extra=_ids(work))

    def _after_error(self, work: Work, error: Exception) -> Later | Dead:
        if work.attempt >= self._max_attempts:
            return Dead(f"Given up after {work.attempt} attempts. {_line(error)}")
        return Later(backoff_s(work.attempt), _line(error))

    async def _renewing(self) -> None:
        """Every third of a lease: so each is renewed before two thirds, with one more chance if the database is away."""
        while not self._stopped.is_set():
            await self._pause(self._stopped, self._queue.lease_s / 3)
            if held := [one for one in self._held.values() if not one.lost]:
                await self._renew(held)

    async def _renew(self, held: list[_Held]) -> None:
        at = self._monotonic()
        lost: set[tuple[str, int]] = set()
        try:
            lost = {(work.id, work.attempt) for work in await self._queue.renew([one.work for one in held])}
        except Exception as error:
            log.warning("leases were not renewed: %s", _line(error))
            lost = {(o.work.id, o.work.attempt) for o in held if at - o.renewed_at >= self._queue.lease_s}
        else:
            for one in held:
                one.renewed_at = at
        for one in held:
            if (one.work.id, one.work.attempt) in lost and not one.task.done():
                log.warning("the lease of work %s is lost: its handler is cancelled", one.work.id, extra=_ids(one.work))
                one.lost = True
                one.task.cancel("lease lost")

    def _complain(self, error: Exception, trouble: int, wait_s: float) -> None:
        if isinstance(error, Unavailable):
            log.warning("no work can be claimed (%s); next try in %.1f s", error.detail, wait_s)
        else:
            log.error("no work can be claimed, %d times now; next try in %.1f s", trouble, wait_s, exc_info=error)


def _line(error: Exception) -> str:
    """An error for the work's row. Only our own errors promise to hold no secret; of others the name must do."""
    return error.detail if isinstance(error, OpsIQError) else f"{type(error).__name__} (see the log)"


def _ids(work: Work) -> dict[str, object]:
    return {
        "work_id": work.id,
        "work_key": work.key,
        "kind": work.kind,
        "workspace": work.workspace,
        "attempt": work.attempt,
    }
