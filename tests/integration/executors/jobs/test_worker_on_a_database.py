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
    sessions: Database, engines: Callable[..., Worker]
) -> None:
    note = Note()
    engine = engines(note)
    await engine.start()
    await put(sessions, "a", "b", "a", engine=engine)
    await until(lambda: note.seen.total() == 2, engine)
    await put(sessions, "a", engine=engine)
    await asyncio.sleep(0.05)
    assert note.seen == {"a": 1, "b": 1}
    assert await states(sessions) == {"done": 2}


async def test_what_is_recorded_commits_with_the_settle(sessions: Database, engines: Callable[..., Worker]) -> None:
    async def next_one(session: AsyncSession) -> None:
        await enqueue.enqueue(session, key="b", kind="other", workspace="ws_1", payload={})

    engine = engines(Note(lambda _work: Done(next_one)))
    await put(sessions, "a")
    await engine.start()
    await becomes(sessions, {"done": 1, "ready": 1})


async def test_a_record_that_fails_fails_alone_and_leaves_nothing(
    sessions: Database, engines: Callable[..., Worker]
) -> None:
    async def broken(session: AsyncSession) -> None:
        await enqueue.enqueue(session, key="half", kind="other", workspace="ws_1", payload={})
        raise ValueError("broken")

    note = Note(lambda work: Done(broken) if work.key == "k7" else Done())
    engine = engines(note)
    await put(sessions, *(f"k{n}" for n in range(20)))
    await engine.start()
    await until(lambda: note.seen.total() == 20, engine)
    assert await states(sessions) == {"done": 19, "ready": 1}


async def test_a_zombie_writes_neither_its_settle_nor_its_record(
    sessions: Database, engines: Callable[..., Worker]
) -> None:
    inside, go = asyncio.Event(), asyncio.Event()

    async def record(session: AsyncSession) -> None:
        await enqueue.enqueue(session, key="forged", kind="other", workspace="ws_1", payload={})

    async def slow(work: Job) -> Outcome:
        inside.set()
        await go.wait()
        return Done(record)

    engine = engines(slow)
    await put(sessions, "a")
    await engine.start()
    await inside.wait()
    async with sessions.begin() as session:
        await session.execute(text("UPDATE work SET owner = 'another', attempt = attempt + 1"))
    go.set()
    await until(lambda: True, engine)
    assert await states(sessions) == {"claimed": 1}


async def test_burying_and_its_consequence_are_one_transaction(
    sessions: Database, engines: Callable[..., Worker]
) -> None:
    async def buried(session: AsyncSession, work: Job, error: str) -> None:
        await enqueue.enqueue(session, key=f"dead-{work.key}", kind="other", workspace="ws_1", payload={"error": error})

    note = Note(lambda _work: Dead("no use"))
    engine = engines(note, on_dead=buried)
    await put(sessions, "a")
    await engine.start()
    await until(lambda: note.seen.total() == 1, engine)
    assert await states(sessions) == {"dead": 1, "ready": 1}


async def test_work_comes_again_after_its_delay_by_the_databases_clock(
    sessions: Database, engines: Callable[..., Worker]
) -> None:
    note = Note(lambda work: Reschedule(0.1, "busy") if work.attempt < 3 else Done())
    engine = engines(note)
    await put(sessions, "a")
    await engine.start()
    await until(lambda: note.seen["a"] == 3, engine)
    assert await states(sessions) == {"done": 1}


async def test_two_engines_share_the_work_and_do_none_of_it_twice(
    sessions: Database, engines: Callable[..., Worker]
) -> None:
    note = Note()
    await put(sessions, *(f"k{n}" for n in range(300)))
    first, second = engines(note, owner="one"), engines(note, owner="two")
    await asyncio.gather(first.start(), second.start())
    await until(lambda: note.seen.total() >= 300, first)
    await until(lambda: True, second)
    assert note.seen.total() == len(note.seen) == 300
    assert await states(sessions) == {"done": 300}


async def test_in_a_group_only_those_settle_whose_lease_is_still_held(sessions: Database) -> None:
    await put(sessions, "lost", "held-1", "held-2")
    queue = SqlQueue(sessions, owner="one")
    lost, *held = sorted(await queue.claim(["note"], 10), key=lambda work: work.key, reverse=True)
    assert lost.key == "lost"
    async with sessions.begin() as session:
        await works.release_many(session, [lost])
    recorded: list[str] = []

    async def record(_session: AsyncSession, keys: Sequence[str]) -> None:
        recorded[:] = keys

    group = [(work, Done(shared=SharedWrite(record, work.key))) for work in [lost, *held]]
    assert await queue.settle(group) == [False, True, True]
    assert recorded == [work.key for work in held]
    assert await states(sessions) == {"ready": 1, "done": 2}


async def test_what_a_stop_interrupts_is_due_at_once_for_others(
    sessions: Database, engines: Callable[..., Worker]
) -> None:
    inside = asyncio.Event()

    async def hang(work: Job) -> Outcome:
        inside.set()
        await asyncio.Event().wait()
        raise AssertionError

    engine, note = engines(hang), Note()
    await put(sessions, "a")
    await engine.start()
    await inside.wait()
    await engine.stop(0.05)
    assert await states(sessions) == {"ready": 1}
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
        sessions = await Database.open(url)
        await put(sessions, *keys)
        for enough in (8, 20, 35, 60):
            process = await asyncio.to_thread(
                subprocess.Popen, [sys.executable, "-m", "tests.integration.executors.worker", url, str(notes)]
            )
            try:
                await until(lambda enough=enough: len(ended()) >= enough)  # type: ignore[misc]
                if enough == len(keys):
                    await becomes(sessions, {"done": 60})
            finally:
                process.kill()
                await asyncio.to_thread(process.wait)
        found = await states(sessions)
        await sessions.close()
        return found

    assert asyncio.run(kill_and_start_again()) == {"done": 60}
    begun = Counter(line.split()[1] for line in notes.read_text().splitlines() if line.startswith("begun"))
    assert ended() == set(begun) == set(keys)
    assert begun.total() <= 60 + 3 * (5 + 50), "only what was in hand or unsettled at a kill is done again"
