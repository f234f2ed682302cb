"""Leases of held jobs: renewed while a job is held, and given up if they can't be renewed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from core.errors import OpsIQError
from executors.jobs.queue import Queue
from store.jobs.jobs import Job

log = logging.getLogger("opsiq.executors.worker")

Pause = Callable[[asyncio.Event, float], Awaitable[None]]
"""Waits for the event, for at most this many seconds."""


async def pause(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


@dataclass(slots=True, eq=False)
class LeasedJob:
    """A job under a lease. ``task`` is None before the job starts, and again when its handler has ended and the job
    waits to be settled."""

    job: Job
    claimed_at: float
    renewed_at: float
    task: asyncio.Task[None] | None = None
    lost: bool = False


class Leases:
    """Renews the leases of ``held``. A handler whose lease is lost is cancelled: leases prevent that two workers run
    one job. Jobs lost before they started are passed to ``unbegun``.
    """

    def __init__(
        self,
        queue: Queue,
        held: Mapping[tuple[str, int], LeasedJob],
        unbegun: Callable[[LeasedJob], None],
        *,
        pause: Pause,
        monotonic: Callable[[], float],
    ) -> None:
        self._queue = queue
        self._held = held
        self._unbegun = unbegun
        self._pause = pause
        self._monotonic = monotonic

    async def keep(self, stopped: asyncio.Event) -> None:
        """Renews the leases every third of a lease. So each one is renewed before two thirds have passed, with one more
        chance if the database is unavailable."""
        while not stopped.is_set():
            await self._pause(stopped, self._queue.lease_s / 3)
            if held := [one for one in self._held.values() if not one.lost]:
                await self._renew(held)

    async def _renew(self, held: list[LeasedJob]) -> None:
        at = self._monotonic()
        lost: set[tuple[str, int]] = set()
        try:
            lost = {(job.id, job.attempt) for job in await self._queue.renew([one.job for one in held])}
        except Exception as error:
            log.warning("leases were not renewed: %s", summarize_error(error))
            lost = {(o.job.id, o.job.attempt) for o in held if at - o.renewed_at >= self._queue.lease_s}
        else:
            for one in held:
                one.renewed_at = at
        for one in held:
            if (one.job.id, one.job.attempt) not in lost:
                continue
            if one.task is not None:
                log.warning(
                    "the lease of work %s is lost: its handler is cancelled", one.job.id, extra=log_fields(one.job)
                )
                one.lost = True
                one.task.cancel("lease lost")
            else:
                self._unbegun(one)


def summarize_error(error: Exception) -> str:
    """Short text of an error for the job's row. Only our own errors are free of secrets. For others, only the class
    name is used."""
    return error.detail if isinstance(error, OpsIQError) else f"{type(error).__name__} (see the log)"


def log_fields(job: Job) -> dict[str, object]:
    """The fields of a job in a log line."""
    return {
        "work_id": job.id,
        "work_key": job.key,
        "kind": job.kind,
        "workspace": job.workspace,
        "attempt": job.attempt,
    }
