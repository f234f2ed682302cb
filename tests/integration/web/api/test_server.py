"""What a server that shuts down had accepted is answered; what it could not finish in time is told so, in the one shape
of errors; what has begun to be answered is cut."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI
from starlette.responses import Response, StreamingResponse

from web.middleware import RequestMiddleware
from web.server import DRAIN_S, Server


@asynccontextmanager
async def stopping(path: str) -> AsyncIterator[bytes]:
    """Everything that comes back for a request that hangs while its server shuts down."""
    app = FastAPI()
    app.add_middleware(RequestMiddleware)
    under_way = asyncio.Event()

    @app.get("/v1/hangs")
    async def hangs() -> None:
        under_way.set()
        await asyncio.Event().wait()

    @app.get("/v1/streams")
    async def streams() -> StreamingResponse:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"the beginning"
            under_way.set()
            await asyncio.Event().wait()

        return StreamingResponse(pieces())

    server = uvicorn.Server(uvicorn.Config(app, http="h11", port=0, log_config=None, timeout_graceful_shutdown=0))
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    host, port = server.servers[0].sockets[0].getsockname()[:2]
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    await under_way.wait()
    server.should_exit = True
    async with asyncio.timeout(30):
        came = await reader.read()
        await serving
    writer.close()
    yield came


async def test_what_is_cut_at_the_bound_is_a_problem_that_may_be_sent_again() -> None:
    async with stopping("/v1/hangs") as came:
        head, _, body = came.partition(b"\r\n\r\n")
    lines = head.decode().lower().splitlines()
    assert lines[0].startswith("http/1.1 503")
    assert {"content-type: application/problem+json", "retry-after: 1", "connection: close"} <= set(lines)
    problem = json.loads(body)
    assert (problem["status"], problem["code"], problem["retryable"]) == (503, "unavailable", True)
    assert f"x-request-id: {problem['request_id']}".lower() in lines


async def test_an_answer_that_has_begun_is_not_ended_as_if_it_were_whole() -> None:
    async with stopping("/v1/streams") as came:
        assert b"the beginning" in came
        assert not came.endswith(b"0\r\n\r\n"), "the last chunk of a whole answer"


REQUEST = b"GET /v1/quick HTTP/1.1\r\nHost: x\r\n\r\n"


@asynccontextmanager
async def told_to_stop(*, kept: bool = False) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A server that is stopping, and a connection that it has accepted and that has asked for nothing yet; ``kept``:
    that has had an answer."""
    app = FastAPI()

    @app.get("/v1/quick")
    async def quick() -> str:
        return "answered"

    ready = asyncio.Event()
    server = Server(uvicorn.Config(app, http="h11", log_config=None), ready.set)
    listening = socket.create_server(("127.0.0.1", 0))
    host, port = listening.getsockname()[:2]
    serving = asyncio.create_task(server.serve([listening]))
    await ready.wait()
    reader, writer = await asyncio.open_connection(host, port)
    while not server.server_state.connections:  # noqa: ASYNC110 (uvicorn has no event for it)
        await asyncio.sleep(0.01)
    if kept:
        writer.write(REQUEST)
        await reader.readuntil(b'"answered"')
    server.should_exit = True
    while (b"connection", b"close") not in server.server_state.default_headers:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    yield reader, writer
    writer.close()
    async with asyncio.timeout(30):
        await serving


async def test_a_request_on_an_accepted_connection_is_answered_before_the_server_stops() -> None:
    async with told_to_stop() as (reader, writer):
        await asyncio.sleep(DRAIN_S / 4)  # on its way for a while, and by then a server that waits for nobody is gone
        writer.write(REQUEST)
        async with asyncio.timeout(30):
            came = await reader.read()
    assert came.startswith(b"HTTP/1.1 200")
    assert came.endswith(b'"answered"')
    assert b"connection: close" in came.lower(), "and no further request is invited"


async def test_a_kept_connection_may_ask_once_more_and_learns_that_it_ends() -> None:
    async with told_to_stop(kept=True) as (reader, writer):
        await asyncio.sleep(DRAIN_S * 1.2)  # longer than one is waited for that has never asked
        writer.write(REQUEST)
        async with asyncio.timeout(30):
            came = await reader.read()
    assert came.startswith(b"HTTP/1.1 200")
    assert came.endswith(b'"answered"')
    assert b"connection: close" in came.lower()


async def test_a_kept_connection_that_asks_no_more_holds_no_stop_up() -> None:
    async with told_to_stop(kept=True) as (reader, _):
        async with asyncio.timeout(30):
            assert await reader.read() == b""


async def test_a_connection_that_asks_for_nothing_holds_no_stop_up() -> None:
    async with told_to_stop() as (reader, _):
        async with asyncio.timeout(30):
            assert await reader.read() == b""


async def test_an_answer_that_nobody_reads_holds_no_stop_up() -> None:
    app = FastAPI()

    @app.get("/v1/large")
    async def large() -> Response:
        return Response(b"x" * 50_000_000)

    ready = asyncio.Event()
    server = Server(uvicorn.Config(app, http="h11", log_config=None), ready.set)
    listening = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve([listening]))
    await ready.wait()
    with socket.create_connection(listening.getsockname()[:2]) as deaf:
        deaf.sendall(b"GET /v1/large HTTP/1.1\r\nHost: x\r\n\r\n")
        while not any(each.transport.get_write_buffer_size() for each in server.server_state.connections):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        server.should_exit = True
        async with asyncio.timeout(30):  # uvicorn itself waits for ever
            await serving
    assert not server.server_state.connections
