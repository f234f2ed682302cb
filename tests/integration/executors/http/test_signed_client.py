"""What the hand sends: signed, once, to where it was told, and nothing that was not meant."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from core.errors import BadSetting, InvalidInput
from core.webhook_signature import make_secret
from executors.http.signed_client import SignedClient
from executors.http.ssrf_guard import SsrfGuard
from tests.integration.executors.http.peers import LOOPBACK, answer, answering, peer
from tests.integration.executors.http.posting import BODY, SECRET, post
from tests.integration.frozen_clock import FrozenClock


async def test_the_published_library_verifies_what_was_sent(signed_client: SignedClient) -> None:
    async with peer(answering(answer(200, b"ok"))) as there:
        reply = await post(signed_client, there.url)
    (request,) = there.requests
    assert (reply.status, reply.body, reply.error, reply.cut, reply.ok) == (200, b"ok", None, False, True)
    assert Webhook(SECRET).verify(request.body, request.headers)["params"] == {"amount": 2000}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body.replace(b"2000", b"2001"), request.headers)


async def test_while_a_secret_rotates_each_of_the_two_verifies(signed_client: SignedClient) -> None:
    both = [make_secret(), make_secret()]
    async with peer(answering(answer(200))) as there:
        await signed_client.post(there.url, BODY, message_id="evt_1", secrets=both, timeout_s=5)
    for secret in both:
        Webhook(secret).verify(there.requests[0].body, there.requests[0].headers)


async def test_each_attempt_has_its_own_time_and_signature_and_the_same_id() -> None:
    clock = FrozenClock(datetime(2026, 11, 24, tzinfo=UTC))
    async with (
        peer(answering(answer(500, b"oops"), answer(200))) as there,
        SignedClient(SsrfGuard(LOOPBACK), clock=clock) as signed_client,
    ):
        first = await post(signed_client, there.url)
        clock.advance(seconds=2)
        second = await post(signed_client, there.url, attempt=2)
    one, two = (request.headers for request in there.requests)
    assert (first.status, first.body, second.status) == (500, b"oops", 200)
    assert one["webhook-id"] == two["webhook-id"] == one["idempotency-key"] == two["idempotency-key"] == "act_1"
    assert int(two["webhook-timestamp"]) == int(one["webhook-timestamp"]) + 2 == int(clock().timestamp())
    assert one["webhook-signature"] != two["webhook-signature"]
    assert (one["opsiq-attempt"], two["opsiq-attempt"]) == ("1", "2")


async def test_the_request_carries_nothing_that_was_not_meant(signed_client: SignedClient) -> None:
    async with peer(answering(answer(200))) as there:
        await post(signed_client, there.url, headers={"OpsIQ-Event": "invoice.paid"})
    (request,) = there.requests
    assert request.line == "POST /hook HTTP/1.1"
    assert request.body == BODY
    assert set(request.headers) == {
        "host", "user-agent", "accept", "accept-encoding", "content-type", "content-length", "opsiq-event",
        "webhook-id", "webhook-timestamp", "webhook-signature", "idempotency-key", "opsiq-attempt",
    }  # fmt: skip
    assert request.headers["opsiq-event"] == "invoice.paid"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["accept-encoding"] == "identity"
    assert request.headers["user-agent"].startswith("OpsIQ/")


@pytest.mark.parametrize(
    "headers",
    [
        {"x-note": "a\r\nwebhook-id: act_2"},
        {"x-note": "a\nb"},
        {"x-note": "naïve"},
        {"x-note": ""},
        {"x\r\ny": "a"},
        {"x y": "a"},
        {"webhook-id": "act_2"},
        {"Webhook-Signature": "v1,AAAA"},
        {"Host": "example.com"},
        {"x-a": "1", "X-A": "2"},
    ],
)
async def test_a_header_that_would_inject_or_override_is_refused_before_dialling(
    signed_client: SignedClient, headers: dict[str, str]
) -> None:
    async with peer(answering(answer(200))) as there:
        with pytest.raises(InvalidInput):
            await post(signed_client, there.url, headers=headers)
        assert there.connections == 0


async def test_nothing_is_sent_unsigned(signed_client: SignedClient) -> None:
    async with peer(answering(answer(200))) as there:
        with pytest.raises(BadSetting):
            await signed_client.post(there.url, BODY, message_id="act_1", secrets=[], timeout_s=5)
        with pytest.raises(InvalidInput):
            await signed_client.post(there.url, BODY, message_id="act_1.2", secrets=[SECRET], timeout_s=5)
        assert there.connections == 0


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(signed_client: SignedClient, status: int) -> None:
    async with peer(answering(answer(200))) as inside, peer(answering(answer(status, location=inside.url))) as there:
        reply = await post(signed_client, there.url)
    assert (reply.status, reply.ok, inside.connections) == (status, False, 0)


async def test_cookies_are_not_kept() -> None:
    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async with (
        peer(answering(answer(200, set_cookie="a=b; path=/"))) as there,
        SignedClient(SsrfGuard(LOOPBACK, lookup=here)) as signed_client,
    ):
        for _ in range(2):
            assert (await post(signed_client, f"http://shop.example:{there.port}/")).ok
    assert "cookie" not in there.requests[1].headers


async def test_a_proxy_or_netrc_of_the_environment_is_not_used(
    signed_client: SignedClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with peer(answering(answer(200))) as there:
        assert (await post(signed_client, there.url)).ok
    assert "authorization" not in there.requests[0].headers


async def test_the_log_names_the_attempt_and_holds_neither_body_nor_secret_nor_query(
    signed_client: SignedClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "opsiq")
    async with peer(answering(answer(200, b"the answer"))) as there:
        await post(signed_client, there.url + "?token=hunter2")
    (record,) = [one for one in caplog.records if one.name.startswith("opsiq")]
    assert record.message_id == "act_1"  # type: ignore[attr-defined]
    for word in ("hunter2", SECRET, "invoices.refund", "the answer"):
        assert word not in str(record.__dict__)
