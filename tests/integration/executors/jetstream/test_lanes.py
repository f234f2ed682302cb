"""Lanes of carried work that are full or held: they wait without stopping others, and go on when they may."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from executors.jetstream import blocked_keys, jetstream_queue
from executors.jetstream.broker import Broker
from executors.jetstream.jetstream_queue import JetStreamQueue
from executors.jobs.queue import OVERDUE_TURNS, Done, Outcome, SqlQueue
from store.database import Database
from store.jobs import enqueue, lanes
from store.jobs.enqueue import NewJob
from store.jobs.jobs import Job, PrefetchLimits
from tests.integration.executors.jetstream.broker_server import BrokerServer
from tests.integration.executors.jetstream.jetstream_harness import Site, done, emptied, idle, unhear, until


async def test_a_full_lane_goes_on_when_a_piece_of_it_has_ended(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(JetStreamQueue, "_sweep", idle)
    monkeypatch.setattr(blocked_keys, "LOOK_S", 3600)

    async def brief(_job: Job) -> Outcome:
        await asyncio.sleep(0.005)
        return Done()

    await site.worker(brief, per_lane=2)
    await site.put(*(f"k{n}" for n in range(60)), lane="slow")
    await site.becomes({"done": 60})
    assert set(site.seen.values()) == {1}


async def test_the_sweep_brings_more_of_a_lane_than_may_run_at_once(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a backlog that no process has in memory would be worked off by as many each two seconds."""
    monkeypatch.setattr(jetstream_queue, "GRACE_S", 0.0)
    sweep = JetStreamQueue._sweep
    monkeypatch.setattr(JetStreamQueue, "_sweep", idle)
    await site.worker(done, per_lane=2)
    unhear(site.queues[0], monkeypatch)
    site.database.tell(lambda _put: None)
    await site.put(*(f"k{n}" for n in range(60)), lane="slow")
    assert await sweep(site.queues[0]) == 2 * OVERDUE_TURNS


async def test_what_was_put_aside_is_claimed_ahead_once_its_lane_is_quick(
    database: Database, server: BrokerServer
) -> None:
    broker = Broker(server.url, "quick", unacked_s=60)
    queue = JetStreamQueue(SqlQueue(database, owner="one", per_lane=8), broker, ["note"])
    database.tell(queue.put)
    await queue.open(lambda *, rest=True: None)
    await until(lambda: broker.up)
    async with database.begin() as session:
        await enqueue.enqueue_many(session, [NewJob(f"k{n}", "note", "ws_1", {}, lane="l") for n in range(100)])
    found: list[Job] = []
    async with asyncio.timeout(20):
        while len(queue._blocked_keys) < 92:
            found += await queue.claim(["note"], 100)
            await asyncio.sleep(0.01)
    assert len(found) == 8
    assert len(await queue.claim(["note"], 200, PrefetchLimits({"l": 100}, 8))) == 92
    await queue.close()


async def test_a_lane_that_is_full_of_what_others_hold_is_looked_at_now_and_then(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(JetStreamQueue, "_sweep", idle)
    async with site.database.begin() as session:
        await enqueue.enqueue_leased(
            session, NewJob("theirs", "note", "ws_1", {}, lane="slow"), owner="another", lease_s=3600
        )
    await site.worker(done, per_lane=1)
    await site.put(*(f"k{n}" for n in range(20)), lane="slow")
    await emptied(site)
    assert await site.states() == {"ready": 20, "claimed": 1}
    async with site.database.begin() as session:
        await session.execute(text("DELETE FROM work WHERE key = 'theirs'"))
    await site.becomes({"done": 20})


async def test_what_waits_for_its_lane_is_not_kept_given_out(site: Site) -> None:
    """Thousands of them would else fill the broker's bound of messages that are not acknowledged, and stop
    everybody."""
    async with site.database.begin() as session:
        await lanes.hold(session, "held", 25)
    await site.worker(done)
    await site.put(*(f"k{n}" for n in range(60)), lane="held")
    await emptied(site)
    assert await site.states() == {"ready": 60}
    async with site.database.begin() as session:
        await lanes.release(session, "held")
    await site.becomes({"done": 60})


async def test_a_lane_that_is_full_or_held_waits_without_stopping_others(site: Site) -> None:
    at_once = most = 0

    async def counting(job: Job) -> Outcome:
        nonlocal at_once, most
        if job.lane == "slow":
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.05)
            at_once -= 1
        return Done()

    async with site.database.begin() as session:
        await lanes.hold(session, "held", 3600)
    await site.worker(counting, per_lane=3)
    await site.put(*(f"s{n}" for n in range(12)), lane="slow")
    await site.put("h1", "h2", lane="held")
    await site.put(*(f"f{n}" for n in range(30)), lane="fast")
    await site.becomes({"done": 42, "ready": 2})
    assert most <= 3
    async with site.database.begin() as session:
        await lanes.release(session, "held")
    await site.becomes({"done": 44})
    assert set(site.seen.values()) == {1}


async def test_what_is_in_hand_of_a_lane_is_told_for_work_that_is_not_carried_too(
    database: Database, server: BrokerServer
) -> None:
    """A delivery is carried, its resend is not, and both are in the lane of their endpoint."""
    broker = Broker(server.url, "shared", unacked_s=60)
    queue = JetStreamQueue(SqlQueue(database, owner="one", per_lane=2), broker, ["note"])
    await queue.open(lambda *, rest=True: None)
    await until(lambda: broker.up)
    async with database.begin() as session:
        await enqueue.enqueue_many(session, [NewJob(f"k{n}", "resend", "ws_1", {}, lane="l") for n in range(3)])
    assert await queue.claim(["resend"], 10, PrefetchLimits({}, 10, {"l": 2})) == []
    assert len(await queue.claim(["resend"], 10, PrefetchLimits({}, 10, {"l": 1}))) == 1
    await queue.close()
