"""What somebody has is a record of its own kind: an action on another kind of theirs isn't meant."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.questions import REST
from tests.unit.own_worlds import NOW, OWNER, world


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("write off Samir's lesson", "riding"),
        ("write off pilar's lesson", "riding"),
        ("renew Piet's fine by 7 days", "lending"),
        ("waive ines' loan", "lending"),
        ("remind Greta's visit", "vet"),
    ],
)
async def test_an_action_on_another_kind_is_not_planned(text: str, name: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    verdict = (await propose(task, RuleResolver())).verdict
    assert not isinstance(verdict, Plan), verdict


async def test_nor_is_it_offered() -> None:
    task = Task(
        Request(text="write off Samir's lesson", now=NOW), OWNER, world("riding"), "run_00000000000000000000000001"
    )
    verdict = (await propose(task, RuleResolver())).verdict
    assert not (isinstance(verdict, Question) and verdict.slot == REST), verdict
