"""Worker processes for the suite: pytest collects once and forks them, and each runs one unit of tests after another.

A worker that is started from nothing, as pytest-xdist's are, imports and collects the whole suite again.
"""

from __future__ import annotations

import atexit
import os
import random
import sys
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Final

import pytest

WORKER: Final = "TEST_WORKER"
"""The variable that says which worker a process is."""


@dataclass
class Unit:
    """Tests that one process runs, in this order: those of a file share its fixtures."""

    waits: bool
    """Whether most of the time goes by waiting for other processes."""
    tests: list[pytest.Item]


@dataclass
class Queue:
    """What is still to be run. While there is both, ``computing`` workers compute and all others wait, so that the
    machine is never without work and never has too much of it."""

    units: Sequence[Unit]
    computing: int
    left: dict[bool, deque[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.left = {
            waits: deque(number for number, unit in enumerate(self.units) if unit.waits is waits)
            for waits in (True, False)
        }

    def next(self, others: Sequence[int | None]) -> int | None:
        """What a worker takes while the ``others`` run theirs."""
        compute = sum(1 for each in others if each is not None and not self.units[each].waits)
        waits = compute >= self.computing
        chosen = self.left[waits] or self.left[not waits]
        return chosen.popleft() if chosen else None

    def give_back(self, number: int) -> None:
        self.left[self.units[number].waits].appendleft(number)


@dataclass
class Worker:
    """A forked process as the first one knows it."""

    pid: int
    unit: int | None = None
    test: tuple[str, tuple[str, int | None, str]] = ("", ("", None, ""))
    done: bool = False


class Workers:
    """Runs what was collected in ``count`` processes. A worker that ends before it is told to fails the test it ran."""

    def __init__(self, count: int, computing: int, units: Callable[[Sequence[pytest.Item]], list[Unit]]) -> None:
        self._count, self._computing, self._units = count, computing, units
        self._workers: dict[Connection, Worker] = {}
        self._made = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        units = self._units(session.items)
        if session.testsfailed or session.config.option.collectonly or len(units) < 2:
            return None  # as pytest does it
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        if reporter := session.config.pluginmanager.getplugin("terminalreporter"):
            reporter.showfspath = False  # tests of several files come in turns
        queue = Queue(units, self._computing)
        for _ in range(min(self._count, len(units))):
            self._fork(session, units)
        try:
            while self._workers:
                for connection in wait(list(self._workers)):
                    assert isinstance(connection, Connection)
                    self._heard(session, queue, connection)
        finally:
            for connection, worker in self._workers.items():
                connection.close()
                os.waitpid(worker.pid, 0)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        return True

    def _fork(self, session: pytest.Session, units: Sequence[Unit]) -> None:
        sys.stdout.flush()  # or it would be written by both
        ours, theirs = Pipe()
        if (pid := os.fork()) == 0:
            for each in (ours, *self._workers):
                each.close()
            _work(session, units, theirs, self._made)
        theirs.close()
        self._workers[ours] = Worker(pid)
        self._made += 1

    def _heard(self, session: pytest.Session, queue: Queue, connection: Connection) -> None:
        worker, hook = self._workers[connection], session.config.hook
        try:
            said, what = connection.recv()
        except EOFError:
            self._ended(session, queue, self._workers.pop(connection))
            return
        if said == "start":
            worker.test = what
        elif said == "report":
            report = hook.pytest_report_from_serializable(config=session.config, data=what)
            hook.pytest_runtest_logreport(report=report)
        elif said == "finish":
            hook.pytest_runtest_logfinish(nodeid=what[0], location=what[1])
        else:
            others = [each.unit for each in self._workers.values() if each is not worker]
            worker.unit = None if session.shouldfail or session.shouldstop else queue.next(others)
            worker.done = worker.unit is None
            connection.send(worker.unit)

    def _ended(self, session: pytest.Session, queue: Queue, worker: Worker) -> None:
        _, status = os.waitpid(worker.pid, 0)
        if status == 0 and (worker.done or session.shouldfail or session.shouldstop):
            return
        report = _crashed(worker, os.waitstatus_to_exitcode(status))
        session.config.hook.pytest_runtest_logreport(report=report)
        if worker.unit is not None and worker.test[0] not in {each.nodeid for each in queue.units[worker.unit].tests}:
            queue.give_back(worker.unit)  # it had not begun with it
        if worker.test[0] and any(queue.left.values()):
            self._fork(session, queue.units)


def _crashed(worker: Worker, code: int) -> pytest.TestReport:
    test, location = worker.test
    return pytest.TestReport(test or "a worker", location, {}, "failed", f"its process ended with {code}", "call")


class Teller:
    """Tells the first process what happens in this one."""

    def __init__(self, config: pytest.Config, connection: Connection) -> None:
        self._config, self._connection = config, connection

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        self._connection.send(("start", (nodeid, location)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._connection.send(("report", data))

    def pytest_runtest_logfinish(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        self._connection.send(("finish", (nodeid, location)))


def _work(session: pytest.Session, units: Sequence[Unit], connection: Connection, number: int) -> None:
    """What a worker does from its first to its last moment. Never returns."""
    code = 1
    try:
        _become(session.config, connection, number)
        # What files in a row share stays up between them: the next one is known before the last test of one ends.
        for test, following in pairwise(chain(_given(units, connection), [None])):
            assert test is not None
            session.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
            if session.shouldfail or session.shouldstop:
                break
        session._setupstate.teardown_exact(None)
        code = 0
    except (KeyboardInterrupt, EOFError, ConnectionError):
        pass  # the first process was stopped
    except BaseException:
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _given(units: Sequence[Unit], connection: Connection) -> Iterator[pytest.Item]:
    """The tests of one unit after another, as the first process gives them."""
    while True:
        connection.send(("next", None))
        if (number := connection.recv()) is None:
            return
        yield from units[number].tests


def _become(config: pytest.Config, connection: Connection, number: int) -> None:
    """A process that shares no open file with the others, writes nothing to the terminal and has folders of its own."""
    os.environ[WORKER] = str(number)
    random.seed()
    plugins, factory = config.pluginmanager, config._tmp_path_factory  # type: ignore[attr-defined]
    if capture := plugins.getplugin("capturemanager"):
        capture.stop_global_capturing()
        capture.start_global_capturing()
        capture.suspend_global_capture()
    if reporter := plugins.getplugin("terminalreporter"):
        reporter._tw = pytest.TerminalReporter(config, Path(os.devnull).open("w"))._tw  # noqa: SIM115
    plugins.register(Teller(config, connection), "teller")
    factory._basetemp = factory.getbasetemp() / f"worker-{number}"
    factory._basetemp.mkdir()
