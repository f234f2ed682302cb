"""Delayed keys: job keys that are due later."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from collections.abc import Callable
from itertools import count
from typing import Final

from executors.jetstream.messages import NamedKey

MOST: Final = 20_000


class DelayedKeys:
    """Delayed keys by due time. A due key moves to ``ready``, and ``notify`` is called. The keys are kept only in
    memory. If they are lost, the sweep finds their jobs.
    """

    def __init__(self, notify: Callable[[], None]) -> None:
        self.ready: deque[NamedKey] = deque()
        self._notify = notify
        self._heap: list[tuple[float, int, NamedKey]] = []
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, named: NamedKey, delay_s: float) -> None:
        if len(self._heap) >= MOST:
            return
        loop = asyncio.get_running_loop()
        heapq.heappush(self._heap, (loop.time() + delay_s, next(self._order), named))
        if self._heap[0][2] is named:
            self._set(loop)

    def drain(self) -> list[NamedKey]:
        """Removes and returns all keys, due or not."""
        if self._timer is not None:
            self._timer.cancel()
        left = [*self.ready, *(named for _, _, named in self._heap)]
        self.ready.clear()
        self._heap.clear()
        return left

    def _set(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(self._heap[0][0], self._due, loop) if self._heap else None

    def _due(self, loop: asyncio.AbstractEventLoop) -> None:
        now = loop.time() + 0.001  # the loop calls slightly early
        while self._heap and self._heap[0][0] <= now:
            self.ready.append(heapq.heappop(self._heap)[2])
        self._timer = None
        self._set(loop)
        self._notify()
