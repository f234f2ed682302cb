"""Contractions without their apostrophe, as hasty people type them."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


async def verdict_of(text: str, name: str) -> object:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("waive F-231 if its due", "lending"),
        ("waive F-231 if its under 20 euros", "lending"),
        ("waive the oldest fine thats due", "lending"),
        ("resend R-5104, shes waiting for it", "garage"),
        ("renew loan 502 by 7 days, theyve asked nicely", "lending"),
    ],
)
async def test_they_are_read_as_with_it(text: str, name: str) -> None:
    verdict = await verdict_of(text, name)
    assert isinstance(verdict, Plan), verdict


@pytest.mark.parametrize(
    "text",
    [
        "you cant waive F-231",
        "you wont waive F-231",
        "waiving F-231 isnt needed",
        "we neednt waive F-231",
        "dont waive F-231",
    ],
)
async def test_a_denial_stays_one(text: str) -> None:
    verdict = await verdict_of(text, "lending")
    assert not isinstance(verdict, Plan), verdict
