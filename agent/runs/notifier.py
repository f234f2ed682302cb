"""Change notifications for runs within one process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class RunNotifier:
    """Wakes whoever waits for a run to change, within this process. Missing one only means waiting for the next
    look."""

    def __init__(self) -> None:
        self._moves: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._steps: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def changed(self, run_id: str) -> None:
        """The run has moved: what is stored of it is another thing now."""
        for event in (*self._moves.get(run_id, ()), *self._steps.get(run_id, ())):
            event.set()

    def stepped(self, run_id: str) -> None:
        """Its working out has come further. Nothing that is stored has changed."""
        for event in self._steps.get(run_id, ()):
            event.set()

    @contextmanager
    def watching(self, run_id: str, *, steps: bool = False) -> Iterator[asyncio.Event]:
        """Set at every move from here on, and with ``steps`` at every step too; whoever waits for it clears it before
        they look."""
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
        with self.watching(run_id, steps=steps) as event:
            await heard(event, timeout_s)


async def heard(event: asyncio.Event, timeout_s: float) -> None:
    """When it is set, or after so long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            await event.wait()
