"""What the settles of one group write together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from executors.jobs.queue import Done, Reschedule, SharedWrite, SqlQueue
from store.database import Database
from store.jobs import enqueue, jobs
from store.jobs.enqueue import NewJob


async def test_a_group_writes_once_for_all_that_still_hold_their_work(database: Database) -> None:
    async with database.begin() as session:
        await enqueue.enqueue_many(session, [NewJob(f"k{n}", "call", "ws_1", {}) for n in range(4)])
    queue = SqlQueue(database, owner="w1")
    claimed = sorted(await queue.claim(["call"], 10), key=lambda one: one.key)
    async with database.begin() as session:
        await session.execute(text("UPDATE work SET owner = 'w2', attempt = 2 WHERE key = 'k1'"))
    written: list[list[Any]] = []

    async def write(_session: AsyncSession, items: Sequence[Any]) -> None:
        written.append(list(items))

    outcomes = [Done(shared=SharedWrite(write, one.key)) for one in claimed[:3]]
    results = await queue.settle(
        [
            *zip(claimed[:3], outcomes, strict=True),
            (claimed[3], Reschedule(5.0, "not yet", shared=SharedWrite(write, "k3"))),
        ]
    )
    assert results == [True, False, True, True]
    assert written == [["k0", "k2", "k3"]]
    async with database.read() as session:
        assert await jobs.counts(session) == {("call", "done"): 2, ("call", "claimed"): 1, ("call", "ready"): 1}


async def test_a_claim_and_its_predecessor_in_one_group_settle_once(database: Database) -> None:
    async with database.begin() as session:
        await enqueue.enqueue(session, key="k", kind="call", workspace="ws_1", payload={})
    queue = SqlQueue(database, owner="w1")
    (first,) = await queue.claim(["call"], 1)
    async with database.begin() as session:
        await session.execute(text("UPDATE work SET due_ms = 0, turn_ms = 0"))
    (second,) = await queue.claim(["call"], 1)
    written: list[Any] = []

    async def write(_session: AsyncSession, items: Sequence[Any]) -> None:
        written.extend(items)

    assert await queue.settle(
        [(first, Done(shared=SharedWrite(write, 1))), (second, Done(shared=SharedWrite(write, 2)))]
    ) == [
        False,
        True,
    ]
    assert written == [2]


async def test_a_shared_write_that_fails_for_one_does_not_settle_it_and_spares_the_others(database: Database) -> None:
    async with database.begin() as session:
        await enqueue.enqueue_many(session, [NewJob(f"k{n}", "call", "ws_1", {}) for n in range(2)])
    queue = SqlQueue(database, owner="w1")
    claimed = sorted(await queue.claim(["call"], 10), key=lambda one: one.key)

    async def write(_session: AsyncSession, items: Sequence[Any]) -> None:
        if "k1" in items:
            raise ValueError("k1 can't be written")

    good, bad = await queue.settle([(one, Done(shared=SharedWrite(write, one.key))) for one in claimed])
    assert good is True
    assert isinstance(bad, ValueError)
    async with database.read() as session:
        assert await jobs.counts(session) == {("call", "done"): 1, ("call", "claimed"): 1}


async def test_a_forgotten_kind_keeps_no_done_row_and_a_lost_claim_takes_nothing(
    database: Database,
) -> None:
    async with database.begin() as session:
        await enqueue.enqueue_many(session, [NewJob(f"k{n}", "call", "ws_1", {}) for n in range(3)])
        await enqueue.enqueue(session, key="other", kind="read", workspace="ws_1", payload={})
    queue = SqlQueue(database, owner="w1", forgets=["call"])
    claimed = sorted(await queue.claim(["call", "read"], 10), key=lambda one: one.key)
    async with database.begin() as session:
        await session.execute(text("UPDATE work SET owner = 'w2', attempt = 2 WHERE key = 'k1'"))
    assert await queue.settle([(one, Done()) for one in claimed]) == [True, False, True, True]
    async with database.read() as session:
        assert await jobs.counts(session) == {("call", "claimed"): 1, ("read", "done"): 1}
