"""Amounts beside lists of records, read without a model: a part is of the record that it is said of."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.proposal import PlanResult
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("waive half of F-231 and a third of F-235", [450, 400]),
        ("waive half of F-231 and F-235", [450, 600]),
        ("waive F-231 and F-235", [900, 1200]),
    ],
)
async def test_a_part_is_taken_of_the_record_that_it_is_said_of(text: str, amounts: list[int]) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world("lending"), "run_00000000000000000000000001")
    made = (await propose(task, RuleResolver())).verdict
    assert isinstance(made, Plan), made
    assert [each.value for step in made.steps for each in step.filled if each.param == "amount"] == amounts


@pytest.mark.parametrize("text", ["renew Piet Vos the last loan by 7 days", "renew the last loan Piet Vos by 7 days"])
async def test_whose_it_is_and_which_beside_each_other_are_one_record(text: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world("lending"), "run_00000000000000000000000001")
    made = (await propose(task, RuleResolver())).proposal
    assert made is not None
    assert isinstance(made.result, PlanResult)
    assert len(made.result.calls) == 1


@pytest.mark.parametrize(
    "text",
    [
        "renew prescription 901 and 12",
        "renew prescription 901 & 12",
        "renew prescriptions 901, 12",
        "renew prescription 901 as well as prescription 12",
    ],
)
async def test_a_number_joined_to_a_records_number_is_a_record_too(text: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world("vet"), "run_00000000000000000000000001")
    assert isinstance((await propose(task, RuleResolver())).verdict, Question)


async def test_a_number_behind_a_colon_is_a_value() -> None:
    request = Request(text="renew prescription 901: 12", now=NOW)
    task = Task(request, OWNER, world("vet"), "run_00000000000000000000000001")
    made = (await propose(task, RuleResolver())).verdict
    assert isinstance(made, Plan), made
    assert [each.value for each in made.steps[0].filled if each.param == "weeks"] == [12]
