"""Platform read client: reads with the platform's credential, guarded against SSRF, with limits on time, size and rate.
Implements registry.connector.PlatformClient.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Final

import aiohttp
from yarl import URL

from core import canon
from core.clock import utc_now
from core.errors import BadSetting, Finding, InvalidInput, NotCanonical, PlatformUnavailable
from executors.http.credentials import NO_CREDENTIALS, AppliedCredentials
from executors.http.read_memo import Received, get_read_memo
from executors.http.session import AnswerHead, classify_error, describe_error, open_session
from executors.http.ssrf_guard import Blocked, SsrfGuard
from executors.retry import tell_error
from registry.connector import PlatformAnswer, PlatformRequest, ReadAccess
from registry.endpoints.paths import leads_up

log = logging.getLogger("opsiq.executors.platform")

TIMEOUT_S: Final = 5.0
MAX_ANSWER_BYTES: Final = 1024 * 1024
MAX_REQUEST_BYTES: Final = 64 * 1024
MAX_WAIT_S: Final = 10.0
"""Longest wait of a read, in seconds, if the platform or its connector's rate limit asks for a later retry."""
_PASSING: Final = frozenset({408, 425, 429})
"""Refusals that may pass when the read is tried again."""
_NOTHING_SENT: Final = frozenset({"dns", "connect"})
_BEARER: Final = ReadAccess()
CredentialSource = Callable[[bool], Awaitable[AppliedCredentials]]
"""Returns the connection's credentials. The argument asks for freshly obtained ones. Raises PlatformUnavailable."""


class HttpPlatformClient:
    """HTTP client for the reads of one platform. Owns its connections: ``close`` it, or use it as an async context.

    ``base_url`` may contain a path, and every read stays below it. Plain http only reaches addresses that the guard's
    list opens. ``access`` says where ``token`` goes (a basic credential is ``user:password``). An empty token isn't
    sent: then the ``credentials`` are used, and fetched again once if they were refused. Raises BadSetting for unusable
    values, with a finding for the one that it is.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        guard: SsrfGuard,
        access: ReadAccess = _BEARER,
        credentials: CredentialSource | None = None,
        timeout_s: float = TIMEOUT_S,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        guard = guard.for_secrets_at(base_url)
        try:
            base = guard.url(base_url)
        except Blocked as error:
            raise _make_fault("base_url", f"The platform's address can't be used: {error}.") from error
        if base.raw_query_string or base.raw_fragment:
            raise _make_fault("base_url", "The platform's address must hold neither a query nor a fragment.")
        if access.credential != "basic" and (not token.isascii() or not token.isprintable() or " " in token):
            raise _make_fault("token", "The platform's token must be one word of printable ASCII.")
        self._base = str(base).rstrip("/")
        self._token = token
        self._access = access
        self._credentials = credentials
        self._bucket = _Bucket(access.requests, access.per_s) if access.requests else None
        self._guard = guard
        self._timeout_s = timeout_s
        self._tls = tls
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> HttpPlatformClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def get_json(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The decoded JSON of GET base_url + path, or None for a 404. Raises as ``read`` does."""
        answer = await self.read(PlatformRequest(path, query=tuple((params or {}).items())))
        if answer.status not in (200, 404):
            raise PlatformUnavailable(
                f"The platform answered GET {path} with {answer.status}; 200 or 404 was expected."
            )
        return answer.body

    async def read(self, request: PlatformRequest) -> PlatformAnswer:
        """The answer to one read: 2xx with its JSON, or 404.

        ``path`` must be percent-encoded and stay below base_url, or InvalidInput is raised. The read is retried once if
        nothing was sent, or if the platform asks for a retry within MAX_WAIT_S. A request that is being planned makes
        each read once (``read_memo``). Raises PlatformUnavailable for everything else: no answer in time, another
        status, more than 1 MiB, not strict JSON.
        """
        self._url(request.path, ())
        body = None if request.body is None else canon.dumps(request.body)
        if body is not None and len(body) > MAX_REQUEST_BYTES:
            raise InvalidInput(f"A read of {request.path} would send more than {MAX_REQUEST_BYTES} bytes.")
        memo = get_read_memo()
        if memo is None:
            received = await self._receive(request, body)
        else:
            key = (self, request.method, request.path, tuple(request.query), body, request.missing, request.again)
            received = await memo.read(key, partial(self._receive, request, body))
        if received.status == 404:
            return PlatformAnswer(404, None)
        try:
            decoded = canon.loads(received.body) if received.body or received.status == 200 else None
        except NotCanonical as error:
            what = f"{request.method} {request.path}"
            raise PlatformUnavailable(f"The platform's answer to {what} is unusable. {error.detail}") from error
        return PlatformAnswer(received.status, decoded, dict(received.headers))

    async def _receive(self, request: PlatformRequest, body: bytes | None) -> Received:
        if self._bucket is not None and not await self._bucket.take(MAX_WAIT_S):
            raise PlatformUnavailable(
                f"The platform takes {self._access.requests} reads in {self._access.per_s} s, and more are asked for."
            )
        applied = await self._apply_credentials()
        try:
            return await self._ask(request, body, applied)
        except _NotSent:
            return await self._ask(request, body, applied, last=True)
        except _Later as later:
            await asyncio.sleep(later.wait_s)
            return await self._ask(request, body, applied, last=True)
        except _Refused:
            return await self._ask(request, body, await self._apply_credentials(fresh=True), last=True)

    async def _apply_credentials(self, *, fresh: bool = False) -> AppliedCredentials:
        """The credentials for a read: the read token, or else the connection's own."""
        if not self._token:
            return await self._credentials(fresh) if self._credentials is not None else NO_CREDENTIALS
        if self._access.credential == "query":
            return AppliedCredentials(query=((self._access.name, self._token),))
        return AppliedCredentials(headers=tuple(_credential(self._access, self._token).items()))

    async def _ask(
        self, asked: PlatformRequest, body: bytes | None, applied: AppliedCredentials, *, last: bool = False
    ) -> Received:
        head, what = AnswerHead(MAX_ANSWER_BYTES), f"{asked.method} {asked.path}"
        url = self._url(asked.path, (*asked.query, *applied.query))
        headers = {**({"Content-Type": "application/json"} if body is not None else {}), **dict(applied.headers)}
        tls = applied.certificate.context() if applied.certificate is not None else True
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._open_session().request(
                    asked.method, url, data=body, headers=headers, allow_redirects=False, ssl=tls
                ) as response,
            ):
                status, received = response.status, response.headers
                if 200 <= status < 300:
                    await head.read(response)
                else:
                    response.close()
        except (aiohttp.ClientError, OSError) as error:
            kind, detail = classify_error(error), describe_error(error)
            log.warning(
                "the platform did not answer a read: %s (%s)", kind, detail, extra={"path": asked.path, "error": kind}
            )
            if kind in _NOTHING_SENT and not last:
                raise _NotSent from error
            raise PlatformUnavailable(tell_error("The platform", kind, detail)) from error
        if status == 404 or status in asked.missing:
            return Received(404, b"", {})
        if not 200 <= status < 300:
            log.warning("the platform refused a read with %s", status, extra={"path": asked.path, "status": status})
            if status == 401 and applied.renewable and not last:
                raise _Refused
            if status in (401, 403):
                raise PlatformUnavailable(
                    f"The platform refused the connection's credentials ({status}) at {what}: they are wrong, have run "
                    "out, or may not read this.",
                    lasting=True,
                    status=status,
                )
            wait_s = _wait(received.get("Retry-After")) if status in (429, 503) else None
            if wait_s is not None and wait_s <= MAX_WAIT_S and not last:
                raise _Later(wait_s)
            later = f" and asks to come back in {wait_s:.0f} s" if wait_s is not None else "; 200 or 404 was expected"
            why = f"The platform answered {what} with {status}{later}."
            raise PlatformUnavailable(why, lasting=400 <= status < 500 and status not in _PASSING, status=status)
        if not head.whole:
            raise PlatformUnavailable(
                f"The platform's answer to {what} is larger than {MAX_ANSWER_BYTES} bytes.", lasting=True
            )
        return Received(status, bytes(head.body), {name.lower(): value for name, value in received.items()})

    def _url(self, path: str, query: Sequence[tuple[str, str]]) -> URL:
        odd = not path.startswith("/") or path.startswith("//") or any(c in path for c in "?#\\")
        if odd or not path.isascii() or not path.isprintable() or " " in path:
            raise InvalidInput(f"{path!r} is not a path such as /customers/42, percent-encoded and without a query.")
        if leads_up(path):
            raise InvalidInput(f"{path!r} would leave the platform's base address.")
        url = URL(self._base + path, encoded=True)
        return url.with_query(list(query)) if query else url

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = open_session(self._guard, reuse=True, tls=self._tls)
            self._session.headers["Accept"] = "application/json"
            self._session.headers.update(self._access.headers)
        return self._session


class _NotSent(Exception):
    """Raised when no byte was sent, so that a retry is safe."""


class _Refused(Exception):
    """Raised when an access token was refused and a new one can be fetched."""


class _Later(Exception):
    """Raised when the platform asks for a retry in ``wait_s`` seconds."""

    def __init__(self, wait_s: float) -> None:
        super().__init__()
        self.wait_s = wait_s


class _Bucket:
    """Token bucket: at most ``requests`` in ``per_s`` seconds. Belongs to the running loop."""

    def __init__(self, requests: int, per_s: float) -> None:
        self._most, self._rate = float(requests), requests / per_s
        self._left, self._at = float(requests), 0.0

    async def take(self, patience_s: float) -> bool:
        """Takes one token and waits for it if there is none. False if the wait would exceed ``patience_s``."""
        now = asyncio.get_running_loop().time()
        self._left = min(self._most, self._left + (now - self._at) * self._rate) if self._at else self._most
        self._at = now
        wait_s = (1 - self._left) / self._rate
        if wait_s > patience_s:
            return False
        self._left -= 1
        if wait_s > 0:
            await asyncio.sleep(wait_s)
        return True


def _make_fault(field: str, detail: str) -> BadSetting:
    return BadSetting(detail, findings=[Finding(f"/{field}", "invalid", detail)])


def _credential(access: ReadAccess, token: str) -> Mapping[str, str]:
    match access.credential:
        case "basic":
            return {"Authorization": f"Basic {base64.b64encode(token.encode()).decode()}"}
        case "header":
            return {access.name: token}
        case "query" | "none":
            return {}
    return {"Authorization": f"{access.prefix} {token}".strip()}


def _wait(told: str | None) -> float | None:
    """Seconds of a Retry-After header (RFC 9110 §10.2.3). None if it is missing or unreadable."""
    if told is None or len(told) > 100:
        return None
    if told.strip().isascii() and told.strip().isdigit():
        return float(told)
    try:
        return max(0.0, (parsedate_to_datetime(told) - utc_now()).total_seconds())
    except (ValueError, TypeError):
        return None
