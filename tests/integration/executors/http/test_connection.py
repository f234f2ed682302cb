"""Answers as they come over a socket: in pieces, in forms that HTTP allows and forms that it does not."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from core.webhook_signature import make_secret
from executors.http.deadlines import Deadlines
from executors.http.signed_client import MAX_ANSWER_BYTES, SignedClient
from executors.http.ssrf_guard import SsrfGuard
from executors.retry import Reply
from tests.integration.executors.http.peers import LOOPBACK, Peer, Serve, answer, answering, dripping, peer, take

SECRET = make_secret()


async def post(signed_client: SignedClient, url: str, *, timeout_s: float = 5.0) -> Reply:
    return await signed_client.post(url, b"{}", message_id="evt_1", secrets=[SECRET], timeout_s=timeout_s)


@pytest.fixture
async def signed_client() -> AsyncIterator[SignedClient]:
    async with SignedClient(SsrfGuard(LOOPBACK)) as made:
        yield made


def saying(*pieces: bytes, then_close: bool = False) -> Serve:
    """The pieces, each in a segment of its own."""

    async def serve(peer: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await take(peer, reader, writer)
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0.005)
            if then_close:
                return

    return serve


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("pieces", "status", "body"),
    [
        ([b"HTTP/1.1 100 Continue\r\n\r\n", answer(201, b"made")], 201, b"made"),
        ([b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + answer(204)], 204, b""),
        ([bytes([byte]) for byte in answer(200, b"byte by byte")], 200, b"byte by byte"),
        ([CHUNKED + b"3\r\nabc\r\n", b"4;note=x\r\ndefg\r\n0\r\ntrailer: x\r\n\r\n"], 200, b"abcdefg"),
        ([b"HTTP/1.1 304 Not Modified\r\ncontent-length: 900\r\n\r\n"], 304, b""),
        ([b"HTTP/1.1 200 OK\ncontent-length: 2\n\nok"], 200, b"ok"),
    ],
)
async def test_an_answer_in_any_form_is_read_to_its_end_and_the_connection_kept(
    signed_client: SignedClient, pieces: list[bytes], status: int, body: bytes
) -> None:
    async with peer(saying(*pieces)) as there:
        for _ in range(2):
            reply = await post(signed_client, there.url)
            assert (reply.status, reply.body, reply.cut, reply.error) == (status, body, False, None)
    assert there.connections == 1


async def test_a_body_without_a_length_ends_with_the_connection(signed_client: SignedClient) -> None:
    async with peer(saying(b"HTTP/1.1 200 OK\r\n\r\nsome", b" more", then_close=True)) as there:
        for _ in range(2):
            reply = await post(signed_client, there.url)
            assert (reply.status, reply.body, reply.cut, reply.error) == (200, b"some more", False, None)
    assert there.connections == 2


@pytest.mark.parametrize(
    "framing", [b"content-length: 20\r\n\r\nsome", b"transfer-encoding: chunked\r\n\r\n4\r\nsome\r\n"]
)
async def test_a_body_that_ends_too_early_is_cut_and_keeps_its_status(
    signed_client: SignedClient, framing: bytes
) -> None:
    async with peer(saying(b"HTTP/1.1 200 OK\r\n" + framing, then_close=True)) as there:
        reply = await post(signed_client, there.url)
    assert (reply.status, reply.body, reply.cut, reply.error, reply.sent) == (200, b"some", True, "closed", True)


@pytest.mark.parametrize(
    "last",
    [
        b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok",
        answer(200, b"ok") + answer(410),
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    ],
)
async def test_a_connection_that_is_at_its_end_is_not_asked_again(signed_client: SignedClient, last: bytes) -> None:
    async with peer(saying(last)) as there:
        for _ in range(2):
            assert (await post(signed_client, there.url)).status in (200, 101)
    assert there.connections == 2


@pytest.mark.parametrize(
    "flood",
    [b"1;" + b"x" * 5_000 + b"\r\nb\r\n", b"0\r\n" + b"x: y\r\n" * 2_000],
    ids=["chunk extensions", "trailers"],
)
async def test_what_is_around_a_body_is_not_read_without_end(signed_client: SignedClient, flood: bytes) -> None:
    async with peer(dripping(CHUNKED, flood, every_s=0)) as there:
        reply = await post(signed_client, there.url)
        await asyncio.wait_for(there.dropped.wait(), 5)
    assert (reply.status, reply.cut) == (200, True)
    assert there.written < 16 * 1024 * 1024


async def test_many_small_pieces_up_to_the_limit_are_whole(signed_client: SignedClient) -> None:
    async with peer(answering(CHUNKED + b"1\r\nx\r\n" * MAX_ANSWER_BYTES + b"0\r\n\r\n")) as there:
        reply = await post(signed_client, there.url)
    assert (len(reply.body), reply.cut) == (MAX_ANSWER_BYTES, False)


async def test_what_a_peer_has_not_read_in_time_is_not_kept_for_it(signed_client: SignedClient) -> None:
    read = 0
    whole = 20_000_000

    async def deaf(there: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal read
        await asyncio.sleep(0.5)
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 20):
                read += len(data)
        there.dropped.set()

    async with peer(deaf) as there:
        reply = await signed_client.post(there.url, b"x" * whole, message_id="evt_1", secrets=[SECRET], timeout_s=0.2)
        assert (reply.status, reply.error, reply.sent) == (None, "timeout", True)
        await asyncio.wait_for(there.dropped.wait(), 5)
    assert read < whole


async def test_a_connection_that_nobody_uses_is_closed(signed_client: SignedClient) -> None:
    async with peer(answering(answer(200))) as there:
        assert (await post(signed_client, there.url)).ok
        assert not there.dropped.is_set()
        await asyncio.wait_for(there.dropped.wait(), 5)


async def test_of_calls_side_by_side_each_has_its_own_time(signed_client: SignedClient) -> None:
    async with peer(dripping(b"HTTP/1.1 200 OK\r\nx: ", b"y")) as there:
        began = time.monotonic()
        short, long = 0.2, 0.6

        async def ended(timeout_s: float) -> float:
            assert (await post(signed_client, there.url, timeout_s=timeout_s)).error == "timeout"
            return time.monotonic() - began

        took = await asyncio.gather(ended(long), ended(short), ended(long))
    assert short <= took[1] < long <= min(took[0], took[2]) < 2


async def test_a_deadline_that_was_dropped_is_not_heard_of_again() -> None:
    loop = asyncio.get_running_loop()
    deadlines = Deadlines(loop)
    first, second = loop.create_future(), loop.create_future()
    deadlines.add(first, loop.time() + 0.01)
    deadlines.add(second, loop.time() + 0.02)
    deadlines.drop(first)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(second, 5)
    assert not first.done()
    deadlines.close()
