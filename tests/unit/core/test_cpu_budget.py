"""Budgets of CPU, in the main thread of this process."""

from __future__ import annotations

import asyncio
import contextlib
import re
import signal
import sys
import time
import warnings
import weakref

import pytest
from pydantic import BaseModel

from core import cpu_budget


async def spin() -> None:
    while True:
        pass


async def test_what_computes_for_longer_ends_wherever_it_stands() -> None:
    async def backtrack() -> None:
        await asyncio.sleep(0)
        re.match(r"(a+)+$", "a" * 64 + "b")

    for doing in (spin(), backtrack()):
        began = time.process_time()
        with pytest.raises(cpu_budget.Exhausted):
            await cpu_budget.run_within(0.05, doing)
        assert time.process_time() - began < 1.0


async def test_waiting_costs_nothing_and_what_is_done_in_time_answers() -> None:
    async def waits() -> int:
        await asyncio.sleep(0.1)
        return 5

    assert await cpu_budget.run_within(0.02, waits()) == 5


async def test_pauses_add_nothing_to_the_budget() -> None:
    """The kernel's timer tells a tick more than it was given whenever it is stopped."""

    async def look_up_again_and_again() -> None:
        until = time.thread_time() + 2.0
        while time.thread_time() < until:
            sum(range(2_000))
            await asyncio.sleep(0)

    began = time.thread_time()
    with pytest.raises(cpu_budget.Exhausted):
        await cpu_budget.run_within(0.05, look_up_again_and_again())
    assert time.thread_time() - began < 0.5


async def test_a_look_up_outside_the_budget_is_finished_and_costs_nothing_of_it() -> None:
    done: list[str] = []

    async def look_up() -> None:
        try:
            until = time.thread_time() + 0.15
            while time.thread_time() < until:
                sum(range(2_000))
                await asyncio.sleep(0)
        finally:
            await asyncio.sleep(0)
            done.append("closed")

    async def read(*, on: bool) -> int:
        await cpu_budget.run_outside(look_up())
        if on:
            await spin()
        return 5

    assert await cpu_budget.run_within(0.05, read(on=False)) == 5
    with pytest.raises(cpu_budget.Exhausted):
        await cpu_budget.run_within(0.05, read(on=True))
    assert done == ["closed", "closed"]


async def test_a_look_up_outside_the_budget_ends_with_who_waits_for_it() -> None:
    ended: list[str] = []

    async def look_up() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append("ended")

    async def read() -> None:
        await cpu_budget.run_outside(look_up())

    reading = asyncio.create_task(cpu_budget.run_within(0.05, read()))
    await asyncio.sleep(0.01)
    reading.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await reading
    assert ended == ["ended"]


async def test_an_error_is_passed_on_and_may_be_dealt_with_inside() -> None:
    async def fails() -> None:
        raise ValueError("no")

    async def deals() -> str:
        try:
            await fails()
        except ValueError:
            await asyncio.sleep(0)
            return "dealt with"
        return ""

    assert await cpu_budget.run_within(1.0, deals()) == "dealt with"
    with pytest.raises(ValueError, match="no"):
        await cpu_budget.run_within(1.0, fails())


async def test_cancelling_reaches_what_is_waited_for() -> None:
    cancelled = asyncio.Event()

    async def waits() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    task = asyncio.create_task(cpu_budget.run_within(1.0, waits()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert cancelled.is_set()


async def test_tasks_draw_on_the_budget_of_whoever_started_them() -> None:
    async def several() -> None:
        await asyncio.gather(asyncio.ensure_future(cpu_budget.carry_budget(spin())))

    began = time.process_time()
    with pytest.raises(cpu_budget.Exhausted):
        await cpu_budget.run_within(0.05, several())
    assert time.process_time() - began < 1.0


async def test_a_budget_within_another_draws_on_that_one() -> None:
    async def inner() -> None:
        await cpu_budget.run_within(60.0, spin())

    with pytest.raises(cpu_budget.Exhausted):
        await cpu_budget.run_within(0.05, inner())


async def test_in_another_thread_it_runs_without_one() -> None:
    def elsewhere() -> int:
        async def five() -> int:
            return 5

        return asyncio.run(cpu_budget.run_within(0.01, five()))

    assert await asyncio.to_thread(elsewhere) == 5


async def test_it_is_raised_behind_an_isinstance_of_a_library_that_swallows_it() -> None:
    reached: list[str] = []

    class Slow(type):
        def __instancecheck__(cls, instance: object) -> bool:
            signal.raise_signal(signal.SIGPROF)
            reached.append("asked")
            return False

    async def make() -> None:
        isinstance(3, Slow("Odd", (), {}))
        reached.append("went on")

    with pytest.raises(cpu_budget.Exhausted):
        await cpu_budget.run_within(60.0, make())
    assert reached == ["asked"]
    assert sys.getprofile() is None


async def test_it_is_raised_behind_what_runs_as_an_object_is_freed() -> None:
    reached: list[str] = []

    class Freed:
        def __del__(self) -> None:
            ring()

    class Followed:
        pass

    def ring() -> None:
        signal.raise_signal(signal.SIGPROF)
        reached.append("freed")

    async def free() -> None:
        Freed()
        reached.append("went on")

    async def free_followed() -> None:
        followed = Followed()
        weakref.finalize(followed, ring)
        del followed
        reached.append("went on")

    for doing in (free, free_followed):
        with pytest.raises(cpu_budget.Exhausted):
            await cpu_budget.run_within(60.0, doing())
    assert reached == ["freed", "freed"]
    assert sys.getprofile() is None


async def test_pydantic_does_not_swallow_it() -> None:
    async def make() -> None:
        while True:
            Tree(of=Leaf())

    class Leaf(BaseModel):
        name: str = "oak"

    class Tree(BaseModel):
        of: dict[str, int] | Leaf

    with warnings.catch_warnings(record=True) as told:
        for _ in range(20):
            with contextlib.suppress(cpu_budget.Exhausted):
                await cpu_budget.run_within(0.02, make())
    assert not told
