"""What the hand makes of what comes back: nothing, too much, too slowly, or no HTTP at all."""

from __future__ import annotations

import asyncio
import gzip

import pytest

from executors.http.signed_client import MAX_ANSWER_BYTES, SignedClient
from tests.integration.executors.http.peers import (
    answer,
    answering,
    closing_after,
    closing_before,
    dripping,
    hanging,
    peer,
)
from tests.integration.executors.http.posting import post


async def test_a_peer_that_never_answers_is_a_timeout_of_something_sent(signed_client: SignedClient) -> None:
    async with peer(hanging) as there:
        reply = await post(signed_client, there.url, timeout_s=0.2)
    assert (reply.status, reply.error, reply.sent) == (None, "timeout", True)
    assert reply.duration_ms >= 150


async def test_a_peer_that_hangs_up_after_reading_may_have_acted(signed_client: SignedClient) -> None:
    async with peer(closing_after) as there:
        reply = await post(signed_client, there.url)
    assert (reply.status, reply.error, reply.sent) == (None, "closed", True)
    assert len(there.requests) == there.connections == 1


async def test_a_peer_that_hangs_up_before_reading_may_have_acted_for_all_we_know(signed_client: SignedClient) -> None:
    async with peer(closing_before) as there:
        reply = await post(signed_client, there.url)
    assert (reply.status, reply.error, reply.sent) == (None, "closed", True)


async def test_an_endless_answer_is_cut_at_64_kib_and_the_connection_dropped(signed_client: SignedClient) -> None:
    block = b"x" * 65536
    async with peer(dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n", block, every_s=0)) as there:
        reply = await post(signed_client, there.url)
        await asyncio.wait_for(there.dropped.wait(), 5)
    assert (reply.status, len(reply.body), reply.cut, reply.error) == (200, MAX_ANSWER_BYTES, True, None)
    assert there.written < 64 * 1024 * 1024


async def test_an_answer_of_exactly_64_kib_is_whole(signed_client: SignedClient) -> None:
    async with peer(answering(answer(200, b"y" * MAX_ANSWER_BYTES))) as there:
        reply = await post(signed_client, there.url)
    assert (len(reply.body), reply.cut) == (MAX_ANSWER_BYTES, False)


async def test_a_head_that_drips_is_given_up_in_time(signed_client: SignedClient) -> None:
    async with peer(dripping(b"HTTP/1.1 200 OK\r\nx: ", b"y")) as there:
        reply = await post(signed_client, there.url, timeout_s=0.3)
    assert (reply.status, reply.error, reply.sent) == (None, "timeout", True)


async def test_endless_interim_answers_are_given_up_in_time(signed_client: SignedClient) -> None:
    async with peer(dripping(b"", b"HTTP/1.1 102 Processing\r\n\r\n")) as there:
        reply = await post(signed_client, there.url, timeout_s=0.3)
    assert (reply.status, reply.error, reply.sent) == (None, "timeout", True)


async def test_a_body_that_drips_does_not_undo_the_status(signed_client: SignedClient) -> None:
    async with peer(dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\nab", b"c")) as there:
        reply = await post(signed_client, there.url, timeout_s=0.3)
    assert (reply.status, reply.error, reply.cut, reply.body[:3]) == (200, "timeout", True, b"abc")


async def test_a_gzip_bomb_is_never_unpacked(signed_client: SignedClient) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    async with peer(answering(answer(200, bomb, content_encoding="gzip"))) as there:
        reply = await post(signed_client, there.url)
    assert reply.body == bomb[:MAX_ANSWER_BYTES]


@pytest.mark.parametrize("garbage", [b"SSH-2.0-OpenSSH\r\n\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\0" * 100 + b"\r\n\r\n"])
async def test_an_answer_that_is_not_http_leaves_the_fate_unknown(signed_client: SignedClient, garbage: bytes) -> None:
    async with peer(answering(garbage)) as there:
        reply = await post(signed_client, there.url, timeout_s=1)
    assert (reply.status, reply.error, reply.sent) == (None, "malformed", True)


async def test_a_head_that_is_too_large_is_not_read_on(signed_client: SignedClient) -> None:
    async with peer(dripping(b"HTTP/1.1 200 OK\r\nx: ", b"y" * 10_000, every_s=0)) as there:
        reply = await post(signed_client, there.url)
    assert (reply.status, reply.error) == (None, "malformed")


async def test_retry_after_is_carried(signed_client: SignedClient) -> None:
    async with peer(answering(answer(429, retry_after="7"), answer(503, retry_after="soon"))) as there:
        assert (await post(signed_client, there.url)).retry_after_s == 7
        assert (await post(signed_client, there.url)).retry_after_s is None
