"""Work that ends its processes is begun alone, then parked and told; what was merely held by them is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from executors.jobs.queue import ALONE_PAUSES_S, Done, Outcome, Reschedule, Settlement, SqlQueue
from executors.jobs.worker import MAX_ALONE, SUSPECT, Worker
from store.database import Database
from store.jobs import jobs as works
from store.jobs.jobs import Job
from tests.integration.executors.noting import Note, becomes, put, states, until


class Killed(SqlQueue):
    """Of a process that ends with what it holds: nothing of that is settled."""

    async def settle(self, group: Sequence[Settlement]) -> list[bool | Exception]:
        return [True] * len(group)


async def lose(database: Database, times: int, *keys: str) -> None:
    """Claimed so often by a process that was killed each time."""
    queue = SqlQueue(database, owner="killed", lease_s=60)
    for _ in range(times):
        assert {each.key for each in await queue.claim(["note"], 100)} >= set(keys)
        await expire(database)


async def expire(database: Database) -> None:
    async with database.begin() as session:
        await session.execute(text("UPDATE work SET due_ms = 0 WHERE state = 'claimed'"))


async def lost(database: Database, key: str) -> tuple[int, int]:
    async with database.read() as session:
        row = (await session.execute(text("SELECT lost, alone FROM work WHERE key = :key"), {"key": key})).one()
    return row.lost, row.alone


async def test_claims_lost_in_a_row_are_counted_and_a_settle_ends_the_row(database: Database) -> None:
    await put(database, "a")
    await lose(database, 3, "a")
    queue = SqlQueue(database, owner="one")
    (job,) = await queue.claim(["note"], 1)
    assert job.lost == 3
    assert [await queue.begin_alone(job), await queue.begin_alone(job)] == [1, 2]
    assert await queue.settle([(job, Reschedule(0.0, "not yet"))]) == [True]
    (again,) = await queue.claim(["note"], 1)
    assert again.lost == 0
    assert await lost(database, "a") == (0, 0)
    assert await queue.begin_alone(job) == 0, "a claim that is over counts nothing"


async def pass_time(database: Database, seconds: float) -> None:
    """As if so much time had passed for every row."""
    async with database.begin() as session:
        await session.execute(
            text("UPDATE work SET due_ms = due_ms - :ms, turn_ms = turn_ms - :ms"), {"ms": round(seconds * 1000)}
        )


async def test_what_is_begun_alone_is_leased_for_longer_each_time(database: Database) -> None:
    lease_s = 60.0
    queue = SqlQueue(database, owner="one", lease_s=lease_s)
    await put(database, "a")
    await lose(database, SUSPECT, "a")
    for pause_s in ALONE_PAUSES_S:
        (job,) = await queue.claim(["note"], 1)
        await queue.begin_alone(job)
        await pass_time(database, pause_s / 2)
        assert await queue.renew([job]) == [], "a renewal does not shorten it"
        due_s = await queue.next_due_s(["note"])
        assert due_s is not None
        assert due_s == pytest.approx(lease_s + pause_s / 2, abs=3)
        await pass_time(database, due_s - 1)
        assert await queue.claim(["note"], 1) == []
        await pass_time(database, 1.1)
    (job,) = await queue.claim(["note"], 1)
    assert await queue.begin_alone(job) == MAX_ALONE + 1
    due_s = await queue.next_due_s(["note"])
    assert due_s == pytest.approx(lease_s, abs=5), "it is parked, not begun"


async def test_a_minute_of_kills_every_three_seconds_parks_nothing_innocent(database: Database) -> None:
    begun: list[str] = []

    async def slow(job: Job) -> Outcome:
        begun.append(job.key)
        await asyncio.Event().wait()
        raise AssertionError

    def worker(kind: type[SqlQueue], owner: str, handler: Callable[[Job], Awaitable[Outcome]]) -> Worker:
        return Worker(kind(database, owner=owner, lease_s=4.0), {"note": handler}, poll_s=0.1)

    await put(database, "a")
    for kill in range(20):
        before = len(begun)
        dying = worker(Killed, f"dying {kill}", slow)
        await dying.start()
        if await SqlQueue(database, owner="looks").next_due_s(["note"]) == 0 or len(begun) > before:
            await until(lambda: len(begun) > before)  # noqa: B023 (it is called before the next turn)
        await dying.stop(0)
        await pass_time(database, 3)
    assert (await lost(database, "a"))[1] < MAX_ALONE
    await expire(database)
    async with worker(SqlQueue, "living", Note()):
        await becomes(database, {"done": 1})


async def test_poison_is_begun_a_few_times_alone_and_then_parked(database: Database) -> None:
    begun: list[str] = []
    blocked_keys: list[str] = []

    async def poison(job: Job) -> Outcome:
        begun.append(job.key)
        await asyncio.Event().wait()
        raise AssertionError

    async def on_parked(session: AsyncSession, job: Job, error: str) -> None:
        blocked_keys.append(f"{job.key}: {error}")

    await put(database, "a")
    await lose(database, SUSPECT, "a")
    for times in range(1, MAX_ALONE + 1):
        dying = Worker(Killed(database, owner=f"dying {times}"), {"note": poison}, poll_s=0.1)
        await dying.start()
        await until(lambda: len(begun) == times)  # noqa: B023 (it is called before the next turn)
        assert (await lost(database, "a"))[1] == times, "written down before it is begun"
        await dying.stop(0.2)
        await expire(database)
    last = Worker(SqlQueue(database, owner="last"), {"note": poison}, poll_s=0.1, on_parked=on_parked)
    async with last:
        await becomes(database, {"dead": 1})
    assert len(begun) == MAX_ALONE, "it was not begun again"
    (told,) = blocked_keys
    assert told.startswith(f"a: Parked: the process ended or was stuck {SUSPECT + MAX_ALONE} times")
    async with database.read() as session:
        assert [(each.kind, each.key) for each in await works.dead_jobs(session, 10)] == [("note", "a")]


async def test_what_was_merely_held_by_killed_processes_is_done_one_after_the_other(
    database: Database, engines: Callable[..., Worker]
) -> None:
    keys = [f"k{n}" for n in range(8)]
    at_once, most = 0, 0

    class Slow(Note):
        async def __call__(self, job: Job) -> Outcome:
            nonlocal at_once, most
            at_once, most = at_once + 1, max(most, at_once + 1)
            await asyncio.sleep(0.01)
            at_once -= 1
            return await super().__call__(job)

    await put(database, *keys)
    await lose(database, SUSPECT, *keys)
    note = Slow(lambda _job: Done())
    worker = engines(note)
    await worker.start()
    await until(lambda: note.seen.total() == len(keys), worker)
    assert await states(database) == {"done": len(keys)}
    assert most == 1
