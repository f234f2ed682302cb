"""Batch settler (group commit): settles that arrive while a transaction is being written share the next one. If more
jobs are running, a transaction waits a moment for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from core.errors import Unavailable
from executors.jobs.queue import Queue, Settlement

log = logging.getLogger("opsiq.executors.settler")

GROUP: Final = 400
LINGER_S: Final = 0.04
_LOOK_S: Final = 0.01
_CROWD: Final = 8
_PAUSES_S: Final = (0.1, 0.5, 1.0, 2.0, 5.0)

Then = Callable[[bool | Exception], None]
"""Receives the result of one settle, as ``Queue.settle`` returns it. It must not block."""


class BatchSettler:
    """Settles up to GROUP jobs at a time. A single settle doesn't wait. Under load the groups grow by themselves.

    ``busy`` returns the number of held jobs, including those that wait here, and ``stock`` how many more will start
    without a claim. A transaction is delayed by up to LINGER_S while there is a stock, or while at least twice as many
    jobs are held as wait here. Every transaction costs the same few statements, for one job or for hundreds.
    """

    def __init__(self, queue: Queue, busy: Callable[[], int] = lambda: 0, stock: Callable[[], int] = lambda: 0) -> None:
        self._queue = queue
        self._busy = busy
        self._stock = stock
        self._waiting: list[tuple[Settlement, Then]] = []
        self._room = asyncio.Event()
        self._room.set()
        self._under_way: set[asyncio.Task[None]] = set()

    def submit(self, settlement: Settlement, then: Then) -> None:
        """Settles a job with the next group. While the database is down it retries for some seconds, and then the
        result is Unavailable."""
        self._waiting.append((settlement, then))
        if len(self._waiting) >= 2 * GROUP:
            self._room.clear()
        full = len(self._waiting) >= GROUP and len(self._under_way) < self._queue.settles_at_once
        if full or not self._under_way:
            self._under_way.add(asyncio.create_task(self._flush(), name="opsiq-settle"))

    @property
    def full(self) -> bool:
        """Whether two groups wait. Callers should then wait for ``room`` before doing more, so that a crash repeats
        little."""
        return not self._room.is_set()

    async def capacity(self) -> None:
        await self._room.wait()

    async def drain(self) -> None:
        """Returns when everything submitted has been settled."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _flush(self) -> None:
        me = asyncio.current_task()
        assert me is not None
        try:
            # A group that isn't full waits for the running transaction.
            while self._waiting and (len(self._under_way) == 1 or len(self._waiting) >= GROUP):
                await self._linger()
                if not self._waiting:
                    break
                group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
                if len(self._waiting) < 2 * GROUP:
                    self._room.set()
                results = await self._settle_together([settlement for settlement, _ in group])
                for (_, then), result in zip(group, results, strict=True):
                    then(result)
        finally:
            self._under_way.discard(me)

    async def _linger(self) -> None:
        """Waits up to LINGER_S for more settles, but only while enough jobs are running: the last of a burst don't
        wait."""
        now = asyncio.get_running_loop().time
        until = now() + LINGER_S
        while self._more_to_come() and (left_s := until - now()) > 0:  # noqa: ASYNC110 (what is under way ends without a word)
            await asyncio.sleep(min(left_s, _LOOK_S))

    def _more_to_come(self) -> bool:
        waiting = len(self._waiting)
        return waiting < GROUP and self._busy() >= _CROWD and (self._busy() >= 2 * waiting or self._stock() > 0)

    async def _settle_together(self, group: list[Settlement]) -> list[bool | Exception]:
        for pause_s in (*_PAUSES_S, None):
            try:
                return await self._queue.settle(group)
            except Unavailable as error:
                if pause_s is None:
                    log.error("%d settles are given up: the database is down; the work comes again", len(group))
                    return [error] * len(group)
                await asyncio.sleep(pause_s)
            except Exception as error:
                log.exception("%d settles failed; the work comes again", len(group))
                return [error] * len(group)
        raise AssertionError("unreachable")
