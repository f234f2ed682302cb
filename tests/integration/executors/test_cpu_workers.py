"""Real worker processes: budgets, deaths, and whose turn it is."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from core.errors import PlatformUnavailable, Unavailable
from executors.cpu_calls import Resource
from executors.cpu_worker import MOST_MB
from executors.cpu_workers import ENDS_S, CpuWorkers, TooCostly

MODULE = "tests.integration.executors.cpu_operations"
BUDGET_S = 0.15


@pytest.fixture
async def workers(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CpuWorkers]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    made = CpuWorkers(MODULE, (str(BUDGET_S),), most=1)
    yield made
    await made.close()


async def start_slowly(monkeypatch: pytest.MonkeyPatch) -> tuple[CpuWorkers, int]:
    """A pool whose only worker never becomes ready, with the worker's process."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    slow = CpuWorkers("tests.integration.executors.slow_start", most=1)
    slow.warm()
    for _ in range(6000):
        if slow.pids:
            break
        await asyncio.sleep(0.01)
    (pid,) = slow.pids
    return slow, pid


async def call(workers: CpuWorkers, operation: str, given: Any = None, who: str = "ada", **more: Any) -> Any:
    async def serve(what: str, arguments: Any) -> Any:
        if what == "double":
            return 2 * arguments
        if what == "never":
            await asyncio.sleep(3600)
        return None

    more.setdefault("serve", serve)
    more.setdefault("cut_off", frozenset({"double", "never"}))
    return await workers.call(operation, given, who=who, resource=Resource("r1", lambda: b"held"), **more)


async def test_a_call_has_what_it_works_with_and_may_ask_its_server(workers: CpuWorkers) -> None:
    told: list[Any] = []
    assert (await call(workers, "echo", {"a": 1}))[:2] == ("held", {"a": 1})
    assert await call(workers, "ask", 5, tell=told.append) == 22
    assert told == ["asking"]
    with pytest.raises(PlatformUnavailable, match="away"):
        await call(workers, "fail", PlatformUnavailable("It is away."))


@pytest.mark.parametrize("operation", ["spin", "backtrack", "swallow"])
async def test_what_takes_more_than_its_budget_ends_and_the_worker_stays(workers: CpuWorkers, operation: str) -> None:
    before = (await call(workers, "echo"))[2]
    with pytest.raises(TooCostly):
        await call(workers, operation)
    assert (await call(workers, "echo"))[2] == before


async def test_a_worker_that_holds_too_much_is_replaced_when_it_is_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    small = CpuWorkers(MODULE, (str(BUDGET_S), "1"), most=1)
    first, second = [(await call(small, "echo"))[2] for _ in range(2)]
    assert first != second
    await small.close()


async def test_a_large_server_does_not_make_its_workers_large(workers: CpuWorkers) -> None:
    large = b"x" * ((MOST_MB + 8) << 20)
    before = (await call(workers, "echo"))[2]
    del large
    assert [(await call(workers, "echo"))[2] for _ in range(3)] == [before] * 3


async def test_what_brings_its_worker_down_twice_is_too_costly_and_others_are_begun_again(workers: CpuWorkers) -> None:
    begun = asyncio.Event()

    async def answered(what: str, arguments: Any) -> Any:
        first = not begun.is_set()
        begun.set()
        if first:  # the first worker does not live to hear it
            await asyncio.sleep(3600)
        return 2 * arguments

    waiting = asyncio.create_task(call(workers, "ask", 1, "bob", serve=answered))
    await begun.wait()
    with pytest.raises(TooCostly):
        await call(workers, "die")
    assert await waiting == 6
    assert (await call(workers, "echo"))[0] == "held"


async def test_a_worker_that_somebody_kills_costs_nobody_an_answer(workers: CpuWorkers) -> None:
    begun = asyncio.Event()

    async def noted(what: str, arguments: Any) -> Any:
        first = not begun.is_set()
        begun.set()
        if first:
            os.kill(workers.pids[0], signal.SIGKILL)
            await asyncio.sleep(3600)
        return 2 * arguments

    assert await call(workers, "ask", 3, serve=noted) == 14


async def test_calls_of_the_same_moment_start_no_more_workers_than_there_may_be(workers: CpuWorkers) -> None:
    answered = await asyncio.gather(*(call(workers, "echo", who=f"caller {at}") for at in range(8)))
    assert len(workers.pids) == 1
    assert {pid for _, _, pid in answered} == set(workers.pids)


async def test_callers_are_served_in_turn_whoever_has_asked_more(workers: CpuWorkers) -> None:
    await call(workers, "echo")
    over: list[str] = []

    async def one(operation: str, who: str) -> None:
        with contextlib.suppress(TooCostly):
            await call(workers, operation, who=who)
        over.append(who)

    spinning = [asyncio.create_task(one("spin", "eve")) for _ in range(4)]
    await asyncio.sleep(0)
    await asyncio.gather(one("echo", "ada"), *spinning)
    assert over.index("ada") <= 1


async def test_each_look_up_of_a_call_doesn_t_wait_for_another_costly_one_of_somebody_else(workers: CpuWorkers) -> None:
    await call(workers, "echo")
    over: list[str] = []

    async def spin(who: str) -> None:
        with contextlib.suppress(TooCostly):
            await call(workers, "spin", who=who)
        over.append(who)

    spinning = [asyncio.create_task(spin("eve")) for _ in range(8)]
    await asyncio.sleep(0)
    await call(workers, "look_up", 6)
    assert len(over) <= 2  # the one that was under way, and one while it waited
    await asyncio.gather(*spinning)
    assert over == ["eve"] * 8


async def test_a_look_up_that_hangs_holds_nobody_up(workers: CpuWorkers) -> None:
    answered = asyncio.Event()

    async def serve(what: str, arguments: Any) -> Any:
        await answered.wait()

    hanging = asyncio.create_task(call(workers, "look_up", 1, serve=serve))
    await asyncio.sleep(0)
    for _ in range(3):
        assert (await asyncio.wait_for(call(workers, "echo", who="bob"), 30))[0] == "held"
    assert not hanging.done()
    answered.set()
    await hanging


async def test_a_call_that_is_cancelled_is_given_up_in_the_worker_too(workers: CpuWorkers) -> None:
    waiting = asyncio.create_task(call(workers, "forever"))
    await asyncio.sleep(0)
    await call(workers, "echo", who="bob")
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert (await call(workers, "echo"))[0] == "held"


async def test_closing_leaves_no_process_and_no_caller_waiting(workers: CpuWorkers) -> None:
    await call(workers, "echo")
    (pid,) = workers.pids
    waiting = asyncio.create_task(call(workers, "forever"))
    await asyncio.sleep(0)
    await workers.close()
    with pytest.raises(Unavailable):
        await waiting
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_closing_waits_for_no_worker_that_is_still_starting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    slow, pid = await start_slowly(monkeypatch)
    await asyncio.wait_for(slow.close(), ENDS_S / 2)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert caplog.records == []


async def test_a_worker_that_is_stopped_with_its_service_is_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    slow, pid = await start_slowly(monkeypatch)
    os.kill(pid, signal.SIGTERM)
    for _ in range(6000):
        if not slow.pids:
            break
        await asyncio.sleep(0.01)
    await slow.close()
    assert [each.getMessage() for each in caplog.records if each.levelname == "ERROR"] == []


async def test_a_worker_that_can_t_be_started_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = CpuWorkers("tests.no_such_module", most=1)
    with pytest.raises(Unavailable):
        await call(broken, "echo")
    await broken.close()
