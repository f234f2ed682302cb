"""How endpoints are judged by what comes of their deliveries: disabled, slowed down, narrowed, and let go again."""

from __future__ import annotations

import json

import pytest

from tests.integration.events.webhooks.webhook_harness import OWNER, Receiver, WebhookHarness, receiving


async def test_gone_disables_the_endpoint_fails_what_waits_and_tells(
    harness: WebhookHarness, receiver: Receiver
) -> None:
    async with receiving(500, 410) as gone:
        endpoint, _ = await harness.endpoint(gone.url, "shop.*")
        other, _ = await harness.endpoint(receiver.url, "webhook.*")
        await harness.fire()
        await harness.turn()
        await harness.fire()
        await harness.turn()
    shown = await harness.webhooks.endpoints.show(OWNER, endpoint)
    assert (shown.row.state, shown.row.why) == ("disabled", "It answered 410 Gone.")
    assert [row.state for row in await harness.deliveries(endpoint)] == ["failed", "failed"]
    (event,) = await harness.events("webhook.endpoint_disabled")
    assert json.loads(event.data)["endpoint"] == endpoint
    entry = next(row for row in await harness.history() if row.kind == "webhook_disabled")
    assert json.loads(entry.data)["alert"] is True
    await harness.fire()
    await harness.pass_time(days=1)
    assert await harness.finish() == 1, "the retry that was planned finds its delivery settled"
    assert len(gone.got) == 2, "and nothing more is sent to it"
    assert len(await harness.deliveries(endpoint)) == 2
    assert await harness.deliveries(other) == [], "the walk hands the event on; this test fired it to nobody"


async def test_five_days_of_nothing_but_failures_disable_it_and_one_success_begins_anew(
    harness: WebhookHarness,
) -> None:
    async with receiving(*[500] * 8, 204, 500) as receiver:
        endpoint, _ = await harness.endpoint(receiver.url)

        async def a_day() -> str:
            await harness.pass_time(hours=12)
            await harness.fire()
            await harness.turn(limit=500)
            await harness.pass_time(hours=12)
            await harness.turn(limit=500)
            return (await harness.webhooks.endpoints.show(OWNER, endpoint)).row.state

        for _ in range(4):
            assert await a_day() == "active"
        while receiver.answers != [500]:
            assert await a_day() == "active"
        days = 0
        while await a_day() == "active":
            days += 1
            assert days < 10
        assert days >= 4
    shown = await harness.webhooks.endpoints.show(OWNER, endpoint)
    assert shown.row.why == "Nothing has got through to it for 5 days."


async def test_a_single_failure_before_a_long_silence_does_not_count_as_five_days(harness: WebhookHarness) -> None:
    async with receiving((302, {"Location": "/"})) as receiver:
        endpoint, _ = await harness.endpoint(receiver.url)
        for _ in range(2):
            await harness.fire()
            await harness.finish()
            await harness.pass_time(days=6)
    assert (await harness.webhooks.endpoints.show(OWNER, endpoint)).row.state == "active"


@pytest.mark.parametrize("status", [429, 502, 504])
async def test_an_endpoint_that_asks_for_it_is_slowed_down_and_finds_its_pace_again(
    harness: WebhookHarness, status: int
) -> None:
    async with receiving(*[status] * 3, 204) as receiver:
        endpoint, _ = await harness.endpoint(receiver.url)
        for _ in range(6):
            await harness.fire()
        assert await harness.turn(limit=3) == 3
        assert await harness.turn() == 0, "the whole endpoint is left alone, not these deliveries only"
        shown = await harness.webhooks.endpoints.show(OWNER, endpoint)
        assert shown.row.slow_s == 1.0
        await harness.pass_time(seconds=1.1)
        assert await harness.turn() == 1, "one at a time"
        assert (await harness.webhooks.endpoints.show(OWNER, endpoint)).row.slow_s == 0.0
        await harness.pass_time(seconds=1.1)
        assert await harness.turn() == 2, "and together again"


async def test_retry_after_holds_the_endpoint_for_that_long(harness: WebhookHarness) -> None:
    async with receiving((429, {"Retry-After": "60"}), 204) as receiver:
        await harness.endpoint(receiver.url)
        await harness.fire()
        await harness.turn()
        await harness.fire()
        await harness.pass_time(seconds=50)
        assert await harness.turn() == 0
        await harness.pass_time(seconds=11)
        assert await harness.turn() == 1


async def test_a_rate_of_its_own_is_kept(harness: WebhookHarness, receiver: Receiver) -> None:
    await harness.endpoint(receiver.url, per_minute=30)
    for _ in range(4):
        await harness.fire()
    for _ in range(4):
        assert await harness.turn() == 1
        assert await harness.turn() == 0
        await harness.pass_time(seconds=2)
    assert len(receiver.got) == 4


async def test_health_counts_what_came_of_attempts_and_not_of_tests(harness: WebhookHarness) -> None:
    async with receiving(204, 500, 500, 500) as receiver:
        endpoint, _ = await harness.endpoint(receiver.url)
        for _ in range(3):
            await harness.fire()
            await harness.turn(limit=1)
            await harness.pass_time(seconds=1)
        await harness.webhooks.redelivery.test(OWNER, endpoint)
        await harness.turn(kinds=["webhook.resend"])
        assert len(receiver.got) == 4
    shown = await harness.webhooks.endpoints.show(OWNER, endpoint)
    assert (shown.rate.succeeded, shown.rate.failed) == (1, 2)
    assert (shown.row.consecutive_failures, shown.row.failing_since) == (2, shown.row.failing_since)
    assert shown.row.last_success_at is not None
    assert shown.row.failing_since is not None
    assert shown.row.last_success_at < shown.row.failing_since
    await harness.pass_time(hours=25)
    assert (await harness.webhooks.endpoints.show(OWNER, endpoint)).rate.failed == 0


async def test_ten_failures_in_a_row_narrow_an_endpoint_to_one_at_a_time_until_a_success(
    harness: WebhookHarness,
) -> None:
    async with receiving(*[500] * 10, 204) as receiver:
        await harness.endpoint(receiver.url)
        for _ in range(10):
            await harness.fire()
            await harness.turn()
        for _ in range(5):
            await harness.fire()
        await harness.pass_time(seconds=1)
        assert await harness.turn() == 1
        await harness.pass_time(seconds=1)
        assert await harness.turn() == 4
