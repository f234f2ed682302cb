"""HTTP transport of the MCP client: connects through the SSRF guard, and reads answers only up to a limit."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterable
from functools import cache
from typing import Any, Final

import httpcore2
import httpx2
from httpcore2._backends.auto import AutoBackend

from executors.http.ssrf_guard import SsrfGuard

MAX_ANSWER_BYTES: Final = 4 * 1024 * 1024
_PLAIN: Final = "identity"
"""The only accepted encoding of an answer: a compressed one could be a thousand times larger than the counted bytes."""


class GuardedTransport(httpx2.AsyncHTTPTransport):
    """HTTP transport of MCP calls behind the SSRF guard: uses no proxy and no certificate of the environment, and keeps
    at most a few connections."""

    def __init__(self, guard: SsrfGuard) -> None:
        super().__init__(verify=_make_context(), trust_env=False)
        self._guard = guard
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=_make_context(),
            max_connections=4,
            network_backend=_GuardedBackend(guard),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self._guard.url(str(request.url))
        request.headers["accept-encoding"] = _PLAIN
        response = await super().handle_async_request(request)
        if response.headers.get("content-encoding", _PLAIN).strip().lower() != _PLAIN:
            await response.aclose()
            raise httpx2.ReadError("The answer is compressed, which nobody asked for.")
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = _Bounded(response.stream)
        return response


class _GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connects exactly to addresses that the guard has checked. A name is not looked up twice."""

    def __init__(self, guard: SsrfGuard) -> None:
        self._guard = guard
        self._backend = AutoBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the port's own
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        addresses = await self._guard.addresses(host.strip("[]"), port)
        return await self._backend.connect_tcp(str(addresses[0]), port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


@cache
def _make_context() -> ssl.SSLContext:
    """The TLS context of every call. It holds nothing specific to one, and reading the certificates takes longer than
    most calls."""
    return httpx2.create_ssl_context(trust_env=False)


class _Bounded(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for part in self._stream:
            seen += len(part)
            if seen > MAX_ANSWER_BYTES:
                raise httpx2.ReadError(f"The answer is larger than {MAX_ANSWER_BYTES} bytes.")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()
