"""Work carried by a real JetStream over a real database: the rows are the truth, whatever becomes of the broker."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from executors import carried, parked
from executors.broker import Broker
from executors.carried import CarriedQueue
from executors.engine import Engine, Handler
from executors.messages import KEYS_MOST
from executors.queue import OVERDUE_TURNS, Done, Later, Outcome, SqlQueue
from store import lanes, putting
from store import work as works
from store.putting import Put
from store.sessions import Sessions
from store.work import Ahead, Work
from tests.integration.executors.broker_server import BrokerServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BrokerServer]:
    made = BrokerServer(tmp_path / "nats")
    made.start()
    yield made
    made.kill()


class Site:
    """Workers on one database and one broker."""

    def __init__(self, sessions: Sessions, server: BrokerServer) -> None:
        self.sessions, self.server = sessions, server
        self.name = uuid.uuid4().hex[:8]
        self.seen: Counter[str] = Counter()
        self.engines: list[Engine] = []
        self.queues: list[CarriedQueue] = []

    async def worker(self, handler: Handler, *, owner: str = "one", lease_s: float = 2.0, per_lane: int = 50) -> Engine:
        sql = SqlQueue(self.sessions, owner=owner, lease_s=lease_s, per_lane=per_lane)
        broker = Broker(self.server.url, self.name, unacked_s=lease_s)
        queue = CarriedQueue(sql, broker, ["note"])
        self.sessions.tell(queue.put)

        async def counted(work: Work) -> Outcome:
            self.seen[work.key] += 1
            return await handler(work)

        engine = Engine(queue, {"note": counted, "other": counted}, wakes=[queue], poll_s=0.5)
        await engine.start()
        self.engines.append(engine)
        self.queues.append(queue)
        await until(lambda: broker.up)
        return engine

    async def put(self, *keys: str, kind: str = "note", lane: str | None = None) -> None:
        async with self.sessions.begin() as session:
            await putting.put_many(session, [Put(key, kind, "ws_1", {}, lane=lane) for key in keys])

    async def states(self) -> dict[str, int]:
        async with self.sessions.read() as session:
            return {state: count for (_, state), count in (await works.counts(session)).items()}

    async def becomes(self, expected: dict[str, int]) -> None:
        found: dict[str, int] = {}
        try:
            async with asyncio.timeout(60):
                while (found := await self.states()) != expected:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            assert found == expected


@pytest.fixture
async def site(sessions: Sessions, server: BrokerServer) -> AsyncIterator[Site]:
    made = Site(sessions, server)
    yield made
    for engine in made.engines:
        await engine.stop(2)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 (what is waited for happens in another process)
            await asyncio.sleep(0.01)


async def done(_work: Work) -> Outcome:
    return Done()


async def idle(_queue: CarriedQueue) -> int:
    """A sweep that finds nothing, so that what happens is the broker's doing."""
    return 0


def unhear(queue: CarriedQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if its worker were killed: it renews nothing and takes nothing more."""

    async def unheard(*_of: object) -> list[Work]:
        return []

    monkeypatch.setattr(queue, "renew", unheard)
    monkeypatch.setattr(queue, "claim", unheard)


async def messages(site: Site) -> int:
    """How many messages the broker keeps."""
    info = await site.queues[-1]._broker._streams.stream_info(f"opsiq-{site.name}")
    return int(info.state.messages)


async def emptied(site: Site) -> None:
    """Returns when the broker keeps none."""
    async with asyncio.timeout(20):
        while await messages(site):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_what_is_put_is_carried_and_done_once_and_forgotten_by_the_broker(site: Site) -> None:
    await site.worker(done)
    await site.put(*(f"k{n}" for n in range(100)))
    await site.put("k1", "k2")
    await site.becomes({"done": 100})
    assert set(site.seen.values()) == {1}
    await emptied(site)


async def test_two_workers_share_what_is_carried(site: Site) -> None:
    async def slow(_work: Work) -> Outcome:
        await asyncio.sleep(0.01)
        return Done()

    await site.worker(slow, owner="one")
    await site.worker(slow, owner="two")
    await site.put(*(f"k{n}" for n in range(400)))
    await site.becomes({"done": 400})
    assert set(site.seen.values()) == {1}


async def test_work_of_other_kinds_is_claimed_from_the_database(site: Site) -> None:
    await site.worker(done)
    await site.put("a", kind="other")
    await site.becomes({"done": 1})


async def test_a_retry_comes_back_after_its_delay_with_the_same_key(site: Site) -> None:
    async def third_time(work: Work) -> Outcome:
        return Later(0.2, "busy") if work.attempt < 3 else Done()

    await site.worker(third_time)
    await site.put("a")
    await site.becomes({"done": 1})
    assert site.seen == {"a": 3}


async def test_a_message_that_comes_twice_finds_nothing_to_claim(site: Site) -> None:
    await site.worker(done)
    await site.put("a")
    await site.becomes({"done": 1})
    await site.queues[0]._broker.publish([("note", "a", "another id"), ("note", "never heard of", "a third")])
    await emptied(site)
    assert site.seen == {"a": 1}


async def test_what_is_put_together_shares_messages_and_each_stays_until_all_of_it_is_settled(site: Site) -> None:
    gate = asyncio.Event()

    async def one_waits(work: Work) -> Outcome:
        if work.key == "k7":
            await gate.wait()
        return Done()

    await site.worker(one_waits, lease_s=30)
    await site.put(*(f"k{n}" for n in range(3 * KEYS_MOST)))
    await site.becomes({"done": 3 * KEYS_MOST - 1, "claimed": 1})
    async with asyncio.timeout(20):
        while await messages(site) != 1:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    gate.set()
    await site.becomes({"done": 3 * KEYS_MOST})
    await emptied(site)
    assert set(site.seen.values()) == {1}


async def test_of_a_message_that_is_given_out_again_only_what_is_left_is_done(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def two_hang(work: Work) -> Outcome:
        if work.key in ("k3", "k4"):
            await asyncio.Event().wait()
        return Done()

    await site.worker(two_hang)
    await site.put(*(f"k{n}" for n in range(10)))
    await site.becomes({"done": 8, "claimed": 2})
    unhear(site.queues[0], monkeypatch)
    monkeypatch.setattr(CarriedQueue, "_sweep", idle)
    await site.worker(done, owner="two")
    await site.becomes({"done": 10})
    assert {key for key, times in site.seen.items() if times == 2} == {"k3", "k4"}
    await emptied(site)


async def test_a_full_lane_goes_on_when_a_piece_of_it_has_ended(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CarriedQueue, "_sweep", idle)
    monkeypatch.setattr(parked, "LOOK_S", 3600)

    async def brief(_work: Work) -> Outcome:
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
    monkeypatch.setattr(carried, "GRACE_S", 0.0)
    sweep = CarriedQueue._sweep
    monkeypatch.setattr(CarriedQueue, "_sweep", idle)
    await site.worker(done, per_lane=2)
    unhear(site.queues[0], monkeypatch)
    site.sessions.tell(lambda _put: None)
    await site.put(*(f"k{n}" for n in range(60)), lane="slow")
    assert await sweep(site.queues[0]) == 2 * OVERDUE_TURNS


async def test_what_was_put_aside_is_claimed_ahead_once_its_lane_is_quick(
    sessions: Sessions, server: BrokerServer
) -> None:
    broker = Broker(server.url, "quick", unacked_s=60)
    queue = CarriedQueue(SqlQueue(sessions, owner="one", per_lane=8), broker, ["note"])
    sessions.tell(queue.put)
    await queue.open(lambda *, rest=True: None)
    await until(lambda: broker.up)
    async with sessions.begin() as session:
        await putting.put_many(session, [Put(f"k{n}", "note", "ws_1", {}, lane="l") for n in range(100)])
    found: list[Work] = []
    async with asyncio.timeout(20):
        while len(queue._parked) < 92:
            found += await queue.claim(["note"], 100)
            await asyncio.sleep(0.01)
    assert len(found) == 8
    assert len(await queue.claim(["note"], 200, Ahead(("l",), 8))) == 92
    await queue.close()


async def test_a_lane_that_is_full_of_what_others_hold_is_looked_at_now_and_then(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CarriedQueue, "_sweep", idle)
    async with site.sessions.begin() as session:
        await putting.put_held(session, Put("theirs", "note", "ws_1", {}, lane="slow"), owner="another", lease_s=3600)
    await site.worker(done, per_lane=1)
    await site.put(*(f"k{n}" for n in range(20)), lane="slow")
    await emptied(site)
    assert await site.states() == {"ready": 20, "claimed": 1}
    async with site.sessions.begin() as session:
        await session.execute(text("DELETE FROM work WHERE key = 'theirs'"))
    await site.becomes({"done": 20})


async def test_what_waits_for_its_lane_is_not_kept_given_out(site: Site) -> None:
    """Thousands of them would else fill the broker's bound of messages that are not acknowledged, and stop everybody."""
    async with site.sessions.begin() as session:
        await lanes.hold(session, "held", 25)
    await site.worker(done)
    await site.put(*(f"k{n}" for n in range(60)), lane="held")
    await emptied(site)
    assert await site.states() == {"ready": 60}
    async with site.sessions.begin() as session:
        await lanes.release(session, "held")
    await site.becomes({"done": 60})


async def test_a_worker_that_stops_leaves_to_others_what_it_would_have_tried_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def again(_work: Work) -> Outcome:
        return Later(2.0, "busy")

    monkeypatch.setattr(CarriedQueue, "_sweep", idle)
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
    async def hang(_work: Work) -> Outcome:
        await asyncio.Event().wait()
        raise AssertionError

    await site.worker(hang)
    await site.put("a")
    await until(lambda: site.seen["a"] == 1)
    async with site.sessions.begin() as session:
        await session.execute(text("UPDATE work SET owner = 'another', due_ms = due_ms + 600000"))
    await emptied(site)


async def test_no_more_is_kept_by_a_worker_than_it_has_room_for(site: Site) -> None:
    gate = asyncio.Event()

    async def waits(_work: Work) -> Outcome:
        await gate.wait()
        return Done()

    await site.worker(waits, lease_s=30)
    site.queues[0]._per_message = 1.0  # as after messages of one key each
    await site.put(*(f"k{n}" for n in range(300)))
    await until(lambda: len(site.seen) == 50)
    assert len(site.queues[0]._fetched) < KEYS_MOST
    await site.worker(done, owner="two", lease_s=30)
    await until(lambda: len(site.seen) > 300 - KEYS_MOST)
    gate.set()
    await site.becomes({"done": 300})
    assert set(site.seen.values()) == {1}


async def test_what_was_put_unseen_is_published_by_the_sweep(site: Site) -> None:
    await site.worker(done)
    site.sessions.tell(lambda _put: None)  # the process dies between its commit and its publication
    await site.put("a", "b")
    await site.becomes({"done": 2})
    async with site.sessions.read() as session:
        assert await works.next_due_s(session, ["note"]) is None
    assert site.seen == {"a": 1, "b": 1}


async def test_losing_the_broker_and_its_disk_loses_nothing(site: Site) -> None:
    gate = asyncio.Event()

    async def waits(_work: Work) -> Outcome:
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


async def test_a_broker_that_comes_after_the_worker_is_found(sessions: Sessions, tmp_path: Path) -> None:
    late = BrokerServer(tmp_path / "late")
    queue = CarriedQueue(SqlQueue(sessions, owner="one"), Broker(late.url, "late", unacked_s=2), ["note"])
    sessions.tell(queue.put)
    async with Engine(queue, {"note": done}, wakes=[queue], poll_s=0.5):
        site = Site(sessions, late)
        await site.put("a")
        await site.becomes({"done": 1})
        late.start()
        await until(lambda: queue._broker.up)
        await site.put("b")
        await site.becomes({"done": 2})
    late.kill()


async def test_a_lane_that_is_full_or_held_waits_without_stopping_others(site: Site) -> None:
    at_once = most = 0

    async def counting(work: Work) -> Outcome:
        nonlocal at_once, most
        if work.lane == "slow":
            at_once += 1
            most = max(most, at_once)
            await asyncio.sleep(0.05)
            at_once -= 1
        return Done()

    async with site.sessions.begin() as session:
        await lanes.hold(session, "held", 3600)
    await site.worker(counting, per_lane=3)
    await site.put(*(f"s{n}" for n in range(12)), lane="slow")
    await site.put("h1", "h2", lane="held")
    await site.put(*(f"f{n}" for n in range(30)), lane="fast")
    await site.becomes({"done": 42, "ready": 2})
    assert most <= 3
    async with site.sessions.begin() as session:
        await lanes.release(session, "held")
    await site.becomes({"done": 44})
    assert set(site.seen.values()) == {1}


async def test_what_a_dead_worker_held_is_given_out_again(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang(_work: Work) -> Outcome:
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
    monkeypatch.setattr(carried, "GRACE_S", 2.0)  # as long as it may take from the database to the broker here
    gate = asyncio.Event()

    async def waits(_work: Work) -> Outcome:
        await gate.wait()
        return Done()

    await site.worker(waits, lease_s=30)
    await site.put(*(f"k{n}" for n in range(300)))
    await until(lambda: len(site.seen) == 50)
    await asyncio.sleep(2.5)
    assert await site.queues[0]._sweep() == 0
    gate.set()
    await site.becomes({"done": 300})
