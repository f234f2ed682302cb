"""Signed client: one signed POST attempt, from bytes to a Reply (docs/reference/wire.md §2). ``executors.retry``
decides about retries. Headers that only webhooks have are in ``events.webhooks.headers``.
"""

from __future__ import annotations

import logging
import re
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from core import metrics, webhook_signature
from core.clock import Clock, utc_now
from core.errors import InvalidInput
from executors.http.connection import HttpAnswer
from executors.http.pool import HttpPool
from executors.http.session import KEEP_ALIVE_S, classify_error, describe_error, find_origin, open_connector
from executors.http.ssrf_guard import SsrfGuard
from executors.retry import ErrorKind, Reply, retry_after_s

__all__ = ["MAX_ANSWER_BYTES", "ErrorKind", "Reply", "SignedClient", "validate_headers"]

log = logging.getLogger("opsiq.executors.signed_client")

MAX_ANSWER_BYTES: Final = 64 * 1024
CONNECT_TIMEOUT_S: Final = 5.0

_TOKEN: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_VALUE_CHARS: Final = 1024
_OURS: Final = frozenset(
    {
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
        "idempotency-key",
        "opsiq-attempt",
        "content-type",
        "content-length",
        "transfer-encoding",
        "accept-encoding",
        "host",
        "connection",
        "user-agent",
    }
)


class SignedClient:
    """HTTP client that sends signed POSTs. Owns its connections, which it opens at the first call: ``close`` it, or use
    it as an async context.

    ``reuse=False`` opens a new connection for each call. That is slower, but a reused connection may be closed by the
    peer at the same moment, which would leave the call's outcome unknown. ``tls`` replaces the system's trust store.
    """

    def __init__(
        self,
        guard: SsrfGuard,
        *,
        clock: Clock = utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        reuse: bool = True,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._guard = guard
        self._clock = clock
        self._monotonic = monotonic
        self._reuse = reuse
        self._tls = tls
        self._connector: aiohttp.TCPConnector | None = None
        self._http_pool: HttpPool | None = None

    async def __aenter__(self) -> SignedClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        connector, http_pool = self._connector, self._http_pool
        self._connector = self._http_pool = None
        if http_pool is not None:
            http_pool.close()
        if connector is not None:
            await connector.close()

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        message_id: str,
        secrets: Sequence[str],
        headers: Mapping[str, str] | None = None,
        timeout_s: float,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        attempt: int = 1,
    ) -> Reply:
        """Makes one attempt, signed with every secret of ``secrets`` and the current time. Every network error becomes
        a Reply.

        ``timeout_s`` limits the whole attempt, from the name look-up to the last kept byte, and ``connect_timeout_s``
        look-up, connect and TLS together. Redirects are not followed. Raises InvalidInput for a header that can't be
        sent or that callers may not set, and BadSetting for a secret that can't sign, since nothing is ever sent
        unsigned. In both cases nothing was dialled.
        """
        began = self._monotonic()
        all_headers = {**validate_headers(headers or {}), **self._sign(body, message_id, secrets, attempt)}
        answer = HttpAnswer(MAX_ANSWER_BYTES)
        error: ErrorKind | None = None
        detail = ""
        try:
            target = self._guard.url(url)
            await self._session().post(target, all_headers, body, timeout_s, _timeout(connect_timeout_s), answer)
        except (aiohttp.ClientError, HttpProcessingError, OSError) as fault:
            error, detail = classify_error(fault), describe_error(fault)
        status = answer.status
        wished = answer.headers.get(b"retry-after")
        duration_ms = round((self._monotonic() - began) * 1000)
        purpose = "action" if message_id.startswith("act_") else "webhook"
        metrics.count_call_out(purpose, f"{status // 100}xx" if status is not None else str(error))
        if log.isEnabledFor(logging.INFO):
            log.info(
                "attempt %d of %s: %s",
                attempt,
                message_id,
                error if status is None else status,
                extra={
                    "message_id": message_id,
                    "attempt": attempt,
                    "origin": find_origin(url),
                    "status": status,
                    "error": error,
                    "duration_ms": duration_ms,
                },
            )
        return Reply(
            status=status,
            body=answer.body,
            duration_ms=duration_ms,
            error=error,
            sent=answer.sent,
            retry_after_s=None if wished is None else retry_after_s(wished.decode("latin-1"), self._clock()),
            cut=status is not None and not answer.whole,
            detail=detail,
            headers=all_headers,
        )

    def _sign(self, body: bytes, message_id: str, secrets: Sequence[str], attempt: int) -> dict[str, str]:
        timestamp = int(self._clock().timestamp())
        try:
            signature = webhook_signature.sign(secrets, message_id, timestamp, body)
        except ValueError as error:
            raise InvalidInput(f"The message can't be signed: {error}.") from error
        return {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature,
            "idempotency-key": message_id,
            "opsiq-attempt": str(attempt),
        }

    def _session(self) -> HttpPool:
        if self._http_pool is None:
            self._connector = open_connector(self._guard, reuse=False, tls=self._tls)
            self._http_pool = HttpPool(self._connector, keep_s=KEEP_ALIVE_S if self._reuse else 0.0)
        return self._http_pool


def validate_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Validates the custom headers of a signed call and lower-cases their names. Raises InvalidInput for headers that
    can't be sent or that callers may not set."""
    made: dict[str, str] = {}
    for name, value in headers.items():
        lower = _free(name)
        if lower is None or lower in made:
            raise InvalidInput(
                f"The header {name!r} can't be set on a signed call: it is malformed, doubled, or OpsIQ's."
            )
        if not (
            value.isascii() and value.isprintable() and 0 < len(value) <= _VALUE_CHARS and value == value.strip(" ")
        ):
            raise InvalidInput(f"The value of the header {name!r} must be one line of printable ASCII.")
        made[lower] = value
    return made


@lru_cache(maxsize=1024)
def _free(name: str) -> str | None:
    """Validates the name of a header that a caller may set and lower-cases it."""
    lower = name.lower()
    return lower if _TOKEN.fullmatch(lower) and lower not in _OURS else None


@lru_cache(maxsize=64)
def _timeout(connect_s: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=connect_s)
