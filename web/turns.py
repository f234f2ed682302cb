"""Turns for requests that may read a whole history, platform or document: one at a time for each workspace or key.

Such a request is worth it for who asks, and takes long. Several at once would take the connections to the database, the
time and the memory of all others.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from typing import Final

from fastapi import Request

from core.errors import Unavailable
from store.database import READERS

MOST_WAITING: Final = 4
"""Most requests that wait for the same turn."""
AT_ONCE: Final = READERS // 2
"""Turns that are taken at once in this process. The other connections are for everything else."""
_BUSY: Final = "Several such requests are waiting already. Try again in a moment."


class Turns:
    """Turns of this process. ``at_once`` limits those of all workspaces together; None is no limit, for turns that wait
    for something of the workspace's own."""

    def __init__(self, at_once: int | None = None) -> None:
        self._locks: dict[str, asyncio.Lock] = {}
        self._asking: Counter[str] = Counter()
        self._room = asyncio.Semaphore(at_once) if at_once is not None else None

    @asynccontextmanager
    async def take(self, whose: str, *, patient: bool = False) -> AsyncIterator[None]:
        """Waits for the turn of a workspace or a key, and holds it. Raises Unavailable if too many wait already, unless
        this one is ``patient``: its answer has begun, or its turn is short."""
        if self._asking[whose] > MOST_WAITING and not patient:
            raise Unavailable(_BUSY)
        self._asking[whose] += 1
        try:
            async with self._locks.setdefault(whose, asyncio.Lock()):
                if self._room is None:
                    yield
                else:
                    async with self._room:
                        yield
        finally:
            self._asking[whose] -= 1
            if not self._asking[whose]:
                del self._asking[whose]
                del self._locks[whose]


def get_history_turns(request: Request) -> Turns:
    """Turns for reading a history."""
    turns: Turns = request.app.state.history_turns
    return turns


def take_search_turn(request: Request, workspace: str, words: str) -> AbstractAsyncContextManager[None]:
    """A turn for searching a history for ``words``, which may read all of it. Nothing to wait for without words."""
    turns: Turns = request.app.state.search_turns
    return turns.take(workspace, patient=True) if words else nullcontext()


def get_world_turns(request: Request) -> Turns:
    """Turns for reading a platform's records for cases."""
    turns: Turns = request.app.state.world_turns
    return turns
