"""Who waits for a run to change, within one process."""

from __future__ import annotations

import asyncio
from collections import defaultdict


class Watch:
    """Wakes whoever waits for a run to change, within this process. Missing one only means waiting for the next look."""

    def __init__(self) -> None:
        self._events: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def changed(self, run_id: str) -> None:
        for event in self._events.get(run_id, ()):
            event.set()

    async def wait(self, run_id: str, timeout_s: float) -> None:
        event = asyncio.Event()
        self._events[run_id].add(event)
        try:
            async with asyncio.timeout(timeout_s):
                await event.wait()
        except TimeoutError:
            pass
        finally:
            self._events[run_id].discard(event)
            if not self._events[run_id]:
                del self._events[run_id]
