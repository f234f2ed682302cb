"""HTTP/1.1 connection pool: aiohttp's connector dials (guarded, TLS), and ``executors.http.connection`` sends and
parses. Each request is sent in one write, byte for byte as built (docs/decisions/2026-11-26-deliveries.md).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import aiohttp
from aiohttp.client_reqrep import ConnectionKey
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from executors.http.connection import HttpAnswer, HttpConnection
from executors.http.deadlines import Deadlines
from executors.http.session import make_user_agent

_TARGETS_KEPT: Final = 2_000
_OWN: Final = {"accept": "application/json", "accept-encoding": "identity"}


@dataclass(frozen=True, slots=True)
class _Origin:
    """One target of the pool. ``dial`` is the connector's input, ``peer`` the key of shared connections, and ``start``
    the first lines of every request to the target."""

    dial: aiohttp.ClientRequest
    peer: ConnectionKey
    start: str


class HttpPool:
    """Kept-alive connections and their requests. ``keep_s`` is how long an idle connection is kept, with 0 for not at
    all. The connector must not pool, and its owner closes it. Belongs to the running loop.
    """

    def __init__(self, connector: aiohttp.BaseConnector, *, keep_s: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._connector = connector
        self._keep_s = keep_s
        self._targets: dict[URL, _Origin] = {}
        self._kept: dict[ConnectionKey, deque[tuple[HttpConnection, float]]] = {}
        self._sweep: asyncio.TimerHandle | None = None
        self._deadlines = Deadlines(self._loop)

    async def post(
        self,
        url: URL,
        headers: Mapping[str, str],
        body: bytes,
        timeout_s: float,
        connect: aiohttp.ClientTimeout,
        into: HttpAnswer,
    ) -> None:
        """Sends one POST and fills ``into``, within ``timeout_s`` from the name look-up to the last kept byte.
        ``headers`` are sent unchanged, so validate them first (``signed_client.validate_headers``). Raises
        TimeoutError, what aiohttp raises, and HttpProcessingError for an answer that is not HTTP.
        """
        target = self._targets.get(url) or self._target(url)
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        request = f"{target.start}{lines}content-length: {len(body)}\r\n\r\n".encode("ascii") + body
        await self._exchange(target, request, timeout_s, connect, into)

    async def send(
        self,
        method: str,
        url: URL,
        path: str,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout_s: float,
        connect: aiohttp.ClientTimeout,
        into: HttpAnswer,
    ) -> None:
        """Sends one request of any method, as ``post`` does. A ``body`` of None means no body. ``path`` is the request
        target with its query, in printable ASCII. ``headers`` have lower-case names, and come before the pool's own."""
        dial = aiohttp.ClientRequest("POST", url, loop=self._loop)
        told = {"host": dial.headers["Host"], **_OWN, "user-agent": make_user_agent(), **headers}
        if body is not None:
            told["content-length"] = str(len(body))
        lines = "".join([f"{name}: {value}\r\n" for name, value in told.items()])
        request = f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("ascii") + (body or b"")
        await self._exchange(_Origin(dial, dial.connection_key, ""), request, timeout_s, connect, into)

    async def _exchange(
        self, target: _Origin, request: bytes, timeout_s: float, connect: aiohttp.ClientTimeout, into: HttpAnswer
    ) -> None:
        end = self._loop.time() + timeout_s
        http_connection = self._fit(target.peer)
        if http_connection is None:
            async with asyncio.timeout_at(end):
                http_connection = await self._dial(target, connect)
        asked = http_connection.ask(request, into)
        self._deadlines.add(asked, end)
        try:
            await asked
        finally:
            self._deadlines.drop(asked)
            if into.whole and self._keep_s and http_connection.fit:
                self._keep(target.peer, http_connection)
            else:
                http_connection.close()

    def close(self) -> None:
        """Closes idle connections."""
        for wires in self._kept.values():
            for http_connection, _ in wires:
                http_connection.close()
        self._kept.clear()
        self._deadlines.close()
        if self._sweep is not None:
            self._sweep.cancel()

    def _fit(self, peer: ConnectionKey) -> HttpConnection | None:
        """The most recently used connection, so that unneeded ones become idle and are closed."""
        wires = self._kept.get(peer)
        while wires:
            http_connection, since = wires.pop()
            if http_connection.fit and self._loop.time() - since <= self._keep_s:
                return http_connection
            http_connection.close()
        return None

    def _keep(self, peer: ConnectionKey, http_connection: HttpConnection) -> None:
        self._kept.setdefault(peer, deque()).append((http_connection, self._loop.time()))
        if self._sweep is None:
            self._sweep = self._loop.call_later(self._keep_s, self._swept)

    def _swept(self) -> None:
        old = self._loop.time() - self._keep_s
        for peer, wires in list(self._kept.items()):
            while wires and wires[0][1] <= old:
                wires.popleft()[0].close()
            if not wires:
                del self._kept[peer]
        self._sweep = self._loop.call_later(self._keep_s, self._swept) if self._kept else None

    async def _dial(self, target: _Origin, connect: aiohttp.ClientTimeout) -> HttpConnection:
        try:
            connection = await self._connector.connect(target.dial, [], connect)
        except TimeoutError as error:
            raise aiohttp.ConnectionTimeoutError("The connection took too long.") from error
        http_connection = HttpConnection(connection)
        if not http_connection.fit:
            http_connection.close()
            raise HttpProcessingError(message="The peer spoke before it was asked.")
        return http_connection

    def _target(self, url: URL) -> _Origin:
        dial = aiohttp.ClientRequest("POST", url, loop=self._loop)
        told = {
            "host": dial.headers["Host"],
            "accept": "*/*",
            "accept-encoding": "identity",
            "user-agent": make_user_agent(),
        }
        start = f"POST {url.raw_path_qs} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told.items())
        if len(self._targets) >= _TARGETS_KEPT:
            self._targets.clear()
        made = self._targets[url] = _Origin(dial, dial.connection_key, start)
        return made
