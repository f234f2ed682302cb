"""Work put into a real database, noted as it is done, and looked for until it is."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from executors.jobs.queue import Done, Outcome
from executors.jobs.worker import Worker
from store.database import Database, after_commit
from store.jobs import enqueue
from store.jobs import jobs as works
from store.jobs.jobs import Job


async def until(true: Callable[[], bool], worker: Worker | None = None) -> None:
    """Looks again and again: what is waited for lies in a file, a counter or another process."""
    async with asyncio.timeout(20):
        while not true() or (worker is not None and worker.running):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def put(
    database: Database, *keys: str, worker: Worker | None = None, lane: str | None = None, kind: str = "note"
) -> None:
    async with database.begin() as session:
        for key in keys:
            await enqueue.enqueue(session, key=key, kind=kind, workspace="ws_1", payload={"key": key}, lane=lane)
        if worker is not None:
            after_commit(session, worker.wake)


async def states(database: Database) -> Counter[str]:
    """How many pieces are in each state, of whatever kind."""
    found: Counter[str] = Counter()
    async with database.read() as session:
        for (_, state), count in (await works.counts(session)).items():
            found[state] += count
    return found


async def becomes(database: Database, expected: dict[str, int]) -> None:
    found: dict[str, int] = {}
    try:
        async with asyncio.timeout(20):
            while (found := await states(database)) != expected:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    except TimeoutError:
        assert found == expected


class Note:
    """Notes the work it was given."""

    def __init__(self, outcome: Callable[[Job], Outcome] = lambda _job: Done()) -> None:
        self.seen: Counter[str] = Counter()
        self._outcome = outcome

    async def __call__(self, job: Job) -> Outcome:
        self.seen[job.key] += 1
        return self._outcome(job)
