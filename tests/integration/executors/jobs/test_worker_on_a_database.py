"""The engine over a real database: done once, with what is recorded, whoever dies, dawdles or competes for it."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from executors.jobs.queue import Dead, Done, Outcome, Reschedule, SharedWrite, SqlQueue
from executors.jobs.worker import Worker
from store.database import Database
from store.jobs import enqueue
from store.jobs import jobs as works
from store.jobs.jobs import Job
from tests.integration.executors.noting import Note, becomes, put, states, until


async def test_work_is_done_once_after_the_commit_that_put_it(
    database: Database, engines: Callable[..., Worker]
) -> None:
    note = Note()
    worker = engines(note)
    await worker.start()
    await put(database, "a", "b", "a", worker=worker)
    await until(lambda: note.seen.total() == 2, worker)
    await put(database, "a", worker=worker)
    await asyncio.sleep(0.05)
    assert note.seen == {"a": 1, "b": 1}
    assert await states(database) == {"done": 2}


async def test_what_is_recorded_commits_with_the_settle(database: Database, engines: Callable[..., Worker]) -> None:
    async def next_one(session: AsyncSession) -> None:
        await enqueue.enqueue(session, key="b", kind="other", workspace="ws_1", payload={})

    worker = engines(Note(lambda _job: Done(next_one)))
    await put(database, "a")
    await worker.start()
    await becomes(database, {"done": 1, "ready": 1})


async def test_a_record_that_fails_fails_alone_and_leaves_nothing(
    database: Database, engines: Callable[..., Worker]
) -> None:
    async def broken(session: AsyncSession) -> None:
        await enqueue.enqueue(session, key="half", kind="other", workspace="ws_1", payload={})
        raise ValueError("broken")

    note = Note(lambda job: Done(broken) if job.key == "k7" else Done())
    worker = engines(note)
    await put(database, *(f"k{n}" for n in range(20)))
    await worker.start()
    await until(lambda: note.seen.total() == 20, worker)
    assert await states(database) == {"done": 19, "ready": 1}


async def test_a_zombie_writes_neither_its_settle_nor_its_record(
    database: Database, engines: Callable[..., Worker]
) -> None:
    inside, go = asyncio.Event(), asyncio.Event()

    async def record(session: AsyncSession) -> None:
        await enqueue.enqueue(session, key="forged", kind="other", workspace="ws_1", payload={})

    async def slow(job: Job) -> Outcome:
        inside.set()
        await go.wait()
        return Done(record)

    worker = engines(slow)
    await put(database, "a")
    await worker.start()
    await inside.wait()
    async with database.begin() as session:
        await session.execute(text("UPDATE work SET owner = 'another', attempt = attempt + 1"))
    go.set()
    await until(lambda: True, worker)
    assert await states(database) == {"claimed": 1}


async def test_burying_and_its_consequence_are_one_transaction(
    database: Database, engines: Callable[..., Worker]
) -> None:
    async def buried(session: AsyncSession, job: Job, error: str) -> None:
        await enqueue.enqueue(session, key=f"dead-{job.key}", kind="other", workspace="ws_1", payload={"error": error})

    note = Note(lambda _job: Dead("no use"))
    worker = engines(note, on_dead=buried)
    await put(database, "a")
    await worker.start()
    await until(lambda: note.seen.total() == 1, worker)
    assert await states(database) == {"dead": 1, "ready": 1}


async def test_work_comes_again_after_its_delay_by_the_databases_clock(
    database: Database, engines: Callable[..., Worker]
) -> None:
    note = Note(lambda job: Reschedule(0.1, "busy") if job.attempt < 3 else Done())
    worker = engines(note)
    await put(database, "a")
    await worker.start()
    await until(lambda: note.seen["a"] == 3, worker)
    assert await states(database) == {"done": 1}


async def test_two_engines_share_the_work_and_do_none_of_it_twice(
    database: Database, engines: Callable[..., Worker]
) -> None:
    note = Note()
    await put(database, *(f"k{n}" for n in range(300)))
    first, second = engines(note, owner="one"), engines(note, owner="two")
    await asyncio.gather(first.start(), second.start())
    await until(lambda: note.seen.total() >= 300, first)
    await until(lambda: True, second)
    assert note.seen.total() == len(note.seen) == 300
    assert await states(database) == {"done": 300}


async def test_in_a_group_only_those_settle_whose_lease_is_still_held(database: Database) -> None:
    await put(database, "lost", "held-1", "held-2")
    queue = SqlQueue(database, owner="one")
    lost, *held = sorted(await queue.claim(["note"], 10), key=lambda job: job.key, reverse=True)
    assert lost.key == "lost"
    async with database.begin() as session:
        await works.release_many(session, [lost])
    recorded: list[str] = []

    async def record(_session: AsyncSession, keys: Sequence[str]) -> None:
        recorded[:] = keys

    group = [(job, Done(shared=SharedWrite(record, job.key))) for job in [lost, *held]]
    assert await queue.settle(group) == [False, True, True]
    assert recorded == [job.key for job in held]
    assert await states(database) == {"ready": 1, "done": 2}


async def test_what_a_stop_interrupts_is_due_at_once_for_others(
    database: Database, engines: Callable[..., Worker]
) -> None:
    inside = asyncio.Event()

    async def hang(job: Job) -> Outcome:
        inside.set()
        await asyncio.Event().wait()
        raise AssertionError

    worker, note = engines(hang), Note()
    await put(database, "a")
    await worker.start()
    await inside.wait()
    await worker.stop(0.05)
    assert await states(database) == {"ready": 1}
    other = engines(note, owner="two")
    await other.start()
    await until(lambda: note.seen["a"] == 1, other)


def test_a_worker_killed_at_any_moment_loses_nothing(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "opsiq.db")
    url, notes = f"sqlite+aiosqlite:///{tmp_path / 'opsiq.db'}", tmp_path / "notes"
    notes.touch()
    keys = [f"k{n}" for n in range(60)]

    def ended() -> set[str]:
        return {line.split()[1] for line in notes.read_text().splitlines() if line.startswith("ended")}

    async def kill_and_start_again() -> dict[str, int]:
        database = await Database.open(url)
        await put(database, *keys)
        for enough in (8, 20, 35, 60):
            process = await asyncio.to_thread(
                subprocess.Popen, [sys.executable, "-m", "tests.integration.executors.worker", url, str(notes)]
            )
            try:
                await until(lambda enough=enough: len(ended()) >= enough)  # type: ignore[misc]
                if enough == len(keys):
                    await becomes(database, {"done": 60})
            finally:
                process.kill()
                await asyncio.to_thread(process.wait)
        found = await states(database)
        await database.close()
        return found

    assert asyncio.run(kill_and_start_again()) == {"done": 60}
    begun = Counter(line.split()[1] for line in notes.read_text().splitlines() if line.startswith("begun"))
    assert ended() == set(begun) == set(keys)
    assert begun.total() <= 60 + 3 * (5 + 50), "only what was in hand or unsettled at a kill is done again"
