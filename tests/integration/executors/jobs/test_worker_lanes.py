"""Lanes on a real database: how many of one are held at once, and that a quick one keeps nobody waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from executors.jobs.lane_scheduler import WIDER
from executors.jobs.queue import Done, Outcome, Reschedule, SqlQueue
from executors.jobs.worker import Worker
from store.database import Database
from store.jobs import enqueue
from store.jobs.jobs import Job
from tests.integration.executors.noting import becomes, put, states, until


async def test_no_more_of_one_lane_is_held_at_a_time_than_allowed(
    database: Database, engines: Callable[..., Worker]
) -> None:
    at_once = most = 0

    async def handle(job: Job) -> Outcome:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.005)
        at_once -= 1
        return Done()

    await put(database, *(f"k{n}" for n in range(12)), lane="whe_1")
    worker = engines(handle, per_lane=3)
    await worker.start()
    await becomes(database, {"done": 12})
    assert most == 3


async def test_a_quick_lane_is_claimed_in_bulk_and_runs_no_more_at_once_than_allowed(database: Database) -> None:
    at_once = most = 0
    claims: list[int] = []

    async def beside(session: AsyncSession, claimed: Sequence[Job]) -> dict[str, str]:
        claims.append(len(claimed))
        return {job.id: job.key for job in claimed}

    async def handle(job: Job) -> Outcome:
        nonlocal at_once, most
        assert job.beside == job.key, "read in the claim's transaction"
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return Done()

    async with database.begin() as session:
        fresh = [enqueue.NewJob(f"k{n}", "note", "ws_1", {}, lane="whe_1") for n in range(400)]
        await enqueue.enqueue_many(session, fresh)
    queue = SqlQueue(database, owner="one", per_lane=3, beside={"note": beside})
    async with Worker(queue, {"note": handle}, poll_s=0.2, per_lane={"note": 3}):
        await becomes(database, {"done": 400})
    assert most == 3 * WIDER
    assert max(claims) > 50


async def test_once_a_piece_does_not_go_well_what_waits_of_its_lane_is_there_for_others(database: Database) -> None:
    failed = asyncio.Event()

    async def handle(job: Job) -> Outcome:
        if job.key == "k100":
            failed.set()
            return Reschedule(3600, "busy")
        if failed.is_set():
            await asyncio.Event().wait()
        return Done()

    async with database.begin() as session:
        for n in range(400):  # one after the other, so that they are due in this order
            await enqueue.enqueue(
                session, key=f"k{n}", kind="note", workspace="ws_1", payload={}, lane="whe_1", priority=n
            )
    queue = SqlQueue(database, owner="one", per_lane=2)
    worker = Worker(queue, {"note": handle}, poll_s=0.2, per_lane={"note": 2})
    async with worker:
        await failed.wait()
        async with asyncio.timeout(20):
            while worker.running >= 2 * WIDER:  # noqa: ASYNC110 (it has no event for it)
                await asyncio.sleep(0.01)
            while (await states(database))["claimed"] != worker.running:  # noqa: ASYNC110 (what was given back is settled first)
                await asyncio.sleep(0.01)
        assert 0 < worker.running < 2 * WIDER, "those that had begun, and no more"
        await worker.stop(0.2)
    assert set(await states(database)) == {"done", "ready"}


async def test_what_is_rung_for_does_not_wait_behind_a_quick_lane(database: Database) -> None:
    done: list[str] = []
    urgent = asyncio.Event()

    async def quick(job: Job) -> Outcome:
        if len(done) == 100:
            await put(database, "urgent", kind="other", worker=worker)
        if len(done) >= 100:
            await urgent.wait()
        done.append(job.key)
        return Done()

    async def other(_job: Job) -> Outcome:
        urgent.set()
        return Done()

    await put(database, *[f"k{n}" for n in range(400)], lane="whe_1")
    queue = SqlQueue(database, owner="one", per_lane=3)
    worker = Worker(
        queue, {"note": quick, "other": other}, poll_s=60, per_lane={"note": 3}, monotonic=lambda: 0.0
    )  # time stands still, so nothing is looked for now and then
    async with worker:
        await until(lambda: len(done) == 400, worker)
