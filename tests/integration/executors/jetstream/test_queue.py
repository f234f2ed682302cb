"""Work carried by a real JetStream over a real database: done once, shared, and forgotten by the broker."""

from __future__ import annotations

import asyncio

from executors.jetstream.messages import KEYS_MOST
from executors.jobs.queue import Done, Outcome, Reschedule
from store.jobs.jobs import Job
from tests.integration.executors.jetstream.jetstream_harness import Site, done, emptied, messages, until


async def test_what_is_put_is_carried_and_done_once_and_forgotten_by_the_broker(site: Site) -> None:
    await site.worker(done)
    await site.put(*(f"k{n}" for n in range(100)))
    await site.put("k1", "k2")
    await site.becomes({"done": 100})
    assert set(site.seen.values()) == {1}
    await emptied(site)


async def test_two_workers_share_what_is_carried(site: Site) -> None:
    async def slow(_job: Job) -> Outcome:
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
    async def third_time(job: Job) -> Outcome:
        return Reschedule(0.2, "busy") if job.attempt < 3 else Done()

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


async def test_jobs_added_together_share_messages_that_stay_until_all_are_settled(site: Site) -> None:
    gate = asyncio.Event()

    async def one_waits(job: Job) -> Outcome:
        if job.key == "k7":
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


async def test_no_more_is_kept_by_a_worker_than_it_has_room_for(site: Site) -> None:
    gate = asyncio.Event()

    async def waits(_job: Job) -> Outcome:
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
