"""Processes for the tests, forked from one that has imported the server and the demo platform already.

Each is a process of its own, with its own memory, files, sockets and signals, and runs a command's ``main`` from its
first line. What is saved is to read the same thousand modules for each of a hundred. That a command comes up from
nothing is proved where it is started by ``sys.executable`` (families of several processes, ``opsiq demo``, the fault
suite).
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import resource
import selectors
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from registry import discovery
from registry.conditions import condition

ROOT: Final = Path(__file__).parents[2]
MAINS: Final = {"cli.main": "cli.main", "demo": "demo.__main__"}
"""What ``python -m NAME`` runs, by name."""
IMPORTED: Final = (
    *MAINS.values(),
    "uvicorn",
    "app.container",
    "core.traces",
    "store.migrate",
    "alembic.command",
    "web.app",
    "web.server",
)
MOST_BYTES: Final = 1 << 20


class ForkServer:
    """One for each process that runs tests, started when it is first wanted."""

    def __init__(self) -> None:
        self.codes: dict[int, int] = {}
        self._lock = threading.Lock()
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.acceptance.fork_server", str(theirs.fileno())]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()])
        theirs.close()

    def start(
        self,
        module: str,
        arguments: Sequence[str],
        environ: Mapping[str, str],
        stdout: int,
        *,
        stderr: int = 2,
        files: int | None = None,
    ) -> int:
        """The new process's id. Its standard error is this process's unless it is given; ``files`` is how many it may
        have open."""
        wanted = {"module": module, "arguments": list(arguments), "environ": dict(environ), "files": files}
        request = json.dumps(wanted).encode()
        with self._lock:
            socket.send_fds(self._line, [request], [stdout, stderr])
            while "started" not in (said := self._heard()):
                pass
        return int(said["started"])

    def ended(self, pid: int, timeout_s: float | None = 0.0) -> int | None:
        """Its exit code as ``subprocess`` has it; None when it has not ended in time."""
        with self._lock:
            while pid not in self.codes:
                self._line.settimeout(timeout_s)
                try:
                    self._heard()
                except (TimeoutError, BlockingIOError):
                    return None
                finally:
                    self._line.settimeout(None)
            return self.codes[pid]

    def close(self) -> None:
        self._line.close()
        self._process.wait(30)

    def _heard(self) -> dict[str, Any]:
        if not (came := self._line.recv(MOST_BYTES)):
            raise RuntimeError("the fork server is gone")
        said: dict[str, Any] = json.loads(came)
        if "ended" in said:
            self.codes[said["ended"]] = said["code"]
        return said


class Forked:
    """What the tests use of ``subprocess.Popen``."""

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        environ: Mapping[str, str],
        *,
        stderr: int = 2,
        files: int | None = None,
    ) -> None:
        reading, writing = os.pipe()
        self._server = fork_server()
        self.pid = self._server.start(module, arguments, environ, writing, stderr=stderr, files=files)
        os.close(writing)
        self.stdout = os.fdopen(reading, "r")

    def poll(self) -> int | None:
        return self._server.ended(self.pid)

    def wait(self, timeout: float | None = None) -> int:
        code = self._server.ended(self.pid, timeout)
        if code is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


_SERVERS: list[ForkServer] = []


def fork_server() -> ForkServer:
    if not _SERVERS:
        _SERVERS.append(ForkServer())
        atexit.register(_SERVERS[0].close)
    return _SERVERS[0]


def main() -> int:
    """Forks what it is asked for and tells how each ended, until nobody asks any more."""
    line = socket.socket(fileno=int(sys.argv[1]))
    gc.disable()
    for name in IMPORTED:
        importlib.import_module(name)
    # What every server does first, and the same in each: connectors linted, the library of conditions loaded.
    discovery.discover()
    condition.compile("true")
    gc.freeze()
    waiting = selectors.DefaultSelector()
    waiting.register(line, selectors.EVENT_READ)
    while True:
        for key, _ in waiting.select():
            if key.fileobj is line:
                request, fds, _, _ = socket.recv_fds(line, MOST_BYTES, 2)
                if not request:
                    return 0
                if (pid := os.fork()) == 0:
                    for each in list(waiting.get_map().values()):
                        os.close(each.fd)
                    line.detach()
                    waiting.close()
                    return _become(json.loads(request), fds)()
                for fd in fds:
                    os.close(fd)
                waiting.register(os.pidfd_open(pid), selectors.EVENT_READ, pid)
                line.send(json.dumps({"started": pid}).encode())
            else:
                waiting.unregister(key.fileobj)
                os.close(key.fd)
                _, status = os.waitpid(key.data, 0)
                line.send(json.dumps({"ended": key.data, "code": os.waitstatus_to_exitcode(status)}).encode())


def _become(request: Mapping[str, Any], fds: Sequence[int]) -> Callable[[], int]:
    """The command, in a process that is now as one started for it alone."""
    for fd, place in zip(fds, (1, 2), strict=True):
        os.dup2(fd, place)
        os.close(fd)
    if request["files"] is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (request["files"], request["files"]))
    os.environ.clear()
    os.environ.update(request["environ"])
    sys.argv = [request["module"], *request["arguments"]]
    gc.enable()
    found: Callable[[Sequence[str]], int] = importlib.import_module(MAINS[request["module"]]).main
    return lambda: found(request["arguments"])


if __name__ == "__main__":
    sys.exit(main())
