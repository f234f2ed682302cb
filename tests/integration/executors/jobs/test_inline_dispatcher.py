from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from executors.jobs.inline_dispatcher import InlineDispatcher
from executors.jobs.queue import Done, Outcome, SqlQueue
from executors.jobs.worker import Worker
from store.database import Database
from store.jobs import jobs as works
from store.jobs.enqueue import NewJob
from store.jobs.jobs import Job


class Slow:
    """A handler that waits until it is let go."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.go_on = asyncio.Event()

    async def __call__(self, job: Job) -> Outcome:
        self.begun.append(job.key)
        await self.go_on.wait()
        return Done()


def at_once(database: Database, handler: Slow, wake: Callable[[], None]) -> InlineDispatcher:
    queue = SqlQueue(database, owner="me")
    return InlineDispatcher(queue, Worker(queue, {"note": handler}, concurrency=1), wake)


async def put(database: Database, at_once: InlineDispatcher, key: str) -> None:
    async with database.begin() as session:
        await at_once.put(session, NewJob(key, "note", "ws_1", {}))


async def counted(database: Database) -> dict[str, int]:
    async with database.read() as session:
        return {state: count for (_, state), count in (await works.counts(session)).items()}


async def test_a_job_starts_after_its_commit_and_waits_in_the_queue_where_no_slot_is_free(
    database: Database,
) -> None:
    handler, rung = Slow(), []
    beginning = at_once(database, handler, lambda: rung.append("ring"))
    async with beginning.worker:
        await put(database, beginning, "a")
        await asyncio.sleep(0)
        await put(database, beginning, "b")
        await put(database, beginning, "a")
        assert handler.begun == ["a"]
        there = await counted(database)
        # The engine's first look may be under way since before "a" was begun, and then holds "b" without beginning it.
        assert there["claimed"] + there.get("ready", 0) == 2
        assert rung == ["ring", "ring"]
        handler.go_on.set()
    assert (await counted(database))["done"] >= 1


async def test_what_is_rolled_back_is_not_begun(database: Database) -> None:
    handler = Slow()
    beginning = at_once(database, handler, lambda: None)

    async def fails() -> None:
        async with database.begin() as session:
            await beginning.put(session, NewJob("a", "note", "ws_1", {}))
            raise KeyError

    async with beginning.worker:
        with pytest.raises(KeyError):
            await fails()
        await asyncio.sleep(0)
        assert handler.begun == []
        assert await counted(database) == {}


async def test_where_no_engine_runs_work_is_put_for_others(database: Database) -> None:
    rung: list[str] = []
    await put(database, at_once(database, Slow(), lambda: rung.append("ring")), "a")
    assert await counted(database) == {"ready": 1}
    assert rung == ["ring"]
