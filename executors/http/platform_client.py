"""Platform read client: GET with a bearer token, guarded against SSRF, with time and size limits. Implements
registry.connector.PlatformClient.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
from yarl import URL

from core import canon
from core.errors import BadSetting, InvalidInput, NotCanonical, PlatformUnavailable
from executors.http.session import AnswerHead, detail_of, kind_of, open_session
from executors.http.ssrf_guard import Blocked, SsrfGuard

log = logging.getLogger("opsiq.executors.platform")

TIMEOUT_S: Final = 5.0
MAX_ANSWER_BYTES: Final = 1024 * 1024
_NOTHING_SENT: Final = frozenset({"dns", "connect"})


class HttpPlatformClient:
    """HTTP client for the reads of one platform. Owns its connections; ``close`` it, or use it as an async context.

    ``base_url`` may hold a path, which every read stays below; an empty ``token`` sends none. Raises BadSetting for one
    that can't be used.
    """

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        guard: SsrfGuard,
        timeout_s: float = TIMEOUT_S,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        try:
            base = guard.url(base_url)
        except Blocked as error:
            raise BadSetting(f"The platform's address can't be used: {error}.") from error
        if base.raw_query_string or base.raw_fragment:
            raise BadSetting("The platform's address must hold neither a query nor a fragment.")
        if not token.isascii() or not token.isprintable() or " " in token:
            raise BadSetting("The platform's token must be one word of printable ASCII.")
        self._base = str(base).rstrip("/")
        self._token = token
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
        """The decoded JSON of GET base_url + path, or None where the platform answers 404.

        ``path`` is percent-encoded already and stays below base_url (InvalidInput if not). Tried once more if nothing
        was sent. Raises PlatformUnavailable for everything else: no answer within the time, another status, more than
        1 MiB, not strict JSON.
        """
        url = self._url(path, params or {})
        try:
            return await self._get(url, path)
        except _NotSent:
            return await self._get(url, path, last=True)

    async def _get(self, url: URL, path: str, *, last: bool = False) -> Any:
        head = AnswerHead(MAX_ANSWER_BYTES)
        try:
            async with (
                asyncio.timeout(self._timeout_s),
                self._open_session().get(url, allow_redirects=False) as response,
            ):
                status = response.status
                if status == 200:
                    await head.read(response)
                else:
                    response.close()
        except (aiohttp.ClientError, OSError) as error:
            kind = kind_of(error)
            log.warning("the platform did not answer a read: %s", kind, extra={"path": path, "error": kind})
            if kind in _NOTHING_SENT and not last:
                raise _NotSent from error
            raise PlatformUnavailable(
                f"The platform did not answer GET {path}: {kind} ({detail_of(error)})."
            ) from error
        if status == 404:
            return None
        if status != 200:
            log.warning("the platform refused a read with %s", status, extra={"path": path, "status": status})
            raise PlatformUnavailable(f"The platform answered GET {path} with {status}; 200 or 404 was expected.")
        if not head.whole:
            raise PlatformUnavailable(f"The platform's answer to GET {path} is larger than {MAX_ANSWER_BYTES} bytes.")
        try:
            return canon.loads(head.body)
        except NotCanonical as error:
            raise PlatformUnavailable(f"The platform's answer to GET {path} is unusable. {error.detail}") from error

    def _url(self, path: str, params: Mapping[str, str]) -> URL:
        odd = not path.startswith("/") or path.startswith("//") or any(c in path for c in "?#\\")
        if odd or not path.isascii() or not path.isprintable() or " " in path:
            raise InvalidInput(f"{path!r} is not a path such as /customers/42, percent-encoded and without a query.")
        # Decoded twice over: some platforms do.
        steps = URL(URL(path, encoded=True).path, encoded=True).path.replace("\\", "/").split("/")
        if any(step in (".", "..") for step in steps):
            raise InvalidInput(f"{path!r} would leave the platform's base address.")
        url = URL(self._base + path, encoded=True)
        return url.with_query(dict(params)) if params else url

    def _open_session(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = open_session(self._guard, reuse=True, tls=self._tls)
            if self._token:
                self._session.headers["Authorization"] = f"Bearer {self._token}"
            self._session.headers["Accept"] = "application/json"
        return self._session


class _NotSent(Exception):
    """Raised when no byte was sent, so that a retry is safe."""
