from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.errors import NotCanonical
from store.database import Database
from store.jobs import enqueue, jobs
from store.jobs.enqueue import NewJob
from store.jobs.jobs import Job

KINDS = ("call",)


async def put(database: Database, *keys: str, **given: Any) -> None:
    async with database.begin() as session:
        for key in keys:
            assert await enqueue.enqueue(
                session, **{"key": key, "kind": "call", "workspace": "ws_1", "payload": {"key": key}, **given}
            )


async def claim(
    database: Database, owner: str = "w1", *, lease_s: float = 60.0, limit: int = 10, **given: Any
) -> list[Job]:
    async with database.begin() as session:
        return await jobs.claim(session, owner=owner, kinds=KINDS, lease_s=lease_s, limit=limit, **given)


async def run_out(database: Database) -> None:
    """Every lease is over."""
    async with database.begin() as session:
        await session.execute(text("UPDATE work SET due_ms = 0 WHERE state = 'claimed'"))


async def test_work_is_claimed_as_it_was_put(database: Database) -> None:
    await put(database, "act_1", payload={"run": "run_1", "n": [1, 2.5, None]}, lane="https://a.example", priority=5)
    [claimed] = await claim(database)
    assert (claimed.key, claimed.kind, claimed.workspace, claimed.attempt, claimed.owner) == (
        "act_1",
        "call",
        "ws_1",
        1,
        "w1",
    )
    assert claimed.payload == {"run": "run_1", "n": [1, 2.5, None]}
    assert (claimed.lane, claimed.priority) == ("https://a.example", 5)


async def test_putting_the_same_key_again_changes_nothing_even_once_it_is_done(database: Database) -> None:
    await put(database, "act_1")
    again = {"key": "act_1", "kind": "call", "workspace": "ws_1", "payload": {"other": True}}
    async with database.begin() as session:
        assert not await enqueue.enqueue(session, **again)
    [claimed] = await claim(database)
    assert claimed.payload == {"key": "act_1"}
    async with database.begin() as session:
        assert await jobs.ack(session, claimed)
        assert not await enqueue.enqueue(session, **again)
    assert await claim(database) == []


async def test_work_put_in_a_transaction_that_fails_is_not_there(database: Database) -> None:
    async def fail() -> None:
        async with database.begin() as session:
            await enqueue.enqueue(session, key="act_1", kind="call", workspace="ws_1", payload={})
            raise KeyError

    with pytest.raises(KeyError):
        await fail()
    assert await claim(database) == []


async def test_a_payload_that_is_no_json_is_refused(database: Database) -> None:
    with pytest.raises(NotCanonical):
        await put(database, "act_1", payload={"n": float("inf")})


async def test_claims_go_by_priority_and_then_by_time(database: Database) -> None:
    await put(database, "late", priority=200)
    await put(database, "a")
    await put(database, "b")
    await put(database, "urgent", priority=1)
    async with database.begin() as session:
        await session.execute(
            text(
                "UPDATE work SET due_ms = due_ms - 5000, turn_ms = turn_ms - 5000, created_ms = created_ms - 5000 "
                "WHERE key = 'b'"
            )
        )
    assert [one.key for one in await claim(database, limit=3)] == ["urgent", "b", "a"]
    assert [one.key for one in await claim(database)] == ["late"]


async def test_work_of_another_kind_or_not_yet_due_stays(database: Database) -> None:
    await put(database, "act_1", kind="deliver")
    await put(database, "act_2", delay_s=3600)
    assert await claim(database) == []
    async with database.read() as session:
        wait_s = await jobs.next_due_s(session, KINDS)
        assert wait_s is not None
        assert 3500 < wait_s <= 3600
        assert await jobs.next_due_s(session, ("deliver",)) == 0.0
        assert await jobs.next_due_s(session, ("nothing",)) is None


async def test_what_is_under_lease_is_not_claimed_until_the_lease_is_over(database: Database) -> None:
    await put(database, "act_1")
    [first] = await claim(database, "w1")
    assert await claim(database, "w2") == []
    await run_out(database)
    [second] = await claim(database, "w2")
    assert (second.key, second.attempt, second.owner) == ("act_1", 2, "w2")
    assert first.id == second.id


async def test_work_that_comes_again_has_the_turn_it_had(database: Database) -> None:
    await put(database, "first")
    await claim(database, lease_s=0.2)
    await put(database, "second")
    await asyncio.sleep(0.3)
    assert [one.key for one in await claim(database, limit=1)] == ["first"]


async def test_work_that_is_given_back_comes_after_what_waits_already(database: Database) -> None:
    await put(database, "first")
    (first,) = await claim(database)
    await put(database, "second")
    await asyncio.sleep(0.01)
    async with database.begin() as session:
        assert await jobs.release_many(session, [first]) == {first.id}
    assert [one.key for one in await claim(database, limit=1)] == ["second"]


async def test_work_that_is_put_off_has_the_turn_of_then(database: Database) -> None:
    await put(database, "busy")
    (busy,) = await claim(database)
    async with database.begin() as session:
        assert await jobs.reschedule(session, busy, 60.0, "busy")
    await put(database, "fresh")
    async with database.begin() as session:
        turns = await session.execute(text("SELECT key FROM work ORDER BY turn_ms"))
        assert turns.scalars().all() == ["fresh", "busy"]


async def test_the_next_moment_is_the_end_of_a_lease_as_well_as_what_is_put_off(database: Database) -> None:
    await put(database, "held")
    await claim(database, lease_s=30.0)
    await put(database, "later", delay_s=90.0)
    async with database.read() as session:
        due_s = await jobs.next_due_s(session, KINDS)
    assert due_s is not None
    assert 25 < due_s <= 30
    async with database.begin() as session:
        await session.execute(text("UPDATE work SET due_ms = due_ms + 600000 WHERE key = 'held'"))
    async with database.read() as session:
        due_s = await jobs.next_due_s(session, KINDS)
    assert due_s is not None
    assert 85 < due_s <= 90


async def test_what_a_process_of_the_version_before_has_put_comes_when_it_is_due(database: Database) -> None:
    await put(database, "now")
    await put(database, "later", delay_s=60.0)
    async with database.begin() as session:
        await session.execute(text("UPDATE work SET turn_ms = 0"))  # what the column has for who does not know it
    assert [one.key for one in await claim(database)] == ["now"]
    async with database.read() as session:
        due_s = await jobs.next_due_s(session, KINDS)
    assert due_s is not None
    assert 50 < due_s <= 60


async def test_what_is_put_held_is_its_owners_until_the_lease_is_over(database: Database) -> None:
    item = NewJob("act_1", "call", "ws_1", {"n": 1}, priority=7)
    async with database.begin() as session:
        held = await enqueue.enqueue_leased(session, item, owner="w1", lease_s=60.0)
        assert await enqueue.enqueue_leased(session, item, owner="w2", lease_s=60.0) is None
    assert held is not None
    assert (held.key, held.kind, held.workspace, held.payload, held.priority) == ("act_1", "call", "ws_1", {"n": 1}, 7)
    assert await claim(database, "w2") == []
    await run_out(database)
    [again] = await claim(database, "w2")
    assert (again.id, again.attempt, again.created_ms) == (held.id, 2, held.created_ms)
    async with database.begin() as session:
        assert not await jobs.ack(session, held)
        assert await jobs.ack(session, again)


async def test_a_zombie_settles_nothing(database: Database) -> None:
    await put(database, "act_1")
    [zombie] = await claim(database, "w1")
    await run_out(database)
    [holder] = await claim(database, "w2")
    async with database.begin() as session:
        assert not await jobs.ack(session, zombie)
        assert not await jobs.reschedule(session, zombie, 1.0, "late")
        assert not await jobs.renew(session, zombie, 60.0)
        assert not await jobs.mark_dead(session, zombie, "late")
        assert await jobs.counts(session) == {("call", "claimed"): 1}
        assert await jobs.ack(session, holder)


async def test_the_same_worker_is_a_zombie_of_its_own_earlier_claim(database: Database) -> None:
    await put(database, "act_1")
    [earlier] = await claim(database, "w1")
    await run_out(database)
    [now] = await claim(database, "w1")
    async with database.begin() as session:
        assert not await jobs.ack(session, earlier)
        assert await jobs.ack(session, now)
        assert not await jobs.ack(session, now)


async def test_many_are_put_at_once_and_known_keys_passed_over(database: Database) -> None:
    await put(database, "act_1")
    items = [NewJob(f"act_{n}", "call", "ws_1", {"n": n}, delay_s=3600.0 if n == 3 else 0.0) for n in range(4)]
    async with database.begin() as session:
        await enqueue.enqueue_many(session, items)
        await enqueue.enqueue_many(session, [])
    claimed = await claim(database)
    assert {one.key: one.payload for one in claimed} == {
        "act_0": {"n": 0},
        "act_1": {"key": "act_1"},
        "act_2": {"n": 2},
    }


async def test_many_are_settled_at_once_but_for_those_held_by_another(database: Database) -> None:
    await put(database, "act_1", "act_2", "act_3")
    lost = await claim(database, "w1", limit=1)
    await run_out(database)
    again = await claim(database, "w2", limit=1)
    held = await claim(database, "w1")
    async with database.begin() as session:
        assert await jobs.ack_many(session, []) == set()
        assert await jobs.ack_many(session, [*lost, *held]) == {one.id for one in held}
        assert await jobs.ack_many(session, held) == set()
        assert await jobs.counts(session) == {("call", "claimed"): 1, ("call", "done"): 2}
        assert await jobs.ack_many(session, again) == {again[0].id}


async def test_what_is_not_kept_is_gone_once_it_is_done_and_only_by_who_holds_it(database: Database) -> None:
    await put(database, "act_1", "act_2", "act_3")
    held = await claim(database)
    await run_out(database)
    (taken,) = await claim(database, "w2", limit=1)
    mine = [one for one in held if one.id != taken.id]
    async with database.begin() as session:
        assert not await jobs.ack(session, next(one for one in held if one.id == taken.id), keep=False)
        assert await jobs.ack_many(session, held, keep=False) == {one.id for one in mine}
        assert await jobs.counts(session) == {("call", "claimed"): 1}
        assert await jobs.ack(session, taken, keep=False)
        assert await jobs.counts(session) == {}


async def test_later_makes_it_due_again_with_the_reason_kept(database: Database) -> None:
    await put(database, "act_1")
    [claimed] = await claim(database)
    async with database.begin() as session:
        assert await jobs.reschedule(session, claimed, 3600.0, "503")
    assert await claim(database) == []
    async with database.begin() as session:
        await session.execute(text("UPDATE work SET due_ms = 0, turn_ms = 0"))
    [again] = await claim(database)
    assert (again.attempt, again.error) == (2, "503")


async def test_a_renewed_lease_lasts_from_now(database: Database) -> None:
    await put(database, "act_1")
    [claimed] = await claim(database, lease_s=0.0)
    async with database.begin() as session:
        assert await jobs.renew(session, claimed, 60.0)
    assert await claim(database, "w2") == []


async def test_dead_work_stays_until_a_person_forgets_it(database: Database) -> None:
    await put(database, "act_1")
    [claimed] = await claim(database)
    async with database.begin() as session:
        assert await jobs.mark_dead(session, claimed, "410 gone")
        assert await jobs.counts(session, "ws_1") == {("call", "dead"): 1}
        assert await jobs.counts(session, "ws_2") == {}
        assert await jobs.purge(session, keep_days=-1) == 0
        [dead] = await jobs.dead_jobs(session, 10)
        assert (dead.workspace, dead.kind, dead.key, dead.error) == ("ws_1", "call", "act_1", "410 gone")
        assert await jobs.forget_dead_jobs(session, ["act_2"]) == 0
        assert await jobs.forget_dead_jobs(session, ["act_1"]) == 1
        assert await jobs.counts(session, "ws_1") == {}


async def test_only_dead_work_is_forgotten(database: Database) -> None:
    await put(database, "act_1", "act_2", "act_3")
    dead, *_ = await claim(database, limit=2)
    async with database.begin() as session:
        assert await jobs.mark_dead(session, dead, "410 gone")
        assert await jobs.forget_dead_jobs(session, ["act_1", "act_2", "act_3"]) == 1
        assert await jobs.forget_dead_jobs(session) == 0
        assert sum((await jobs.counts(session, "ws_1")).values()) == 2


async def test_done_work_is_purged_after_its_days(database: Database) -> None:
    await put(database, "act_1", "act_2")
    claimed = await claim(database, limit=1)
    async with database.begin() as session:
        assert await jobs.ack(session, claimed[0])
        assert await jobs.purge(session) == 0
        await session.execute(
            text("UPDATE work SET finished_ms = finished_ms - 7 * 86400000 - 1000 WHERE finished_ms IS NOT NULL")
        )
        assert await jobs.purge(session) == 1
        assert await jobs.counts(session) == {("call", "ready"): 1}


async def test_a_lane_holds_no_more_than_its_limit_and_others_go_on(database: Database) -> None:
    await put(database, *(f"slow_{n}" for n in range(5)), lane="slow")
    await put(database, *(f"fast_{n}" for n in range(2)), lane="fast")
    await put(database, "free_1", "free_2", "free_3")
    first = await claim(database, per_lane=2)
    assert sorted(one.key[:4] for one in first) == ["fast", "fast", "free", "free", "free", "slow", "slow"]
    assert await claim(database, "w2", per_lane=2) == []
    slow = next(one for one in first if one.lane == "slow")
    async with database.begin() as session:
        await jobs.ack(session, slow)
    assert [one.lane for one in await claim(database, "w2", per_lane=2)] == ["slow"]


async def test_twenty_claimers_at_once_take_each_row_once(database: Database) -> None:
    await put(database, *(f"act_{n}" for n in range(100)))
    taken: list[str] = []

    async def drain(owner: str) -> None:
        while claimed := await claim(database, owner, limit=3):
            assert len(claimed) <= 3
            taken.extend(one.key for one in claimed)

    await asyncio.gather(*(drain(f"w{n}") for n in range(20)))
    assert sorted(taken) == sorted(f"act_{n}" for n in range(100))


DRAIN = """
import asyncio, sys
from store.jobs import jobs
from store.database import Database

async def main(url, owner):
    sessions = await Database.open(url)
    while True:
        async with sessions.begin() as session:
            claimed = await jobs.claim(session, owner=owner, kinds=("call",), lease_s=60.0, limit=3)
        if not claimed:
            break
        async with sessions.begin() as session:
            for one in claimed:
                assert await jobs.ack(session, one)
        for one in claimed:
            print(one.key)
    await sessions.close()

asyncio.run(main(*sys.argv[1:]))
"""


async def test_two_processes_take_each_row_once(database: Database, database_url: str) -> None:
    await put(database, *(f"act_{n}" for n in range(60)))
    root = Path(__file__).parents[4]
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", DRAIN, database_url, owner, stdout=subprocess.PIPE, cwd=root
        )
        for owner in ("p1", "p2")
    ]
    outputs = [await process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    taken = [line for out, _ in outputs for line in out.decode().split()]
    assert sorted(taken) == sorted(f"act_{n}" for n in range(60))
