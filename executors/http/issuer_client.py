"""OpenID Connect issuer client: guarded against SSRF, with limits on time and size. It follows no redirects."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from core import canon
from core.errors import NotCanonical, Unavailable
from executors.http.session import AnswerHead, classify_error, describe_error, find_origin, open_session
from executors.http.ssrf_guard import Blocked, SsrfGuard

log = logging.getLogger("opsiq.executors.issuer")

TIMEOUT_S: Final = 10.0
MAX_ANSWER_BYTES: Final = 256 * 1024


@dataclass(frozen=True, slots=True)
class IssuerAnswer:
    """Response of an issuer. ``body`` is the answer's JSON object, or empty if the answer is none."""

    status: int
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class IssuerClient:
    """HTTP client that opens a connection for each request, since there are few. It returns redirects and never follows
    them. ``tls`` replaces the system's trust store."""

    guard: SsrfGuard
    timeout_s: float = TIMEOUT_S
    tls: ssl.SSLContext | None = None

    async def get(self, url: str, *, bearer: str = "") -> IssuerAnswer:
        """GET request. Raises Unavailable if no answer came in time, or if the address may not be reached."""
        return await self._request("GET", url, {"Authorization": f"Bearer {bearer}"} if bearer else {})

    async def post(self, url: str, body: str, headers: Mapping[str, str]) -> IssuerAnswer:
        """POST request with a form-encoded ``body``. Raises Unavailable."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return await self._request("POST", url, {**headers, **form}, body)

    async def _request(
        self, method: str, url: str, headers: Mapping[str, str], body: str | None = None
    ) -> IssuerAnswer:
        head = AnswerHead(MAX_ANSWER_BYTES)
        try:
            guard = self.guard.for_secrets_at(url)
            to = guard.url(url)
            async with (
                asyncio.timeout(self.timeout_s),
                open_session(guard, reuse=False, tls=self.tls) as session,
                session.request(
                    method, to, data=body, headers={**headers, "Accept": "application/json"}, allow_redirects=False
                ) as response,
            ):
                await head.read(response)
                status = response.status
        except (aiohttp.ClientError, OSError) as error:
            log.warning(
                "the issuer did not answer: %s (%s)",
                classify_error(error),
                describe_error(error),
                extra={"origin": find_origin(url)},
            )
            why = f" ({error})" if isinstance(error, Blocked) else f" ({describe_error(error)})"
            raise Unavailable(f"{find_origin(url)} did not answer{why}.") from error
        if not head.whole:
            raise Unavailable(f"{find_origin(url)} answered with more than {MAX_ANSWER_BYTES} bytes.")
        try:
            value = canon.loads(head.body)
        except NotCanonical:
            value = {}
        return IssuerAnswer(status, value if isinstance(value, dict) else {})
