"""What groups of attempts add to their endpoints, also when two groups are settled at the same time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import store.webhooks.deliveries
import store.webhooks.endpoints
from store.webhooks.endpoints import AttemptCounts, SuccessRate, find_hour
from tests.integration.events.webhooks.webhook_harness import WebhookHarness


def _failed(harness: WebhookHarness, endpoint: str, times: int) -> AttemptCounts:
    at = harness.clock()
    return AttemptCounts(endpoint, find_hour(at), 0, times, times, None, at, at)


async def test_tallies_of_two_settles_at_once_add_up(harness: WebhookHarness) -> None:
    endpoints = [(await harness.endpoint(f"http://127.0.0.1:9/{n}"))[0] for n in range(3)]
    counted = asyncio.Event()

    async def first() -> None:
        async with harness.database.begin() as session:
            await store.webhooks.endpoints.count(session, [_failed(harness, each, 2) for each in endpoints])
            counted.set()
            await asyncio.sleep(0.2)  # the other waits for this one's end, or for the writer's turn

    async def second() -> list[int]:
        await counted.wait()
        async with harness.database.begin() as session:
            rows = await store.webhooks.endpoints.count(
                session, [_failed(harness, each, 3) for each in reversed(endpoints)]
            )
            return [row.consecutive_failures for row in rows]

    _, seen = await asyncio.gather(first(), second())
    assert seen == [5, 5, 5]
    async with harness.database.read() as session:
        rates = await store.webhooks.endpoints.rates(session, endpoints, harness.clock())
    assert rates == dict.fromkeys(endpoints, SuccessRate(0, 5))


async def test_an_endpoint_is_disabled_beside_a_settle_that_waits_for_it(harness: WebhookHarness) -> None:
    """Each would else wait for what the other has, until the database breaks one off."""
    (endpoint, _) = await harness.endpoint("http://127.0.0.1:9/a")
    for _ in range(3):
        await harness.fire()
    settled, *waiting = [row.id for row in await harness.deliveries(endpoint)]
    moved = asyncio.Event()

    async def settle() -> None:
        async with harness.database.begin() as session:
            await store.webhooks.deliveries.give_up(session, settled, harness.clock(), "no")
            moved.set()
            await asyncio.sleep(0.2)
            await store.webhooks.endpoints.count(session, [_failed(harness, endpoint, 1)])

    async def disable() -> int:
        await moved.wait()
        async with harness.database.begin() as session:
            await store.webhooks.endpoints.count(session, [_failed(harness, endpoint, 1)])
            await asyncio.sleep(0.4)  # the other waits for the endpoint by now, or is done
            return await store.webhooks.deliveries.give_up_all(session, endpoint, harness.clock(), "disabled")

    _, given_up = await asyncio.gather(settle(), disable())
    assert given_up == len(waiting)
    assert {row.state for row in await harness.deliveries(endpoint)} == {"failed"}


async def test_a_success_ends_a_row_of_failures_and_what_came_after_it_begins_one(harness: WebhookHarness) -> None:
    (endpoint, _), (silent, _) = (
        await harness.endpoint("http://127.0.0.1:9/a"),
        await harness.endpoint("http://127.0.0.1:9/b"),
    )
    began = harness.clock()
    async with harness.database.begin() as session:
        await store.webhooks.endpoints.count(session, [_failed(harness, endpoint, 4)])
    harness.clock.advance(minutes=5)
    now = harness.clock()
    async with harness.database.begin() as session:
        (row,) = await store.webhooks.endpoints.count(session, [_failed(harness, endpoint, 1)])
    assert (row.consecutive_failures, row.failing_since, row.last_success_at) == (5, began, None)
    good_at = now - timedelta(seconds=1)
    mixed = AttemptCounts(endpoint, find_hour(now), 7, 1, 1, good_at, now, now)
    async with harness.database.begin() as session:
        (row,) = await store.webhooks.endpoints.count(session, [mixed])
        untouched = (await store.webhooks.endpoints.by_ids(session, [silent]))[silent]
    assert (row.consecutive_failures, row.failing_since, row.last_success_at, row.last_failure_at) == (
        1,
        now,
        good_at,
        now,
    )
    assert (untouched.consecutive_failures, untouched.last_failure_at) == (0, None)
    async with harness.database.begin() as session:
        (row,) = await store.webhooks.endpoints.count(
            session, [AttemptCounts(endpoint, find_hour(now), 1, 0, 0, now, None, None)]
        )
    assert (row.consecutive_failures, row.failing_since) == (0, None)
