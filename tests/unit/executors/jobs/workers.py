"""An engine in standing time, and handlers for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from executors.jobs.queue import Done, Outcome
from executors.jobs.worker import Handler, Worker
from store.jobs.jobs import Job
from tests.unit.executors.jobs.fake_queue import FakeQueue, turn


@asynccontextmanager
async def running(
    queue: FakeQueue,
    handlers: dict[str, Handler] | Handler,
    *,
    limits: dict[str, int] | None = None,
    max_attempts: int = 10,
) -> AsyncIterator[Worker]:
    worker = Worker(
        queue,
        handlers if isinstance(handlers, dict) else {"send": handlers},
        limits=limits,
        max_attempts=max_attempts,
        pause=queue.time.pause,
        monotonic=queue.time,
    )
    await worker.start()
    try:
        await turn()
        yield worker
    finally:
        await worker.stop(0.2)


class Gate:
    """A handler that waits until it is let go."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.inside: list[str] = []
        self.cancelled: list[str] = []

    async def __call__(self, job: Job) -> Outcome:
        self.inside.append(job.key)
        try:
            await self.open.wait()
        except asyncio.CancelledError:
            self.cancelled.append(job.key)
            raise
        return Done()


def answering(*outcomes: Outcome | Exception) -> Handler:
    left = list(outcomes)

    async def handle(job: Job) -> Outcome:
        outcome = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return handle
