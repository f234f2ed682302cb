"""LISTEN/NOTIFY on PostgreSQL: a process that has added jobs notifies the others.

Nothing depends on a notification: a lost one only costs the wait until the next poll. NOTIFY is sent after the commit,
not within it. Transactions with NOTIFY commit one after another across the database, which would prevent group commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

log = logging.getLogger("opsiq.store.pg_notify")

CHANNEL: Final = "opsiq_work"
GAP_S: Final = 0.05
"""Notifications within this many seconds become one."""
_MAX_PAUSE_S: Final = 30.0


class PostgresNotifier:
    """Connection for LISTEN and NOTIFY. It is reopened if it is lost."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._rung = asyncio.Event()
        self._lost = asyncio.Event()
        self._closing = False
        self._task: asyncio.Task[None] | None = None

    async def open(self, on_notify: Callable[[], None]) -> None:
        """Starts listening. ``on_notify`` is called when another process notifies, and after a period without a
        connection."""
        self._task = asyncio.create_task(self._keep_connected(on_notify), name="opsiq-bell")

    def notify(self) -> None:
        """Notifies the other processes, soon."""
        self._rung.set()

    async def close(self) -> None:
        """Notifies once more, because the jobs that this process leaves behind are for the others."""
        self._closing = True
        self._rung.set()
        self._lost.set()
        if self._task is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._task, 5)

    async def _keep_connected(self, on_notify: Callable[[], None]) -> None:
        engine = create_async_engine(self._url, poolclass=NullPool)
        trouble = 0
        try:
            while not self._closing:
                try:
                    async with engine.connect() as connection:
                        driver: Any = (await connection.get_raw_connection()).driver_connection
                        await self._listen(driver, on_notify)
                        trouble = 0
                        on_notify()
                        await self._notify_loop(driver)
                except (SQLAlchemyError, OSError) as error:
                    trouble += 1
                    log.warning("other processes can't be heard (%s); work is found by looking", type(error).__name__)
                if not self._closing:
                    self._lost.clear()
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._lost.wait(), min(_MAX_PAUSE_S, 0.5 * 2 ** min(trouble, 6)))
        finally:
            await engine.dispose()

    async def _listen(self, driver: Any, on_notify: Callable[[], None]) -> None:
        mine = driver.get_server_pid()

        def heard(_driver: Any, sender: int, _channel: str, _payload: str) -> None:
            if sender != mine:
                on_notify()

        def lost(_driver: Any) -> None:
            self._lost.set()
            self._rung.set()

        self._lost.clear()
        driver.add_termination_listener(lost)
        await driver.add_listener(CHANNEL, heard)

    async def _notify_loop(self, driver: Any) -> None:
        """Sends notifications until the connection is lost or the notifier is closed."""
        from asyncpg.exceptions import InterfaceError, PostgresError  # type: ignore[import-untyped]

        while True:
            await self._rung.wait()
            self._rung.clear()
            if driver.is_closed():
                return
            try:
                await driver.execute(f"NOTIFY {CHANNEL}")
            except (PostgresError, InterfaceError, OSError) as error:
                log.warning("the others were not rung (%s)", type(error).__name__)
                return
            if self._closing:
                return
            await asyncio.sleep(GAP_S)
