from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from executors.engine import Engine, Handler
from executors.lines import WIDER
from executors.queue import Dead, Done, Later, Outcome, Shared, SqlQueue
from store import putting
from store import work as works
from store.sessions import Sessions, after_commit
from store.work import Work


async def until(true: Callable[[], bool], engine: Engine | None = None) -> None:
    """Looks again and again: what is waited for lies in a file, a counter or another process."""
    async with asyncio.timeout(20):
        while not true() or (engine is not None and engine.running):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def put(
    sessions: Sessions, *keys: str, engine: Engine | None = None, lane: str | None = None, kind: str = "note"
) -> None:
    async with sessions.begin() as session:
        for key in keys:
            await putting.put(session, key=key, kind=kind, workspace="ws_1", payload={"key": key}, lane=lane)
        if engine is not None:
            after_commit(session, engine.wake)


async def states(sessions: Sessions) -> Counter[str]:
    """How many pieces are in each state, of whatever kind."""
    found: Counter[str] = Counter()
    async with sessions.read() as session:
        for (_, state), count in (await works.counts(session)).items():
            found[state] += count
    return found


async def becomes(sessions: Sessions, expected: dict[str, int]) -> None:
    found: dict[str, int] = {}
    try:
        async with asyncio.timeout(20):
            while (found := await states(sessions)) != expected:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    except TimeoutError:
        assert found == expected


class Note:
    """Notes the work it was given."""

    def __init__(self, outcome: Callable[[Work], Outcome] = lambda _work: Done()) -> None:
        self.seen: Counter[str] = Counter()
        self._outcome = outcome

    async def __call__(self, work: Work) -> Outcome:
        self.seen[work.key] += 1
        return self._outcome(work)


@pytest.fixture
async def engines(sessions: Sessions) -> AsyncIterator[Callable[..., Engine]]:
    """Makes engines on the test's database; those that were started are stopped at the end."""
    made: list[Engine] = []

    def make(handler: Handler, *, owner: str = "one", **queue: object) -> Engine:
        engine = Engine(SqlQueue(sessions, owner=owner, **queue), {"note": handler}, poll_s=0.2)  # type: ignore[arg-type]
        made.append(engine)
        return engine

    yield make
    for engine in made:
        await engine.stop(2)


async def test_work_is_done_once_after_the_commit_that_put_it(
    sessions: Sessions, engines: Callable[..., Engine]
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


async def test_what_is_recorded_commits_with_the_settle(sessions: Sessions, engines: Callable[..., Engine]) -> None:
    async def next_one(session: AsyncSession) -> None:
        await putting.put(session, key="b", kind="other", workspace="ws_1", payload={})

    engine = engines(Note(lambda _work: Done(next_one)))
    await put(sessions, "a")
    await engine.start()
    await becomes(sessions, {"done": 1, "ready": 1})


async def test_a_record_that_fails_fails_alone_and_leaves_nothing(
    sessions: Sessions, engines: Callable[..., Engine]
) -> None:
    async def broken(session: AsyncSession) -> None:
        await putting.put(session, key="half", kind="other", workspace="ws_1", payload={})
        raise ValueError("broken")

    note = Note(lambda work: Done(broken) if work.key == "k7" else Done())
    engine = engines(note)
    await put(sessions, *(f"k{n}" for n in range(20)))
    await engine.start()
    await until(lambda: note.seen.total() == 20, engine)
    assert await states(sessions) == {"done": 19, "ready": 1}


async def test_a_zombie_writes_neither_its_settle_nor_its_record(
    sessions: Sessions, engines: Callable[..., Engine]
) -> None:
    inside, go = asyncio.Event(), asyncio.Event()

    async def record(session: AsyncSession) -> None:
        await putting.put(session, key="forged", kind="other", workspace="ws_1", payload={})

    async def slow(work: Work) -> Outcome:
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
    sessions: Sessions, engines: Callable[..., Engine]
) -> None:
    async def buried(session: AsyncSession, work: Work, error: str) -> None:
        await putting.put(session, key=f"dead-{work.key}", kind="other", workspace="ws_1", payload={"error": error})

    note = Note(lambda _work: Dead("no use"))
    engine = engines(note, on_dead=buried)
    await put(sessions, "a")
    await engine.start()
    await until(lambda: note.seen.total() == 1, engine)
    assert await states(sessions) == {"dead": 1, "ready": 1}


async def test_work_comes_again_after_its_delay_by_the_databases_clock(
    sessions: Sessions, engines: Callable[..., Engine]
) -> None:
    note = Note(lambda work: Later(0.1, "busy") if work.attempt < 3 else Done())
    engine = engines(note)
    await put(sessions, "a")
    await engine.start()
    await until(lambda: note.seen["a"] == 3, engine)
    assert await states(sessions) == {"done": 1}


async def test_two_engines_share_the_work_and_do_none_of_it_twice(
    sessions: Sessions, engines: Callable[..., Engine]
) -> None:
    note = Note()
    await put(sessions, *(f"k{n}" for n in range(300)))
    first, second = engines(note, owner="one"), engines(note, owner="two")
    await asyncio.gather(first.start(), second.start())
    await until(lambda: note.seen.total() >= 300, first)
    await until(lambda: True, second)
    assert note.seen.total() == len(note.seen) == 300
    assert await states(sessions) == {"done": 300}


async def test_no_more_of_one_lane_is_held_at_a_time_than_allowed(
    sessions: Sessions, engines: Callable[..., Engine]
) -> None:
    at_once = most = 0

    async def handle(work: Work) -> Outcome:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.005)
        at_once -= 1
        return Done()

    await put(sessions, *(f"k{n}" for n in range(12)), lane="whe_1")
    engine = engines(handle, per_lane=3)
    await engine.start()
    await becomes(sessions, {"done": 12})
    assert most == 3


async def test_a_quick_lane_is_claimed_many_at_a_time_and_runs_no_more_at_once_than_allowed(sessions: Sessions) -> None:
    at_once = most = 0
    claims: list[int] = []

    async def beside(session: AsyncSession, claimed: Sequence[Work]) -> dict[str, str]:
        claims.append(len(claimed))
        return {work.id: work.key for work in claimed}

    async def handle(work: Work) -> Outcome:
        nonlocal at_once, most
        assert work.beside == work.key, "read in the claim's transaction"
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0)
        at_once -= 1
        return Done()

    async with sessions.begin() as session:
        fresh = [putting.Put(f"k{n}", "note", "ws_1", {}, lane="whe_1") for n in range(400)]
        await putting.put_many(session, fresh)
    queue = SqlQueue(sessions, owner="one", per_lane=3, beside={"note": beside})
    async with Engine(queue, {"note": handle}, poll_s=0.2, per_lane={"note": 3}):
        await becomes(sessions, {"done": 400})
    assert most == 3 * WIDER
    assert max(claims) > 50


async def test_once_a_piece_does_not_go_well_what_waits_of_its_lane_is_there_for_others(sessions: Sessions) -> None:
    failed = asyncio.Event()

    async def handle(work: Work) -> Outcome:
        if work.key == "k100":
            failed.set()
            return Later(3600, "busy")
        if failed.is_set():
            await asyncio.Event().wait()
        return Done()

    async with sessions.begin() as session:
        for n in range(400):  # one after the other, so that they are due in this order
            await putting.put(session, key=f"k{n}", kind="note", workspace="ws_1", payload={}, lane="whe_1", priority=n)
    queue = SqlQueue(sessions, owner="one", per_lane=2)
    engine = Engine(queue, {"note": handle}, poll_s=0.2, per_lane={"note": 2})
    async with engine:
        await failed.wait()
        async with asyncio.timeout(20):
            while engine.running >= 2 * WIDER:  # noqa: ASYNC110 (it has no event for it)
                await asyncio.sleep(0.01)
            while (await states(sessions))["claimed"] != engine.running:  # noqa: ASYNC110 (what was given back is settled first)
                await asyncio.sleep(0.01)
        assert 0 < engine.running < 2 * WIDER, "those that had begun, and no more"
        await engine.stop(0.2)
    assert set(await states(sessions)) == {"done", "ready"}


async def test_in_a_group_only_those_settle_whose_lease_is_still_held(sessions: Sessions) -> None:
    await put(sessions, "lost", "held-1", "held-2")
    queue = SqlQueue(sessions, owner="one")
    lost, *held = sorted(await queue.claim(["note"], 10), key=lambda work: work.key, reverse=True)
    assert lost.key == "lost"
    async with sessions.begin() as session:
        await works.release_many(session, [lost])
    recorded: list[str] = []

    async def record(_session: AsyncSession, keys: Sequence[str]) -> None:
        recorded[:] = keys

    group = [(work, Done(shared=Shared(record, work.key))) for work in [lost, *held]]
    assert await queue.settle(group) == [False, True, True]
    assert recorded == [work.key for work in held]
    assert await states(sessions) == {"ready": 1, "done": 2}


async def test_what_is_rung_for_does_not_wait_behind_a_quick_lane(sessions: Sessions) -> None:
    done: list[str] = []
    urgent = asyncio.Event()

    async def quick(work: Work) -> Outcome:
        if len(done) == 100:
            await put(sessions, "urgent", kind="other", engine=engine)
        if len(done) >= 100:
            await urgent.wait()
        done.append(work.key)
        return Done()

    async def other(_work: Work) -> Outcome:
        urgent.set()
        return Done()

    await put(sessions, *[f"k{n}" for n in range(400)], lane="whe_1")
    queue = SqlQueue(sessions, owner="one", per_lane=3)
    engine = Engine(
        queue, {"note": quick, "other": other}, poll_s=60, per_lane={"note": 3}, monotonic=lambda: 0.0
    )  # time stands still, so nothing is looked for now and then
    async with engine:
        await until(lambda: len(done) == 400, engine)


async def test_what_a_stop_interrupts_is_due_at_once_for_others(
    sessions: Sessions, engines: Callable[..., Engine]
) -> None:
    inside = asyncio.Event()

    async def hang(work: Work) -> Outcome:
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
        sessions = await Sessions.open(url)
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
