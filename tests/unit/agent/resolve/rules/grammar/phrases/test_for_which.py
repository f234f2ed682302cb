"""A value of a record behind "for" tells which record is meant: "the charge for parking"."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Reply, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


async def verdict_of(text: str) -> object:
    task = Task(Request(text=text, now=NOW), OWNER, world("hotel"), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize(
    ("text", "charge"),
    [
        ("waive Priya Raman's charge for parking", 9005),
        ("waive Amelia Hart's charge for the minibar", 9001),
        ("waive the charge for damage", 9011),
    ],
)
async def test_a_value_behind_for_tells_which_one(text: str, charge: int) -> None:
    verdict = await verdict_of(text)
    assert isinstance(verdict, Plan), verdict
    assert [each.value for each in verdict.steps[0].filled if each.param == "charge_id"] == [charge]


async def test_no_other_one_is_taken_where_there_is_none_such() -> None:
    verdict = await verdict_of("waive Noor Haddad's charge for laundry")
    assert isinstance(verdict, Question)
    assert "no such charges" in verdict.text


async def test_a_question_may_say_it_too() -> None:
    verdict = await verdict_of("which charges for parking are open")
    assert isinstance(verdict, Reply)
    assert len(verdict.records) == 2


async def test_a_plain_noun_behind_for_is_no_value() -> None:
    verdict = await verdict_of("waive charge 9004 for the noise")
    assert isinstance(verdict, Plan), verdict
