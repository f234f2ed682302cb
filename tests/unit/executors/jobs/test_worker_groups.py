"""Kinds that are claimed apart: each of the two parts is looked for when there may be something, not whenever the other
is."""

from __future__ import annotations

from collections.abc import Collection

from executors.jobs.claim_planner import LOOK_S
from executors.jobs.queue import Done, Outcome
from store.jobs.jobs import Job, PrefetchLimits
from tests.unit.executors.jobs.fake_queue import FakeQueue, FakeTime, turn
from tests.unit.executors.jobs.workers import Gate, answering, running


def looks(queue: FakeQueue, kind: str) -> int:
    return sum(kind in kinds for kinds, _ in queue.claims)


async def test_what_was_found_to_its_end_is_not_looked_for_in_each_round_of_the_other(queue: FakeQueue) -> None:
    queue.apart = ("carried",)
    for n in range(200):
        queue.put(f"c{n}", "carried")

    async def handle(_job: Job) -> Outcome:
        return Done()

    async with running(queue, {"call": handle, "carried": handle}, limits={"carried": 10}):
        for _ in range(20):
            await queue.time.advance(0.01, 0.01)
        assert looks(queue, "carried") > 10
        assert looks(queue, "call") <= 2
        assert not any(len(kinds) > 1 for kinds, _ in queue.claims)


async def test_a_ring_looks_for_both_and_one_of_what_is_carried_for_that_alone(queue: FakeQueue) -> None:
    queue.apart = ("carried",)
    async with running(queue, {"call": answering(Done()), "carried": answering(Done())}) as worker:
        await queue.time.advance(0.2)
        queue.claims.clear()
        worker.wake(rest=False)
        await turn()
        assert (looks(queue, "call"), looks(queue, "carried")) == (0, 1)
        await queue.time.advance(0.1)
        worker.wake()
        await turn()
        assert (looks(queue, "call"), looks(queue, "carried")) == (1, 2)


async def test_what_is_due_later_is_begun_at_its_time_while_the_other_goes_on(queue: FakeQueue, time: FakeTime) -> None:
    queue.apart = ("carried",)
    begun: list[float] = []

    async def call(_job: Job) -> Outcome:
        begun.append(time.now)
        return Done()

    async with running(queue, {"call": call, "carried": answering(Done())}) as worker:
        queue.put("later", "call", delay_s=2.0)
        worker.wake()
        for n in range(30):
            queue.put(f"c{n}", "carried")
            worker.wake(rest=False)
            await time.advance(0.1)
        assert len(begun) == 1
        assert 2.0 <= begun[0] < 2.0 + LOOK_S / 2


async def test_room_that_comes_is_used_at_once(queue: FakeQueue) -> None:
    queue.apart = ("carried",)
    gate = Gate()
    for n in range(3):
        queue.put(f"k{n}", "call")
    for n in range(500):
        queue.put(f"c{n}", "carried")
    async with running(queue, {"call": gate, "carried": answering(Done())}, limits={"call": 1, "carried": 2}):
        await queue.time.advance(0.2, 0.01)
        assert gate.inside == ["k0"]
        gate.open.set()
        await queue.time.advance(0.1, 0.01)
        assert gate.inside == ["k0", "k1", "k2"]


class Failing(FakeQueue):
    """What is apart can't be claimed."""

    async def claim(self, kinds: Collection[str], limit: int, ahead: PrefetchLimits | None = None) -> list[Job]:
        if "carried" in kinds:
            self.claims.append((frozenset(kinds), limit))
            raise ValueError("It does not answer.")
        return await super().claim(kinds, limit, ahead)


async def test_what_is_apart_fails_apart(time: FakeTime) -> None:
    queue = Failing(time, apart=("carried",))
    async with running(queue, {"call": answering(Done()), "carried": answering(Done())}) as worker:
        for n in range(50):
            queue.put(f"k{n}", "call")
            worker.wake()
            await time.advance(0.1)
            assert queue.state(f"k{n}") == "done"
        assert looks(queue, "carried") == 3, "after 0, 1 and 3 seconds"


async def test_what_rests_is_looked_for_again_after_half_a_second(queue: FakeQueue, time: FakeTime) -> None:
    queue.apart = ("carried",)
    async with running(queue, {"call": answering(Done()), "carried": answering(Done())}) as worker:
        await time.advance(LOOK_S - 0.1)
        queue.put("unrung", "call")
        worker.wake(rest=False)
        await time.advance(0.2)
        assert queue.state("unrung") == "done"
