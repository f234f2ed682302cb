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
        "renew 901 and 12",
        "discount 812 for bill 20",
    ],
)
async def test_a_number_joined_to_a_records_number_is_a_record_too(text: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world("vet"), "run_00000000000000000000000001")
    assert isinstance((await propose(task, RuleResolver())).verdict, Question)


async def test_a_number_without_a_noun_beside_one_with_it_is_a_value() -> None:
    task = Task(Request(text="discount 200 for bill 812", now=NOW), OWNER, world("vet"), "run_" + "0" * 25 + "1")
    made = (await propose(task, RuleResolver())).verdict
    assert isinstance(made, Plan), made
    assert [each.value for each in made.steps[0].filled if each.param in ("bill_id", "amount")] == [812, 20000]


async def test_a_number_behind_a_colon_is_a_value() -> None:
    request = Request(text="renew prescription 901: 12", now=NOW)
    task = Task(request, OWNER, world("vet"), "run_00000000000000000000000001")
    made = (await propose(task, RuleResolver())).verdict
    assert isinstance(made, Plan), made
    assert [each.value for each in made.steps[0].filled if each.param == "weeks"] == [12]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("waive half of F-231 and all of F-235", "lending"),
        ("waive all of F-231's fine and half of F-235's", "lending"),
        ("discount half of bill 811 and all of bill 812", "vet"),
        ("discount all of bill 811 and half of bill 812", "vet"),
        ("discount all of bill 811's amount and half of bill 812's", "vet"),
    ],
)
async def test_a_part_of_one_record_and_all_of_another_are_asked_about(text: str, name: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    assert isinstance((await propose(task, RuleResolver())).verdict, Question)


@pytest.mark.parametrize(
    ("text", "name", "values"),
    [
        ("give the deep clean and the baby cot to rasmus", "hotel", [61, 68]),
        ("give the baby cot and deep clean to rasmus", "hotel", [68, 61]),
        ("write off the brown rice & red lentils, expired", "foodbank", [805, 806]),
        ("set pepper and pixel to light", "vet", [21, 24]),
    ],
)
async def test_both_of_two_named_things_are_meant(text: str, name: str, values: list[int]) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    made = (await propose(task, RuleResolver())).verdict
    assert isinstance(made, Plan), made
    assert [step.filled[0].value for step in made.steps] == values


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("reopen sorrel and mint", "hotel"),
        ("set the baby cot and the extra pillows to high", "hotel"),
        ("plan a parcel for ewa jankowska and will bell on friday", "foodbank"),
        ("renew prescription 901 and will bell's by 2 weeks", "vet"),
        ("remind bills 811 and up", "vet"),
        ("book a visit for pepper, old bruno on 4 december", "vet"),
    ],
)
async def test_another_record_that_cannot_be_read_is_asked_about(text: str, name: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    assert isinstance((await propose(task, RuleResolver())).verdict, Question)


async def test_a_digit_before_hundred_is_no_word() -> None:
    task = Task(Request(text="discount 2 hundred on bill 812", now=NOW), OWNER, world("vet"), "run_" + "0" * 25 + "1")
    made = (await propose(task, RuleResolver())).verdict
    assert isinstance(made, Plan), made
    assert [each.value for each in made.steps[0].filled if each.param == "amount"] == [20000]


async def test_a_reason_behind_a_comma_is_no_further_record() -> None:
    text = "book a visit for pixel on 4 december, bad tooth"
    task = Task(Request(text=text, now=NOW), OWNER, world("vet"), "run_" + "0" * 25 + "1")
    made = (await propose(task, RuleResolver())).verdict
    assert isinstance(made, Plan), made
    assert [{each.param: each.value for each in step.filled} for step in made.steps] == [
        {"pet_id": 24, "day": "2026-12-04", "reason": "bad tooth"}
    ]
