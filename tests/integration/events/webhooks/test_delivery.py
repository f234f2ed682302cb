"""From an event to verified bytes at the endpoint, and what happens to a delivery when the endpoint is not well."""

from __future__ import annotations

import socket

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from core import webhook_signature
from core.errors import Unauthenticated
from executors.retry import WEBHOOK_DELAYS_S
from tests.integration.events.webhooks.webhook_harness import OWNER, Receiver, WebhookHarness, receiving


async def test_what_arrives_verifies_with_the_published_library(harness: WebhookHarness, receiver: Receiver) -> None:
    endpoint, secret = await harness.endpoint(receiver.url, "invoice.*")
    fired = await harness.fire("shop.opened", n=1)
    assert await harness.finish() == 0
    fired = await harness.fire(
        "invoice.paid", invoice_id=1042, customer_id=7, amount=4900, currency="EUR", words="naïve – ok"
    )
    assert await harness.finish() == 1
    (message,) = receiver.got
    told = Webhook(secret).verify(message.body, message.headers)
    assert told["type"] == "invoice.paid"
    assert told["id"] == fired.id
    assert told["data"] == {**fired.data}
    (delivery,) = await harness.deliveries(endpoint)
    assert delivery.state == "succeeded"
    assert {name: message.headers[name] for name in ("webhook-id", "idempotency-key", "opsiq-event")} == {
        "webhook-id": fired.id,
        "idempotency-key": fired.id,
        "opsiq-event": "invoice.paid",
    }
    assert message.headers["opsiq-delivery-id"] == delivery.id
    assert message.headers["opsiq-attempt"] == "1"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(message.body.replace(b"4900", b"4901"), message.headers)


async def test_a_failing_endpoint_gets_the_same_bytes_and_id_until_it_answers(harness: WebhookHarness) -> None:
    async with receiving(500, 503, 204) as receiver:
        endpoint, secret = await harness.endpoint(receiver.url)
        fired = await harness.fire()
        assert await harness.turn() == 1
        assert await harness.turn() == 0, "nothing is due before its time"
        await harness.pass_time(seconds=WEBHOOK_DELAYS_S[1] * 1.25)
        assert await harness.turn() == 1
        (delivery,) = await harness.deliveries(endpoint)
        assert (delivery.state, delivery.tries, delivery.status) == ("pending", 2, 503)
        assert delivery.next_at is not None
        assert (delivery.next_at - harness.clock()).total_seconds() == pytest.approx(WEBHOOK_DELAYS_S[2], rel=0.21)
        await harness.pass_time(seconds=WEBHOOK_DELAYS_S[2] * 1.25)
        assert await harness.turn() == 1
    (delivery,) = await harness.deliveries(endpoint)
    assert (delivery.state, delivery.tries, delivery.detail) == ("succeeded", 3, "")
    assert {message.body for message in receiver.got} == {receiver.got[0].body}
    assert {message.headers["webhook-id"] for message in receiver.got} == {fired.id}
    assert [message.headers["opsiq-attempt"] for message in receiver.got] == ["1", "2", "3"]
    stamps = [int(message.headers["webhook-timestamp"]) for message in receiver.got]
    assert stamps[0] < stamps[1] < stamps[2], "each attempt is signed afresh"
    for message, stamp in zip(receiver.got, stamps, strict=True):
        webhook_signature.verify([secret], message.headers, message.body, now=stamp)


async def test_seven_attempts_within_a_day_and_then_it_has_failed(harness: WebhookHarness) -> None:
    async with receiving(500) as receiver:
        endpoint, _ = await harness.endpoint(receiver.url)
        await harness.fire()
        began = harness.clock()
        await harness.turn()
        while (await harness.deliveries(endpoint))[0].state == "pending":
            due = (await harness.deliveries(endpoint))[0].next_at
            assert due is not None
            await harness.pass_time(seconds=(due - harness.clock()).total_seconds() + 0.1)
            assert await harness.turn() == 1
        assert len(receiver.got) == 7
    assert (harness.clock() - began).total_seconds() < 86_400
    (delivery,) = await harness.deliveries(endpoint)
    assert (delivery.state, delivery.next_at) == ("failed", None)
    assert "All 7 attempts" in delivery.detail
    log = await harness.attempts(delivery.id)
    assert [row.n for row in log] == [1, 2, 3, 4, 5, 6, 7]
    assert {(row.status, row.response) for row in log} == {(500, b"said 500")}


async def test_a_redirect_is_not_followed_and_fails_at_once(harness: WebhookHarness, receiver: Receiver) -> None:
    async with receiving((302, {"Location": receiver.url})) as redirecting:
        endpoint, _ = await harness.endpoint(redirecting.url)
        await harness.fire()
        await harness.finish()
    (delivery,) = await harness.deliveries(endpoint)
    assert (delivery.state, delivery.status) == ("failed", 302)
    assert receiver.got == []


async def test_two_endpoints_get_the_same_bytes_under_the_same_id_each_with_its_own_secret(
    harness: WebhookHarness, receiver: Receiver
) -> None:
    async with receiving() as another:
        _, first = await harness.endpoint(receiver.url)
        _, second = await harness.endpoint(another.url)
        fired = await harness.fire(name="shop.opened", n=2**53 - 1)
        await harness.finish()
    (one,), (two,) = receiver.got, another.got
    assert one.body == two.body
    assert one.headers["webhook-id"] == two.headers["webhook-id"] == fired.id
    assert one.headers["opsiq-delivery-id"] != two.headers["opsiq-delivery-id"]
    Webhook(first).verify(one.body, one.headers)
    Webhook(second).verify(two.body, two.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(first).verify(two.body, two.headers)


async def test_the_same_event_spread_twice_is_delivered_once(harness: WebhookHarness, receiver: Receiver) -> None:
    await harness.endpoint(receiver.url)
    fired = await harness.fire()
    await harness.spread(fired)
    await harness.finish()
    await harness.spread(fired)
    await harness.finish()
    assert len(receiver.got) == 1
    (delivery,) = await harness.deliveries()
    assert (delivery.state, delivery.attempts) == ("succeeded", 1)


async def test_a_worker_that_died_after_sending_sends_again_under_the_same_id_and_number(
    harness: WebhookHarness, receiver: Receiver
) -> None:
    endpoint, _ = await harness.endpoint(receiver.url)
    await harness.fire()
    held = await harness.deliver_work()
    await harness.webhooks.handlers[held.kind](held)  # sent, and never settled
    async with harness.database.begin() as session:
        await session.execute(text("UPDATE work SET due_ms = 0, turn_ms = 0"))
    assert await harness.turn() == 1
    assert [message.headers["opsiq-attempt"] for message in receiver.got] == ["1", "1"]
    assert len({message.headers["webhook-id"] for message in receiver.got}) == 1
    (delivery,) = await harness.deliveries(endpoint)
    assert (delivery.state, delivery.tries) == ("succeeded", 1)


async def test_an_endpoint_nobody_answers_at_is_tried_again(harness: WebhookHarness) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unheard:
        port = unheard.getsockname()[1]
    endpoint, _ = await harness.endpoint(f"http://127.0.0.1:{port}/hook")
    await harness.fire()
    await harness.turn()
    (delivery,) = await harness.deliveries(endpoint)
    assert (delivery.state, delivery.error, delivery.tries) == ("pending", "connect", 1)


async def test_a_name_that_leads_inside_is_blocked_when_it_is_dialled_and_not_retried(harness: WebhookHarness) -> None:
    endpoint, _ = await harness.endpoint("https://public.example/hook")
    async with harness.database.begin() as session:
        await session.execute(text("UPDATE webhook_endpoints SET url = 'http://10.0.0.1/hook'"))
    await harness.fire()
    await harness.finish()
    (delivery,) = await harness.deliveries(endpoint)
    assert (delivery.state, delivery.error) == ("failed", "blocked")


async def test_after_a_rotation_both_secrets_verify_for_a_day_and_then_one(
    harness: WebhookHarness, receiver: Receiver
) -> None:
    endpoint, old = await harness.endpoint(receiver.url)
    made = await harness.webhooks.endpoints.rotate(OWNER, endpoint)
    assert made.secret != old
    await harness.fire()
    await harness.finish()
    message = receiver.got[-1]
    assert message.headers["webhook-signature"].count("v1,") == 2
    Webhook(old).verify(message.body, message.headers)
    Webhook(made.secret).verify(message.body, message.headers)

    await harness.pass_time(hours=24)
    await harness.fire()
    await harness.finish()
    message = receiver.got[-1]
    now = int(harness.clock().timestamp())
    webhook_signature.verify([made.secret], message.headers, message.body, now=now)
    with pytest.raises(Unauthenticated):
        webhook_signature.verify([old], message.headers, message.body, now=now)
