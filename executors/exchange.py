"""One HTTP/1.1 POST over aiohttp's connections: its connector dials (guarded, pooled, TLS), its protocol and parser read the answer,
and the request goes out in one write, as the bytes that were made of it (docs/decisions/2026-11-26-deliveries.md).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from aiohttp.http import RawResponseMessage
from yarl import URL

from executors.session import Head, user_agent

_TARGETS_KEPT: Final = 2_000


@dataclass(slots=True)
class Answer:
    """What is known of one request, also when it fails. ``sent``: from the moment a connection is its own; before that no byte of it can
    have left. ``status`` is set as soon as the answer's head is in.
    """

    head: Head
    sent: bool = False
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Target:
    """``dial`` is what the connector asks of a request; ``start`` are the lines that every request there begins with."""

    dial: aiohttp.ClientRequest
    start: str


class Exchanges:
    """POSTs over one connector, which its owner closes. Belongs to the running loop."""

    def __init__(self, connector: aiohttp.BaseConnector) -> None:
        self._connector = connector
        self._targets: dict[URL, _Target] = {}

    async def post(
        self, url: URL, headers: Mapping[str, str], body: bytes, timeout: aiohttp.ClientTimeout, into: Answer  # noqa: ASYNC109 (aiohttp's)
    ) -> None:  # fmt: skip
        """Fills ``into``. ``headers`` are sent as they are, so they must be fit for it (``executors.hand.checked_headers``). Raises what
        aiohttp raises, and HttpProcessingError for an answer that is not HTTP.
        """
        target = self._targets.get(url) or self._target(url)
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        request = f"{target.start}{lines}content-length: {len(body)}\r\n\r\n".encode("ascii") + body
        connection = await self._connected(target.dial, timeout)
        whole = False
        try:
            into.sent = True
            protocol: Any = connection.protocol
            protocol.set_response_params(read_until_eof=True, auto_decompress=False)
            protocol.transport.write(request)
            message: RawResponseMessage
            message, content = await protocol.read()
            while 100 <= message.code < 200 and message.code != 101:
                message, content = await protocol.read()
            into.status, into.headers = message.code, message.headers
            await into.head.take(content)
            # What answers before it has heard everything is not asked again on this connection.
            whole = (
                into.head.whole and protocol.transport is not None and not protocol.transport.get_write_buffer_size()
            )
        finally:
            if whole:
                connection.release()
            else:
                connection.close()

    async def _connected(
        self, dial: aiohttp.ClientRequest, timeout: aiohttp.ClientTimeout  # noqa: ASYNC109 (aiohttp's)
    ) -> aiohttp.connector.Connection:  # fmt: skip
        """One that is ours. A kept one on which something came that nobody had asked for is dropped: it would be taken for our answer."""
        while True:
            try:
                connection = await self._connector.connect(dial, [], timeout)
            except TimeoutError as error:
                raise aiohttp.ConnectionTimeoutError("The connection took too long.") from error
            if connection.protocol is not None and not connection.protocol.should_close:
                return connection
            connection.close()

    def _target(self, url: URL) -> _Target:
        dial = aiohttp.ClientRequest("POST", url, loop=asyncio.get_running_loop())
        told = {
            "host": dial.headers["Host"],
            "accept": "*/*",
            "accept-encoding": "identity",
            "user-agent": user_agent(),
        }
        start = f"POST {url.raw_path_qs} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in told.items())
        if len(self._targets) >= _TARGETS_KEPT:
            self._targets.clear()
        made = self._targets[url] = _Target(dial, start)
        return made
