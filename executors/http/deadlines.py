"""Deadline timer: one event-loop timer for many waits, since a timer for each would be most of the cost of a short
wait."""

from __future__ import annotations

import asyncio


class Deadlines:
    """Futures that fail with TimeoutError at their deadline. Belongs to one loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._when: dict[asyncio.Future[None], float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, future: asyncio.Future[None], when: float) -> None:
        """Adds a deadline, ``when`` by the loop's clock. The caller must drop it."""
        self._when[future] = when
        if self._timer is None or when < self._timer.when():
            self._arm(when)

    def drop(self, future: asyncio.Future[None]) -> None:
        self._when.pop(future, None)

    def close(self) -> None:
        """Stops the timer. Waiting futures are not notified."""
        self._when.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self, when: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(when, self._due)

    def _due(self) -> None:
        # Most waits end before their deadline. The timer is set again for the first one that hasn't ended.
        self._timer = None
        now = self._loop.time()
        for future, when in list(self._when.items()):
            if when <= now:
                del self._when[future]
                if not future.done():
                    future.set_exception(TimeoutError())
        if self._when:
            self._arm(min(self._when.values()))
