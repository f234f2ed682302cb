"""HTTP/1.1 connection for sequential requests. aiohttp dials it, and llhttp (httptools) parses the answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

HEAD_MOST: Final = 32 * 1024
_RAW_SHARE: Final = 8
"""Limit of the received bytes, as a multiple of the kept bytes of a body. Chunks also have sizes, extensions and
trailers."""


@dataclass(slots=True)
class HttpAnswer:
    """State of one response, even if the request fails. ``most`` is the limit of kept body bytes.

    ``sent``: true once the request has a connection. Before that no byte can have been sent. ``status`` and ``headers``
    (by lower-case name) are set as soon as the head has come. ``whole``: the body is complete.
    """

    most: int
    sent: bool = False
    status: int | None = None
    headers: dict[bytes, bytes] = field(default_factory=dict)
    chunks: list[bytes] = field(default_factory=list)
    whole: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.chunks)


class HttpConnection(asyncio.Protocol):
    """One kept-alive connection, taken over from aiohttp, which dialled it. Call ``ask`` only while the connection is
    ``fit``, and ``close`` it at the end."""

    __slots__ = (
        "_asked", "_connection", "_dialled", "_framed", "_head_in", "_into", "_over", "_parser", "_raw", "_size",
        "_spent", "_transport",
    )  # fmt: skip

    def __init__(self, connection: aiohttp.connector.Connection) -> None:
        """Raises ServerDisconnectedError if the connection is closed already."""
        dialled = connection.protocol
        if dialled is None or dialled.transport is None:
            connection.close()
            raise aiohttp.ServerDisconnectedError()
        self._connection = connection
        self._dialled = dialled
        self._transport = dialled.transport
        self._asked: asyncio.Future[None] | None = None
        self._spent = dialled.should_close
        self._parser: Any = HttpResponseParser(self)
        # As lenient as aiohttp: the answer is kept as bytes and never forwarded.
        self._parser.set_dangerous_leniencies(
            lenient_headers=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
        )
        self._transport.set_protocol(self)

    @property
    def fit(self) -> bool:
        """Whether the connection can be used again.

        It can't after unrequested bytes (they would pass for the next answer), if the peer wants no more requests,
        after an answer that ended badly, or after one that came before the whole request had left.
        """
        return not (self._spent or self._transport.is_closing() or self._transport.get_write_buffer_size())

    def ask(self, request: bytes, into: HttpAnswer) -> asyncio.Future[None]:
        """Sends the bytes and writes the response to ``into``. The future is done when the response is. It fails with
        aiohttp's connection errors, or with HttpProcessingError if the response isn't HTTP.
        """
        asked = self._asked = asyncio.get_running_loop().create_future()
        self._into = into
        self._head_in = self._over = self._framed = False
        self._raw = self._size = 0
        into.sent = True
        self._transport.write(request)
        return asked

    def close(self) -> None:
        self._spent = True
        self._asked = None
        if self._transport.get_write_buffer_size():
            self._transport.abort()  # a close would wait for a peer that reads nothing
        self._connection.close()

    def data_received(self, data: bytes) -> None:
        asked = self._asked
        if asked is None or asked.done():
            self._spent = True
            self._transport.close()
            return
        self._raw += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            self._spent = True
        except HttpParserError as error:
            self._fail(HttpProcessingError(message=type(error).__name__))
        if self._raw > HEAD_MOST and not asked.done():
            if not self._head_in:
                self._fail(HttpProcessingError(message="The answer's head is too large."))
            elif self._raw > HEAD_MOST + _RAW_SHARE * self._into.most:
                self._cut()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._asked is not None:
            if exc is None and self._head_in and not self._framed:
                self._complete()
            elif isinstance(exc, OSError):
                self._fail(aiohttp.ClientOSError(*exc.args))
            else:
                self._fail(aiohttp.ServerDisconnectedError())
        self._spent = True
        self._dialled.connection_lost(exc)  # aiohttp's connector waits for this when it closes

    # Callbacks of the parser. Called after the answer, they report an unrequested one.

    def on_message_begin(self) -> None:
        self._spent = self._spent or self._over

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._head_in:
            self._into.headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        if self._head_in:
            return
        into, status = self._into, self._parser.get_status_code()
        if 100 <= status < 200 and status != 101:  # an interim answer
            into.headers = {}
            self._raw = 0
            return
        self._head_in = True
        self._framed = b"content-length" in into.headers or b"transfer-encoding" in into.headers
        into.status = status

    def on_body(self, body: bytes) -> None:
        if self._over:
            return
        room = self._into.most - self._size
        self._size += len(body)
        self._into.chunks.append(body[:room] if len(body) > room else body)
        if self._size > self._into.most:
            self._cut()

    def on_message_complete(self) -> None:
        if self._head_in and not self._over:
            self._spent = self._spent or not self._parser.should_keep_alive()
            self._complete()

    def _complete(self) -> None:
        self._into.whole = True
        self._end()

    def _cut(self) -> None:
        self._spent = True
        self._end()

    def _end(self) -> None:
        self._over = True
        if self._asked is not None and not self._asked.done():
            self._asked.set_result(None)

    def _fail(self, error: Exception) -> None:
        self._spent = True
        if self._asked is not None and not self._asked.done():
            self._asked.set_exception(error)
