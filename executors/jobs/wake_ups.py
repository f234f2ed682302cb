"""Wake-ups between processes on SQLite: a datagram to each process's socket says that jobs were added.

They only save time (``executors.jobs.worker.WakeSource``): without one, the next poll finds the jobs.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import os
import socket
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from sqlalchemy.engine import make_url

from executors.jobs.worker import WakeSource
from store.driver.pg_notify import GAP_S, PostgresNotifier

log = logging.getLogger("opsiq.executors.wake_ups")

_SUFFIX: Final = ".bell"


class JobNotifier(WakeSource, Protocol):
    """Notifies other processes, and receives their notifications."""

    def notify(self) -> None: ...


class SocketNotifier:
    """Notifier over one socket for each process, in a folder that belongs to this user and the database file."""

    def __init__(self, database: str) -> None:
        name = hashlib.sha256(os.path.realpath(database).encode()).hexdigest()[:16]
        # Not beside the database file: a socket's path has at most 107 bytes.
        self._folder = Path(tempfile.gettempdir()) / f"opsiq-{os.getuid()}-{name}"
        self._path = self._folder / f"{os.getpid()}-{os.urandom(4).hex()}{_SUFFIX}"
        self._socket: socket.socket | None = None
        self._due: asyncio.TimerHandle | None = None
        self._again = False

    async def open(self, on_notify: Callable[[], None]) -> None:
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            found = self._folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
                raise PermissionError(f"{self._folder} is not this user's alone")
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
            self._socket.bind(str(self._path))
        except OSError as error:
            log.warning("other processes can't be heard (%s); work is found by looking", error)
            return
        asyncio.get_running_loop().add_reader(self._socket, self._on_datagram, on_notify)

    def notify(self) -> None:
        """Wakes the other processes: at once, but at most once in GAP_S."""
        if self._socket is None:
            return
        if self._due is not None:
            self._again = True
            return
        self._send()
        self._due = asyncio.get_running_loop().call_later(GAP_S, self._end_gap)

    async def close(self) -> None:
        """Notifies once more and closes: other processes must take the jobs that this one leaves."""
        if self._socket is None:
            return
        if self._due is not None:
            self._due.cancel()
        self._send()
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        self._socket = None
        self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # other processes still use the folder
            self._folder.rmdir()

    def _on_datagram(self, on_notify: Callable[[], None]) -> None:
        assert self._socket is not None
        with contextlib.suppress(OSError):
            while self._socket.recv(16):
                pass
        on_notify()

    def _end_gap(self) -> None:
        self._due = None
        if self._again:
            self._again = False
            self.notify()

    def _send(self) -> None:
        assert self._socket is not None
        for other in self._others():
            try:
                self._socket.sendto(b"1", other)
            except ConnectionRefusedError:  # its process was killed
                Path(other).unlink(missing_ok=True)
            except OSError:
                continue  # the process is ending, or has so many unread notifications that one more adds nothing

    def _others(self) -> list[str]:
        try:
            return [
                each.path
                for each in os.scandir(self._folder)
                if each.name != self._path.name and each.name.endswith(_SUFFIX)
            ]
        except OSError:
            return []


class NullNotifier:
    """Notifier that does nothing: jobs are found by polling."""

    async def open(self, on_notify: Callable[[], None]) -> None: ...

    def notify(self) -> None: ...

    async def close(self) -> None: ...


def open_notifier(database_url: str) -> JobNotifier:
    """Opens the notifier of this database's processes."""
    url = make_url(database_url)
    if url.get_backend_name() == "postgresql":
        return PostgresNotifier(database_url)
    return (
        SocketNotifier(url.database or "") if hasattr(socket, "AF_UNIX") and hasattr(os, "getuid") else NullNotifier()
    )
