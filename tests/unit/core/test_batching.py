"""Questions asked while others are being answered are answered together, each by what began after it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from core.batching import Batcher
from core.errors import Unavailable


class Slow:
    """Answers a group when it is let; remembers the groups."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = asyncio.Event()

    async def many(self, group: Sequence[int]) -> Sequence[int]:
        self.groups.append(list(group))
        await self.gate.wait()
        if 13 in group:
            raise LookupError("13")
        return [each * 10 for each in group]


async def test_what_is_asked_meanwhile_shares_the_next_group_and_never_the_running_one() -> None:
    slow = Slow()
    grouped = Batcher(slow.many)
    first = asyncio.create_task(grouped.ask(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    later = [asyncio.create_task(grouped.ask(each)) for each in (2, 3, 4)]
    await asyncio.sleep(0)
    slow.gate.set()
    assert await asyncio.gather(first, *later) == [10, 20, 30, 40]
    assert slow.groups == [[1], [2, 3, 4]]


async def test_a_group_is_bounded() -> None:
    slow = Slow()
    slow.gate.set()
    grouped = Batcher(slow.many, most=2)
    assert await asyncio.gather(*(grouped.ask(each) for each in range(5))) == [0, 10, 20, 30, 40]
    assert max(map(len, slow.groups)) == 2


async def test_what_is_wrong_with_one_is_not_its_neighbours_affair() -> None:
    slow = Slow()
    slow.gate.set()
    grouped = Batcher(slow.many)
    answers = await asyncio.gather(grouped.ask(13), grouped.ask(2), return_exceptions=True)
    assert [answers[1], type(answers[0])] == [20, LookupError]
    assert slow.groups == [[13, 2], [13], [2]]
    assert await grouped.ask(3) == 30


async def test_what_is_away_for_all_is_asked_once() -> None:
    asked = []

    async def away(group: Sequence[int]) -> Sequence[int]:
        asked.append(list(group))
        raise Unavailable("The database is away.")

    grouped = Batcher(away)
    answers = await asyncio.gather(grouped.ask(1), grouped.ask(2), return_exceptions=True)
    assert [type(each) for each in answers] == [Unavailable, Unavailable]
    assert asked == [[1, 2]]


async def test_one_who_leaves_takes_nobody_with_them() -> None:
    slow = Slow()
    grouped = Batcher(slow.many)
    gone, stays = asyncio.create_task(grouped.ask(1)), asyncio.create_task(grouped.ask(2))
    await asyncio.sleep(0)
    gone.cancel()
    slow.gate.set()
    assert await stays == 20
    with pytest.raises(asyncio.CancelledError):
        await gone
