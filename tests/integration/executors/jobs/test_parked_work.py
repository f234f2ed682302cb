"""Work that ends its processes is begun alone, then parked and told; what was merely held by them is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from executors.jobs.queue import Done, Outcome, Reschedule, Settlement, SqlQueue
from executors.jobs.worker import MAX_ALONE, SUSPECT, Worker
from store.database import Database
from store.jobs import jobs as works
from store.jobs.jobs import Job
from tests.integration.executors.noting import Note, becomes, put, states, until


class Killed(SqlQueue):
    """Of a process that ends with what it holds: nothing of that is settled."""

    async def settle(self, group: Sequence[Settlement]) -> list[bool | Exception]:
        return [True] * len(group)


async def lose(sessions: Database, times: int, *keys: str) -> None:
    """Claimed so often by a process that was killed each time."""
    queue = SqlQueue(sessions, owner="killed", lease_s=60)
    for _ in range(times):
        assert {each.key for each in await queue.claim(["note"], 100)} >= set(keys)
        await expire(sessions)


async def expire(sessions: Database) -> None:
    async with sessions.begin() as session:
        await session.execute(text("UPDATE work SET due_ms = 0 WHERE state = 'claimed'"))


async def lost(sessions: Database, key: str) -> tuple[int, int]:
    async with sessions.read() as session:
        row = (await session.execute(text("SELECT lost, alone FROM work WHERE key = :key"), {"key": key})).one()
    return row.lost, row.alone


async def test_claims_lost_in_a_row_are_counted_and_a_settle_ends_the_row(sessions: Database) -> None:
    await put(sessions, "a")
    await lose(sessions, 3, "a")
    queue = SqlQueue(sessions, owner="one")
    (work,) = await queue.claim(["note"], 1)
    assert work.lost == 3
    assert [await queue.begin_alone(work), await queue.begin_alone(work)] == [1, 2]
    assert await queue.settle([(work, Reschedule(0.0, "not yet"))]) == [True]
    (again,) = await queue.claim(["note"], 1)
    assert again.lost == 0
    assert await lost(sessions, "a") == (0, 0)
    assert await queue.begin_alone(work) == 0, "a claim that is over counts nothing"


async def test_poison_is_begun_twice_alone_and_then_parked(sessions: Database) -> None:
    begun: list[str] = []
    parked: list[str] = []

    async def poison(work: Job) -> Outcome:
        begun.append(work.key)
        await asyncio.Event().wait()
        raise AssertionError

    async def on_parked(session: AsyncSession, work: Job, error: str) -> None:
        parked.append(f"{work.key}: {error}")

    await put(sessions, "a")
    await lose(sessions, SUSPECT, "a")
    for times in range(1, MAX_ALONE + 1):
        async with Worker(Killed(sessions, owner=f"dying {times}"), {"note": poison}, poll_s=0.1):
            await until(lambda: len(begun) == times)  # noqa: B023 (it is called before the next turn)
            assert (await lost(sessions, "a"))[1] == times, "written down before it is begun"
        await expire(sessions)
    last = Worker(SqlQueue(sessions, owner="last"), {"note": poison}, poll_s=0.1, on_parked=on_parked)
    async with last:
        await becomes(sessions, {"dead": 1})
    assert len(begun) == MAX_ALONE, "it was not begun again"
    (told,) = parked
    assert told.startswith("a: Parked: the process ended or was stuck 4 times")
    async with sessions.begin() as session:
        assert [each[1:3] for each in await works.given_up(session, 10)] == [("note", "a")]
        assert await works.revive(session, "ws_1", "a")
    assert await lost(sessions, "a") == (0, 0), "a person wants it tried again, from the start"


async def test_what_was_merely_held_by_killed_processes_is_done_one_after_the_other(
    sessions: Database, engines: Callable[..., Worker]
) -> None:
    keys = [f"k{n}" for n in range(8)]
    at_once, most = 0, 0

    class Slow(Note):
        async def __call__(self, work: Job) -> Outcome:
            nonlocal at_once, most
            at_once, most = at_once + 1, max(most, at_once + 1)
            await asyncio.sleep(0.01)
            at_once -= 1
            return await super().__call__(work)

    await put(sessions, *keys)
    await lose(sessions, SUSPECT, *keys)
    note = Slow(lambda _work: Done())
    engine = engines(note)
    await engine.start()
    await until(lambda: note.seen.total() == len(keys), engine)
    assert await states(sessions) == {"done": len(keys)}
    assert most == 1
