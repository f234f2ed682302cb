"""What people send: a resend, a recovery, a replay, a test. And endpoints as people govern them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

import store.signing_secrets
import store.webhooks.deliveries
from core.errors import Conflict, Forbidden, InvalidInput, NotFound
from registry.events import event_catalogue
from store import retention
from tests.integration.events.webhooks.webhook_harness import OWNER, Receiver, WebhookHarness, receiving


async def test_a_persons_resend_is_one_attempt_and_no_new_series(harness: WebhookHarness) -> None:
    async with receiving((302, {"Location": "/"}), 500, 204) as receiver:
        endpoint, _ = await harness.endpoint(receiver.url)
        fired = await harness.fire()
        await harness.finish()
        (delivery,) = await harness.deliveries(endpoint)
        assert delivery.state == "failed"

        await harness.webhooks.redelivery.resend(OWNER, delivery.id)
        assert await harness.finish() == 1
        await harness.pass_time(days=1)
        assert await harness.finish() == 0, "nothing follows a resend by itself"
        (delivery,) = await harness.deliveries(endpoint)
        assert (delivery.state, delivery.status, delivery.tries, delivery.attempts) == ("failed", 500, 1, 2)

        await harness.webhooks.redelivery.resend(OWNER, delivery.id)
        await harness.finish()
        (delivery,) = await harness.deliveries(endpoint)
        assert (delivery.state, delivery.attempts) == ("succeeded", 3)
    assert [message.headers["opsiq-attempt"] for message in receiver.got] == ["1", "2", "3"]
    assert {message.headers["webhook-id"] for message in receiver.got} == {fired.id}
    assert [row.by_hand for row in await harness.attempts(delivery.id)] == [False, True, True]


async def test_a_resend_that_gets_through_ends_the_series_that_was_waiting(harness: WebhookHarness) -> None:
    async with receiving(500, 204) as receiver:
        endpoint, _ = await harness.endpoint(receiver.url)
        await harness.fire()
        await harness.turn()
        (delivery,) = await harness.deliveries(endpoint)
        await harness.webhooks.redelivery.resend(OWNER, delivery.id)
        await harness.turn()
        await harness.pass_time(days=1)
        await harness.finish()
        assert len(receiver.got) == 2
    (delivery,) = await harness.deliveries(endpoint)
    assert (delivery.state, delivery.next_at) == ("succeeded", None)


async def test_a_resend_that_fails_leaves_the_waiting_series_as_it_is(harness: WebhookHarness) -> None:
    async with receiving(500, 500, 204) as receiver:
        endpoint, _ = await harness.endpoint(receiver.url)
        await harness.fire()
        await harness.turn()
        (before,) = await harness.deliveries(endpoint)
        await harness.webhooks.redelivery.resend(OWNER, before.id)
        await harness.turn()
        (after,) = await harness.deliveries(endpoint)
        assert (after.state, after.next_at, after.tries) == ("pending", before.next_at, 1)
        await harness.pass_time(seconds=10)
        await harness.finish()
    assert (await harness.deliveries(endpoint))[0].state == "succeeded"


async def test_recover_sends_what_failed_in_the_span_and_nothing_else(harness: WebhookHarness) -> None:
    async with receiving((302, {"Location": "/"})) as receiver:
        endpoint, _ = await harness.endpoint(receiver.url)
        await harness.fire(n=0)
        await harness.finish()
        await harness.pass_time(hours=1)
        since = harness.clock()
        for n in (1, 2):
            await harness.fire(n=n)
        await harness.finish()
        await harness.pass_time(hours=1)
        until = harness.clock()
        await harness.fire(n=3)
        await harness.finish()
        receiver.answers = [204]
        await harness.fire(n=4)
        await harness.finish()
        receiver.got.clear()

        await harness.webhooks.redelivery.recover(OWNER, endpoint, since, until)
        await harness.finish()
    assert sorted(json.loads(message.body)["data"]["n"] for message in receiver.got) == [1, 2]
    states = [row.state for row in await harness.deliveries(endpoint)]
    assert states == ["failed", "succeeded", "succeeded", "failed", "succeeded"]


async def test_a_recovery_that_is_taken_up_again_sends_nothing_twice(harness: WebhookHarness) -> None:
    async with receiving((302, {"Location": "/"}), 204) as receiver:
        endpoint, _ = await harness.endpoint(receiver.url)
        await harness.fire()
        await harness.finish()
        await harness.pass_time(seconds=1)
        await harness.webhooks.redelivery.recover(OWNER, endpoint, harness.clock() - timedelta(hours=1))
        (job,) = await harness.queue.claim(["webhook.recover"], 10)
        for _ in range(2):
            await harness.webhooks.redelivery.recovering(job)
        await harness.turn(kinds=["webhook.resend"])
        assert len(receiver.got) == 2


async def test_replay_delivers_what_an_endpoint_missed_and_not_what_it_has(
    harness: WebhookHarness, receiver: Receiver
) -> None:
    before, _ = await harness.endpoint(receiver.url, "shop.*")
    old = [await harness.fire("shop.opened", n=n) for n in range(3)]
    await harness.fire("till.opened")
    await harness.finish()
    await harness.pass_time(minutes=5)
    async with receiving() as late:
        endpoint, secret = await harness.endpoint(late.url, "shop.*")
        await harness.fire("shop.opened", n=9)
        await harness.finish()
        assert len(late.got) == 1
        await harness.webhooks.redelivery.replay(OWNER, endpoint, harness.clock() - timedelta(hours=1))
        await harness.finish()
        await harness.pass_time(seconds=1)
        await harness.webhooks.redelivery.replay(OWNER, endpoint, harness.clock() - timedelta(hours=1))
        await harness.finish()
    assert {message.headers["webhook-id"] for message in late.got[1:]} == {fired.id for fired in old}
    assert len(late.got) == 4
    assert {message.body for message in late.got} == {message.body for message in receiver.got}, (
        "the same bytes as ever"
    )
    for message in late.got:
        Webhook(secret).verify(message.body, message.headers)
    assert {row.cause for row in await harness.deliveries(endpoint)} == {"event", "replay"}
    assert len(await harness.deliveries(before)) == 4


async def test_a_test_send_is_the_catalogues_sample_once_and_never_again(harness: WebhookHarness) -> None:
    async with receiving(500) as receiver:
        endpoint, secret = await harness.endpoint(receiver.url, "ticket.*")
        await harness.webhooks.redelivery.test(OWNER, endpoint)
        await harness.finish()
        await harness.pass_time(days=1)
        assert await harness.finish() == 0
    (message,) = receiver.got
    told = Webhook(secret).verify(message.body, message.headers)
    assert told["type"].startswith("ticket.")
    assert told["data"] == event_catalogue.load_event_types()[told["type"]].sample
    (delivery,) = await harness.deliveries(endpoint)
    assert (delivery.state, delivery.cause) == ("failed", "test")
    with pytest.raises(NotFound, match="no sample"):
        await harness.webhooks.redelivery.test(OWNER, endpoint, "my.own")


async def test_a_paused_endpoint_gets_what_it_missed_when_it_is_resumed(
    harness: WebhookHarness, receiver: Receiver
) -> None:
    endpoint, _ = await harness.endpoint(receiver.url)
    await harness.webhooks.endpoints.pause(OWNER, endpoint)
    await harness.fire()
    await harness.pass_time(days=2)
    assert await harness.finish() == 0
    with pytest.raises(Conflict, match="paused"):
        await harness.webhooks.endpoints.pause(OWNER, endpoint)
    await harness.webhooks.endpoints.resume(OWNER, endpoint)
    assert await harness.finish() == 1
    assert len(receiver.got) == 1


async def test_a_resumed_endpoint_that_was_disabled_starts_with_a_clean_sheet(harness: WebhookHarness) -> None:
    async with receiving(410, 204) as receiver:
        endpoint, _ = await harness.endpoint(receiver.url)
        await harness.fire()
        await harness.finish()
        with pytest.raises(Conflict, match="resume"):
            await harness.webhooks.redelivery.recover(OWNER, endpoint, harness.clock() - timedelta(hours=1))
        shown = await harness.webhooks.endpoints.resume(OWNER, endpoint)
        assert (shown.row.state, shown.row.why, shown.row.consecutive_failures) == ("active", "", 0)
        await harness.webhooks.redelivery.recover(
            OWNER, endpoint, harness.clock() - timedelta(hours=1), harness.clock() + timedelta(hours=1)
        )
        await harness.finish()
    assert [row.state for row in await harness.deliveries(endpoint)] == ["failed"], (
        "made at this very moment: not before until"
    )


async def test_a_deleted_endpoint_is_sent_nothing_more_and_its_log_stays(harness: WebhookHarness) -> None:
    async with receiving(500) as receiver:
        endpoint, _ = await harness.endpoint(receiver.url)
        await harness.fire()
        await harness.turn()
        await harness.webhooks.endpoints.delete(OWNER, endpoint)
        await harness.fire()
        await harness.pass_time(days=1)
        await harness.finish()
        assert len(receiver.got) == 1
    (delivery,) = await harness.deliveries(endpoint)
    assert (delivery.state, delivery.detail) == ("failed", "The endpoint was deleted.")
    with pytest.raises(NotFound):
        await harness.webhooks.endpoints.show(OWNER, endpoint)
    with pytest.raises(NotFound):
        await harness.webhooks.redelivery.resend(OWNER, delivery.id)
    assert await harness.webhooks.endpoints.list_endpoints(OWNER) == []
    async with harness.database.read() as session:
        assert await store.signing_secrets.listed(session, "ws_1") == []


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook", "http://93.184.216.34/hook", "https://10.0.0.1/hook", "https://user:pw@example.com/", "ftp://example.com/",  # noqa: E501
        "https://example.com/#part", "https://[::ffff:10.0.0.1]/", "not a url", "http://169.254.169.254/latest", "https://2130706433/",
    ],
)  # fmt: skip
async def test_a_url_that_can_never_be_an_endpoint_is_refused_when_it_is_given(
    harness: WebhookHarness, url: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        await harness.endpoint(url)
    assert refused.value.findings[0].pointer == "/url"


@pytest.mark.parametrize("url", ["https://example.com/hook?a=1", "http://127.0.0.1:9/hook", "http://localhost:9/hook"])
async def test_https_and_what_the_settings_open_are_taken(harness: WebhookHarness, url: str) -> None:
    endpoint, secret = await harness.endpoint(url)
    assert endpoint.startswith("whe_")
    assert secret.startswith("whsec_")


@pytest.mark.parametrize("pattern", ["invoice", "*.", "invoice.**", "Invoice.paid", "", "a.b.c.d.e", "invoice.paid "])
async def test_a_pattern_that_fits_nothing_is_refused(harness: WebhookHarness, pattern: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await harness.endpoint("https://example.com/", "invoice.paid", pattern)
    assert refused.value.findings[0].pointer == "/events/1"


@pytest.mark.parametrize(
    "name", ["Webhook-Signature", "opsiq-event", "Host", "content-length", "Cookie", "bad name", "x\r\ny"]
)
async def test_a_header_that_is_not_the_owners_to_set_is_refused(harness: WebhookHarness, name: str) -> None:
    with pytest.raises(InvalidInput):
        await harness.endpoint("https://example.com/", headers={name: "x"})


async def test_a_header_value_cannot_smuggle_another_header(harness: WebhookHarness) -> None:
    with pytest.raises(InvalidInput):
        await harness.endpoint("https://example.com/", headers={"x-a": "1\r\nwebhook-id: evt_2"})


async def test_only_owners_and_keys_with_the_scope_govern_endpoints(harness: WebhookHarness) -> None:
    admin = replace(OWNER, role="admin")
    with pytest.raises(Forbidden):
        await harness.webhooks.endpoints.create(admin, "https://example.com/", ["*"])
    key = await harness.key("admin")
    await harness.webhooks.endpoints.create(key, "https://example.com/", ["*"])


async def test_another_workspaces_endpoint_and_deliveries_are_not_there(
    harness: WebhookHarness, receiver: Receiver
) -> None:
    endpoint, _ = await harness.endpoint(receiver.url)
    await harness.fire()
    await harness.finish()
    (delivery,) = await harness.deliveries()
    stranger = replace(OWNER, workspace="ws_2")
    with pytest.raises(NotFound):
        await harness.webhooks.endpoints.show(stranger, endpoint)
    with pytest.raises(Forbidden):
        await harness.webhooks.endpoints.delete(stranger, endpoint)
    with pytest.raises(NotFound):
        await harness.webhooks.redelivery.resend(stranger, delivery.id)
    with pytest.raises(NotFound):
        await harness.webhooks.redelivery.test(stranger, endpoint)


async def test_secrets_and_own_headers_are_sealed_in_the_database(harness: WebhookHarness) -> None:
    endpoint, secret = await harness.endpoint("https://example.com/", headers={"authorization": "Bearer hush"})
    async with harness.database.read() as session:
        (kept,) = await store.signing_secrets.listed(session, "ws_1")
        row = await store.webhooks.endpoints.get(session, "ws_1", endpoint)
    assert secret not in kept.current
    assert "hush" not in row.sealed_headers
    assert all("hush" not in entry.data and secret not in entry.data for entry in await harness.history())


async def test_every_act_is_in_history(harness: WebhookHarness, receiver: Receiver) -> None:
    endpoint, _ = await harness.endpoint(receiver.url)
    endpoints, again = harness.webhooks.endpoints, harness.webhooks.redelivery
    await endpoints.change(OWNER, endpoint, {"events": ["shop.*"], "description": "The shop"})
    await endpoints.rotate(OWNER, endpoint)
    await endpoints.pause(OWNER, endpoint)
    await endpoints.resume(OWNER, endpoint)
    row = await again.test(OWNER, endpoint)
    await again.resend(OWNER, row.id)
    await again.recover(OWNER, endpoint, harness.clock() - timedelta(hours=1))
    await again.replay(OWNER, endpoint, harness.clock() - timedelta(hours=1))
    await endpoints.delete(OWNER, endpoint)
    assert [entry.kind.removeprefix("webhook_") for entry in reversed(await harness.history())] == [
        "created", "changed", "rotated", "paused", "resumed", "tested", "resent", "recovered", "replayed", "deleted",
    ]  # fmt: skip


async def test_after_thirty_days_deliveries_attempts_and_bodies_are_gone_and_not_before(
    harness: WebhookHarness, receiver: Receiver
) -> None:
    await harness.endpoint(receiver.url)
    await harness.fire()
    await harness.finish()
    await harness.pass_time(days=29)
    await harness.fire()
    await harness.finish()
    assert (await retention.sweep(harness.database, harness.clock()))["webhook_deliveries"] == 0
    assert len(await harness.deliveries()) == 2
    await harness.pass_time(days=2)
    gone = await retention.sweep(harness.database, harness.clock())
    assert gone["webhook_deliveries"] == 2, "the delivery and its body"
    (left,) = await harness.deliveries()
    async with harness.database.read() as session:
        assert await store.webhooks.deliveries.body(session, left.event_id) is not None
    assert len(await harness.attempts(left.id)) == 1
