"""Write lock: one writer at a time among all processes on a SQLite file.

SQLite lets waiting writers sleep, longer and longer up to 100 ms, and serves the longest sleeper last. Under load two
processes then write less than one. The kernel passes a file lock on the moment it is free, and releases it however its
process ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from core.errors import Unavailable

WAIT_S: Final = 30.0


class WriteLock:
    """Lock in order of arrival within the process, and in any order between processes: ``async with lock.held():``."""

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(f"{database.name}-turn")
        self._tasks = asyncio.Lock()

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Waits for the lock and holds it for the block. Raises Unavailable if another process has held it for 30 s."""
        async with self._tasks:
            file = await self._file()
            try:
                yield
            finally:
                os.close(file)

    async def _file(self) -> int:
        # Opened for each turn: a lock belongs to the open file, and a late one must not be taken for the next turn's.
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await self._wait(file)
        return file

    async def _wait(self, file: int) -> None:
        """Waits in a thread, which can't be interrupted. If the caller is cancelled, the thread releases the lock."""
        waiting = asyncio.get_running_loop().run_in_executor(None, fcntl.flock, file, fcntl.LOCK_EX)
        try:
            async with asyncio.timeout(WAIT_S):
                await asyncio.shield(waiting)
        except BaseException as error:
            waiting.add_done_callback(lambda _done: _close_file(file))
            if isinstance(error, TimeoutError):
                raise Unavailable(
                    "Another process has been writing to the database file for too long. Try again."
                ) from error
            raise


def _close_file(file: int) -> None:
    with contextlib.suppress(OSError):
        os.close(file)
