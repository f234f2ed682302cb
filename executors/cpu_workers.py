"""CPU process pool: killable workers beside the event loop. Each call has a CPU budget, and callers are served in turn.

A worker is a process that runs a coroutine for each call. If the coroutine needs this process (to look up a record or
ask a model), it sends a question and waits, while the worker computes for the next call. A busy caller waits for the
others. A call over budget ends with ``TooCostly``. A worker that dies or hangs is killed and replaced. Its waiting
calls start again. A call that was running when its worker died, twice, ends as too costly.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from core.errors import Unavailable
from core.python_command import make_command
from executors.child_process import signal_child
from executors.cpu_calls import QUICK_S, Call, Resource, Serve, TooCostly, WorkerProcess
from executors.cpu_messages import make_portable, read_message

log = logging.getLogger(__name__)

MOST_HELD: Final = 8
"""Most resources that one worker keeps."""
MOST_DEATHS: Final = 2
MOST_TURNS: Final = 10_000
"""Most callers whose last turn is remembered."""
MOST_AT_ONCE: Final = 64
"""Most calls that one worker has started, most of which wait for something."""
SILENT_S: Final = 30.0
"""Seconds of computing without a message after which a worker is killed. A call's CPU budget ends it long before,
except on an extremely overloaded machine."""
STARTS_S: Final = 60.0
LATE_S: Final = 0.01
"""Seconds by which a timer is later than what it waits for, because it may fire early by the clock's resolution."""
ENDS_S: Final = 10.0
"""Seconds that closing waits for the requests to this process."""


class CpuWorkers:
    """``most`` processes that run ``module``, started on demand."""

    def __init__(self, module: str, arguments: Sequence[str] = (), *, most: int) -> None:
        self._command = make_command(module)
        self._arguments = tuple(arguments)
        self._most = most
        self._workers: list[WorkerProcess] = []
        self._queued: dict[str, deque[Call]] = {}
        self._turns: dict[str, int] = {}
        self._turn = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._starting = 0
        self._unready: set[asyncio.subprocess.Process] = set()
        self._last = 0
        self._closing = False

    async def call(
        self,
        operation: str,
        arguments: Any,
        *,
        who: str,
        resource: Resource,
        serve: Serve,
        tell: Callable[[Any], None] = lambda _: None,
        cut_off: frozenset[str] = frozenset(),
    ) -> Any:
        """The result of the worker's ``operation``. Raises what it raises, TooCostly, and Unavailable if no worker can
        be started.

        A cancelled call is given up in the worker too. Requests to this process that are among ``cut_off`` are
        cancelled. Others finish and are dropped, because a cancelled query leaves its connection behind.
        """
        self._last += 1
        done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        call = Call(self._last, who, operation, arguments, resource, serve, tell, done, cut_off)
        self._queued.setdefault(who, deque()).append(call)
        self._dispatch()
        try:
            return await done
        finally:
            if not done.done() or done.cancelled():
                self._give_up(call)
            self._cut_off(call)

    def warm(self) -> None:
        """Starts a worker now, so that the first call needn't wait for one."""
        if not self._workers and not self._starting and not self._closing:
            self._start()

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers. Those that are still starting come last."""
        return [worker.process.pid for worker in self._workers] + [process.pid for process in self._unready]

    async def close(self) -> None:
        """Closes the pool. Running calls raise Unavailable."""
        self._closing = True
        for call in (*(each for calls in self._queued.values() for each in calls), *self._begun()):
            self._fail(call, Unavailable("The server is stopping."))
        self._queued.clear()
        for process in self._unready:  # it has begun nothing, so nothing needs to finish
            signal_child(process, signal.SIGKILL)
        workers = list(self._workers)
        for worker in workers:
            worker.writer.close()
        for worker in workers:
            try:
                await asyncio.wait_for(worker.process.wait(), 5)
            except TimeoutError:
                self._kill(worker)
                await worker.process.wait()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=ENDS_S)

    # ── queue ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def _dispatch(self) -> None:
        while self._queued and not self._closing:
            who, free = self._next()
            if not free:
                if len(self._workers) + self._starting < self._most:
                    self._start()
                return
            call = self._take(who)
            if not call.done.done():
                # Prefers a worker that already holds the call's resource, then the one with the fewest resources.
                self._begin(min(free, key=lambda each: (call.resource.key not in each.held, len(each.calls))), call)

    def _next(self) -> tuple[str, list[WorkerProcess]]:
        """The caller who was served longest ago and for whom a worker is free, with these workers."""
        now = asyncio.get_running_loop().time()
        who, open_workers = "", [worker for worker in self._workers if len(worker.calls) < MOST_AT_ONCE]
        for who in sorted(self._queued, key=lambda each: self._turns.get(each, 0)):
            if free := [worker for worker in open_workers if worker.is_free_for(who, now)]:
                return who, free
        return who, []

    def _take(self, who: str) -> Call:
        calls = self._queued[who]
        call = calls.popleft()
        if not calls:
            del self._queued[who]
        if len(self._turns) > MOST_TURNS:
            self._turns.clear()
        self._turn += 1
        self._turns[who] = self._turn
        return call

    def _begin(self, worker: WorkerProcess, call: Call) -> None:
        key = call.resource.key
        if key in worker.held:
            worker.held.move_to_end(key)
        else:
            try:
                packed = call.resource.pack()
            except Exception as error:
                log.exception("what a call works with can't be handed to a worker")
                self._fail(call, error)
                return
            if len(worker.held) >= MOST_HELD:
                worker.send("forget", worker.held.popitem(last=False)[0])
            worker.held[key] = None
            worker.send("hold", key, packed)
        call.begun += 1
        call.waiting = 0
        call.overtaken_by.clear()
        for each in worker.calls.values():
            each.overtaken_by.add(call.who)
        worker.calls[call.id] = call
        worker.send("begin", call.id, call.operation, key, call.arguments)
        self._listen_for(worker, call)

    def _give_up(self, call: Call) -> None:
        if (calls := self._queued.get(call.who)) is not None and call in calls:
            calls.remove(call)
            if not calls:
                del self._queued[call.who]
        for worker in self._workers:
            if worker.calls.get(call.id) is call:
                worker.send("cancel", call.id)

    def _cut_off(self, call: Call) -> None:
        for task, what in list(call.serving.items()):
            if what in call.cut_off:
                task.cancel()

    def _begun(self) -> list[Call]:
        return [call for worker in self._workers for call in worker.calls.values()]

    # ── workers ──────────────────────────────────────────────────────────────────────────────────────────────────────

    def _start(self) -> None:
        self._starting += 1  # at once, so that calls of the same moment start no more than ``most``
        self._background(self._start_worker())

    async def _start_worker(self) -> None:
        ours, theirs = socket.socketpair()
        stopped = False
        try:
            # Passes on no secrets, and keeps workers from writing to this process's counters.
            environ = {
                name: value
                for name, value in os.environ.items()
                if not name.startswith("OPSIQ_") and name != "PROMETHEUS_MULTIPROC_DIR"
            }
            with theirs:
                process = await asyncio.create_subprocess_exec(
                    *self._command,
                    str(theirs.fileno()),
                    *self._arguments,
                    pass_fds=[theirs.fileno()],
                    env=environ,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.DEVNULL,
                )
            reader, writer = await asyncio.open_unix_connection(sock=ours)
            worker = WorkerProcess(process, reader, writer)
            self._unready.add(process)
            try:
                if self._closing:
                    self._kill(worker)
                await asyncio.wait_for(read_message(reader), STARTS_S)  # the worker is ready
            except (TimeoutError, EOFError, OSError):
                self._kill(worker)
                stopped = await process.wait() == -signal.SIGTERM
                writer.close()
                raise
            finally:
                self._unready.discard(process)
        except (OSError, EOFError, TimeoutError) as error:
            ours.close()
            if self._closing:
                return
            if stopped:  # with this process, by whoever stops all of a service
                log.info("a worker was told to stop while it started")
            else:
                log.error("a worker could not be started: %r", error)
            if not self._workers:
                for calls in list(self._queued.values()):
                    for call in calls:
                        self._fail(call, Unavailable("What you asked can't be read at the moment; try again."))
                self._queued.clear()
            return
        finally:
            self._starting -= 1
        if self._closing:
            writer.close()
            await process.wait()
            return
        self._workers.append(worker)
        worker.reading = self._background(self._read(worker))
        self._dispatch()

    async def _read(self, worker: WorkerProcess) -> None:
        try:
            while True:
                kind, number, *more = await read_message(worker.reader)
                call = worker.calls.get(number)
                if call is None:
                    continue
                match kind:
                    case "tell":
                        call.tell(more[0])
                    case "ask":
                        self._note_waiting(call)
                        self._note_heard(call)
                        task = self._background(self._answer(worker, call, *more))
                        call.serving[task] = more[1]
                        task.add_done_callback(lambda ended, call=call: call.serving.pop(ended, None))  # type: ignore[misc]
                    case "done" | "raised" | "exhausted":
                        del worker.calls[number]
                        self._note_heard(call)
                        if kind == "done" and not call.done.done():
                            call.done.set_result(more[0])
                        elif kind != "done":
                            self._fail(call, TooCostly() if kind == "exhausted" else more[0])
                self._dispatch()
        except (EOFError, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            await self._bury(worker)

    async def _answer(self, worker: WorkerProcess, call: Call, number: int, what: str, arguments: Any) -> None:
        answer: tuple[Any, ...]
        try:
            answer = ("reply", call.id, number, True, await call.serve(what, arguments))
        except Exception as error:  # the call handles it
            answer = ("reply", call.id, number, False, make_portable(error))
        if worker.calls.get(call.id) is not call:
            return  # the call is over, or was started again elsewhere
        try:
            worker.send(*answer)
        except Exception:
            log.exception("an answer can't be handed to a worker")
            worker.send("reply", call.id, number, False, Unavailable("An answer could not be handed on."))
        call.waiting -= 1
        if not call.waiting:
            self._listen_for(worker, call)

    async def _bury(self, worker: WorkerProcess) -> None:
        if worker in self._workers:
            self._workers.remove(worker)
        worker.writer.close()
        self._kill(worker)
        code = await worker.process.wait()
        left = list(worker.calls.values())
        worker.calls.clear()
        if left and not self._closing:
            log.warning("a worker ended (%s) with %s calls under way", code, len(left))
        for call in reversed(left):
            self._note_heard(call)
            self._cut_off(call)
            call.deaths += not call.waiting
            if call.done.done():
                continue
            if call.deaths >= MOST_DEATHS or call.begun >= 2 * MOST_DEATHS + 1:
                self._fail(call, TooCostly())
            else:
                self._queued.setdefault(call.who, deque()).appendleft(call)
        self._dispatch()

    def _note_waiting(self, call: Call) -> None:
        loop = asyncio.get_running_loop()
        if not call.waiting:
            call.waits_since = loop.time()
            loop.call_later(QUICK_S + LATE_S, self._dispatch)
        call.waiting += 1

    def _listen_for(self, worker: WorkerProcess, call: Call) -> None:
        self._note_heard(call)
        call.silent = asyncio.get_running_loop().call_later(SILENT_S, self._silent, worker)

    def _note_heard(self, call: Call) -> None:
        if call.silent is not None:
            call.silent.cancel()
            call.silent = None

    def _silent(self, worker: WorkerProcess) -> None:
        log.warning("a worker has computed for %.0f s without a word; it is killed", SILENT_S)
        self._kill(worker)

    def _kill(self, worker: WorkerProcess) -> None:
        signal_child(worker.process, signal.SIGKILL)

    def _fail(self, call: Call, error: BaseException) -> None:
        self._note_heard(call)
        if not call.done.done():
            call.done.set_exception(error)

    def _background(self, doing: Any) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.get_running_loop().create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
