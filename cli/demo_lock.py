"""Lock of a demo's data folder: one demo at a time on the same data.

Two on one folder would share a database and a connector, and the second would move the first one's platform away from
it. The kernel releases a file lock when the last process that holds its file ends in any way, so nothing is left to be
cleared. The children hold it too: a demo whose first process was killed is not gone while its server still runs.
"""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import socket
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import count
from pathlib import Path
from typing import Any, Final

from cli.program import name_program
from core.errors import BadSetting

FILE: Final = "demo.lock"
FOLDER: Final = ".data/demo"
PORT: Final = 8080
PLATFORM_PORT: Final = 8090
_STEP: Final = 100
_MOST_TRIED: Final = 50


class DemoLock:
    """The lock of ``folder`` until the stack closes. Raises BadSetting where another demo has it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        try:
            if not folder.parent.exists():
                folder.parent.mkdir(parents=True, mode=0o700)
            folder.mkdir(exist_ok=True, mode=0o700)
            self.file = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise BadSetting(
                f"The demo can't keep its data in {folder}: {os.strerror(error.errno or 0)}. Choose another folder: "
                f"{name_program()} demo --data FOLDER"
            ) from error
        stack.callback(os.close, self.file)
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BadSetting(
                f"{_describe(self.file)} has the data in {folder}. Use that one or stop it; or run another beside it, "
                f"with data of its own: {suggest_other_demo(folder)}"
            ) from error
        self.tell("", [os.getpid()])

    def tell(self, url: str, pids: list[int]) -> None:
        """Writes down for others who has the lock: the console's address and the processes."""
        os.ftruncate(self.file, 0)
        os.pwrite(self.file, json.dumps({"url": url, "pids": pids}).encode(), 0)


def suggest_other_demo(folder: Path) -> str:
    """The command that runs another demo now: a folder that no demo has, and two ports that are free."""
    other = next(each for each in _others(folder) if not _is_locked(each))
    return suggest(other, *free_ports(beside=1))


def suggest(folder: Path, port: int, platform_port: int) -> str:
    """The command for a demo with this data at these ports."""
    own = [] if str(folder) == FOLDER and not os.environ.get("OPSIQ_DATA") else ["--data", str(folder)]
    return f"{name_program()} " + shlex.join(["demo", *own, "--port", str(port), "--platform-port", str(platform_port)])


def free_ports(*, beside: int = 0) -> tuple[int, int]:
    """Ports for a console and a platform where nothing listens at the moment; 0 (any) where none near is free. Those of
    as many demos as are ``beside`` are left to them: one that starts doesn't listen yet."""
    return _free_from(PORT + beside * _STEP), _free_from(PLATFORM_PORT + beside * _STEP)


def _free_from(first: int) -> int:
    return next((port for port in range(first, first + _STEP * _MOST_TRIED, _STEP) if is_free(port)), 0)


def is_free(port: int) -> bool:
    """Whether this port of loopback can be listened on."""
    with suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return True
    return False


def _others(folder: Path) -> Iterator[Path]:
    named = folder if folder.name else folder.resolve()
    return (named.with_name(f"{named.name}-{number}") for number in count(2))


def _is_locked(folder: Path) -> bool:
    try:
        file = os.open(folder / FILE, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def _describe(file: int) -> str:
    try:
        told: Any = json.loads(os.pread(file, 4096, 0))
        pids = [each for each in told["pids"] if _runs(each)]
        at = f"console {told['url']}, " if told["url"] else ""
        which = f"process{'es' if len(pids) > 1 else ''} {', '.join(map(str, pids))}"
        return f"Another demo ({at}{which})" if pids else "Another demo"
    except (OSError, ValueError, KeyError, TypeError):
        return "Another demo"


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
