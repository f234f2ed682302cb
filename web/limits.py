"""Rate limits (docs/reference/wire.md §4): requests per minute for each API key and class of request, texts to read for
each person and each workspace, and a coarse limit for each address.

The ``limits`` library counts in a sliding window, in this process's memory or in Redis for all processes. A key is
charged only after its signature and nonce are verified, so nobody drains another's key. The address limit comes before
that. If the store of the counts is down, requests pass and are counted in ``blind``: a broken counter must not stop a
working platform.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import ConfigurationError, StorageError

from core.errors import BadSetting
from web.client_address import fold_address
from web.problem import Problem

log = logging.getLogger(__name__)

LimitClass = Literal["events", "actions", "reads", "webhook_test", "writes"]
PER_MINUTE: Final[Mapping[LimitClass, int]] = {
    "events": 1000,
    "actions": 200,
    "reads": 2000,
    "webhook_test": 60,
    "writes": 200,
}
"""Requests a minute for each key. ``events``: events/fire. ``actions``: actions/run. ``webhook_test``: webhooks/test.
Other POSTs, PUTs, PATCHes and DELETEs are ``writes``, GETs ``reads``."""
PAGES_PER_PERSON: Final = 2000
"""Requests of the console a minute for each person, whatever they sign in with."""
COUNTED_BYTES: Final = 64 * 1024
MOST_COUNTED: Final = 16
"""A request counts once for each ``COUNTED_BYTES`` of its body that have begun, because reading them is what it costs.
It counts at most so often: longer documents are limited where they are read."""
WINDOW_S: Final = 60
REDIS_TIMEOUT_S: Final = 0.25
_DOWN: Final = (StorageError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class LimitStatus:
    """The rest of a limit: ``remaining`` of ``quota`` for ``reset_s`` more seconds."""

    quota: int
    remaining: int
    reset_s: int
    name: str = "key"

    def headers(self) -> dict[str, str]:
        """draft-ietf-httpapi-ratelimit-headers."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.quota};w={WINDOW_S}',
            "RateLimit": f'"{self.name}";r={self.remaining};t={self.reset_s}',
        }


def weigh_body(length: int) -> int:
    """How often a request with a body of this many bytes counts."""
    return max(1, min(MOST_COUNTED, math.ceil(length / COUNTED_BYTES)))


class Limits:
    """``blind`` counts the requests that were let through uncounted because the store did not answer."""

    def __init__(
        self,
        storage: Storage | None = None,
        *,
        per_minute: Mapping[LimitClass, int] = PER_MINUTE,
        per_address: int = 0,
        texts_per_person: int = 0,
        texts_per_workspace: int = 0,
        pages_per_person: int = PAGES_PER_PERSON,
    ) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(storage or MemoryStorage())
        self._items: Mapping[LimitClass, RateLimitItem] = {
            each: RateLimitItemPerMinute(amount) for each, amount in per_minute.items()
        }
        self._pages = RateLimitItemPerMinute(pages_per_person)
        self._address = RateLimitItemPerMinute(per_address) if per_address else None
        self._texts = {
            name: RateLimitItemPerMinute(amount)
            for name, amount in (("person", texts_per_person), ("workspace", texts_per_workspace))
            if amount
        }
        self.blind = 0

    @classmethod
    def of(cls, redis_url: str, *, per_address: int, texts_per_person: int = 0, texts_per_workspace: int = 0) -> Limits:
        """In memory if ``redis_url`` is empty. Redis is not contacted before the first request. Raises BadSetting
        without its driver."""
        made = partial(
            cls, per_address=per_address, texts_per_person=texts_per_person, texts_per_workspace=texts_per_workspace
        )
        if not redis_url:
            return made()
        try:
            storage = RedisStorage(
                f"async+{redis_url}",
                implementation="redispy",
                wrap_exceptions=True,
                key_prefix="opsiq",
                socket_timeout=REDIS_TIMEOUT_S,
                socket_connect_timeout=REDIS_TIMEOUT_S,
            )
        except ConfigurationError as error:
            raise BadSetting("OPSIQ_REDIS_URL needs the Redis driver: pip install 'opsiq-server[redis]'.") from error
        return made(storage)

    async def arrive(self, address: str) -> None:
        """Counts a request by its address. Raises Problem ``rate_limited``."""
        if self._address is None:
            return
        where = fold_address(address)
        try:
            if await self._limiter.hit(self._address, "address", where):
                return
            reset, _ = await self._limiter.get_window_stats(self._address, "address", where)
        except _DOWN as error:
            self._blind(error)
            return
        wait = _seconds(reset)
        raise Problem(
            "rate_limited",
            "Too many requests from this address. Wait, then go on more slowly.",
            headers={"Retry-After": str(wait)},
            retryable=True,
        )

    async def read_text(self, workspace: str, person: str) -> None:
        """Counts a text to read (a request, an answer, an edit) by its author and workspace, whichever key or page it
        came through. Raises Problem ``rate_limited``. A text over one limit doesn't count for the other."""
        who = {"person": (workspace, person), "workspace": (workspace,)}
        try:
            for name, item in self._texts.items():
                reset, remaining = await self._limiter.get_window_stats(item, f"texts_{name}", *who[name])
                if remaining < 1:
                    raise _too_many_texts(LimitStatus(item.amount, 0, _seconds(reset), name))
            for name, item in self._texts.items():
                if not await self._limiter.hit(item, f"texts_{name}", *who[name]):
                    raise _too_many_texts(LimitStatus(item.amount, 0, 1, name))
        except _DOWN as error:
            self._blind(error)

    async def open_page(self, workspace: str, person: str) -> None:
        """Counts a request of the console by the person who is signed in. Raises Problem ``rate_limited``."""
        who = (workspace, person)
        try:
            if await self._limiter.hit(self._pages, "pages", *who):
                return
            reset, _ = await self._limiter.get_window_stats(self._pages, "pages", *who)
        except _DOWN as error:
            self._blind(error)
            return
        raise Problem(
            "rate_limited",
            f"You may open {self._pages.amount} pages a minute. Wait a moment, then go on more slowly.",
            headers={"Retry-After": str(max(1, _seconds(reset)))},
            retryable=True,
        )

    async def check(self, limit: LimitClass, key_id: str) -> LimitStatus | None:
        """Whether one more request would pass, without counting it, so that a flood with a good key uses no nonces.
        Raises Problem ``rate_limited``. None if the store is down."""
        item = self._items[limit]
        try:
            reset, remaining = await self._limiter.get_window_stats(item, limit, key_id)
        except _DOWN as error:
            self._blind(error)
            return None
        if remaining < 1:
            raise _make_limit_problem(LimitStatus(item.amount, 0, _seconds(reset)))
        return LimitStatus(item.amount, remaining, _seconds(reset))

    async def charge(
        self, limit: LimitClass, key_id: str, before: LimitStatus | None, *, weight: int = 1
    ) -> LimitStatus | None:
        """Counts this request ``weight`` times; its status was ``before``. Raises Problem ``rate_limited`` if less than
        that is left."""
        if before is None:
            return None
        try:
            counted = await self._limiter.hit(self._items[limit], limit, key_id, cost=weight)
        except _DOWN as error:
            self._blind(error)
            return None
        if not counted:
            left = before.remaining if before.remaining < weight else 0  # otherwise others took it meanwhile
            raise _make_limit_problem(LimitStatus(before.quota, left, max(before.reset_s, 1)), weight)
        return LimitStatus(before.quota, max(0, before.remaining - weight), before.reset_s or WINDOW_S)

    async def close(self) -> None:
        storage = self._limiter.storage
        if isinstance(storage, RedisStorage) and isinstance(storage.bridge, RedispyBridge):
            client: Any = storage.bridge.get_connection()
            await client.aclose()
        elif isinstance(storage, MemoryStorage) and storage.timer is not None:
            storage.timer.cancel()
            await asyncio.gather(storage.timer, return_exceptions=True)

    def _blind(self, error: BaseException) -> None:
        self.blind += 1
        log.warning("the rate limiter's store does not answer; let through (%s so far): %s", self.blind, error)


def _make_limit_problem(standing: LimitStatus, weight: int = 1) -> Problem:
    long = f", and one with so long a body counts as {weight}" if weight > 1 else ""
    return Problem(
        "rate_limited",
        f"This key may send {standing.quota} such requests a minute{long}. Wait for Retry-After, then go on more "
        f"slowly.",
        headers={"Retry-After": str(max(1, standing.reset_s)), **standing.headers()},
        retryable=True,
    )


def _too_many_texts(standing: LimitStatus) -> Problem:
    whose = "You may" if standing.name == "person" else "This workspace may"
    return Problem(
        "rate_limited",
        f"{whose} have {standing.quota} requests, answers and edits read a minute. Wait a moment, then go on more "
        f"slowly.",
        headers={"Retry-After": str(max(1, standing.reset_s)), **standing.headers()},
        retryable=True,
    )


def _seconds(reset: float) -> int:
    return max(0, min(WINDOW_S, math.ceil(reset - time.time())))
