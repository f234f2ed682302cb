"""Peers that misbehave, each on a real socket of this machine."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

LOOPBACK = ("127.0.0.0/8", "::1/128")


@dataclass(slots=True)
class Request:
    """What came in: the first line, headers by lower-case name, the body, and the port it came from."""

    line: str
    headers: dict[str, str]
    body: bytes
    port: int


@dataclass(slots=True)
class Peer:
    port: int
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    written: int = 0
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    dropped: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"


Serve = Callable[[Peer, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def peer(serve: Serve, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> AsyncIterator[Peer]:
    """A server that hands each connection to ``serve`` and closes it after."""
    made = Peer(0)
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        made.connections += 1
        try:
            await serve(made, reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            made.dropped.set()
        finally:
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()
            tasks.discard(task)

    server = await asyncio.start_server(connected, host, 0, ssl=tls)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def take(peer: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    """Read one whole request."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    request = Request(head[0], headers, body, writer.get_extra_info("peername")[1])
    peer.requests.append(request)
    peer.taken.set()
    return request


def answer(status: int, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} x", f"content-length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def answering(*answers: bytes) -> Serve:
    """One answer after the other, the last for ever, on connections that stay open."""

    async def serve(peer: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await take(peer, reader, writer)
            writer.write(answers[min(len(peer.requests), len(answers)) - 1])
            await writer.drain()

    return serve


def dripping(first: bytes, drip: bytes, every_s: float = 0.02) -> Serve:
    """``first`` after the request, then ``drip`` again and again until the client has had enough."""

    async def serve(peer: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await take(peer, reader, writer)
        writer.write(first)
        while True:
            writer.write(drip)
            peer.written += len(drip)
            await writer.drain()
            await asyncio.sleep(every_s)

    return serve


async def hanging(peer: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the request and says nothing."""
    await take(peer, reader, writer)
    await reader.read()


async def closing_after(peer: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Takes the request and hangs up."""
    await take(peer, reader, writer)


async def closing_before(peer: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hangs up at once."""


async def answering_once(peer: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Says 200 without announcing that it hangs up, and hangs up."""
    await take(peer, reader, writer)
    writer.write(answer(200))
    await writer.drain()


async def refusing(peer: Peer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answers 400 in plain HTTP to whatever comes first."""
    await reader.read(1)
    writer.write(answer(400))
    await writer.drain()
