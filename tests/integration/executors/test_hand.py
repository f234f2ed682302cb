from __future__ import annotations

import asyncio
import contextlib
import gzip
import logging
import socket
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from core.clock import FrozenClock
from core.errors import BadSetting, InvalidInput
from core.webhook_signature import new_secret
from executors.guard import Guard
from executors.hand import MAX_ANSWER_BYTES, Hand
from executors.retry import Reply
from tests.integration.executors.certificates import certificate
from tests.integration.executors.peers import (
    LOOPBACK,
    Peer,
    answer,
    answering,
    answering_once,
    closing_after,
    closing_before,
    dripping,
    hanging,
    peer,
    refusing,
    take,
)

SECRET = new_secret()
BODY = b'{"action":"invoices.refund","params":{"amount":2000}}'


async def post(
    hand: Hand,
    url: str,
    *,
    timeout_s: float = 5.0,
    attempt: int = 1,
    headers: dict[str, str] | None = None,
    connect_timeout_s: float = 5.0,
) -> Reply:
    return await hand.post(
        url,
        BODY,
        message_id="act_1",
        secrets=[SECRET],
        headers=headers,
        timeout_s=timeout_s,
        connect_timeout_s=connect_timeout_s,
        attempt=attempt,
    )


@pytest.fixture
async def hand() -> AsyncIterator[Hand]:
    async with Hand(Guard(LOOPBACK)) as made:
        yield made


async def test_the_published_library_verifies_what_was_sent(hand: Hand) -> None:
    async with peer(answering(answer(200, b"ok"))) as there:
        reply = await post(hand, there.url)
    (request,) = there.requests
    assert (reply.status, reply.body, reply.error, reply.cut, reply.ok) == (200, b"ok", None, False, True)
    assert Webhook(SECRET).verify(request.body, request.headers)["params"] == {"amount": 2000}
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body.replace(b"2000", b"2001"), request.headers)


async def test_while_a_secret_rotates_each_of_the_two_verifies(hand: Hand) -> None:
    both = [new_secret(), new_secret()]
    async with peer(answering(answer(200))) as there:
        await hand.post(there.url, BODY, message_id="evt_1", secrets=both, timeout_s=5)
    for secret in both:
        Webhook(secret).verify(there.requests[0].body, there.requests[0].headers)


async def test_each_attempt_has_its_own_time_and_signature_and_the_same_id() -> None:
    clock = FrozenClock(datetime(2026, 11, 24, tzinfo=UTC))
    async with peer(answering(answer(500, b"oops"), answer(200))) as there, Hand(Guard(LOOPBACK), clock=clock) as hand:
        first = await post(hand, there.url)
        clock.advance(seconds=2)
        second = await post(hand, there.url, attempt=2)
    one, two = (request.headers for request in there.requests)
    assert (first.status, first.body, second.status) == (500, b"oops", 200)
    assert one["webhook-id"] == two["webhook-id"] == one["idempotency-key"] == two["idempotency-key"] == "act_1"
    assert int(two["webhook-timestamp"]) == int(one["webhook-timestamp"]) + 2 == int(clock().timestamp())
    assert one["webhook-signature"] != two["webhook-signature"]
    assert (one["opsiq-attempt"], two["opsiq-attempt"]) == ("1", "2")


async def test_the_request_carries_nothing_that_was_not_meant(hand: Hand) -> None:
    async with peer(answering(answer(200))) as there:
        await post(hand, there.url, headers={"OpsIQ-Event": "invoice.paid"})
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
async def test_a_header_that_would_inject_or_override_is_refused_before_anything_is_dialled(
    hand: Hand, headers: dict[str, str]
) -> None:
    async with peer(answering(answer(200))) as there:
        with pytest.raises(InvalidInput):
            await post(hand, there.url, headers=headers)
        assert there.connections == 0


async def test_nothing_is_sent_unsigned(hand: Hand) -> None:
    async with peer(answering(answer(200))) as there:
        with pytest.raises(BadSetting):
            await hand.post(there.url, BODY, message_id="act_1", secrets=[], timeout_s=5)
        with pytest.raises(InvalidInput):
            await hand.post(there.url, BODY, message_id="act_1.2", secrets=[SECRET], timeout_s=5)
        assert there.connections == 0


async def test_a_peer_that_never_answers_is_a_timeout_of_something_sent(hand: Hand) -> None:
    async with peer(hanging) as there:
        reply = await post(hand, there.url, timeout_s=0.2)
    assert (reply.status, reply.error, reply.sent) == (None, "timeout", True)
    assert reply.duration_ms >= 150


async def test_a_peer_that_hangs_up_after_reading_may_have_acted(hand: Hand) -> None:
    async with peer(closing_after) as there:
        reply = await post(hand, there.url)
    assert (reply.status, reply.error, reply.sent) == (None, "closed", True)
    assert len(there.requests) == there.connections == 1


async def test_a_peer_that_hangs_up_before_reading_may_have_acted_for_all_we_know(hand: Hand) -> None:
    async with peer(closing_before) as there:
        reply = await post(hand, there.url)
    assert (reply.status, reply.error, reply.sent) == (None, "closed", True)


async def test_where_nobody_listens_nothing_was_sent(hand: Hand) -> None:
    async with peer(hanging) as there:
        pass
    reply = await post(hand, there.url)
    assert (reply.status, reply.error, reply.sent) == (None, "connect", False)


async def test_a_connection_that_is_never_accepted_is_given_up_with_nothing_sent(hand: Hand) -> None:
    with socket.socket() as listener, contextlib.ExitStack() as fillers:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            filler = fillers.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        reply = await post(hand, f"http://127.0.0.1:{listener.getsockname()[1]}/", connect_timeout_s=0.2)
    assert (reply.error, reply.sent) == ("connect", False)


async def test_a_name_without_address_is_told_apart(hand: Hand) -> None:
    async def nobody(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with Hand(Guard(lookup=nobody)) as asking:
        reply = await post(asking, "http://nowhere.example/")
    assert (reply.error, reply.sent, reply.detail) == ("dns", False, "Name or service not known")


async def test_an_endless_answer_is_cut_at_64_kib_and_the_connection_dropped(hand: Hand) -> None:
    block = b"x" * 65536
    async with peer(dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n", block, every_s=0)) as there:
        reply = await post(hand, there.url)
        await asyncio.wait_for(there.dropped.wait(), 5)
    assert (reply.status, len(reply.body), reply.cut, reply.error) == (200, MAX_ANSWER_BYTES, True, None)
    assert there.written < 64 * 1024 * 1024


async def test_an_answer_of_exactly_64_kib_is_whole(hand: Hand) -> None:
    async with peer(answering(answer(200, b"y" * MAX_ANSWER_BYTES))) as there:
        reply = await post(hand, there.url)
    assert (len(reply.body), reply.cut) == (MAX_ANSWER_BYTES, False)


async def test_a_head_that_drips_is_given_up_in_time(hand: Hand) -> None:
    async with peer(dripping(b"HTTP/1.1 200 OK\r\nx: ", b"y")) as there:
        reply = await post(hand, there.url, timeout_s=0.3)
    assert (reply.status, reply.error, reply.sent) == (None, "timeout", True)


async def test_endless_interim_answers_are_given_up_in_time(hand: Hand) -> None:
    async with peer(dripping(b"", b"HTTP/1.1 102 Processing\r\n\r\n")) as there:
        reply = await post(hand, there.url, timeout_s=0.3)
    assert (reply.status, reply.error, reply.sent) == (None, "timeout", True)


async def test_a_body_that_drips_does_not_undo_the_status(hand: Hand) -> None:
    async with peer(dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\nab", b"c")) as there:
        reply = await post(hand, there.url, timeout_s=0.3)
    assert (reply.status, reply.error, reply.cut, reply.body[:3]) == (200, "timeout", True, b"abc")


async def test_a_gzip_bomb_is_never_unpacked(hand: Hand) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    async with peer(answering(answer(200, bomb, content_encoding="gzip"))) as there:
        reply = await post(hand, there.url)
    assert reply.body == bomb[:MAX_ANSWER_BYTES]


@pytest.mark.parametrize("garbage", [b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\0" * 100 + b"\r\n\r\n"])
async def test_an_answer_that_is_not_http_leaves_the_fate_unknown(hand: Hand, garbage: bytes) -> None:
    async with peer(answering(garbage)) as there:
        reply = await post(hand, there.url, timeout_s=1)
    assert (reply.status, reply.error, reply.sent) == (None, "malformed", True)


async def test_a_head_that_is_too_large_is_not_read_on(hand: Hand) -> None:
    async with peer(dripping(b"HTTP/1.1 200 OK\r\nx: ", b"y" * 10_000, every_s=0)) as there:
        reply = await post(hand, there.url)
    assert (reply.status, reply.error) == (None, "malformed")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(hand: Hand, status: int) -> None:
    async with peer(answering(answer(200))) as inside, peer(answering(answer(status, location=inside.url))) as there:
        reply = await post(hand, there.url)
    assert (reply.status, reply.ok, inside.connections) == (status, False, 0)


async def test_retry_after_is_carried(hand: Hand) -> None:
    async with peer(answering(answer(429, retry_after="7"), answer(503, retry_after="soon"))) as there:
        assert (await post(hand, there.url)).retry_after_s == 7
        assert (await post(hand, there.url)).retry_after_s is None


async def test_cookies_are_not_kept() -> None:
    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async with (
        peer(answering(answer(200, set_cookie="a=b; path=/"))) as there,
        Hand(Guard(LOOPBACK, lookup=here)) as hand,
    ):
        for _ in range(2):
            assert (await post(hand, f"http://shop.example:{there.port}/")).ok
    assert "cookie" not in there.requests[1].headers


async def test_a_proxy_or_netrc_of_the_environment_is_not_used(
    hand: Hand, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with peer(answering(answer(200))) as there:
        assert (await post(hand, there.url)).ok
    assert "authorization" not in there.requests[0].headers


async def test_without_an_allow_list_this_machine_is_out_of_reach() -> None:
    async with peer(answering(answer(200))) as there, Hand(Guard()) as hand:
        for host in ("127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0"):
            reply = await post(hand, f"http://{host}:{there.port}/")
            assert (reply.status, reply.error, reply.sent) == (None, "blocked", False)
    assert there.connections == 0


async def test_a_name_that_flips_between_two_calls_is_blocked_at_the_second_dial() -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]

    async def flipping(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    async with (
        peer(answering(answer(200)), host="0.0.0.0") as there,
        Hand(Guard(["127.0.0.1/32"], lookup=flipping), reuse=False) as hand,
    ):
        url = f"http://flip.example:{there.port}/"
        assert (await post(hand, url)).ok
        reply = await post(hand, url)
    assert (reply.error, reply.sent, there.connections) == ("blocked", False, 1)
    assert there.requests[0].headers["host"] == f"flip.example:{there.port}"


async def test_tls_is_checked_against_the_name_though_the_address_is_pinned(tmp_path: Path) -> None:
    ours, server = certificate(tmp_path, "shop.example")
    seen: list[str | None] = []
    server.sni_callback = lambda _object, name, _context: seen.append(name)

    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async with peer(answering(answer(200)), tls=server) as there:
        async with Hand(Guard(LOOPBACK, lookup=here), tls=ours) as hand:
            good = await post(hand, f"https://shop.example:{there.port}/")
            wrong_name = await post(hand, f"https://other.example:{there.port}/")
        async with Hand(Guard(LOOPBACK, lookup=here)) as hand:
            stranger = await post(hand, f"https://shop.example:{there.port}/")
    assert good.ok
    assert seen == ["shop.example", "other.example", "shop.example"]
    for reply in (wrong_name, stranger):
        assert (reply.status, reply.error, reply.sent) == (None, "tls", False)
    assert len(there.requests) == 1


async def test_tls_to_a_peer_that_speaks_plain_http_sends_nothing(hand: Hand) -> None:
    async with peer(refusing) as there:
        reply = await post(hand, there.url.replace("http:", "https:"), timeout_s=2)
    assert (reply.status, reply.error, reply.sent) == (None, "tls", False)


@pytest.mark.parametrize(("reuse", "connections"), [(True, 1), (False, 3)])
async def test_connections_are_kept_for_the_next_call_only_if_asked_to(reuse: bool, connections: int) -> None:
    async with peer(answering(answer(200, b"{}"))) as there, Hand(Guard(LOOPBACK), reuse=reuse) as hand:
        for _ in range(3):
            assert (await post(hand, there.url)).ok
    assert there.connections == connections


async def test_a_kept_connection_that_the_peer_has_closed_is_replaced(hand: Hand) -> None:
    async with peer(answering_once) as there:
        for _ in range(3):
            assert (await post(hand, there.url)).ok
            await asyncio.sleep(0.02)
    assert there.connections == 3


async def test_what_comes_unasked_on_a_kept_connection_is_nobodys_answer(hand: Hand) -> None:
    kept = asyncio.Event()

    async def forging(there: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await take(there, reader, writer)
        writer.write(answer(200))
        await kept.wait()
        writer.write(answer(410))
        await asyncio.Event().wait()

    async with peer(forging) as there:
        assert (await post(hand, there.url)).status == 200
        kept.set()
        await asyncio.sleep(0.02)
        assert (await post(hand, there.url)).status == 200
    assert there.connections == 2


async def test_a_connection_is_not_used_again_when_the_answer_came_before_all_of_the_request_had_left(
    hand: Hand,
) -> None:
    async def early(there: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(413))
        await writer.drain()
        await asyncio.Event().wait()

    async with peer(early) as there:
        for _ in range(2):
            reply = await hand.post(there.url, b"x" * 20_000_000, message_id="act_1", secrets=[SECRET], timeout_s=10)
            assert (reply.status, reply.sent) == (413, True)
    assert there.connections == 2


async def test_a_cancelled_call_is_over_at_once_and_leaves_no_connection(hand: Hand) -> None:
    async with peer(hanging) as there:
        call = asyncio.create_task(post(hand, there.url, timeout_s=60))
        await asyncio.wait_for(there.taken.wait(), 5)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


async def test_the_log_names_the_attempt_and_holds_neither_body_nor_secret_nor_query(
    hand: Hand, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "opsiq")
    async with peer(answering(answer(200, b"the answer"))) as there:
        await post(hand, there.url + "?token=hunter2")
    (record,) = [one for one in caplog.records if one.name.startswith("opsiq")]
    assert record.message_id == "act_1"  # type: ignore[attr-defined]
    for word in ("hunter2", SECRET, "invoices.refund", "the answer"):
        assert word not in str(record.__dict__)
