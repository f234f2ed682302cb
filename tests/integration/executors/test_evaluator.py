"""The condition evaluator over real worker processes: killed in time, replaced, and nobody else's trouble."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from typing import Any

import psutil
import pytest

from core.errors import Unavailable
from executors import evaluator
from executors.evaluator import WorkerPool
from registry.conditions import condition

LOOP = condition.compile("event.data.items.map(x, x + 1).size() > 0", condition.EVENT)
CHEAP = condition.compile("event.data.n > 3", condition.EVENT)
LONG: dict[str, Any] = {"event": {"data": {"items": [1] * 30_000}}}
SHORT: dict[str, Any] = {"event": {"data": {"items": [1, 2], "n": 7}}}


@pytest.fixture
async def pool() -> AsyncIterator[WorkerPool]:
    made = WorkerPool(1)
    yield made
    made.close()


def workers() -> list[psutil.Process]:
    return [each for each in psutil.Process().children() if "executors.evaluator_worker" in " ".join(each.cmdline())]


async def test_what_is_cheap_needs_no_process_and_what_loops_has_one(pool: WorkerPool) -> None:
    assert (await pool.evaluate(CHEAP, SHORT, workspace="ws_1")).holds
    assert workers() == []
    judged = await pool.evaluate(LOOP, SHORT, workspace="ws_1")
    assert (judged.holds, judged.trouble) == (True, "")
    (worker,) = workers()
    assert "OPSIQ" not in " ".join(worker.environ()), "it is told no setting and no key"
    for _ in range(20):
        assert not (await pool.evaluate(LOOP, SHORT, workspace="ws_1")).overran
    assert workers() == [worker], "one process for all of them"


async def test_what_overruns_is_killed_while_the_event_loop_goes_on(pool: WorkerPool) -> None:
    await pool.evaluate(LOOP, SHORT, workspace="ws_1")
    (first,) = workers()
    asked = asyncio.create_task(pool.evaluate(LOOP, LONG, workspace="ws_1"))
    turns = 0
    while not asked.done():
        await asyncio.sleep(0.005)
        turns += 1
    judged = await asked
    assert (judged.holds, judged.overran) == (True, True)
    assert "took longer than 0.25 s" in judged.trouble
    assert turns > 10
    assert not first.is_running()
    assert not (await pool.evaluate(LOOP, SHORT, workspace="ws_1")).overran, "another has taken its place"


async def test_what_asks_for_memory_without_end_is_killed_too(pool: WorkerPool) -> None:
    doubling = condition.compile("[event.data.t]" + ".map(a,a+a)" * 7 + ".size() > 0", condition.EVENT)
    values = {"event": {"data": {"t": "y" * 8_000_000}}}
    judged = await pool.evaluate(doubling, values, workspace="ws_1")
    assert judged.overran
    assert "was stopped" in judged.trouble


async def test_after_three_it_is_not_judged_for_a_while_in_its_workspace_alone() -> None:
    now = [0.0]
    pool = WorkerPool(1, cpu_s=0.05, monotonic=lambda: now[0])
    for _ in range(evaluator.STRIKES):
        assert (await pool.evaluate(LOOP, LONG, workspace="ws_1")).overran
    killed = pool.killed
    paused = await pool.evaluate(LOOP, SHORT, workspace="ws_1")
    assert paused.overran
    assert "again and again" in paused.trouble
    assert pool.killed == killed, "no process was spent on it"
    assert not (await pool.evaluate(LOOP, SHORT, workspace="ws_2")).overran
    now[0] += evaluator.PAUSE_S + 1
    assert not (await pool.evaluate(LOOP, SHORT, workspace="ws_1")).overran
    pool.close()


async def test_a_worker_that_was_killed_from_outside_is_followed_by_another(pool: WorkerPool) -> None:
    await pool.evaluate(LOOP, SHORT, workspace="ws_1")
    (worker,) = workers()
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(10)
    assert not (await pool.evaluate(LOOP, SHORT, workspace="ws_1")).overran


async def test_who_waits_too_long_is_told_to_come_again() -> None:
    now = [0.0]
    pool = WorkerPool(1, monotonic=lambda: now[0], queue_s=5)
    running = asyncio.create_task(pool.evaluate(LOOP, LONG, workspace="ws_1"))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(pool.evaluate(LOOP, SHORT, workspace="ws_1"))
    await asyncio.sleep(0)
    now[0] += 6
    with pytest.raises(Unavailable, match="waited too long"):
        await waiting
    assert (await asyncio.gather(running, return_exceptions=True))[0]
    pool.close()


async def test_a_closed_pool_leaves_no_process() -> None:
    pool = WorkerPool(1)
    await pool.evaluate(LOOP, SHORT, workspace="ws_1")
    (worker,) = workers()
    pool.close()
    assert not worker.is_running()
    with pytest.raises(Unavailable):
        await pool.evaluate(LOOP, SHORT, workspace="ws_1")
    assert (await pool.evaluate(CHEAP, SHORT, workspace="ws_1")).holds


async def test_values_that_are_no_json_hold() -> None:
    pool = WorkerPool(1)
    judged = await pool.evaluate(LOOP, {"event": {"data": {"items": {1, 2}}}}, workspace="ws_1")
    assert (judged.holds, judged.overran) == (True, False)
    assert "no JSON" in judged.trouble
    pool.close()
