from __future__ import annotations

import logging

import pytest

from core.errors import PlatformUnavailable
from executors.jobs.queue import Dead, Done, Outcome, Reschedule, Settled
from executors.jobs.worker import MAX_BACKOFF_S, Worker, compute_backoff_s
from store.jobs.jobs import Job
from tests.unit.executors.jobs.fake_queue import FakeQueue, FakeTime, turn
from tests.unit.executors.jobs.workers import Gate, answering, running


async def test_work_that_is_there_at_the_start_is_done(queue: FakeQueue) -> None:
    queue.put("a")
    queue.put("b")
    async with running(queue, answering(Done())):
        assert (queue.state("a"), queue.state("b")) == ("done", "done")


async def test_what_is_held_already_is_begun_without_a_claim_and_settled_like_any(queue: FakeQueue) -> None:
    async with running(queue, answering(Done())) as worker:
        claims = len(queue.claims)
        worker.take(queue.put_held("a"))
        await turn()
        assert (queue.state("a"), len(queue.claims)) == ("done", claims)


async def test_there_is_room_while_a_slot_is_free_and_the_engine_runs(queue: FakeQueue) -> None:
    gate = Gate()
    async with running(queue, gate, limits={"send": 1}) as worker:
        assert worker.has_capacity("send")
        assert not worker.has_capacity("another")
        worker.take(queue.put_held("a"))
        worker.take(queue.put_held("b"))  # two who asked in the same moment: the second waits for its turn, held
        await turn()
        assert gate.inside == ["a"]
        assert not worker.has_capacity("send")
        gate.open.set()
        await turn()
        assert gate.inside == ["a", "b"]
        assert worker.has_capacity("send")
    assert not worker.has_capacity("send")
    assert not Worker(queue, {"send": gate}).has_capacity("send")


async def test_a_kind_with_much_room_is_not_held_to_the_room_of_the_others(queue: FakeQueue, time: FakeTime) -> None:
    gate = Gate()
    for n in range(150):
        queue.put(f"d{n}", "deliver")
    async with running(queue, {"deliver": gate, "send": gate}, limits={"deliver": 120, "send": 20}):
        await time.advance(0.2)
        assert len(gate.inside) == 120
        both, alone = frozenset({"deliver", "send"}), frozenset({"deliver"})
        assert queue.claims[:3] == [(both, 20), (both, 20), (alone, 80)]
        gate.open.set()
        await time.advance(0.2)
        assert len(gate.inside) == 150
    assert all(queue.state(f"d{n}") == "done" for n in range(150))


async def test_work_put_later_is_taken_at_the_ring(queue: FakeQueue) -> None:
    async with running(queue, answering(Done())) as worker:
        queue.put("a")
        await turn()
        assert queue.state("a") == "ready"
        worker.wake()
        await turn()
        assert queue.state("a") == "done"


async def test_work_put_without_a_ring_is_found_by_the_poll(queue: FakeQueue, time: FakeTime) -> None:
    async with running(queue, answering(Done())):
        queue.put("a")
        await time.advance(4.9)
        assert queue.state("a") == "ready"
        await time.advance(0.2)
        assert queue.state("a") == "done"


async def test_an_idle_engine_asks_only_at_the_poll(queue: FakeQueue, time: FakeTime) -> None:
    async with running(queue, answering(Done())):
        await time.advance(60)
        assert len(queue.claims) <= 14


async def test_work_that_is_due_later_is_taken_when_it_is_due_and_not_at_the_next_poll(
    queue: FakeQueue, time: FakeTime
) -> None:
    queue.put("a", delay_s=2.0)
    async with running(queue, answering(Done())):
        await time.advance(1.9)
        assert queue.state("a") == "ready"
        await time.advance(0.2)
        assert queue.state("a") == "done"


async def test_later_is_due_again_after_its_delay(queue: FakeQueue, time: FakeTime) -> None:
    queue.put("a")
    async with running(queue, answering(Reschedule(10, "busy"), Done())):
        assert (queue.state("a"), queue.rows["a"].error) == ("ready", "busy")
        await time.advance(9.8)
        assert queue.state("a") == "ready"
        await time.advance(0.4)
        assert (queue.state("a"), queue.rows["a"].job.attempt) == ("done", 2)


async def test_dead_is_buried_with_its_reason(queue: FakeQueue) -> None:
    queue.put("a")
    async with running(queue, answering(Dead("no such endpoint"))):
        assert (queue.state("a"), queue.rows["a"].error) == ("dead", "no such endpoint")


async def test_settled_leaves_the_settling_to_the_handler(queue: FakeQueue) -> None:
    queue.put("a")
    async with running(queue, answering(Settled())):
        assert queue.groups == []


async def test_an_exception_is_tried_again_later_and_buried_in_the_end(
    queue: FakeQueue, time: FakeTime, caplog: pytest.LogCaptureFixture
) -> None:
    queue.put("a")
    async with running(queue, answering(PlatformUnavailable("It is away.")), max_attempts=3):
        assert (queue.state("a"), queue.rows["a"].error) == ("ready", "It is away.")
        await time.advance(compute_backoff_s(1) + 0.3)
        assert queue.rows["a"].job.attempt == 2
        await time.advance(compute_backoff_s(2) + 0.3)
        assert queue.state("a") == "dead"
        assert queue.rows["a"].error == "Given up after 3 attempts. It is away."
    assert [record.work_key for record in caplog.records if record.exc_info] == ["a", "a", "a"]  # type: ignore[attr-defined]


async def test_the_text_of_a_strangers_exception_is_not_stored(queue: FakeQueue) -> None:
    queue.put("a")
    async with running(queue, answering(RuntimeError("the token is hunter2"))):
        assert queue.rows["a"].error == "RuntimeError (see the log)"


def test_the_delay_after_exceptions_doubles_up_to_a_bound() -> None:
    assert [compute_backoff_s(n) for n in (1, 2, 3, 4)] == [1, 2, 4, 8]
    assert compute_backoff_s(10_000) == MAX_BACKOFF_S


async def test_no_kind_takes_more_than_its_bound_and_none_takes_anothers_place(queue: FakeQueue) -> None:
    gate = Gate()
    for n in range(10):
        queue.put(f"d{n}", kind="deliver")
    async with running(queue, {"deliver": gate, "send": answering(Done())}, limits={"deliver": 3, "send": 2}) as worker:
        await queue.time.advance(0.1)
        assert worker.running == 3
        for n in range(5):
            queue.put(f"s{n}")
        worker.wake()
        await queue.time.advance(1)
        assert all(queue.state(f"s{n}") == "done" for n in range(5))
        assert len(gate.inside) == 3
        gate.open.set()
        await queue.time.advance(1)
        assert len(gate.inside) == 10


async def test_urgent_work_is_taken_first_across_kinds(queue: FakeQueue) -> None:
    order: list[str] = []

    async def note(job: Job) -> Outcome:
        order.append(job.key)
        return Done()

    queue.put("slow", kind="deliver", priority=200)
    queue.put("fast", kind="send", priority=10)
    async with running(queue, {"deliver": note, "send": note}):
        assert order == ["fast", "slow"]


async def test_nothing_of_a_payload_is_logged(queue: FakeQueue, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    queue.put("a")
    queue.rows["a"].job = Job("wrk_a", "a", "send", "ws_1", {"secret": "hunter2"}, 0, "")
    async with running(queue, answering(RuntimeError())):
        await turn()
    assert "hunter2" not in caplog.text
