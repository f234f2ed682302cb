"""An engine starts once, and at its end finishes or gives back whatever it holds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from executors.jobs.queue import Done, Outcome
from executors.jobs.worker import Worker
from store.jobs.jobs import Job
from tests.unit.executors.jobs.fake_queue import FakeQueue, turn
from tests.unit.executors.jobs.workers import Gate, answering, running


async def test_what_is_taken_while_the_engine_stops_is_given_back(queue: FakeQueue) -> None:
    gate = Gate()
    async with running(queue, gate, limits={"send": 1}) as worker:
        worker.take(queue.put_held("a"))
        await turn()
        stopping = asyncio.ensure_future(worker.stop(0.2))
        await turn()
        worker.take(queue.put_held("b"))
        await stopping
        assert (queue.state("a"), queue.state("b")) == ("ready", "ready")
        assert gate.inside == ["a"]


async def test_stopping_lets_what_runs_finish(queue: FakeQueue) -> None:
    gate = Gate()
    queue.put("a")
    async with running(queue, gate) as worker:
        stopping = asyncio.create_task(worker.stop(5))
        await turn()
        queue.put("b")
        worker.wake()
        await turn()
        gate.open.set()
        await stopping
        assert (queue.state("a"), queue.state("b")) == ("done", "ready")


async def test_stopping_releases_what_does_not_finish_for_others_to_take(queue: FakeQueue) -> None:
    gate = Gate()
    queue.put("a")
    async with running(queue, gate) as worker:
        await worker.stop(0.01)
        assert gate.cancelled == ["a"]
        assert (queue.state("a"), queue.rows["a"].due) == ("ready", queue.time.now)


async def test_a_handler_that_ignores_its_cancellation_does_not_hold_up_the_stop(
    queue: FakeQueue, caplog: pytest.LogCaptureFixture
) -> None:
    over = asyncio.Event()

    async def stubborn(job: Job) -> Outcome:
        while not over.is_set():
            try:
                await over.wait()
            except asyncio.CancelledError:
                continue
        return Done()

    queue.put("a")
    async with running(queue, stubborn) as worker:
        await worker.stop(0.05)
        assert "ignored" in caplog.text
        over.set()
        await turn()


async def test_a_wake_from_outside_is_opened_and_closed_with_the_engine(queue: FakeQueue) -> None:
    class Bell:
        ring: Callable[[], None] | None = None
        closed = False

        async def open(self, ring: Callable[[], None]) -> None:
            self.ring = ring

        async def close(self) -> None:
            self.closed = True

    notifier = Bell()
    worker = Worker(queue, {"send": answering(Done())}, wakes=[notifier], pause=queue.time.pause, monotonic=queue.time)
    async with worker:
        await turn()
        queue.put("a")
        assert notifier.ring is not None
        notifier.ring()
        await turn()
        assert queue.state("a") == "done"
    assert notifier.closed


async def test_an_engine_is_started_once(queue: FakeQueue) -> None:
    async with running(queue, answering(Done())) as worker:
        with pytest.raises(RuntimeError, match="make a new one"):
            await worker.start()
