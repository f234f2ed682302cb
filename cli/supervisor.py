"""Process supervisor: starts several processes, restarts those that die, and replaces and stops them together.

A child runs from its own first instruction (nothing is forked from a running program), so that after an upgrade SIGHUP
brings the new version in, child by child, without a moment in which nobody serves. One socket pair binds each child to
its parent: a byte says that it is ready, and its end tells either side that the other is gone, however it died.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from executors.child_process import signal_child

log = logging.getLogger("opsiq.cli.supervisor")

STOP_S: Final = 40.0
"""Seconds for children to finish their work, more than all limits of a server together."""
READY_S: Final = 120.0
SHORT_LIFE_S: Final = 5.0
MAX_PAUSE_S: Final = 30.0


@dataclass
class _Child:
    process: asyncio.subprocess.Process
    line: socket.socket
    born: float

    async def ready(self) -> bool:
        """Whether it said so before it ended."""
        try:
            async with asyncio.timeout(READY_S):
                return await asyncio.get_running_loop().sock_recv(self.line, 1) != b""
        except (TimeoutError, OSError):
            return False

    def signal(self, number: int) -> None:
        signal_child(self.process, number)


class Supervisor:
    """Keeps ``count`` children of ``command`` running; each is told its line to the parent as ``--family-fd N``.

    ``fds`` stay open in them (a listening socket). ``ready`` is called once, when the first child is. The first child
    starts alone, so that it alone brings the database up to date.
    """

    def __init__(
        self,
        command: Sequence[str],
        count: int,
        environ: Mapping[str, str],
        *,
        fds: Sequence[int] = (),
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        self._command = tuple(command)
        self._count = count
        self._environ = dict(environ)
        self._fds = tuple(fds)
        self._ready = ready
        self._children: dict[int, _Child] = {}
        self._stopping = asyncio.Event()

    async def run(self) -> int:
        """Returns 0 once it was told to stop and all are gone, 1 when not even the first child came up."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        first = self._children[0] = await self._spawn()
        if not await self._up(first):
            await self._end()
            return 0 if self._stopping.is_set() else 1
        self._ready()
        replacing: set[asyncio.Task[None]] = set()
        loop.add_signal_handler(signal.SIGHUP, lambda: replacing.add(asyncio.create_task(self._replace())))
        keepers = [asyncio.create_task(self._keep(place)) for place in range(self._count)]
        await self._stopping.wait()
        for task in (*keepers, *replacing):
            task.cancel()
        await asyncio.gather(*keepers, *replacing, return_exceptions=True)
        await self._end()
        return 0

    async def _up(self, child: _Child) -> bool:
        """Whether it became ready before anybody told us to stop."""
        ready, stopped = asyncio.ensure_future(child.ready()), asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait((ready, stopped), return_when=asyncio.FIRST_COMPLETED)
        up = ready.done() and ready.result()
        for task in (ready, stopped):
            task.cancel()
        await asyncio.gather(ready, stopped, return_exceptions=True)
        return up

    async def _keep(self, place: int) -> None:
        """One place in the family, always filled. Who dies young is followed more and more slowly."""
        young = 0
        while True:
            child = self._children.get(place)
            if child is None:
                child = self._children[place] = await self._spawn()
            code = await child.process.wait()
            child.line.close()
            if self._children[place] is not child:
                continue  # it was replaced
            del self._children[place]
            young = young + 1 if time.monotonic() - child.born < SHORT_LIFE_S else 0
            pause_s = min(MAX_PAUSE_S, 2.0 ** (young - 1)) if young > 1 else 0.0
            log.error("process %d ended (%d); another starts in %.0f s", child.process.pid, code, pause_s)
            await asyncio.sleep(pause_s)

    async def _replace(self) -> None:
        """Each child by a new one, which serves before the old one ends."""
        for place, old in list(self._children.items()):
            new = await self._spawn()
            if not await new.ready():
                log.error("the new process %d did not come up: the old ones stay", new.process.pid)
                new.signal(signal.SIGKILL)
                new.line.close()
                return
            if self._children.get(place) is old:
                self._children[place] = new
                old.signal(signal.SIGTERM)
            else:  # the old one died meanwhile, and its place is filled
                new.signal(signal.SIGTERM)

    async def _spawn(self) -> _Child:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                "--family-fd",
                str(theirs.fileno()),
                pass_fds=(theirs.fileno(), *self._fds),
                env=self._environ,
                start_new_session=True,  # what is typed at the terminal reaches the parent alone
            )
        return _Child(process, ours, time.monotonic())

    async def _end(self) -> None:
        left = list(self._children.values())
        for child in left:
            child.signal(signal.SIGTERM)
        ends = [asyncio.ensure_future(child.process.wait()) for child in left]
        if ends:
            _, late = await asyncio.wait(ends, timeout=STOP_S)
            for child in left if late else ():
                log.error("process %d did not stop in %.0f s and is killed", child.process.pid, STOP_S)
                child.signal(signal.SIGKILL)
            await asyncio.gather(*ends)
        for child in left:
            child.line.close()


class ReadinessPipe:
    """A child's end of the pipe to its parent; ``None`` for a process that has none."""

    def __init__(self, fd: int | None) -> None:
        self._line = socket.socket(fileno=fd) if fd is not None else None

    def watch(self, gone: Callable[[], None]) -> None:
        """Watches the parent process. ``gone`` is called once when the parent has died: nobody would stop this process
        any more."""
        if self._line is None:
            return
        line, loop = self._line, asyncio.get_running_loop()
        line.setblocking(False)

        def heard() -> None:
            try:
                if line.recv(1):
                    return
            except BlockingIOError:
                return
            except OSError:
                pass
            loop.remove_reader(line)
            log.error("the parent of process %d is gone: it stops", os.getpid())
            gone()

        loop.add_reader(line, heard)

    def ready(self) -> None:
        if self._line is not None:
            with contextlib.suppress(OSError):
                self._line.send(b"r")
