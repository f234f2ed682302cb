"""Listening socket: accepts a few connections per turn of the event loop, and pauses when the process has no more
files.

Without file descriptors, asyncio's own accept loop tries as often as the backlog is long, logs each failure and
schedules as many retries. The process then handles nothing but its own errors.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Callable
from typing import Final

log = logging.getLogger("opsiq.web.connections")

ACCEPTS_A_TURN: Final = 32
FIRST_PAUSE_S: Final = 0.05
LONGEST_PAUSE_S: Final = 1.0
_OUT_OF_FILES: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class Listener:
    """Calls ``accepted`` with each connection and its address, and ``out_of_files`` when the system has no more."""

    def __init__(
        self,
        listening: socket.socket,
        accepted: Callable[[socket.socket, str], None],
        out_of_files: Callable[[], None],
    ) -> None:
        self._listening = listening
        self._accepted = accepted
        self._out_of_files = out_of_files
        self._loop = asyncio.get_running_loop()
        self._pause_s = FIRST_PAUSE_S
        self._again: asyncio.TimerHandle | None = None
        listening.setblocking(False)
        self._loop.add_reader(listening.fileno(), self._accept)

    def stop(self) -> None:
        """Stops accepting. The socket stays open, because other processes may serve it too."""
        if self._again is not None:
            self._again.cancel()
            self._again = None
        self._loop.remove_reader(self._listening.fileno())

    def _accept(self) -> None:
        for _ in range(ACCEPTS_A_TURN):
            try:
                connection, address = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno in _OUT_OF_FILES:
                    self._pause(error)
                else:  # an error of the waiting connection, which Linux reports here (accept(2))
                    log.warning("a connection could not be accepted: %s", error)
                return
            self._pause_s = FIRST_PAUSE_S
            connection.setblocking(False)
            self._accepted(connection, str(address[0]) if isinstance(address, tuple) else "")

    def _pause(self, error: OSError) -> None:
        log.error("no connection can be accepted for %.2f s: %s", self._pause_s, error)
        self._loop.remove_reader(self._listening.fileno())
        self._again = self._loop.call_later(self._pause_s, self._resume)
        self._pause_s = min(LONGEST_PAUSE_S, self._pause_s * 2)
        self._out_of_files()

    def _resume(self) -> None:
        self._again = None
        self._loop.add_reader(self._listening.fileno(), self._accept)
