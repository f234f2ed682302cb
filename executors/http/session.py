"""HTTP sessions: opens all sockets, guarded against SSRF. The client adds nothing by itself."""

from __future__ import annotations

import ssl
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import Final

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from executors.http.ssrf_guard import Blocked, SsrfGuard
from executors.retry import ErrorKind

KEEP_ALIVE_S: Final = 2.0
"""Shorter than the usual limit of servers (5 s and more), so that a request seldom gets a connection that is being
closed.
"""


def open_connector(guard: SsrfGuard, *, reuse: bool, tls: ssl.SSLContext | None = None) -> aiohttp.TCPConnector:
    """Opens a connector that connects only to addresses that the guard allows, without a DNS cache. Belongs to the
    running loop. The caller closes it.

    ``reuse``: keep connections open for the next request to the same peer. ``tls`` replaces the system's trust store.
    """
    return aiohttp.TCPConnector(
        resolver=guard.resolver(),
        socket_factory=guard.socket,
        use_dns_cache=False,
        limit=0,
        ssl=tls if tls is not None else True,
        force_close=not reuse,
        keepalive_timeout=KEEP_ALIVE_S if reuse else None,
    )


def open_session(guard: SsrfGuard, *, reuse: bool, tls: ssl.SSLContext | None = None) -> aiohttp.ClientSession:
    """Opens a session over ``open_connector``, without cookies, proxies, .netrc and decompression. Belongs to the
    running loop. The caller closes it.
    """
    return aiohttp.ClientSession(
        connector=open_connector(guard, reuse=reuse, tls=tls),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        requote_redirect_url=False,
        headers={"User-Agent": make_user_agent(), "Accept-Encoding": "identity"},
    )


class AnswerHead:
    """The first ``limit`` bytes of a response body. Bytes before a failure are kept. ``whole``: the body is
    complete."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.body = b""
        self.whole = False

    async def read(self, response: aiohttp.ClientResponse) -> None:
        """Reads until the end or the limit, and drops the connection unless the end was reached. Raises what aiohttp
        raises.
        """
        kept = bytearray()
        try:
            while len(kept) <= self.limit:
                chunk = await response.content.read(self.limit + 1 - len(kept))
                if not chunk:
                    self.whole = True
                    break
                kept += chunk
        finally:
            self.body = bytes(kept[: self.limit])
            if not self.whole:
                response.close()


def classify_error(error: BaseException) -> ErrorKind:
    """Classifies an exception that a request raised."""
    if isinstance(error, Blocked) or isinstance(getattr(error, "os_error", None), Blocked):
        return "blocked"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "dns"
    if isinstance(error, aiohttp.ClientSSLError):
        return "tls"
    if isinstance(error, (aiohttp.ConnectionTimeoutError, aiohttp.ClientConnectorError)):
        return "connect"
    if isinstance(error, TimeoutError):
        return "timeout"
    if isinstance(error, aiohttp.ClientResponseError | HttpProcessingError):
        return "malformed"
    return "closed"


def describe_error(error: BaseException) -> str:
    """A short description of an error for logs. aiohttp's own text isn't used: it quotes the URL, whose query may
    contain a token."""
    inner = getattr(error, "os_error", None) or error
    if isinstance(inner, Blocked):
        return str(inner)
    if isinstance(inner, OSError) and inner.strerror:
        return inner.strerror[:200]
    return type(inner).__name__


@lru_cache(maxsize=1)
def make_user_agent() -> str:
    try:
        return f"OpsIQ/{version('opsiq-server')}"
    except PackageNotFoundError:
        return "OpsIQ"


def find_origin(url: str) -> str:
    """Scheme, host and port of a URL, for logs, since paths and queries may be confidential."""
    try:
        return str(URL(url).origin())
    except ValueError:
        return "(not a URL)"
