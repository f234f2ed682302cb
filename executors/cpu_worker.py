"""Worker process of the CPU pool (``cpu_workers``). Each call is a coroutine under its CPU budget."""

from __future__ import annotations

import asyncio
import itertools
import os
import resource
import signal
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final

from core import cpu_budget
from core.errors import Unavailable
from executors.cpu_messages import encode, make_portable, read_message

SPARE_S: Final = 2
"""CPU seconds over budget after which the kernel kills the process: for code that ignores signals."""
MOST_MB: Final = 512
"""A worker that uses more memory than this ends when it is idle, and a new one replaces it."""


class ParentLink:
    """A call's link to the parent process."""

    def __init__(self, worker: Worker, call: int) -> None:
        self._worker, self._call = worker, call

    async def ask(self, what: str, arguments: Any) -> Any:
        """Asks the parent process. Raises what it raises there."""
        return await self._worker.ask(self._call, what, arguments)

    def tell(self, what: Any) -> None:
        self._worker.send("tell", self._call, what)


Operation = Callable[[Any, Any, ParentLink], Awaitable[Any]]
"""``(resource, arguments, link)`` → the result of the call."""


class Worker:
    """Worker loop: runs the named operations that the parent process calls. ``hold`` builds a resource from its
    bytes."""

    def __init__(
        self,
        operations: Mapping[str, Operation],
        hold: Callable[[bytes], Any],
        *,
        budget_s: float,
        socket_fd: int,
        most_mb: float = MOST_MB,
    ) -> None:
        self._operations, self._hold, self._budget_s, self._fd = operations, hold, budget_s, socket_fd
        self._most_mb = most_mb
        self._held: dict[str, Any] = {}
        self._calls: dict[int, asyncio.Task[None]] = {}
        self._asked: dict[int, asyncio.Future[Any]] = {}
        self._numbers = itertools.count(1)
        self._writer: asyncio.StreamWriter | None = None

    async def run(self) -> None:
        """Runs until the other end is closed. Signals to the whole process group are left to the server."""
        loop = asyncio.get_running_loop()
        loop.set_task_factory(cpu_budget.make_task)
        cpu_budget.kill_beyond(SPARE_S)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        reader, self._writer = await asyncio.open_unix_connection(sock=socket.socket(fileno=self._fd))
        self.send("ready", os.getpid())
        while True:
            try:
                kind, *more = await read_message(reader)
            except (asyncio.IncompleteReadError, OSError):
                return
            match kind:
                case "hold":
                    self._held[more[0]] = more[1]
                case "forget":
                    self._held.pop(more[0], None)
                case "begin":
                    call = more[0]
                    self._calls[call] = loop.create_task(self._call(*more))
                case "cancel" if (task := self._calls.get(more[0])) is not None:
                    task.cancel()
                case "reply" if (asked := self._asked.pop(more[1], None)) is not None and not asked.done():
                    asked.set_result(more[3]) if more[2] else asked.set_exception(more[3])

    async def ask(self, call: int, what: str, arguments: Any) -> Any:
        number = next(self._numbers)
        asked = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            self.send("ask", call, number, what, arguments)
            return await asked
        finally:
            self._asked.pop(number, None)

    def send(self, *message: Any) -> None:
        assert self._writer is not None
        self._writer.write(encode(*message))

    async def _call(self, call: int, operation: str, key: str, arguments: Any) -> None:
        try:
            held = self._resource(key)
            doing = self._operations[operation](held, arguments, ParentLink(self, call))
            self.send("done", call, await cpu_budget.run_within(self._budget_s, _run_awaitable(doing)))
        except cpu_budget.Exhausted:
            self.send("exhausted", call)
        except asyncio.CancelledError:
            self.send("raised", call, Unavailable("It was given up."))
        except Exception as error:
            self.send("raised", call, make_portable(error))
        finally:
            del self._calls[call]
            if not self._calls and measure_memory_mb() > self._most_mb:
                assert self._writer is not None
                self._writer.close()

    def _resource(self, key: str) -> Any:
        """A resource, built from its bytes on first use. No call's budget pays for it."""
        held = self._held[key]
        if isinstance(held, bytes):
            held = self._held[key] = self._hold(held)
        return held


def measure_memory_mb() -> float:
    """The RAM of this process in MiB. ``ru_maxrss`` starts at the parent's value, so workers of a large server would
    end after each call. It is used only without ``/proc``."""
    try:
        pages = int(Path("/proc/self/statm").read_bytes().split()[1])
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return pages * resource.getpagesize() / (1024 * 1024)


async def _run_awaitable(doing: Awaitable[Any]) -> Any:
    return await doing
