"""Wake-ups within one process: whoever waits for a run goes on when it changes."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class RunWakeups:
    """Wakes waiters within this process when a run changes. A missed notification only means waiting for the next
    poll."""

    def __init__(self) -> None:
        self._moves: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._steps: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def notify_changed(self, run_id: str) -> None:
        """Notify that the run's stored state changed."""
        for event in (*self._moves.get(run_id, ()), *self._steps.get(run_id, ())):
            event.set()

    def notify_step(self, run_id: str) -> None:
        """Notify that planning reached another step. Nothing that is stored has changed."""
        for event in self._steps.get(run_id, ()):
            event.set()

    @contextmanager
    def watch(self, run_id: str, *, steps: bool = False) -> Iterator[asyncio.Event]:
        """An event that is set at every change from here on, and with ``steps`` at every step too; its waiter clears it
        before looking."""
        events = self._steps if steps else self._moves
        event = asyncio.Event()
        events[run_id].add(event)
        try:
            yield event
        finally:
            events[run_id].discard(event)
            if not events[run_id]:
                del events[run_id]

    async def wait(self, run_id: str, timeout_s: float, *, steps: bool = False) -> None:
        with self.watch(run_id, steps=steps) as event:
            await wait_for_event(event, timeout_s)


async def wait_for_event(event: asyncio.Event, timeout_s: float) -> None:
    """Wait until the event is set, or until the timeout."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            await event.wait()
