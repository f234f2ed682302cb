"""CPU watchdog: ends a process that used a given amount of CPU time while its event loop did not run.

Otherwise a handler that never yields would block the process for good: it would answer no health check and no SIGTERM.
The kernel's profiling timer needs no interpreter. The loop resets it every second. When it expires, it writes the
stacks of all threads to standard error, and the process ends with SIGPROF. Time asleep, stopped or waiting for a disk
does not count.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import signal
import sys
from collections.abc import AsyncIterator
from typing import Final

CPU_S: Final = 30.0
AGAIN_S: Final = 1.0


@contextlib.asynccontextmanager
async def watch_cpu(cpu_s: float = CPU_S) -> AsyncIterator[None]:
    """Runs the watchdog while the context is open. Use it in the main thread."""
    if not hasattr(signal, "setitimer"):
        yield  # no such timer on this system
        return
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    faulthandler.register(signal.SIGPROF, file=sys.stderr, all_threads=True, chain=True)
    winding = asyncio.create_task(_arm_timer(cpu_s), name="opsiq-watchdog")
    try:
        yield
    finally:
        winding.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await winding
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.unregister(signal.SIGPROF)


async def _arm_timer(cpu_s: float) -> None:
    while True:
        signal.setitimer(signal.ITIMER_PROF, cpu_s)
        await asyncio.sleep(AGAIN_S)
