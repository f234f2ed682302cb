"""The client that makes the calls. Made of _aio.py by scripts/generate.py; don't change it by hand."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from random import random as at_random
from typing import Any, Optional, TypeVar, Union

import httpx

from opsiq import core
from opsiq._sync_resources import (
    Actions,
    Catalogue,
    Connectors,
    Contracts,
    Customers,
    Events,
    Me,
    Runs,
    Tickets,
    Webhooks,
)
from opsiq.core import Answer, Attempt, Call, Came, Core, NoAnswer, Outgoing, query

T = TypeVar("T")


class OpsIQ:
    """The client. It keeps connections: make one, and close it at the end (``with``, or ``close()``).

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
        http: Optional[httpx.Client] = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], Any] = time.sleep,
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
        self._http, self._mine = http or httpx.Client(), http is None
        self._sleep = sleep
        self._add_resources()

    def _add_resources(self) -> None:
        self.events = Events(self)
        self.catalogue = Catalogue(self)
        self.runs = Runs(self)
        self.actions = Actions(self)
        self.customers = Customers(self)
        self.tickets = Tickets(self)
        self.connectors = Connectors(self)
        self.contracts = Contracts(self)
        self.webhooks = Webhooks(self)
        self.me = Me(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._core.credentials.public_key!r}, base_url={self._core.base_url!r})"

    def __enter__(self) -> OpsIQ:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._mine:
            self._http.close()

    def with_options(self, *, timeout_s: Optional[float] = None, max_retries: Optional[int] = None) -> OpsIQ:
        """This client with other bounds, for a call or for many: ``client.with_options(timeout_s=5).events.fire(…)``.
        It shares this one's connections, which stay open until this one is closed. Raises ConfigurationError."""
        other = copy(self)
        other._core = self._core.with_options(timeout_s, max_retries)
        other._mine = False
        other._add_resources()
        return other

    def request(
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
        return self.do(core.raw(method, path, query, body, idempotency_key))

    def do(self, call: Call[T]) -> T:
        """Make a call, with what retries it takes. Raises ApiError, TransportError."""
        exchange = self._core.begin(call)
        while True:
            outgoing = exchange.outgoing()
            begun = time.monotonic()
            came = self._send(outgoing, begun + outgoing.timeout_s)
            pause_s = exchange.took(came, time.monotonic() - begun)
            if pause_s is None:
                return exchange.result
            self._sleep(pause_s)

    def _send(self, outgoing: Outgoing, until: float) -> Came:
        timeout = httpx.Timeout(outgoing.timeout_s, connect=min(10.0, outgoing.timeout_s))
        request = self._http.build_request(
            outgoing.method, self._core.base_url + outgoing.target, headers=dict(outgoing.headers), content=outgoing.body, timeout=timeout,  # noqa: E501
        )  # fmt: skip
        try:
            answer = self._http.send(request, stream=True, follow_redirects=False)
            try:
                parts = []
                for part in answer.iter_bytes():
                    parts.append(part)
                    if time.monotonic() > until:
                        return NoAnswer("timeout", "It came too slowly.")
            finally:
                answer.close()
        except httpx.TimeoutException as error:
            return NoAnswer("timeout", str(error))
        except httpx.ConnectError as error:
            return NoAnswer("connect", str(error))
        except (httpx.TransportError, httpx.DecodingError) as error:
            return NoAnswer("dropped", str(error))
        return Answer(
            answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, b"".join(parts)
        )

    def _pages(
        self, path: str, kind: Any, token: str, pairs: Sequence[tuple[str, Any]], start: Union[str, int, None]
    ) -> Iterator[Any]:
        while True:
            page = self.do(Call("GET", path, kind, query([*pairs, (token, start)])))
            for each in page.data:
                yield each
            start = page.next
            if not start:
                return
