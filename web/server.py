"""HTTP server: uvicorn behind our own listener, limits and timeouts, with a graceful shutdown."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from types import FrameType
from typing import Any, Final, TypeVar

import uvicorn

from core.errors import OpsIQError
from core.settings import Settings
from web.connections.head import MAX_HEAD_BYTES
from web.connections.limits import ConnectionLimits
from web.connections.listener import Listener
from web.connections.protocol import HttpProtocol, Timeouts

T = TypeVar("T")
log = logging.getLogger("opsiq.web.connections")

DRAIN_S: Final = 1.0
"""Seconds to wait for a connection without a request yet."""
DRAIN_KEPT_S: Final = 2.0
"""Seconds in which a kept connection may still send a request. Its answer then says that the connection ends. If it
were closed at once, a request that is just being sent would be lost, and a proxy would answer it with 502."""
SHUTDOWN_S: Final = 10
SWEEP_S: Final = 0.5
EVICTED_WITHOUT_FILES: Final = 32
_LOOK_S: Final = 0.01
_FULL: Final = b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


def make_server_config(app: Any, settings: Settings) -> uvicorn.Config:
    """uvicorn's configuration. Its own trust in ``X-Forwarded-For`` from loopback is off: ``web.client_address``
    decides that."""
    return uvicorn.Config(
        app,
        http="h11",  # strict and in Python; uvicorn's alternative, httptools, is installed for outbound calls
        ws="none",
        h11_max_incomplete_event_size=MAX_HEAD_BYTES,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=settings.keep_alive_s,
        timeout_graceful_shutdown=SHUTDOWN_S,
        lifespan="on",
    )


class StartupFault:
    """The error that kept an application from starting, for whoever started it to tell in one sentence. Without it
    uvicorn logs a traceback and ends the process."""

    def __init__(self) -> None:
        self.error: OpsIQError | None = None

    @contextlib.asynccontextmanager
    async def keep(self, opening: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
        """What ``opening`` opens. An error while it is opened is kept."""
        async with contextlib.AsyncExitStack() as stack:
            try:
                opened = await stack.enter_async_context(opening)
            except OpsIQError as error:
                self.error = error
                raise
            yield opened

    def quieten(self, app: Any) -> Any:
        """The application, which leaves the traceback of a kept error out of what it tells uvicorn."""

        async def run(scope: Any, receive: Any, send: Any) -> None:
            async def tell(message: Any) -> None:
                await send({**message, "message": ""} if self.error is not None else message)

            await app(scope, receive, tell if scope["type"] == "lifespan" else send)

        return run


class Server(uvicorn.Server):
    """uvicorn with our own listener. Calls ``ready`` once it serves the sockets passed to ``serve``. When it stops, it
    first accepts no more connections, and waits for the accepted ones that it has not read from. uvicorn itself would
    close these, and a request on its way would be lost although another process could serve it.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None] = lambda: None,
        *,
        limits: ConnectionLimits | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._limits = limits if limits is not None else ConnectionLimits(1024, 0)
        self._timeouts = timeouts or Timeouts()
        self._listeners: list[Listener] = []
        self._opening: set[asyncio.Task[None]] = set()
        self._sweeping: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if not sockets:
            raise ValueError("Server.serve needs listening sockets")
        await super().startup(sockets=[])  # asyncio accepts nothing itself
        self._sweeping = asyncio.create_task(self._sweep())
        for each in sockets:
            self._listeners.append(Listener(each, self._accept, self._free_files))
        self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stops in order. uvicorn raises a signal again after stopping, which ends the process at once: code after
        ``serve`` doesn't run, and an orderly end looks like a crash. SIGTERM is a normal request to stop, so it isn't
        raised again and the process ends with 0."""
        if sig == signal.SIGTERM:
            self.should_exit = True
        else:
            super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        loop = asyncio.get_running_loop()
        for listener in self._listeners:
            listener.stop()
        # Clients with a kept connection learn from their next answer that it closes.
        self.server_state.default_headers = [*self.server_state.default_headers, (b"connection", b"close")]
        begun = loop.time()
        await asyncio.sleep(_LOOK_S)
        while not self.force_exit and self._is_waited_for(loop.time() - begun):  # noqa: ASYNC110 (uvicorn has no event for it)
            await asyncio.sleep(_LOOK_S)
        try:
            await super().shutdown(sockets)
        finally:
            if self._sweeping is not None:
                self._sweeping.cancel()
                await asyncio.gather(self._sweeping, return_exceptions=True)

    def _is_waited_for(self, passed_s: float) -> bool:
        """Whether a connection may still send a request, this long after the stop."""
        if passed_s < DRAIN_S and any(map(_unheard, self.server_state.connections)):
            return True
        return passed_s < DRAIN_KEPT_S and any(map(_is_kept, self.server_state.connections))

    def _accept(self, connection: socket.socket, address: str) -> None:
        protocol = HttpProtocol(self.config, self.server_state, self.lifespan.state, self._limits, self._timeouts)
        if not self._limits.admit(protocol, address):
            with connection, contextlib.suppress(OSError):
                connection.send(_FULL)
            return
        task = asyncio.create_task(self._open(connection, protocol))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket, protocol: HttpProtocol) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, connection)
        except OSError as error:  # the connection closed before it was opened here
            log.info("a connection ended as it began: %s", error)
            self._limits.gone(protocol)
            connection.close()

    def _free_files(self) -> None:
        self._limits.make_room(EVICTED_WITHOUT_FILES)

    async def _sweep(self) -> None:
        """Checks every connection twice a second: one timer instead of several for each request."""
        loop = asyncio.get_running_loop()
        last = loop.time()
        while True:
            await asyncio.sleep(SWEEP_S)
            now = loop.time()
            for each in list(self.server_state.connections):
                if isinstance(each, HttpProtocol):
                    try:
                        each.sweep(now, now - last, stopping=self.should_exit)
                    except Exception:
                        log.exception("a connection could not be looked at, and is cut")
                        each.evict()
            last = now


def _is_kept(connection: object) -> bool:
    """Whether the connection has its answer and is kept for another request."""
    cycle = getattr(connection, "cycle", None)
    return cycle is not None and bool(cycle.response_complete)


def _unheard(connection: object) -> bool:
    """Whether the connection has sent no complete request head yet."""
    return getattr(connection, "cycle", None) is None
