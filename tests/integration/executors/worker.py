"""A worker process to be killed: notes each start and end of a piece of work in a file."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from executors.jobs.queue import Done, Outcome, SqlQueue
from executors.jobs.worker import Worker
from store.database import Database
from store.jobs.jobs import Job


async def main(url: str, notes: Path) -> None:
    def note(what: str, job: Job) -> None:
        with notes.open("a") as file:
            file.write(f"{what} {job.key}\n")

    async def handle(job: Job) -> Outcome:
        note("begun", job)
        await asyncio.sleep(0.05)
        note("ended", job)
        return Done()

    database = await Database.open(url)
    queue = SqlQueue(database, owner=f"worker-{os.getpid()}", lease_s=0.6)
    async with Worker(queue, {"note": handle}, concurrency=5, poll_s=0.2):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2])))
