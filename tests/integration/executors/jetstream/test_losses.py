"""A worker, a message, the broker or its disk is lost: the rows are the truth, and all of the work is done."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.errors import Unavailable
from executors.jetstream import jetstream_queue
from executors.jetstream.broker import Broker
from executors.jetstream.jetstream_queue import JetStreamQueue
from executors.jobs.queue import Done, Outcome, Reschedule, SqlQueue
from executors.jobs.worker import Worker
from store.database import Database
from store.jobs import enqueue
from store.jobs import jobs as works
from store.jobs.enqueue import NewJob
from store.jobs.jobs import Job
from tests.integration.executors.jetstream.broker_server import BrokerServer
from tests.integration.executors.jetstream.jetstream_harness import Site, done, emptied, idle, unhear, until


async def test_of_a_message_that_is_given_out_again_only_what_is_left_is_done(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def two_hang(job: Job) -> Outcome:
        if job.key in ("k3", "k4"):
            await asyncio.Event().wait()
        return Done()

    await site.worker(two_hang)
    await site.put(*(f"k{n}" for n in range(10)))
    await site.becomes({"done": 8, "claimed": 2})
    unhear(site.queues[0], monkeypatch)
    monkeypatch.setattr(JetStreamQueue, "_sweep", idle)
    await site.worker(done, owner="two")
    await site.becomes({"done": 10})
    assert {key for key, times in site.seen.items() if times == 2} == {"k3", "k4"}
    await emptied(site)


async def test_a_worker_that_stops_leaves_to_others_what_it_would_have_tried_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def again(_job: Job) -> Outcome:
        return Reschedule(2.0, "busy")

    monkeypatch.setattr(JetStreamQueue, "_sweep", idle)
    await site.worker(again, lease_s=30)
    await site.put("a", "b", "c")
    await site.becomes({"ready": 3})
    await until(lambda: sum(site.seen.values()) == 3)
    await emptied(site)
    await site.engines[0].stop(2)
    await site.worker(done, owner="two", lease_s=30)
    await site.becomes({"done": 3})
    assert site.seen == {"a": 2, "b": 2, "c": 2}


async def test_work_that_was_lost_lets_its_message_go(site: Site) -> None:
    async def hang(_job: Job) -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError

    await site.worker(hang)
    await site.put("a")
    await until(lambda: site.seen["a"] == 1)
    async with site.database.begin() as session:
        await session.execute(text("UPDATE work SET owner = 'another', due_ms = due_ms + 600000"))
    await emptied(site)


async def test_what_was_put_unseen_is_published_by_the_sweep(site: Site) -> None:
    await site.worker(done)
    site.database.tell(lambda _put: None)  # the process dies between its commit and its publication
    await site.put("a", "b")
    await site.becomes({"done": 2})
    async with site.database.read() as session:
        assert await works.next_due_s(session, ["note"]) is None
    assert site.seen == {"a": 1, "b": 1}


async def test_losing_the_broker_and_its_disk_loses_nothing(site: Site) -> None:
    gate = asyncio.Event()

    async def waits(_job: Job) -> Outcome:
        await gate.wait()
        return Done()

    await site.worker(waits)
    await site.put(*(f"k{n}" for n in range(200)))  # 50 in hand, 150 in the broker alone
    await until(lambda: len(site.seen) == 50)
    site.server.kill()
    site.server.lose_disk()
    await site.put(*(f"l{n}" for n in range(20)))
    gate.set()
    await until(lambda: len(site.seen) >= 60)  # the database is asked while there is no broker
    site.server.start()
    await site.becomes({"done": 220})
    assert set(site.seen.values()) == {1}


async def test_a_broker_that_comes_after_the_worker_is_found(database: Database, tmp_path: Path) -> None:
    late = BrokerServer(tmp_path / "late")
    queue = JetStreamQueue(SqlQueue(database, owner="one"), Broker(late.url, "late", unacked_s=2), ["note"])
    database.tell(queue.put)
    async with Worker(queue, {"note": done}, wakes=[queue], poll_s=0.5):
        site = Site(database, late)
        await site.put("a")
        await site.becomes({"done": 1})
        late.start()
        await until(lambda: queue._broker.up)
        await site.put("b")
        await site.becomes({"done": 2})
    late.kill()


async def test_what_a_dead_worker_held_is_given_out_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_job: Job) -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError

    await site.worker(hang)
    await site.put("a")
    await until(lambda: site.seen["a"] == 1)

    unhear(site.queues[0], monkeypatch)
    await site.worker(done, owner="two")
    await site.becomes({"done": 1})
    assert site.seen == {"a": 2}


async def test_the_sweep_leaves_alone_what_waits_in_the_brokers_line(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A backlog is not unseen: else each sweep would publish all of it again."""
    monkeypatch.setattr(jetstream_queue, "GRACE_S", 2.0)  # as long as it may take from the database to the broker here
    gate = asyncio.Event()

    async def waits(_job: Job) -> Outcome:
        await gate.wait()
        return Done()

    await site.worker(waits, lease_s=30)
    await site.put(*(f"k{n}" for n in range(300)))
    await until(lambda: len(site.seen) == 50)
    await asyncio.sleep(2.5)
    assert await site.queues[0]._sweep() == 0
    gate.set()
    await site.becomes({"done": 300})


async def test_keys_that_others_have_done_are_followed_by_a_look_for_more(
    database: Database, server: BrokerServer
) -> None:
    queue = JetStreamQueue(SqlQueue(database, owner="one"), Broker(server.url, "vain", unacked_s=60), ["note"])
    database.tell(queue.put)
    rings: list[bool] = []
    await queue.open(lambda *, rest=True: rings.append(rest))
    await until(lambda: queue._broker.up)
    assert await queue.claim(["note"], 3) == [], "and says that something is wanted"
    async with database.begin() as session:
        await enqueue.enqueue_many(session, [NewJob(f"k{n}", "note", "ws_1", {}) for n in range(3)])
    await until(lambda: len(queue._fetched) == 3)
    another = SqlQueue(database, owner="another")
    await another.settle([(job, Done()) for job in await another.claim(["note"], 3)])
    await asyncio.sleep(0.1)
    rings.clear()
    assert await queue.claim(["note"], 3) == []
    assert rings == [False]
    await queue.close()


async def test_other_work_is_done_while_what_the_broker_carries_can_t_be_claimed(
    database: Database, server: BrokerServer
) -> None:
    class Failing(SqlQueue):
        async def claim_named(self, *_: Any, **__: Any) -> Any:
            raise Unavailable("It does not answer.")

    queue = JetStreamQueue(Failing(database, owner="one"), Broker(server.url, "part", unacked_s=60), ["note"])
    database.tell(queue.put)
    seen: list[str] = []

    async def handle(job: Job) -> Outcome:
        seen.append(job.key)
        return Done()

    async with Worker(queue, {"note": handle, "other": handle}, wakes=[queue], poll_s=0.5) as worker:
        await until(lambda: queue._broker.up)
        async with asyncio.timeout(
            15
        ):  # waiting for as long as the broker's work does, it would take a minute and more
            for n in range(20):
                async with database.begin() as session:
                    puts = [NewJob(f"carried{n}", "note", "ws_1", {}), NewJob(f"beside{n}", "other", "ws_1", {})]
                    await enqueue.enqueue_many(session, puts)
                worker.wake()
                await until(lambda: len(seen) > n)  # noqa: B023 (it is over before n changes)
    assert seen == [f"beside{n}" for n in range(20)]
