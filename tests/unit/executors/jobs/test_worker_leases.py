"""What an engine holds it renews in time; what it lost, or can not write, changes nothing."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from executors.jobs.queue import Done
from tests.unit.executors.jobs.fake_queue import FakeQueue, FakeTime, turn
from tests.unit.executors.jobs.workers import Gate, answering, running


async def test_a_lease_is_renewed_before_two_thirds_of_it(queue: FakeQueue, time: FakeTime) -> None:
    gate = Gate()
    queue.put("a")
    async with running(queue, gate):
        await time.advance(0.66 * queue.lease_s, step=1)
        assert queue.renewals[:1] == ["a"]
        await time.advance(3 * queue.lease_s, step=1)
        assert gate.inside == ["a"]
        gate.open.set()


async def test_a_lost_lease_cancels_the_handler_and_changes_nothing(queue: FakeQueue, time: FakeTime) -> None:
    gate = Gate()
    queue.put("a")
    async with running(queue, gate) as worker:
        queue.steal("a")
        await time.advance(queue.lease_s / 2, step=1)
        assert gate.cancelled == ["a"]
        assert worker.running == 0
        assert (queue.state("a"), queue.rows["a"].job.owner, queue.groups) == ("claimed", "another", [])


async def test_a_handler_is_cancelled_when_its_lease_can_not_be_renewed_in_time(
    queue: FakeQueue, time: FakeTime
) -> None:
    gate = Gate()
    queue.put("a")
    async with running(queue, gate):
        queue.down = True
        await time.advance(0.9 * queue.lease_s, step=1)
        assert gate.cancelled == []
        await time.advance(0.2 * queue.lease_s, step=1)
        assert gate.cancelled == ["a"]
        queue.down = False


async def test_a_settle_that_comes_too_late_is_only_logged(queue: FakeQueue, caplog: pytest.LogCaptureFixture) -> None:
    gate = Gate()
    queue.put("a")
    async with running(queue, gate):
        queue.steal("a")
        gate.open.set()
        await turn()
        assert queue.rows["a"].job.owner == "another"
    assert "lease is lost" in caplog.text


async def test_a_database_that_is_away_is_asked_again_and_work_goes_on(queue: FakeQueue, time: FakeTime) -> None:
    queue.down = True
    queue.put("a")
    async with running(queue, answering(Done())):
        await time.advance(10)
        queue.down = False
        await time.advance(31)
        assert queue.state("a") == "done"


async def test_what_is_settled_while_a_group_is_being_written_goes_into_one_next_group(queue: FakeQueue) -> None:
    queue.hold_settles = asyncio.Event()
    for n in range(20):
        queue.put(f"w{n}")
    async with running(queue, answering(Done())):
        assert queue.groups == []
        queue.hold_settles.set()
        await turn()
        assert sum(queue.groups) == 20
        assert len(queue.groups) <= 2


async def test_a_record_that_fails_does_not_settle_its_work(queue: FakeQueue, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(session: AsyncSession) -> None:
        raise ValueError("no such column")

    queue.put("a")
    async with running(queue, answering(Done(broken))):
        assert (queue.state("a"), queue.rows["a"].error) == ("ready", "ValueError (see the log)")
    assert "no such column" in caplog.text
