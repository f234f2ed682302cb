"""Planning progress: the step that a request has reached, and wake-ups for those who wait for a run. This process sees
a step at once, the others after a moment. Wake-ups work within one process."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import store.runs.runs
from agent.pipeline import Phase
from agent.runs.run import Run
from core.actor import Actor
from store.database import Database

LOOKS_PER_S: Final = 100
"""Most looks a second at the runs that one person waits for, in this process."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often a waiter looks. A look costs the same for each, so many waiters of one person look less often. A change
    in this process wakes them anyway."""

    waiting: Mapping[tuple[str, str], int]
    who: tuple[str, str]

    def slow_down(self, pause_s: float) -> float:
        """``pause_s``, or longer while the person has many waiters."""
        return max(pause_s, self.waiting[self.who] / LOOKS_PER_S)


class RunWakeups:
    """Wakes waiters in this process when a run changes. A missed notification only means waiting for the next poll."""

    def __init__(self) -> None:
        self._waiting: Counter[tuple[str, str]] = Counter()
        self._moves: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self._steps: defaultdict[str, set[asyncio.Event]] = defaultdict(set)

    def notify_changed(self, run_id: str) -> None:
        """Notifies that the run's stored state changed."""
        for event in (*self._moves.get(run_id, ()), *self._steps.get(run_id, ())):
            event.set()

    def notify_step(self, run_id: str) -> None:
        """Notifies that planning reached another step. Nothing stored has changed."""
        for event in self._steps.get(run_id, ()):
            event.set()

    @contextmanager
    def watch(self, run_id: str, *, steps: bool = False) -> Iterator[asyncio.Event]:
        """An event that is set at every change from now on, and at every step with ``steps``. Its waiter clears it
        before looking."""
        events = self._steps if steps else self._moves
        event = asyncio.Event()
        events[run_id].add(event)
        try:
            yield event
        finally:
            events[run_id].discard(event)
            if not events[run_id]:
                del events[run_id]

    @contextmanager
    def pace(self, actor: Actor) -> Iterator[Pace]:
        """Counts one waiter of the actor's person while it waits. The pace is that of all of them."""
        who = (actor.workspace, actor.person)
        self._waiting[who] += 1
        try:
            yield Pace(self._waiting, who)
        finally:
            self._waiting[who] -= 1
            if not self._waiting[who]:
                del self._waiting[who]

    async def wait(self, run_id: str, timeout_s: float, *, steps: bool = False) -> None:
        with self.watch(run_id, steps=steps) as event:
            await wait_for_event(event, timeout_s)


async def wait_for_event(event: asyncio.Event, timeout_s: float) -> None:
    """Waits until the event is set, or until the timeout."""
    with suppress(TimeoutError):
        async with asyncio.timeout(timeout_s):
            await event.wait()


log = logging.getLogger(__name__)

T = TypeVar("T")
LASTING_S: Final = 0.25
"""A phase that lasts longer, in seconds, is written beside its run for other processes. Most requests are resolved
sooner and cost no write."""
LOOK_S: Final = 1.0
"""Seconds between checks whether another process has cancelled the run."""


class PlanningStopped(Exception):
    """The planning was cancelled."""


@dataclass
class Progress:
    """Planning progress in this process. ``phase`` may be asked about any run."""

    database: Database
    run_wakeups: RunWakeups
    _now: dict[str, Phase] = field(default_factory=dict)

    def get_phase(self, run: Run) -> Phase:
        """The phase of a run in planning. After a question was answered drafts exist, so nothing is chosen."""
        return self._now.get(run.id) or run.phase or ("looking" if run.drafts else "choosing")

    @asynccontextmanager
    async def of(self, run: Run) -> AsyncIterator[PlanningProgress]:
        """Tracks a run while it is planned here. Nothing more is written about it after that."""
        work = PlanningProgress(self, run)
        try:
            yield work
        finally:
            self._now.pop(run.id, None)
            await work.close()

    def note(self, run: Run, phase: Phase) -> None:
        self._now[run.id] = phase
        self.run_wakeups.notify_step(run.id)


class PlanningProgress:
    """Planning progress of one run. Its steps call ``on_phase``."""

    def __init__(self, progress: Progress, run: Run) -> None:
        self._progress, self._run = progress, run
        self._lasting: asyncio.TimerHandle | None = None
        self._writing: asyncio.Task[None] | None = None
        self._told: Phase | None = run.phase

    def on_phase(self, phase: Phase) -> None:
        if phase == self._told:
            return
        self._told = phase
        self._progress.note(self._run, phase)
        if self._lasting is not None:
            self._lasting.cancel()
        self._lasting = asyncio.get_running_loop().call_later(LASTING_S, self._write_phase, phase)

    async def run_unless_stopped(self, doing: Coroutine[Any, Any, T]) -> T:
        """The result of ``doing``. Raises PlanningStopped, with ``doing`` cancelled, as soon as the run's planning is
        cancelled. Use it only for what may be cut off anywhere: a question to a model, never one to the database."""
        task = asyncio.ensure_future(doing)
        try:
            await asyncio.wait((task,), timeout=LASTING_S)
            return await task if task.done() else await self._watch(task)
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def close(self) -> None:
        if self._lasting is not None:
            self._lasting.cancel()
        if self._writing is not None:
            await self._writing

    async def _watch(self, task: asyncio.Future[T]) -> T:
        over = asyncio.Event()
        stopped = asyncio.ensure_future(self._wait_until_stopped(over))
        try:
            await asyncio.wait((task, stopped), return_when=asyncio.FIRST_COMPLETED)
            if not task.done() and stopped.exception() is None:
                raise PlanningStopped
            return await task
        finally:
            over.set()
            self._progress.run_wakeups.notify_changed(self._run.id)
            await asyncio.gather(stopped, return_exceptions=True)

    async def _wait_until_stopped(self, over: asyncio.Event) -> None:
        """Ends when the run does, or with ``over``. Never cancelled inside a query, which would leave its connection
        behind."""
        while not over.is_set():
            async with self._progress.database.read() as session:
                row = await store.runs.runs.get(session, self._run.workspace, self._run.id)
            if row.state != "received":
                return
            if not over.is_set():
                await self._progress.run_wakeups.wait(self._run.id, LOOK_S)

    def _write_phase(self, phase: Phase) -> None:
        before = self._writing

        async def write() -> None:
            if before is not None:
                await before
            try:
                async with self._progress.database.begin() as session:
                    await store.runs.runs.record_phase(session, self._run.workspace, self._run.id, phase)
            except Exception:
                log.exception("the phase of a run was not written; it is only for looking at")

        self._writing = asyncio.get_running_loop().create_task(write())
