"""Read memo: request-scoped memoization of a platform's answers. Planning one request reads the same lists and records
several times. With a memo each read is made once, and all of them see one state.

Only planning has a memo. A confirmed call is compared with records that are read anew (``agent.validate.drift``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

MAX_BYTES: Final = 16 * 1024 * 1024
"""Most bytes of answers that one memo keeps. Beyond, reads are made anew."""


@dataclass(frozen=True, slots=True)
class Received:
    """A platform's answer as it came. Each reader decodes it anew, because a connector may change what it gets."""

    status: int
    body: bytes
    headers: Mapping[str, str]


class ReadMemo:
    """The answers that one request has got. Failed reads are not kept. Belongs to the running loop."""

    def __init__(self) -> None:
        self._held: dict[Hashable, Received] = {}
        self._locks: dict[Hashable, asyncio.Lock] = {}
        self._left = MAX_BYTES

    async def read(self, key: Hashable, ask: Callable[[], Awaitable[Received]]) -> Received:
        """The answer to a read. If the same one is under way, waits for it."""
        async with self._locks.setdefault(key, asyncio.Lock()):
            received = self._held.get(key) or await ask()
            if key not in self._held and len(received.body) <= self._left:
                self._held[key] = received
                self._left -= len(received.body)
            return received


_CURRENT: Final[ContextVar[ReadMemo | None]] = ContextVar("read_memo", default=None)


def get_read_memo() -> ReadMemo | None:
    """The memo that reads use here. None: every read asks the platform."""
    return _CURRENT.get()


@contextmanager
def use_read_memo(memo: ReadMemo) -> Iterator[None]:
    token = _CURRENT.set(memo)
    try:
        yield
    finally:
        _CURRENT.reset(token)
