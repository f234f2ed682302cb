"""A worker process that is killed by its own second subscriber, in the middle of a walk, the first time it gets
there."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from events.subscribers import FiredEvent
from executors.jobs.queue import SqlQueue
from executors.jobs.worker import Worker
from store.database import Database
from tests.integration.events.dispatching import Cast, DispatcherSetup


async def main(url: str, notes: Path) -> None:
    def note(name: str) -> None:
        with notes.open("a") as file:
            file.write(f"{name}\n")

    def noted() -> list[str]:
        return notes.read_text().split()

    async def first(event: FiredEvent) -> None:
        note("first")

    async def second(event: FiredEvent) -> None:
        note("second")
        if noted().count("second") == 1:
            os.kill(os.getpid(), signal.SIGKILL)

    async def third(event: FiredEvent) -> None:
        note("third")

    cast = Cast()
    cast.add("first", 10, first)
    cast.add("second", 20, second)
    cast.add("third", 30, third)
    database = await Database.open(url)
    setup = DispatcherSetup(database, cast)
    queue = SqlQueue(database, owner=f"worker-{os.getpid()}", lease_s=0.6)
    async with Worker(queue, setup.handlers, poll_s=0.1):
        while "third" not in noted():  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
