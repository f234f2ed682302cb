"""Signals to asyncio's child processes."""

from __future__ import annotations

import asyncio
import contextlib
import os


def signal_child(process: asyncio.subprocess.Process, number: int) -> None:
    """Sends a signal, unless the process is known to have ended.

    ``process.kill`` and the like poll the process first in Python 3.11. If it has just ended, they take its exit status
    from asyncio, which logs "Unknown child process pid" and reports the code 255.
    """
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)
