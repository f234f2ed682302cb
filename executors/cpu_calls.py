"""Calls of the CPU process pool (``cpu_workers``) and the worker processes that they run in."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

from executors.cpu_messages import encode

QUICK_S: Final = 0.5
"""Seconds in which a look-up is usually answered. One that takes longer holds nobody up."""

Serve = Callable[[str, Any], Awaitable[Any]]
"""Answers a call's request to this process, by name and with its arguments."""


class TooCostly(Exception):
    """The call's budget is spent, or it brought a worker down twice."""


@dataclass(frozen=True, slots=True)
class Resource:
    """Data that many calls use, sent to a worker once. The ``key`` identifies it."""

    key: str
    pack: Callable[[], bytes]


@dataclass(eq=False)
class Call:
    id: int
    who: str
    operation: str
    arguments: Any
    resource: Resource
    serve: Serve
    tell: Callable[[Any], None]
    done: asyncio.Future[Any]
    cut_off: frozenset[str] = frozenset()
    serving: dict[asyncio.Task[Any], str] = field(default_factory=dict)
    deaths: int = 0
    begun: int = 0
    waiting: int = 0
    """Number of answers from this process that the call waits for. While there are any, it computes nothing."""
    waits_since: float = 0.0
    """Time of the loop at which its oldest look-up was asked for."""
    overtaken_by: set[str] = field(default_factory=set)
    """Callers of whom another call was begun in its worker while it waited."""
    silent: asyncio.TimerHandle | None = None

    def waits_briefly(self, now: float) -> bool:
        """True if it will soon compute again. A wait for what can be cut off, such as a model, is a long one."""
        return now - self.waits_since < QUICK_S and any(what not in self.cut_off for what in self.serving.values())


@dataclass(eq=False)
class WorkerProcess:
    process: asyncio.subprocess.Process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    calls: dict[int, Call] = field(default_factory=dict)
    held: OrderedDict[str, None] = field(default_factory=OrderedDict)
    reading: asyncio.Task[None] | None = None

    def is_free_for(self, who: str, now: float) -> bool:
        """True if nothing computes here, and no call waits briefly that a call of theirs has overtaken already. A call
        that makes ten look-ups would otherwise wait for ten costly calls of somebody else."""
        return all(
            call.waiting and (call.who == who or who not in call.overtaken_by or not call.waits_briefly(now))
            for call in self.calls.values()
        )

    def send(self, *message: Any) -> None:
        self.writer.write(encode(*message))
