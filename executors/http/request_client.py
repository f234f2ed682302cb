"""Request client: one attempt at any HTTP request, from its exact parts to a Reply. Retries are decided elsewhere."""

from __future__ import annotations

import hashlib
import logging
import ssl
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import quote, urlencode

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from core import metrics
from core.clock import Clock, utc_now
from executors.http.connection import HttpAnswer
from executors.http.credentials import NO_CREDENTIALS, AppliedCredentials, ClientCertificate
from executors.http.pool import HttpPool
from executors.http.session import classify_error, describe_error, find_origin, open_connector
from executors.http.ssrf_guard import SsrfGuard
from executors.retry import ErrorKind, Reply, retry_after_s

log = logging.getLogger("opsiq.executors.requests")

MAX_ANSWER_BYTES: Final = 1024 * 1024
CONNECT_TIMEOUT_S: Final = 5.0
_POOLS_KEPT: Final = 64


class RequestClient:
    """HTTP client for requests that contracts describe. Owns its connections: ``close`` it, or use it as an async
    context.

    Each request gets a new connection. A reused one may be closed by the server at the same moment, which would leave
    the call's outcome unknown. Plain http only reaches addresses that the guard's list opens. ``tls`` replaces the
    system's trust store.
    """

    def __init__(
        self,
        guard: SsrfGuard,
        *,
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = guard
        self._clock = clock
        self._monotonic = monotonic
        self._tls = tls
        self._pools: OrderedDict[tuple[bool, str], tuple[aiohttp.TCPConnector, HttpPool]] = OrderedDict()

    async def __aenter__(self) -> RequestClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        pools, self._pools = self._pools, OrderedDict()
        for connector, pool in pools.values():
            pool.close()
            await connector.close()

    async def send(
        self,
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]] = (),
        body: str = "",
        *,
        credentials: AppliedCredentials = NO_CREDENTIALS,
        timeout_s: float,
        purpose: str = "action",
        attempt: int = 1,
    ) -> Reply:
        """Makes one attempt. Every network error becomes a Reply. Its body (at most 1 MiB) contains none of the
        credentials' secrets. ``timeout_s`` limits the whole attempt. Redirects are not followed. ``purpose`` is the
        label in the metrics."""
        began = self._monotonic()
        answer = HttpAnswer(MAX_ANSWER_BYTES)
        error: ErrorKind | None = None
        detail = ""
        sends_body = bool(body) or method in ("POST", "PUT", "PATCH")
        try:
            guard = self._guard.for_secrets_at(url)
            target = guard.url(url)
            pool = await self._pool(guard, credentials.certificate)
            await pool.send(
                method,
                target,
                _path(url, credentials.query),
                {**dict(headers), **dict(credentials.headers)},
                body.encode() if sends_body else None,
                timeout_s,
                aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT_S),
                answer,
            )
        except _UnusableCertificate:
            error, detail = "tls", "the connection's client certificate can't be used"
        except (aiohttp.ClientError, HttpProcessingError, OSError) as fault:
            error, detail = classify_error(fault), describe_error(fault)
        status = answer.status
        wished = answer.headers.get(b"retry-after")
        duration_ms = round((self._monotonic() - began) * 1000)
        metrics.count_call_out(purpose, f"{status // 100}xx" if status is not None else str(error))
        log.info(
            "%s at %s, attempt %d: %s",
            purpose,
            find_origin(url),
            attempt,
            error if status is None else status,
            extra={"origin": find_origin(url), "status": status, "error": error, "duration_ms": duration_ms},
        )
        return Reply(
            status=status,
            body=credentials.mask(answer.body),
            duration_ms=duration_ms,
            error=error,
            sent=answer.sent,
            retry_after_s=None if wished is None else retry_after_s(wished.decode("latin-1"), self._clock()),
            cut=status is not None and not answer.whole,
            detail=detail,
        )

    async def _pool(self, guard: SsrfGuard, certificate: ClientCertificate | None) -> HttpPool:
        """The pool for a guard, and a client certificate or none. Raises _UnusableCertificate."""
        whose = "" if certificate is None else hashlib.sha256(_bytes(certificate)).hexdigest()
        name = (guard is self._guard, whose)
        if name in self._pools:
            self._pools.move_to_end(name)
            return self._pools[name][1]
        try:
            tls = self._tls if certificate is None else certificate.context()
        except (ssl.SSLError, ValueError) as error:
            raise _UnusableCertificate from error
        connector = open_connector(guard, reuse=False, tls=tls)
        pool = HttpPool(connector, keep_s=0.0)
        self._pools[name] = (connector, pool)
        if len(self._pools) > _POOLS_KEPT:
            _, (old, idle) = self._pools.popitem(last=False)
            idle.close()
            await old.close()
        return pool


class _UnusableCertificate(Exception):
    """Raised before anything is dialled."""


def _bytes(certificate: ClientCertificate) -> bytes:
    return "\n".join((certificate.certificate, certificate.key, certificate.authority)).encode()


def _path(url: str, pairs: Sequence[tuple[str, str]]) -> str:
    """Path and query as they are sent: the URL's own, unchanged, and the credentials'."""
    path = "/" + url.partition("://")[2].partition("/")[2]
    if not pairs:
        return path
    return path + ("&" if "?" in path else "?") + urlencode(list(pairs), quote_via=quote)
