from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from executors.jobs.batch_settler import GROUP, BatchSettler
from executors.jobs.queue import Done, Settlement
from store.jobs.jobs import Job


@dataclass
class Slow:
    """A queue's settle that takes until it is told; ``most`` is how many were under way together."""

    settles_at_once: int
    under_way: int = 0
    most: int = 0
    groups: list[list[str]] = field(default_factory=list)
    go: asyncio.Event = field(default_factory=asyncio.Event)

    async def settle(self, group: Sequence[Settlement]) -> list[bool | Exception]:
        self.groups.append([job.id for job, _ in group])
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        await self.go.wait()
        await asyncio.sleep(0)
        self.under_way -= 1
        return [True] * len(group)


def job(n: int) -> Job:
    return Job(f"w{n}", f"k{n}", "send", "ws_1", {}, 1, "me")


@pytest.mark.parametrize(("at_once", "most"), [(1, 1), (2, 2), (3, 3)])
async def test_as_many_whole_groups_are_under_way_as_the_queue_allows(at_once: int, most: int) -> None:
    queue = Slow(at_once)
    batch_settler = BatchSettler(queue)  # type: ignore[arg-type]
    heard: list[str] = []
    for n in range(5 * GROUP):
        batch_settler.submit((job(n), Done()), lambda _result, n=n: heard.append(f"w{n}"))  # type: ignore[misc]
    await asyncio.sleep(0.01)
    assert (queue.under_way, batch_settler.full) == (most, True)
    queue.go.set()
    await asyncio.wait_for(batch_settler.drain(), 5)
    assert (queue.most, batch_settler.full) == (most, False)
    told = [each for group in queue.groups for each in group]
    assert len(told) == len(set(told)) == len(heard) == 5 * GROUP
    assert max(map(len, queue.groups)) <= GROUP


async def test_less_than_a_group_waits_for_the_one_that_is_under_way() -> None:
    queue = Slow(2)
    batch_settler = BatchSettler(queue)  # type: ignore[arg-type]
    batch_settler.submit((job(0), Done()), lambda _: None)
    await asyncio.sleep(0.01)
    for n in range(1, 11):
        batch_settler.submit((job(n), Done()), lambda _: None)
    await asyncio.sleep(0.01)
    assert queue.groups == [["w0"]]
    queue.go.set()
    await asyncio.wait_for(batch_settler.drain(), 5)
    assert [len(group) for group in queue.groups] == [1, 10]


async def test_what_is_handed_in_when_the_last_group_has_just_ended_is_settled_too() -> None:
    queue = Slow(2)
    queue.go.set()
    batch_settler = BatchSettler(queue)  # type: ignore[arg-type]
    heard: list[int] = []

    def again(n: int) -> None:
        heard.append(n)
        if n < 50:
            batch_settler.submit((job(n + 1), Done()), lambda _: again(n + 1))

    batch_settler.submit((job(0), Done()), lambda _: again(0))
    await asyncio.wait_for(batch_settler.drain(), 5)
    assert heard == list(range(51))


async def test_a_group_waits_for_company_only_as_long_as_more_is_under_way() -> None:
    queue = Slow(1)
    queue.go.set()
    looks = iter([20, 20, 5, 5])  # two of a look: at the second nothing but what waits is in hand

    batch_settler = BatchSettler(queue, lambda: next(looks))  # type: ignore[arg-type]
    for n in range(5):
        batch_settler.submit((job(n), Done()), lambda _: None)
    await asyncio.wait_for(batch_settler.drain(), 5)
    assert [len(group) for group in queue.groups] == [5]
    assert list(looks) == [5], "looked at again, and then no more"
