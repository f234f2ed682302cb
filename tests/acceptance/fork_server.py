"""Processes for the tests, forked from one that has imported the server and the demo platform already.

Each is a process of its own, with its own memory, files, sockets and signals, and runs a command's ``main`` from its
first line. What is saved is to read the same thousand modules for each of a hundred. What such a server starts of its
own is forked too (``stand_in``), unless its environment says ``FROM_NOTHING``. That commands come up from nothing is
proved by those, by ``opsiq demo`` and by the fault suite on SQLite.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import fcntl
import gc
import importlib
import json
import os
import resource
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from pydantic import BaseModel
from sqlalchemy.orm import configure_mappers

from agent.planning.reading_worker import warm
from registry import discovery
from registry.conditions import condition
from tests.fast_passwords import hash_cheaply

ROOT: Final = Path(__file__).parents[2]
READER: Final = "agent.planning.reading_worker"
IMPORTER: Final = "executors.importing.import_worker"
MAINS: Final = {"cli.main": "cli.main", "demo": "demo.__main__", READER: READER, IMPORTER: IMPORTER}
"""What ``python -m NAME`` runs, by name."""
STAND_IN: Final = Path(__file__).with_name("stand_in.py")
IMPORTED: Final = (
    *MAINS.values(),
    "registry.importing.tasks",
    "uvicorn",
    "app.container",
    "core.traces",
    "store.migrate",
    "alembic.command",
    "web.app",
    "web.server",
)
MOST_BYTES: Final = 1 << 20
MOST_FDS: Final = 4


class ForkServer:
    """One for each process that runs tests, started when it is first wanted."""

    def __init__(self) -> None:
        self.codes: dict[int, int] = {}
        self._lock = threading.Lock()
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        asked, self.python = _stand_in(Path(tempfile.mkdtemp(prefix="opsiq-forks-")))
        fds = [theirs.fileno(), asked.fileno()]
        command = [sys.executable, "-m", "tests.acceptance.fork_server", *map(str, fds), self.python]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=fds)
        theirs.close()
        asked.close()

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
        wanted: dict[str, Any] = {"module": module, "arguments": list(arguments), "environ": dict(environ)}
        wanted |= {"places": [1, 2], "files": files}
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

    @property
    def pid(self) -> int:
        return self._process.pid

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

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


_SERVERS: list[ForkServer] = []


def fork_server() -> ForkServer:
    if not _SERVERS:
        _SERVERS.append(ForkServer())
        atexit.register(_SERVERS[0].close)
    return _SERVERS[0]


def main() -> int:
    """Forks what it is asked for and tells how each ended, until nobody asks any more."""
    line, asked = (socket.socket(fileno=int(fd)) for fd in sys.argv[1:3])
    gc.disable()
    hash_cheaply()
    for name in IMPORTED:
        importlib.import_module(name)
    # What every server does first, and the same in each: tables mapped, models completed, connectors linted, the
    # library of conditions loaded, words read.
    configure_mappers()
    for model in _list_models(BaseModel):
        model.model_rebuild()
    discovery.discover()
    condition.compile("true")
    asyncio.run(warm())
    gc.freeze()
    forks = Forks(line, asked, sys.argv[3])
    forks.serve()
    shutil.rmtree(Path(asked.getsockname()).parent)
    return 0


def _list_models(base: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Those that are completed when they are first used (``defer_build``), by whoever uses them."""
    for each in base.__subclasses__():
        if not each.__pydantic_complete__:
            yield each
        yield from _list_models(each)


def _stand_in(folder: Path) -> tuple[socket.socket, str]:
    """Where is asked for a child, and what asks there: it stands in for Python in the servers. A file system that runs
    no programs leaves Python itself."""
    script, asked = folder / "python", socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    script.write_text(f"#!{sys.executable} -IS\n{STAND_IN.read_text(encoding='utf-8')}", encoding="utf-8")
    script.chmod(0o700)
    asked.bind(str(folder / "line"))
    asked.listen(64)
    return asked, str(script) if os.access(script, os.X_OK) else sys.executable


class Forks:
    """The processes that were forked, and who is told how each ended: ``line`` for the tests, a connection for what
    stands in for a server's child. Who closes that connection kills the child."""

    def __init__(self, line: socket.socket, asked: socket.socket, python: str) -> None:
        self._line, self._asked, self._python = line, asked, python
        self._waiting = selectors.DefaultSelector()
        self._children: dict[int, socket.socket] = {}

    def serve(self) -> None:
        """Until ``line`` ends. A process that was forked does not come back from here."""
        for each in (self._line, self._asked):
            self._waiting.register(each, selectors.EVENT_READ)
        while True:
            for key, _ in self._waiting.select():
                if key.fileobj is self._line:
                    request, fds, _, _ = socket.recv_fds(self._line, MOST_BYTES, MOST_FDS)
                    if not request:
                        return self._stop()
                    self._line.send(json.dumps({"started": self._fork(request, fds)}).encode())
                elif key.fileobj is self._asked:
                    connection, _ = self._asked.accept()
                    request, fds, _, _ = socket.recv_fds(connection, MOST_BYTES, MOST_FDS)
                    if not request:
                        connection.close()
                        continue
                    pid = self._fork(request, fds)
                    with contextlib.suppress(OSError):  # killed meanwhile, which is seen next
                        connection.send(str(pid).encode())
                    self._children[pid] = connection
                    self._waiting.register(connection, selectors.EVENT_READ, pid)
                elif isinstance(key.fileobj, socket.socket):
                    if self._children.get(key.data) is key.fileobj:  # the stand-in was killed
                        self._waiting.unregister(key.fileobj)
                        os.kill(key.data, signal.SIGKILL)
                else:
                    self._ended(key)

    def _fork(self, request: bytes, fds: list[int]) -> int:
        if (pid := os.fork()) == 0:
            pidfds = [key.fd for key in self._waiting.get_map().values() if isinstance(key.fileobj, int)]
            for fd in (*pidfds, *(each.detach() for each in (self._line, self._asked, *self._children.values()))):
                os.close(fd)
            self._waiting.close()
            _end(_run(_become(json.loads(request), fds, self._python)))
        for fd in fds:
            os.close(fd)
        self._waiting.register(os.pidfd_open(pid), selectors.EVENT_READ, pid)
        return pid

    def _ended(self, key: selectors.SelectorKey) -> None:
        self._waiting.unregister(key.fileobj)
        os.close(key.fd)
        _, status = os.waitpid(key.data, 0)
        code = os.waitstatus_to_exitcode(status)
        if (connection := self._children.pop(key.data, None)) is None:
            self._line.send(json.dumps({"ended": key.data, "code": code}).encode())
            return
        with contextlib.suppress(KeyError):
            self._waiting.unregister(connection)
        with contextlib.suppress(OSError):
            connection.send(str(code).encode())
        connection.close()

    def _stop(self) -> None:
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)


def _become(request: Mapping[str, Any], fds: Sequence[int], python: str) -> Callable[[], int]:
    """The command, in a process that is now as one started for it alone. Its files are at the ``places`` that it knows
    them by."""
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD, 100) for fd in fds]
    for fd in fds:
        os.close(fd)
    for fd, place in zip(high, request["places"], strict=True):
        os.dup2(fd, place)
        os.close(fd)
    if request.get("files") is not None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (request["files"], request["files"]))
    os.environ.clear()
    os.environ.update(request["environ"])
    if "FROM_NOTHING" not in os.environ:
        sys.executable = python
    sys.argv = [request["module"], *request["arguments"]]
    gc.enable()
    found: Callable[..., int] = importlib.import_module(MAINS[request["module"]]).main
    return lambda: found(*filter(None, [request["arguments"]]))


def _run(command: Callable[[], int]) -> int:
    try:
        return command()
    except SystemExit as ended:
        if isinstance(ended.code, str):
            raise
        return ended.code or 0


def _end(code: int) -> NoReturn:
    """As the interpreter ends (threads, ``atexit``, files), but it is not taken apart: that would write to each page of
    memory that is shared with the process it was forked from, and take longer than most commands."""
    # Not public, but where the interpreter waits for threads: those of ThreadPoolExecutor are told nowhere else to end.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
