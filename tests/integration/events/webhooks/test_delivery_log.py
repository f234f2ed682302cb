"""What is written down of deliveries and their attempts, whoever settles, purges or retries at the same time."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import text

import store.jobs.jobs
import store.webhooks.attempts
import store.webhooks.deliveries
from events.webhooks.fanout import DELIVER_JOB
from store import retention
from store.database import Database
from store.webhooks.attempts import AttemptResult, DeliveryState
from tests.integration.events.webhooks.webhook_harness import OWNER, Receiver, WebhookHarness, receiving


async def test_the_log_shows_what_was_sent_but_no_secret_of_the_endpoints_owner(
    harness: WebhookHarness, receiver: Receiver
) -> None:
    endpoint, _ = await harness.endpoint(
        receiver.url, headers={"Authorization": "Bearer for-their-eyes", "X-Team": "ops"}
    )
    await harness.fire()
    await harness.finish()
    assert receiver.got[0].headers["authorization"] == "Bearer for-their-eyes"
    (delivery,) = await harness.deliveries(endpoint)
    (row,) = await harness.attempts(delivery.id)
    logged = json.loads(row.headers)
    assert logged["authorization"] == logged["x-team"] == "(hidden)"
    assert logged["webhook-signature"] == receiver.got[0].headers["webhook-signature"]
    assert (row.status, row.by_hand) == (204, False)


async def test_of_a_delivery_that_is_over_no_work_is_left(harness: WebhookHarness, receiver: Receiver) -> None:
    await harness.endpoint(receiver.url)
    await harness.fire()
    async with receiving(302) as elsewhere:
        await harness.endpoint(elsewhere.url)
        await harness.fire()
        await harness.finish()
    assert sorted(row.state for row in await harness.deliveries()) == ["failed", "succeeded", "succeeded"]
    async with harness.database.read() as session:
        assert DELIVER_JOB not in {kind for kind, _ in await store.jobs.jobs.counts(session)}


@pytest.mark.parametrize("came_of_it", ["failed", "succeeded"])
async def test_of_a_delivery_that_was_purged_while_it_was_sent_nothing_is_kept(
    harness: WebhookHarness, receiver: Receiver, came_of_it: DeliveryState
) -> None:
    await harness.endpoint(receiver.url)
    await harness.fire("shop.opened")
    await harness.fire("shop.closed")
    gone, there = await harness.deliveries()
    at = harness.clock()
    one = AttemptResult("wrk_1.1", 1, 5, "{}", b"", False, gone.id, came_of_it, 204, None, "", at, None, at, True)
    async with harness.database.begin() as session:
        await session.execute(text("DELETE FROM webhook_deliveries WHERE id = :id"), {"id": gone.id})
    async with harness.database.begin() as session:
        await store.webhooks.attempts.record_attempts(
            session, [one, one._replace(attempt="wrk_2.1", delivery=there.id)]
        )
    assert await harness.attempts(gone.id) == []
    assert len(await harness.attempts(there.id)) == 1
    (left,) = await harness.deliveries()
    assert (left.id, left.state) == (there.id, came_of_it)


async def test_a_purge_waits_for_an_attempt_that_is_being_logged_and_takes_it_along(
    harness: WebhookHarness, receiver: Receiver
) -> None:
    await harness.endpoint(receiver.url)
    await harness.fire()
    (pending,) = await harness.deliveries()
    at = harness.clock()
    came = AttemptResult("wrk_1.1", 1, 5, "{}", b"", False, pending.id, "succeeded", 204, None, "", at, None, at, True)

    async def purge() -> int:
        async with harness.database.begin() as session:
            return await store.webhooks.deliveries.purge(session, at + timedelta(days=1))

    async with harness.database.begin() as session:
        await store.webhooks.attempts.record_attempts(session, [came])
        purging = asyncio.create_task(purge())
        await asyncio.create_task(locked(harness.database))
        assert not purging.done()
    assert await purging == 2, "the delivery and its body"
    assert await harness.attempts(pending.id) == []


async def locked(database: Database) -> None:
    """Returns once somebody waits for a row; on SQLite everybody waits for the one who writes."""
    while database.dialect == "postgresql":
        async with database.read() as session:
            if (await session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))).scalar_one():
                return
    await asyncio.sleep(0)


async def test_failed_says_what_the_state_says_whatever_comes_of_a_delivery(
    harness: WebhookHarness, receiver: Receiver
) -> None:
    async with receiving(302) as elsewhere:
        turned_away, _ = await harness.endpoint(elsewhere.url)
        await harness.fire()
        await harness.finish()
    assert [(row.state, row.failed) for row in await harness.deliveries()] == [("failed", True)]
    async with harness.database.begin() as session:
        await session.execute(text("UPDATE webhook_endpoints SET url = :url"), {"url": receiver.url})
    (delivery,) = await harness.deliveries()
    await harness.webhooks.redelivery.resend(OWNER, delivery.id)
    await harness.finish()
    assert [(row.state, row.failed) for row in await harness.deliveries()] == [("succeeded", None)]
    await harness.fire()
    await harness.webhooks.endpoints.delete(OWNER, turned_away)
    assert {(row.state, row.failed) for row in await harness.deliveries()} == {("succeeded", None), ("failed", True)}


async def test_what_an_older_process_beside_us_failed_is_marked_by_the_hourly_sweep(harness: WebhookHarness) -> None:
    endpoint, _ = await harness.endpoint("https://gone.example/")
    await harness.fire()
    async with harness.database.begin() as session:
        await session.execute(text("UPDATE webhook_deliveries SET state = 'failed'"))  # it knows of no mark
    await retention.sweep(harness.database, harness.clock())
    (delivery,) = await harness.deliveries(endpoint)
    assert (delivery.state, delivery.failed) == ("failed", True)
    async with harness.database.begin() as session:
        assert await store.webhooks.deliveries.mark_failed(session) == 0
        await session.execute(text("UPDATE webhook_deliveries SET state = 'succeeded'"))
        assert await store.webhooks.deliveries.mark_failed(session) == 1
    assert [(row.state, row.failed) for row in await harness.deliveries(endpoint)] == [("succeeded", None)]


async def test_two_attempts_of_one_delivery_that_are_settled_together_both_count(
    harness: WebhookHarness, receiver: Receiver
) -> None:
    endpoint, _ = await harness.endpoint(receiver.url)
    await harness.fire()
    await harness.deliver_work()
    (pending,) = await harness.deliveries(endpoint)
    at = harness.clock()
    failed = AttemptResult(
        "wrk_1.1", 1, 5, "{}", b"no", False, pending.id, None, 500, None, "It answered 500.", at, at, None, True
    )
    resent = failed._replace(
        attempt="wrk_2.1",
        n=2,
        response=b"",
        state="succeeded",
        status=204,
        detail="",
        next_at=None,
        finished_at=at,
        in_series=False,
    )
    async with harness.database.begin() as session:
        await store.webhooks.attempts.record_attempts(session, [failed, resent])
    (delivery,) = await harness.deliveries(endpoint)
    assert (delivery.state, delivery.attempts, delivery.tries, delivery.status) == ("succeeded", 2, 1, 204)
    assert [(one.n, one.status) for one in await harness.attempts(pending.id)] == [(1, 500), (2, 204)]
