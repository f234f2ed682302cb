"""Blocked keys: job keys whose lane is full."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from executors.jetstream.messages import NamedKey

MOST: Final = 50_000
LOOK_S: Final = 1.0
LOOK_MOST: Final = 8


class BlockedKeys:
    """Blocked keys by lane, released when there is room: one for each job of the lane that ends in this process, and a
    few every second, since other processes' jobs may fill the lane. Released keys are in ``ready``. All keys are kept
    only in memory, as in ``executors.jetstream.delayed_keys``.
    """

    def __init__(self, ready: deque[NamedKey], notify: Callable[[], None]) -> None:
        self._ready = ready
        self._notify = notify
        self._lanes: dict[str, deque[NamedKey]] = {}
        self._keys: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, lane: str, named: NamedKey) -> None:
        if len(self._keys) >= MOST or named.key in self._keys:
            return
        self._keys.add(named.key)
        line = self._lanes.setdefault(lane, deque())
        if named.had_a_turn:
            line.appendleft(named)
        else:
            line.append(named)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)

    def release(self, lane: str | None, most: int = 1) -> None:
        """Releases up to ``most`` keys of the lane: one when a job has ended, more if there is known to be room."""
        if lane is not None and lane in self._lanes:
            for _ in range(min(most, len(self._lanes[lane]))):
                self._turn(lane)

    def drain(self) -> list[NamedKey]:
        """Removes and returns all keys."""
        if self._timer is not None:
            self._timer.cancel()
        left = [named for line in self._lanes.values() for named in line]
        self._lanes.clear()
        self._keys.clear()
        return left

    def _turn(self, lane: str) -> None:
        line = self._lanes[lane]
        named = line.popleft()
        named.had_a_turn = True
        self._ready.append(named)
        self._keys.remove(named.key)
        if not line:
            del self._lanes[lane]

    def _look(self) -> None:
        self._timer = None
        for lane in list(self._lanes):
            for _ in range(min(LOOK_MOST, len(self._lanes[lane]))):
                self._turn(lane)
        if self._lanes:
            self._timer = asyncio.get_running_loop().call_later(LOOK_S, self._look)
        self._notify()
