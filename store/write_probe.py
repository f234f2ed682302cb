"""Write probe: whether the database can be written, found out by a small commit, at most once in some seconds."""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import text

from core.errors import OpsIQError
from store.database import LEAST_FREE_BYTES, Database

log = logging.getLogger("opsiq.store")

EVERY_S: Final = 10.0
WAIT_S: Final = 2.0
"""How long an answer waits for a probe. A longer one goes on, and tells the next answer."""
_ROWS: Final = text("UPDATE alembic_version SET version_num = version_num")


def find_free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class WriteProbe:
    """Shared by all who ask, so that however often they do, there is one commit in ``EVERY_S``."""

    def __init__(
        self,
        database: Database,
        monotonic: Callable[[], float] = time.monotonic,
        free: Callable[[Path], int] = find_free_bytes,
    ) -> None:
        self._database = database
        self._monotonic = monotonic
        self._free = free
        self._task: asyncio.Task[None] | None = None
        self._at = 0.0
        self._writable = True

    async def is_writable(self) -> bool:
        """Whether the last probe that ended could write. The first call, and one after ``EVERY_S``, begins one."""
        if self._task is None or (self._task.done() and self._monotonic() - self._at >= EVERY_S):
            self._at = self._monotonic()
            self._task = asyncio.create_task(self._probe())
        await asyncio.wait([self._task], timeout=WAIT_S)  # never cancelled: a query would leave its connection behind
        return self._writable

    async def close(self) -> None:
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _probe(self) -> None:
        was, self._writable = self._writable, await self._can_write()
        if was and not self._writable:
            log.error("the database can't be written: this server says that it isn't ready")

    async def _can_write(self) -> bool:
        file = self._database.file
        with suppress(OSError):
            # A small commit may still fit into the log that SQLite reuses, when nothing else does.
            if file is not None and self._free(file.parent) < LEAST_FREE_BYTES:
                return False
        try:
            async with self._database.begin() as session:
                await session.execute(_ROWS)
        except OpsIQError:
            return False
        except Exception:
            log.exception("the probe whether the database can be written failed")
            return False
        return True
