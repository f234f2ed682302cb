"""Condition evaluator: a small pool of worker processes with limits on time and memory. A worker over a limit is killed
and replaced.

Cheap conditions (``registry.conditions.condition.Condition.cheap``) over little data are evaluated in this process,
since another one would cost more. All others wait for a worker. A condition whose worker was killed gets a strike.
After a few strikes it isn't evaluated for a while, so that its timeouts don't block the workers for other workspaces.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import logging
import os
import select
import signal
import subprocess
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from core.errors import Unavailable
from core.python_command import make_command
from registry.conditions.condition import Condition, ConditionResult

log = logging.getLogger("opsiq.executors.evaluator")

WORKERS: Final = 2
CPU_S: Final = 0.25
WALL_S: Final = 10.0
"""Wall-clock limit beside the CPU budget, generous since a machine may be busy with other work."""
QUEUE_S: Final = 20.0
MAX_QUEUED: Final = 200
STRIKES: Final = 3
PAUSE_S: Final = 600.0
CHEAP_PARTS: Final = 2_000
"""Most parts (values, and pieces of 100 characters of text) of data that is evaluated in this process."""
_MAX_STRUCK: Final = 1_000
_ENVIRONMENT: Final = ("PATH", "PYTHONPATH", "PYTHONHOME", "LANG", "LC_ALL", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH")

Key = tuple[str, str]


class WorkerPool:
    """Worker pool that implements ``Evaluator``. Workers start on first use. ``close`` it. It also closes itself at the
    interpreter's exit."""

    def __init__(
        self,
        workers: int = WORKERS,
        *,
        cpu_s: float = CPU_S,
        wall_s: float = WALL_S,
        queue_s: float = QUEUE_S,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cpu_s = cpu_s
        self._wall_s = wall_s
        self._queue_s = queue_s
        self._monotonic = monotonic
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="opsiq-evaluator")
        self._mine = threading.local()
        self._workers: set[_Worker] = set()
        self._lock = threading.Lock()
        self._queued = 0
        self._struck: OrderedDict[Key, tuple[int, float]] = OrderedDict()
        self._closed = False
        self.killed = 0
        """Number of workers that were killed while evaluating a condition."""

    async def evaluate(self, condition: Condition, values: Mapping[str, Any], *, workspace: str) -> ConditionResult:
        if condition.cheap and _parts(values, CHEAP_PARTS) < CHEAP_PARTS:
            return condition.evaluate(values)
        key = (workspace, condition.expression)
        if self._is_paused(key):
            return ConditionResult(
                True, "the condition overran its time or memory again and again, and is not judged for now", True
            )
        if self._queued >= MAX_QUEUED or self._closed:
            raise Unavailable("Too many conditions wait to be judged. Try again in a moment.")
        asked_for = {
            "expression": condition.expression,
            "variables": sorted(condition.variables),
            "values": dict(values),
        }
        try:
            asked = json.dumps(asked_for)
        except (TypeError, ValueError, RecursionError) as error:
            return ConditionResult(True, f"the condition can't be judged: its values are no JSON ({error})")
        self._queued += 1
        until = self._monotonic() + self._queue_s
        try:
            judged = await asyncio.get_running_loop().run_in_executor(self._threads, self._ask, asked.encode(), until)
        finally:
            self._queued -= 1
        if judged.overran:
            self._strike(key)
            log.warning("a condition of %s was stopped: %s", workspace, judged.trouble)
        return judged

    def close(self) -> None:
        """Ends the workers. Conditions that they are evaluating raise Unavailable."""
        with self._lock:
            self._closed = True
            workers, self._workers = self._workers, set()
        for worker in workers:
            worker.kill(grace_s=0.0)
        self._threads.shutdown(wait=True, cancel_futures=True)
        atexit.unregister(self.close)

    # ── within: on a thread of the pool, each with a worker of its own ───────────────────────────────────────────────

    def _ask(self, asked: bytes, until: float) -> ConditionResult:
        if self._monotonic() > until:
            raise Unavailable("This condition waited too long to be judged. Try again in a moment.")
        worker = self._worker()
        answer = worker.ask(asked, self._wall_s)
        if answer is not None:
            return ConditionResult(answer["holds"], answer["trouble"])
        code = worker.kill()
        with self._lock:
            self._workers.discard(worker)
            closed = self._closed
        self._mine.worker = None
        if closed:
            raise Unavailable("The server is stopping.")
        self.killed += 1
        return ConditionResult(True, f"the condition {_explain_end(code, self._cpu_s)}", overran=True)

    def _worker(self) -> _Worker:
        worker: _Worker | None = getattr(self._mine, "worker", None)
        if worker is None or not worker.alive:
            if worker is not None:
                worker.kill()  # the process has ended already: releases the rest
            made = _Worker(self._cpu_s)
            with self._lock:
                if self._closed:
                    made.kill()
                    raise Unavailable("The server is stopping.")
                if not self._workers:
                    atexit.register(self.close)
                if worker is not None:
                    self._workers.discard(worker)
                self._workers.add(made)
            self._mine.worker = worker = made
        return worker

    def _is_paused(self, key: Key) -> bool:
        strikes, last = self._struck.get(key, (0, 0.0))
        if strikes < STRIKES:
            return False
        if self._monotonic() - last < PAUSE_S:
            return True
        del self._struck[key]
        return False

    def _strike(self, key: Key) -> None:
        strikes, _ = self._struck.pop(key, (0, 0.0))
        self._struck[key] = (strikes + 1, self._monotonic())
        while len(self._struck) > _MAX_STRUCK:
            self._struck.popitem(last=False)


class _Worker:
    """One worker process. From the environment it gets only the module search path."""

    def __init__(self, cpu_s: float) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            make_command("executors.evaluator_worker", str(cpu_s)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            start_new_session=True,
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, asked: bytes, wall_s: float) -> dict[str, Any] | None:
        """Sends one question and returns the reply. None if none came in time."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(asked + b"\n")
            self._process.stdin.flush()
            until = time.monotonic() + wall_s
            if not select.select([self._process.stdout], [], [], max(0.0, until - time.monotonic()))[0]:
                return None
            line = self._process.stdout.readline()
            found: dict[str, Any] | None = json.loads(line) if line.endswith(b"\n") else None
            return found
        except (OSError, ValueError):
            return None

    def kill(self, *, grace_s: float = 0.2) -> int:
        """Ends the process and returns its exit code, negative for the signal that ended it. If the process ends by
        itself within ``grace_s``, the code is its own."""
        if not self._wait_for_end(grace_s):
            self._process.kill()
        code = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # nobody reads what was still to be written
                    pipe.close()
        return code

    def _wait_for_end(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


def _explain_end(code: int, cpu_s: float) -> str:
    if code in (-signal.SIGPROF, -signal.SIGKILL):
        return f"took longer than {cpu_s:g} s to judge and was stopped; loop over fewer elements"
    return "took more memory than a condition may and was stopped; make smaller values in it"


def _parts(value: Any, most: int) -> int:
    """Approximate number of parts to read. The count stops at ``most``."""
    parts, left = 0, [value]
    while left and parts < most:
        each = left.pop()
        if isinstance(each, str):
            parts += 1 + len(each) // 100
        elif isinstance(each, Mapping):
            parts += 1
            left.extend(each.values())
            if len(each) > most:
                return most
        elif isinstance(each, list | tuple):
            parts += 1
            if len(each) > most:
                return most
            left.extend(each)
        else:
            parts += 1
    return parts
