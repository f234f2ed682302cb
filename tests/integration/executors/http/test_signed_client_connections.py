"""Whom the hand connects to, how it knows them, and which connections it keeps."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from executors.http.signed_client import SignedClient
from executors.http.ssrf_guard import SsrfGuard
from tests.integration.executors.http.certificates import certificate
from tests.integration.executors.http.peers import (
    LOOPBACK,
    Peer,
    answer,
    answering,
    answering_once,
    hanging,
    peer,
    refusing,
    take,
)
from tests.integration.executors.http.posting import SECRET, post


async def test_where_nobody_listens_nothing_was_sent(signed_client: SignedClient) -> None:
    async with peer(hanging) as there:
        pass
    reply = await post(signed_client, there.url)
    assert (reply.status, reply.error, reply.sent) == (None, "connect", False)


async def test_a_connection_that_is_never_accepted_is_given_up_with_nothing_sent(signed_client: SignedClient) -> None:
    with socket.socket() as listener, contextlib.ExitStack() as fillers:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(3):
            filler = fillers.enter_context(socket.socket())
            filler.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                filler.connect(listener.getsockname())
        reply = await post(signed_client, f"http://127.0.0.1:{listener.getsockname()[1]}/", connect_timeout_s=0.2)
    assert (reply.error, reply.sent) == ("connect", False)


async def test_a_name_without_address_is_told_apart(signed_client: SignedClient) -> None:
    async def nobody(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    async with SignedClient(SsrfGuard(lookup=nobody)) as asking:
        reply = await post(asking, "http://nowhere.example/")
    assert (reply.error, reply.sent, reply.detail) == ("dns", False, "Name or service not known")


async def test_without_an_allow_list_this_machine_is_out_of_reach() -> None:
    async with peer(answering(answer(200))) as there, SignedClient(SsrfGuard()) as signed_client:
        for host in ("127.0.0.1", "localhost", "127.1", "[::ffff:127.0.0.1]", "2130706433", "0.0.0.0"):
            reply = await post(signed_client, f"http://{host}:{there.port}/")
            assert (reply.status, reply.error, reply.sent) == (None, "blocked", False)
    assert there.connections == 0


async def test_a_name_that_flips_between_two_calls_is_blocked_at_the_second_dial() -> None:
    answers = [["127.0.0.1"], ["127.0.0.2"]]

    async def flipping(host: str, port: int) -> Sequence[str]:
        return answers.pop(0)

    async with (
        peer(answering(answer(200)), host="0.0.0.0") as there,
        SignedClient(SsrfGuard(["127.0.0.1/32"], lookup=flipping), reuse=False) as signed_client,
    ):
        url = f"http://flip.example:{there.port}/"
        assert (await post(signed_client, url)).ok
        reply = await post(signed_client, url)
    assert (reply.error, reply.sent, there.connections) == ("blocked", False, 1)
    assert there.requests[0].headers["host"] == f"flip.example:{there.port}"


async def test_tls_is_checked_against_the_name_though_the_address_is_pinned(tmp_path: Path) -> None:
    ours, server = certificate(tmp_path, "shop.example")
    seen: list[str | None] = []
    server.sni_callback = lambda _object, name, _context: seen.append(name)

    async def here(host: str, port: int) -> Sequence[str]:
        return ["127.0.0.1"]

    async with peer(answering(answer(200)), tls=server) as there:
        async with SignedClient(SsrfGuard(LOOPBACK, lookup=here), tls=ours) as signed_client:
            good = await post(signed_client, f"https://shop.example:{there.port}/")
            wrong_name = await post(signed_client, f"https://other.example:{there.port}/")
        async with SignedClient(SsrfGuard(LOOPBACK, lookup=here)) as signed_client:
            stranger = await post(signed_client, f"https://shop.example:{there.port}/")
    assert good.ok
    assert seen == ["shop.example", "other.example", "shop.example"]
    for reply in (wrong_name, stranger):
        assert (reply.status, reply.error, reply.sent) == (None, "tls", False)
    assert len(there.requests) == 1


async def test_tls_to_a_peer_that_speaks_plain_http_sends_nothing(signed_client: SignedClient) -> None:
    async with peer(refusing) as there:
        reply = await post(signed_client, there.url.replace("http:", "https:"), timeout_s=2)
    assert (reply.status, reply.error, reply.sent) == (None, "tls", False)


@pytest.mark.parametrize(("reuse", "connections"), [(True, 1), (False, 3)])
async def test_connections_are_kept_for_the_next_call_only_if_asked_to(reuse: bool, connections: int) -> None:
    async with (
        peer(answering(answer(200, b"{}"))) as there,
        SignedClient(SsrfGuard(LOOPBACK), reuse=reuse) as signed_client,
    ):
        for _ in range(3):
            assert (await post(signed_client, there.url)).ok
    assert there.connections == connections


async def test_a_kept_connection_that_the_peer_has_closed_is_replaced(signed_client: SignedClient) -> None:
    async with peer(answering_once) as there:
        for _ in range(3):
            assert (await post(signed_client, there.url)).ok
            await asyncio.sleep(0.02)
    assert there.connections == 3


async def test_what_comes_unasked_on_a_kept_connection_is_nobodys_answer(signed_client: SignedClient) -> None:
    kept = asyncio.Event()

    async def forging(there: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await take(there, reader, writer)
        writer.write(answer(200))
        await kept.wait()
        writer.write(answer(410))
        await asyncio.Event().wait()

    async with peer(forging) as there:
        assert (await post(signed_client, there.url)).status == 200
        kept.set()
        await asyncio.sleep(0.02)
        assert (await post(signed_client, there.url)).status == 200
    assert there.connections == 2


async def test_a_connection_is_not_reused_after_an_answer_before_the_whole_request(
    signed_client: SignedClient,
) -> None:
    async def early(there: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer(413))
        await writer.drain()
        await asyncio.Event().wait()

    async with peer(early) as there:
        for _ in range(2):
            reply = await signed_client.post(
                there.url, b"x" * 20_000_000, message_id="act_1", secrets=[SECRET], timeout_s=10
            )
            assert (reply.status, reply.sent) == (413, True)
    assert there.connections == 2


async def test_a_cancelled_call_is_over_at_once_and_leaves_no_connection(signed_client: SignedClient) -> None:
    async with peer(hanging) as there:
        call = asyncio.create_task(post(signed_client, there.url, timeout_s=60))
        await asyncio.wait_for(there.taken.wait(), 5)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
