"""From an event to verified bytes at the endpoint, and what happens when the endpoint is not well."""

from __future__ import annotations

import asyncio
import json
import socket
from datetime import timedelta

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

import store.deliveries
import store.work
from core import webhook_signature
from core.errors import Unauthenticated
from events.webhooks.fanout import DELIVER_WORK
from executors.retry import WEBHOOK_DELAYS_S
from store import retention
from store.deliveries import Came, DeliveryState
from store.sessions import Sessions
from tests.integration.webhooks.postoffice import OWNER, PostOffice, Receiver, receiving


async def test_what_arrives_verifies_with_the_published_library(office: PostOffice, receiver: Receiver) -> None:
    endpoint, secret = await office.endpoint(receiver.url, "invoice.*")
    fired = await office.fire("shop.opened", n=1)
    assert await office.finish() == 0
    fired = await office.fire(
        "invoice.paid", invoice_id=1042, customer_id=7, amount=4900, currency="EUR", words="naïve – ok"
    )
    assert await office.finish() == 1
    (message,) = receiver.got
    told = Webhook(secret).verify(message.body, message.headers)
    assert told["type"] == "invoice.paid"
    assert told["id"] == fired.id
    assert told["data"] == {**fired.data}
    (delivery,) = await office.deliveries(endpoint)
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


async def test_a_failing_endpoint_gets_the_same_bytes_and_id_until_it_answers(office: PostOffice) -> None:
    async with receiving(500, 503, 204) as receiver:
        endpoint, secret = await office.endpoint(receiver.url)
        fired = await office.fire()
        assert await office.turn() == 1
        assert await office.turn() == 0, "nothing is due before its time"
        await office.pass_time(seconds=WEBHOOK_DELAYS_S[1] * 1.25)
        assert await office.turn() == 1
        (delivery,) = await office.deliveries(endpoint)
        assert (delivery.state, delivery.tries, delivery.status) == ("pending", 2, 503)
        assert delivery.next_at is not None
        assert (delivery.next_at - office.clock()).total_seconds() == pytest.approx(WEBHOOK_DELAYS_S[2], rel=0.21)
        await office.pass_time(seconds=WEBHOOK_DELAYS_S[2] * 1.25)
        assert await office.turn() == 1
    (delivery,) = await office.deliveries(endpoint)
    assert (delivery.state, delivery.tries, delivery.detail) == ("succeeded", 3, "")
    assert {message.body for message in receiver.got} == {receiver.got[0].body}
    assert {message.headers["webhook-id"] for message in receiver.got} == {fired.id}
    assert [message.headers["opsiq-attempt"] for message in receiver.got] == ["1", "2", "3"]
    stamps = [int(message.headers["webhook-timestamp"]) for message in receiver.got]
    assert stamps[0] < stamps[1] < stamps[2], "each attempt is signed afresh"
    for message, stamp in zip(receiver.got, stamps, strict=True):
        webhook_signature.verify([secret], message.headers, message.body, now=stamp)


async def test_seven_attempts_within_a_day_and_then_it_has_failed(office: PostOffice) -> None:
    async with receiving(500) as receiver:
        endpoint, _ = await office.endpoint(receiver.url)
        await office.fire()
        began = office.clock()
        await office.turn()
        while (await office.deliveries(endpoint))[0].state == "pending":
            due = (await office.deliveries(endpoint))[0].next_at
            assert due is not None
            await office.pass_time(seconds=(due - office.clock()).total_seconds() + 0.1)
            assert await office.turn() == 1
        assert len(receiver.got) == 7
    assert (office.clock() - began).total_seconds() < 86_400
    (delivery,) = await office.deliveries(endpoint)
    assert (delivery.state, delivery.next_at) == ("failed", None)
    assert "All 7 attempts" in delivery.detail
    log = await office.attempts(delivery.id)
    assert [row.n for row in log] == [1, 2, 3, 4, 5, 6, 7]
    assert {(row.status, row.response) for row in log} == {(500, b"said 500")}


async def test_the_log_shows_what_was_sent_but_no_secret_of_the_endpoints_owner(
    office: PostOffice, receiver: Receiver
) -> None:
    endpoint, _ = await office.endpoint(
        receiver.url, headers={"Authorization": "Bearer for-their-eyes", "X-Team": "ops"}
    )
    await office.fire()
    await office.finish()
    assert receiver.got[0].headers["authorization"] == "Bearer for-their-eyes"
    (delivery,) = await office.deliveries(endpoint)
    (row,) = await office.attempts(delivery.id)
    logged = json.loads(row.headers)
    assert logged["authorization"] == logged["x-team"] == "(hidden)"
    assert logged["webhook-signature"] == receiver.got[0].headers["webhook-signature"]
    assert (row.status, row.by_hand) == (204, False)


async def test_a_redirect_is_not_followed_and_fails_at_once(office: PostOffice, receiver: Receiver) -> None:
    async with receiving((302, {"Location": receiver.url})) as redirecting:
        endpoint, _ = await office.endpoint(redirecting.url)
        await office.fire()
        await office.finish()
    (delivery,) = await office.deliveries(endpoint)
    assert (delivery.state, delivery.status) == ("failed", 302)
    assert receiver.got == []


async def test_gone_disables_the_endpoint_fails_what_waits_and_tells(office: PostOffice, receiver: Receiver) -> None:
    async with receiving(500, 410) as gone:
        endpoint, _ = await office.endpoint(gone.url, "shop.*")
        other, _ = await office.endpoint(receiver.url, "webhook.*")
        await office.fire()
        await office.turn()
        await office.fire()
        await office.turn()
    shown = await office.webhooks.endpoints.show(OWNER, endpoint)
    assert (shown.row.state, shown.row.why) == ("disabled", "It answered 410 Gone.")
    assert [row.state for row in await office.deliveries(endpoint)] == ["failed", "failed"]
    (event,) = await office.events("webhook.endpoint_disabled")
    assert json.loads(event.data)["endpoint"] == endpoint
    entry = next(row for row in await office.history() if row.kind == "webhook_disabled")
    assert json.loads(entry.data)["alert"] is True
    await office.fire()
    await office.pass_time(days=1)
    assert await office.finish() == 1, "the retry that was planned finds its delivery settled"
    assert len(gone.got) == 2, "and nothing more is sent to it"
    assert len(await office.deliveries(endpoint)) == 2
    assert await office.deliveries(other) == [], "the walk hands the event on; this test fired it to nobody"


async def test_five_days_of_nothing_but_failures_disable_it_and_one_success_begins_anew(office: PostOffice) -> None:
    async with receiving(*[500] * 8, 204, 500) as receiver:
        endpoint, _ = await office.endpoint(receiver.url)

        async def a_day() -> str:
            await office.pass_time(hours=12)
            await office.fire()
            await office.turn(limit=500)
            await office.pass_time(hours=12)
            await office.turn(limit=500)
            return (await office.webhooks.endpoints.show(OWNER, endpoint)).row.state

        for _ in range(4):
            assert await a_day() == "active"
        while receiver.answers != [500]:
            assert await a_day() == "active"
        days = 0
        while await a_day() == "active":
            days += 1
            assert days < 10
        assert days >= 4
    shown = await office.webhooks.endpoints.show(OWNER, endpoint)
    assert shown.row.why == "Nothing has got through to it for 5 days."


async def test_a_single_failure_before_a_long_silence_does_not_count_as_five_days(office: PostOffice) -> None:
    async with receiving((302, {"Location": "/"})) as receiver:
        endpoint, _ = await office.endpoint(receiver.url)
        for _ in range(2):
            await office.fire()
            await office.finish()
            await office.pass_time(days=6)
    assert (await office.webhooks.endpoints.show(OWNER, endpoint)).row.state == "active"


@pytest.mark.parametrize("status", [429, 502, 504])
async def test_an_endpoint_that_asks_for_it_is_slowed_down_and_finds_its_pace_again(
    office: PostOffice, status: int
) -> None:
    async with receiving(*[status] * 3, 204) as receiver:
        endpoint, _ = await office.endpoint(receiver.url)
        for _ in range(6):
            await office.fire()
        assert await office.turn(limit=3) == 3
        assert await office.turn() == 0, "the whole endpoint is left alone, not these deliveries only"
        shown = await office.webhooks.endpoints.show(OWNER, endpoint)
        assert shown.row.slow_s == 1.0
        await office.pass_time(seconds=1.1)
        assert await office.turn() == 1, "one at a time"
        assert (await office.webhooks.endpoints.show(OWNER, endpoint)).row.slow_s == 0.0
        await office.pass_time(seconds=1.1)
        assert await office.turn() == 2, "and together again"


async def test_retry_after_holds_the_endpoint_for_that_long(office: PostOffice) -> None:
    async with receiving((429, {"Retry-After": "60"}), 204) as receiver:
        await office.endpoint(receiver.url)
        await office.fire()
        await office.turn()
        await office.fire()
        await office.pass_time(seconds=50)
        assert await office.turn() == 0
        await office.pass_time(seconds=11)
        assert await office.turn() == 1


async def test_a_rate_of_its_own_is_kept(office: PostOffice, receiver: Receiver) -> None:
    await office.endpoint(receiver.url, per_minute=30)
    for _ in range(4):
        await office.fire()
    for _ in range(4):
        assert await office.turn() == 1
        assert await office.turn() == 0
        await office.pass_time(seconds=2)
    assert len(receiver.got) == 4


async def test_two_endpoints_get_the_same_bytes_under_the_same_id_each_with_its_own_secret(
    office: PostOffice, receiver: Receiver
) -> None:
    async with receiving() as another:
        _, first = await office.endpoint(receiver.url)
        _, second = await office.endpoint(another.url)
        fired = await office.fire(name="shop.opened", n=2**53 - 1)
        await office.finish()
    (one,), (two,) = receiver.got, another.got
    assert one.body == two.body
    assert one.headers["webhook-id"] == two.headers["webhook-id"] == fired.id
    assert one.headers["opsiq-delivery-id"] != two.headers["opsiq-delivery-id"]
    Webhook(first).verify(one.body, one.headers)
    Webhook(second).verify(two.body, two.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(first).verify(two.body, two.headers)


async def test_the_same_event_spread_twice_is_delivered_once(office: PostOffice, receiver: Receiver) -> None:
    await office.endpoint(receiver.url)
    fired = await office.fire()
    await office.spread(fired)
    await office.finish()
    await office.spread(fired)
    await office.finish()
    assert len(receiver.got) == 1
    (delivery,) = await office.deliveries()
    assert (delivery.state, delivery.attempts) == ("succeeded", 1)


async def test_of_a_delivery_that_is_over_no_work_is_left(office: PostOffice, receiver: Receiver) -> None:
    await office.endpoint(receiver.url)
    await office.fire()
    async with receiving(302) as elsewhere:
        await office.endpoint(elsewhere.url)
        await office.fire()
        await office.finish()
    assert sorted(row.state for row in await office.deliveries()) == ["failed", "succeeded", "succeeded"]
    async with office.sessions.read() as session:
        assert DELIVER_WORK not in {kind for kind, _ in await store.work.counts(session)}


@pytest.mark.parametrize("came_of_it", ["failed", "succeeded"])
async def test_of_a_delivery_that_was_purged_while_it_was_sent_nothing_is_kept(
    office: PostOffice, receiver: Receiver, came_of_it: DeliveryState
) -> None:
    await office.endpoint(receiver.url)
    await office.fire("shop.opened")
    await office.fire("shop.closed")
    gone, there = await office.deliveries()
    at = office.clock()
    one = Came("wrk_1.1", 1, 5, "{}", b"", False, gone.id, came_of_it, 204, None, "", at, None, at, True)
    async with office.sessions.begin() as session:
        await session.execute(text("DELETE FROM webhook_deliveries WHERE id = :id"), {"id": gone.id})
    async with office.sessions.begin() as session:
        await store.deliveries.came(session, [one, one._replace(attempt="wrk_2.1", delivery=there.id)])
    assert await office.attempts(gone.id) == []
    assert len(await office.attempts(there.id)) == 1
    (left,) = await office.deliveries()
    assert (left.id, left.state) == (there.id, came_of_it)


async def test_a_purge_waits_for_an_attempt_that_is_being_logged_and_takes_it_along(
    office: PostOffice, receiver: Receiver
) -> None:
    await office.endpoint(receiver.url)
    await office.fire()
    (pending,) = await office.deliveries()
    at = office.clock()
    came = Came("wrk_1.1", 1, 5, "{}", b"", False, pending.id, "succeeded", 204, None, "", at, None, at, True)

    async def purge() -> int:
        async with office.sessions.begin() as session:
            return await store.deliveries.purge(session, at + timedelta(days=1))

    async with office.sessions.begin() as session:
        await store.deliveries.came(session, [came])
        purging = asyncio.create_task(purge())
        await locked(office.sessions)
        assert not purging.done()
    assert await purging == 2, "the delivery and its body"
    assert await office.attempts(pending.id) == []


async def locked(sessions: Sessions) -> None:
    """Returns once somebody waits for a row; on SQLite everybody waits for the one who writes."""
    while sessions.dialect == "postgresql":
        async with sessions.read() as session:
            if (await session.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted"))).scalar_one():
                return
    await asyncio.sleep(0)


async def test_failed_says_what_the_state_says_whatever_comes_of_a_delivery(
    office: PostOffice, receiver: Receiver
) -> None:
    async with receiving(302) as elsewhere:
        turned_away, _ = await office.endpoint(elsewhere.url)
        await office.fire()
        await office.finish()
    assert [(row.state, row.failed) for row in await office.deliveries()] == [("failed", True)]
    async with office.sessions.begin() as session:
        await session.execute(text("UPDATE webhook_endpoints SET url = :url"), {"url": receiver.url})
    (delivery,) = await office.deliveries()
    await office.webhooks.again.resend(OWNER, delivery.id)
    await office.finish()
    assert [(row.state, row.failed) for row in await office.deliveries()] == [("succeeded", None)]
    await office.fire()
    await office.webhooks.endpoints.delete(OWNER, turned_away)
    assert {(row.state, row.failed) for row in await office.deliveries()} == {("succeeded", None), ("failed", True)}


async def test_what_an_older_process_beside_us_failed_is_marked_by_the_hourly_sweep(office: PostOffice) -> None:
    endpoint, _ = await office.endpoint("https://gone.example/")
    await office.fire()
    async with office.sessions.begin() as session:
        await session.execute(text("UPDATE webhook_deliveries SET state = 'failed'"))  # it knows of no mark
    await retention.sweep(office.sessions, office.clock())
    (delivery,) = await office.deliveries(endpoint)
    assert (delivery.state, delivery.failed) == ("failed", True)
    async with office.sessions.begin() as session:
        assert await store.deliveries.mark_failed(session) == 0
        await session.execute(text("UPDATE webhook_deliveries SET state = 'succeeded'"))
        assert await store.deliveries.mark_failed(session) == 1
    assert [(row.state, row.failed) for row in await office.deliveries(endpoint)] == [("succeeded", None)]


async def test_a_worker_that_died_after_sending_sends_again_under_the_same_id_and_number(
    office: PostOffice, receiver: Receiver
) -> None:
    endpoint, _ = await office.endpoint(receiver.url)
    await office.fire()
    held = await office.deliver_work()
    await office.webhooks.handlers[held.kind](held)  # sent, and never settled
    async with office.sessions.begin() as session:
        await session.execute(text("UPDATE work SET due_ms = 0"))
    assert await office.turn() == 1
    assert [message.headers["opsiq-attempt"] for message in receiver.got] == ["1", "1"]
    assert len({message.headers["webhook-id"] for message in receiver.got}) == 1
    (delivery,) = await office.deliveries(endpoint)
    assert (delivery.state, delivery.tries) == ("succeeded", 1)


async def test_two_attempts_of_one_delivery_that_are_settled_together_both_count(
    office: PostOffice, receiver: Receiver
) -> None:
    endpoint, _ = await office.endpoint(receiver.url)
    await office.fire()
    await office.deliver_work()
    (pending,) = await office.deliveries(endpoint)
    at = office.clock()
    failed = Came(
        "wrk_1.1", 1, 5, "{}", b"no", False, pending.id, None, 500, None, "It answered 500.", at, at, None, True
    )
    resent = failed._replace(
        attempt="wrk_2.1", n=2, response=b"", state="succeeded", status=204, detail="", next_at=None, finished_at=at, in_series=False
    )  # fmt: skip
    async with office.sessions.begin() as session:
        await store.deliveries.came(session, [failed, resent])
    (delivery,) = await office.deliveries(endpoint)
    assert (delivery.state, delivery.attempts, delivery.tries, delivery.status) == ("succeeded", 2, 1, 204)
    assert [(one.n, one.status) for one in await office.attempts(pending.id)] == [(1, 500), (2, 204)]


async def test_an_endpoint_nobody_answers_at_is_tried_again(office: PostOffice) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unheard:
        port = unheard.getsockname()[1]
    endpoint, _ = await office.endpoint(f"http://127.0.0.1:{port}/hook")
    await office.fire()
    await office.turn()
    (delivery,) = await office.deliveries(endpoint)
    assert (delivery.state, delivery.error, delivery.tries) == ("pending", "connect", 1)


async def test_a_name_that_leads_inside_is_blocked_when_it_is_dialled_and_not_retried(office: PostOffice) -> None:
    endpoint, _ = await office.endpoint("https://public.example/hook")
    async with office.sessions.begin() as session:
        await session.execute(text("UPDATE webhook_endpoints SET url = 'http://10.0.0.1/hook'"))
    await office.fire()
    await office.finish()
    (delivery,) = await office.deliveries(endpoint)
    assert (delivery.state, delivery.error) == ("failed", "blocked")


async def test_after_a_rotation_both_secrets_verify_for_a_day_and_then_one(
    office: PostOffice, receiver: Receiver
) -> None:
    endpoint, old = await office.endpoint(receiver.url)
    made = await office.webhooks.endpoints.rotate(OWNER, endpoint)
    assert made.secret != old
    await office.fire()
    await office.finish()
    message = receiver.got[-1]
    assert message.headers["webhook-signature"].count("v1,") == 2
    Webhook(old).verify(message.body, message.headers)
    Webhook(made.secret).verify(message.body, message.headers)

    await office.pass_time(hours=24)
    await office.fire()
    await office.finish()
    message = receiver.got[-1]
    now = int(office.clock().timestamp())
    webhook_signature.verify([made.secret], message.headers, message.body, now=now)
    with pytest.raises(Unauthenticated):
        webhook_signature.verify([old], message.headers, message.body, now=now)


async def test_health_counts_what_came_of_attempts_and_not_of_tests(office: PostOffice) -> None:
    async with receiving(204, 500, 500, 500) as receiver:
        endpoint, _ = await office.endpoint(receiver.url)
        for _ in range(3):
            await office.fire()
            await office.turn(limit=1)
            await office.pass_time(seconds=1)
        await office.webhooks.again.test(OWNER, endpoint)
        await office.turn(kinds=["webhook.resend"])
        assert len(receiver.got) == 4
    shown = await office.webhooks.endpoints.show(OWNER, endpoint)
    assert (shown.rate.succeeded, shown.rate.failed) == (1, 2)
    assert (shown.row.consecutive_failures, shown.row.failing_since) == (2, shown.row.failing_since)
    assert shown.row.last_success_at is not None
    assert shown.row.failing_since is not None
    assert shown.row.last_success_at < shown.row.failing_since
    await office.pass_time(hours=25)
    assert (await office.webhooks.endpoints.show(OWNER, endpoint)).rate.failed == 0


async def test_ten_failures_in_a_row_narrow_an_endpoint_to_one_at_a_time_until_one_gets_through(
    office: PostOffice,
) -> None:
    async with receiving(*[500] * 10, 204) as receiver:
        await office.endpoint(receiver.url)
        for _ in range(10):
            await office.fire()
            await office.turn()
        for _ in range(5):
            await office.fire()
        await office.pass_time(seconds=1)
        assert await office.turn() == 1
        await office.pass_time(seconds=1)
        assert await office.turn() == 4
