"""The client that makes the calls. ``_sync.py`` is made of this file by scripts/generate.py: change this one."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from copy import copy
from random import random as at_random
from typing import Any, Optional, TypeVar, Union

import httpx

from opsiq import core
from opsiq._aio_resources import (
    AsyncActions,
    AsyncCatalogue,
    AsyncConnectors,
    AsyncContracts,
    AsyncCustomers,
    AsyncEvents,
    AsyncMe,
    AsyncRuns,
    AsyncTickets,
    AsyncWebhooks,
)
from opsiq.core import Answer, Attempt, Call, Came, Core, NoAnswer, Outgoing, query

T = TypeVar("T")


class AsyncOpsIQ:
    """The client. It keeps connections: make one, and close it at the end (``async with``, or ``aclose()``).

    ``public_key``, ``secret_key``: where neither is given, ``OPSIQ_KEY`` and ``OPSIQ_SECRET`` of the environment.
    ``base_url``: the server, by default ``OPSIQ_URL`` of the environment, else this machine's. ``timeout_s`` bounds one attempt.
    ``on_attempt`` is told of each. ``http``: an httpx client of yours, for proxies or certificates; it is not closed.
    ``clock``, ``sleep``, ``random`` are for tests. Raises ConfigurationError.
    """  # noqa: E501

    def __init__(
        self,
        public_key: Optional[str] = None,
        secret_key: Optional[str] = None,
        *,
        base_url: Optional[str] = None,
        timeout_s: float = 30.0,
        max_retries: int = 3,
        on_attempt: Optional[Callable[[Attempt], None]] = None,
        http: Optional[httpx.AsyncClient] = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Any] = asyncio.sleep,
        random: Callable[[], float] = at_random,
    ) -> None:
        self._core = Core(
            core.credentials(public_key, secret_key),
            core.base_url(base_url or os.environ.get("OPSIQ_URL") or "http://127.0.0.1:8080"),
            timeout_s=timeout_s,
            max_retries=max_retries,
            clock=clock,
            random=random,
            on_attempt=on_attempt,
        )
        self._http, self._mine = http or httpx.AsyncClient(), http is None
        self._sleep = sleep
        self._add_resources()

    def _add_resources(self) -> None:
        self.events = AsyncEvents(self)
        self.catalogue = AsyncCatalogue(self)
        self.runs = AsyncRuns(self)
        self.actions = AsyncActions(self)
        self.customers = AsyncCustomers(self)
        self.tickets = AsyncTickets(self)
        self.connectors = AsyncConnectors(self)
        self.contracts = AsyncContracts(self)
        self.webhooks = AsyncWebhooks(self)
        self.me = AsyncMe(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._core.credentials.public_key!r}, base_url={self._core.base_url!r})"

    async def __aenter__(self) -> AsyncOpsIQ:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        if self._mine:
            await self._http.aclose()

    def with_options(self, *, timeout_s: Optional[float] = None, max_retries: Optional[int] = None) -> AsyncOpsIQ:
        """This client with other bounds, for a call or for many: ``client.with_options(timeout_s=5).events.fire(…)``.
        It shares this one's connections, which stay open until this one is closed. Raises ConfigurationError."""
        other = copy(self)
        other._core = self._core.with_options(timeout_s, max_retries)
        other._mine = False
        other._add_resources()
        return other

    async def request(
        self,
        method: str,
        path: str,
        *,
        query: Optional[Mapping[str, Any]] = None,
        body: Optional[Mapping[str, Any]] = None,
        idempotency_key: Optional[str] = None,
    ) -> Any:
        """Anything else of the API, signed and retried alike; the answer's JSON, None for an empty one:
        ``request("GET", "/v1/history", query={"limit": 10})``."""
        return await self.do(core.raw(method, path, query, body, idempotency_key))

    async def do(self, call: Call[T]) -> T:
        """Make a call, with what retries it takes. Raises ApiError, TransportError."""
        exchange = self._core.begin(call)
        while True:
            outgoing = exchange.outgoing()
            begun = time.monotonic()
            came = await self._send(outgoing, begun + outgoing.timeout_s)
            pause_s = exchange.took(came, time.monotonic() - begun)
            if pause_s is None:
                return exchange.result
            await self._sleep(pause_s)

    async def _send(self, outgoing: Outgoing, until: float) -> Came:
        timeout = httpx.Timeout(outgoing.timeout_s, connect=min(10.0, outgoing.timeout_s))
        request = self._http.build_request(
            outgoing.method, self._core.base_url + outgoing.target, headers=dict(outgoing.headers), content=outgoing.body, timeout=timeout,  # noqa: E501
        )  # fmt: skip
        try:
            answer = await self._http.send(request, stream=True, follow_redirects=False)
            try:
                parts = []
                async for part in answer.aiter_bytes():
                    parts.append(part)
                    if time.monotonic() > until:
                        return NoAnswer("timeout", "It came too slowly.")
            finally:
                await answer.aclose()
        except httpx.TimeoutException as error:
            return NoAnswer("timeout", str(error))
        except httpx.ConnectError as error:
            return NoAnswer("connect", str(error))
        except (httpx.TransportError, httpx.DecodingError) as error:
            return NoAnswer("dropped", str(error))
        return Answer(
            answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, b"".join(parts)
        )

    async def _pages(
        self, path: str, kind: Any, token: str, pairs: Sequence[tuple[str, Any]], start: Union[str, int, None]
    ) -> AsyncIterator[Any]:
        while True:
            page = await self.do(Call("GET", path, kind, query([*pairs, (token, start)])))
            for each in page.data:
                yield each
            start = page.next
            if not start:
                return
