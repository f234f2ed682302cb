"""Turns for requests that read a whole history: one at a time for each workspace, and few wait."""

from __future__ import annotations

import asyncio

import pytest

from core.errors import Unavailable
from web.turns import MOST_WAITING, Turns


class Reads:
    """Requests that hold their turn until they are let go. ``most`` is how many of them held one at once."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.over = turns, asyncio.Event()
        self.holding = self.most = 0

    async def read(self, workspace: str, *, patient: bool = False) -> None:
        async with self.turns.take(workspace, patient=patient):
            self.holding += 1
            self.most = max(self.most, self.holding)
            await self.over.wait()
            self.holding -= 1


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_workspace_has_one_turn_at_a_time_and_keeps_no_other_waiting() -> None:
    reads = Reads(Turns())
    async with asyncio.TaskGroup() as tasks:
        for workspace in ("one", "one", "one", "two"):
            tasks.create_task(reads.read(workspace))
        await settle()
        assert reads.holding == 2
        reads.over.set()
    assert reads.most == 2


async def test_turns_of_all_workspaces_together_are_limited() -> None:
    reads = Reads(Turns(2))
    async with asyncio.TaskGroup() as tasks:
        for number in range(5):
            tasks.create_task(reads.read(str(number)))
        await settle()
        reads.over.set()
    assert reads.most == 2


async def test_too_many_that_wait_are_refused_unless_they_are_patient() -> None:
    reads = Reads(Turns())
    async with asyncio.TaskGroup() as tasks:
        for _ in range(MOST_WAITING + 1):
            tasks.create_task(reads.read("one"))
        await settle()
        with pytest.raises(Unavailable, match="Try again"):
            await reads.read("one")
        tasks.create_task(reads.read("one", patient=True))
        tasks.create_task(reads.read("two"))
        await settle()
        reads.over.set()
    await reads.read("one")
