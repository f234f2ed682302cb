"""CPU budget: ends a computation that takes more processor time than allowed, wherever it is.

A coroutine and the tasks that it starts share a number of CPU seconds. Waiting costs nothing. An interval timer
(``setitimer(ITIMER_PROF)``) is armed whenever it computes, and its signal raises ``Exhausted`` there: between two steps
of the interpreter, and inside a regular expression, whose matcher checks for signals. Only the main thread gets
signals, so the budget applies only there. In other threads the coroutine runs without one.
"""

from __future__ import annotations

import asyncio
import math
import resource
import signal
import sys
import threading
import time
import weakref
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextvars import ContextVar, copy_context
from dataclasses import dataclass
from types import FrameType
from typing import Any, Final, TypeVar, cast

T = TypeVar("T")

_AGAIN_S: Final = 0.01
"""Seconds until the exception is raised again in code that swallowed it."""
_SWALLOWED: Final = frozenset(("__instancecheck__", "__subclasscheck__", "__subclasshook__", "__del__"))
_SWALLOWING_FILES: Final = frozenset(
    made.__init__.__code__.co_filename for made in (weakref.WeakSet, weakref.WeakValueDictionary)
)
"""Files with callbacks of weak references. These run when an object is freed, and nobody could handle an exception
there."""


class Exhausted(BaseException):
    """The budget is spent. It is no ``Exception``, so that no handler of ordinary errors catches it."""


@dataclass(eq=False)
class Budget:
    """The CPU seconds that are left. Several tasks of a loop may share one budget."""

    left_s: float
    spent: bool = False


_CURRENT: ContextVar[Budget | None] = ContextVar("cpu_budget", default=None)
_running: Budget | None = None
_spare_s: float | None = None


async def run_within(budget_s: float, doing: Coroutine[Any, Any, T]) -> T:
    """Runs ``doing`` and returns its result. Raises Exhausted if it computes for more than ``budget_s`` seconds. Inside
    another budget it uses that one."""
    if _CURRENT.get() is not None or not _usable():
        return await doing
    token = _CURRENT.set(Budget(budget_s))
    try:
        return await cast("Coroutine[Any, Any, T]", _Metered(doing))
    finally:
        _CURRENT.reset(token)


async def run_outside(doing: Awaitable[T]) -> T:
    """Runs a look-up outside the budget of this context, and returns its result.

    It is a task of its own, because a budget that is spent in the middle of a transaction would leave the transaction
    open. In a process that does nothing else (``kill_beyond``) there is none, and it runs within the budget.
    """
    if _CURRENT.get() is None or _spare_s is not None:
        return await doing
    context = copy_context()
    context.run(_CURRENT.set, None)
    return await asyncio.get_running_loop().create_task(_wait_for(doing), context=context)


async def _wait_for(doing: Awaitable[T]) -> T:
    return await doing


def carry_budget(doing: Coroutine[Any, Any, T]) -> Coroutine[Any, Any, T]:
    """Binds ``doing`` to the budget of this context, for a coroutine that becomes a task of its own."""
    if _CURRENT.get() is None or not _usable():
        return doing
    return cast("Coroutine[Any, Any, T]", _Metered(doing))


def make_task(loop: asyncio.AbstractEventLoop, doing: Coroutine[Any, Any, T], **more: Any) -> asyncio.Task[T]:
    """Task factory for a loop whose tasks use the budget of whoever starts them."""
    return asyncio.Task(carry_budget(doing), loop=loop, **more)


class _Metered(Coroutine[Any, Any, T]):
    """A coroutine that runs under the budget of its context."""

    def __init__(self, doing: Coroutine[Any, Any, T]) -> None:
        self._doing = doing
        budget = _CURRENT.get()
        assert budget is not None
        self._budget = budget

    def __await__(self) -> Generator[Any, Any, T]:
        """Awaited as part of another coroutine."""
        step: Callable[[Any], Any] = self.send
        value: Any = None
        while True:
            try:
                waited = step(value)
            except StopIteration as done:
                return cast("T", done.value)
            try:
                step, value = self.send, (yield waited)
            except BaseException as error:
                step, value = self.throw, error

    def send(self, value: Any) -> Any:
        return self._step(self._doing.send, value)

    def throw(self, *error: Any) -> Any:
        return self._step(self._doing.throw, *error)

    def close(self) -> None:
        self._doing.close()

    def _step(self, step: Any, *values: Any) -> Any:
        global _running
        if _running is not None:  # part of a coroutine that is metered already
            return step(*values)
        if self._budget.left_s <= 0:
            self._doing.close()
            raise Exhausted
        _running = self._budget
        if _spare_s is not None:
            _kill_beyond(self._budget.left_s + _spare_s)
        began = time.thread_time()
        signal.setitimer(signal.ITIMER_PROF, self._budget.left_s, _AGAIN_S)
        try:
            return step(*values)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            _running = None
            if sys.getprofile() is _raise_outside:
                sys.setprofile(None)
            # Not what the timer says is left: Linux adds a tick to that each time, so pauses would lengthen the budget.
            left = self._budget.left_s - (time.thread_time() - began)
            self._budget.left_s = 0.0 if self._budget.spent else max(left, 0.0)


def kill_beyond(spare_s: float) -> None:
    """Makes the kernel kill this process if a computation exceeds its budget by ``spare_s`` CPU seconds, for code that
    never checks for signals. Use it only in a process that does nothing else."""
    global _spare_s
    _spare_s = spare_s


def _kill_beyond(seconds: float) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = math.ceil(time.process_time() + seconds)
    resource.setrlimit(resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _usable() -> bool:
    """Installs the handler on first use. False if this thread gets no signals."""
    if threading.current_thread() is not threading.main_thread():
        return False
    if signal.getsignal(signal.SIGPROF) is not _spent:
        signal.signal(signal.SIGPROF, _spent)
    return True


def _spent(_number: int, frame: FrameType | None) -> None:
    """Raises where the computation is. If the exception would be swallowed there, raises as soon as that code is
    left."""
    if _running is None:
        return
    _running.spent = True
    if _is_swallowed(frame):
        sys.setprofile(_raise_outside)
        return
    raise Exhausted


def _is_swallowed(frame: FrameType | None) -> bool:
    """Whether C code would drop an exception raised here: in an ``isinstance`` that pydantic calls, or in code that the
    interpreter runs while it frees an object."""
    while frame is not None:
        if frame.f_code.co_name in _SWALLOWED or frame.f_code.co_filename in _SWALLOWING_FILES:
            return True
        frame = frame.f_back
    return False


def _raise_outside(frame: FrameType, _event: str, _argument: Any) -> None:
    """Profile function: the interpreter calls it whenever a function is called or left, including C functions."""
    if frame.f_code is not _spent.__code__ and not _is_swallowed(frame):
        sys.setprofile(None)
        if _running is not None:
            raise Exhausted
