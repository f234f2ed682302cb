"""From whom something goes and to whom, read without a model: it is never given to the one who has it."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


async def verdict_of(text: str, name: str) -> Verdict:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


async def calls_of(text: str, name: str) -> list[dict[str, Any]]:
    made = await verdict_of(text, name)
    assert isinstance(made, Plan), getattr(made, "text", made)
    return [{each.param: each.value for each in step.filled} for step in made.steps]


@pytest.mark.parametrize(
    ("text", "visits", "vet"),
    [
        ("move all visits from Helena to Lucy", [703, 701], 33),
        ("Omar hands his visits to Helena", [702], 31),
        ("Helena gives her visits to Lucy", [703, 701], 33),
        ("hand 702 over from Omar to Lucy", [702], 33),
        ("take 702 from Omar and give it to Helena", [702], 31),
        ("take visit 705 off Lucy and give it to Omar", [705], 32),
    ],
)
async def test_who_has_it_tells_which_and_who_gets_it_is_the_value(text: str, visits: list[int], vet: int) -> None:
    assert await calls_of(text, "vet") == [{"visit_id": visit, "vet_id": vet} for visit in visits]


async def test_a_noun_of_the_action_still_tells_whose_records_are_meant() -> None:
    made = await calls_of("assign jobs of Bruno to Tom", "garage")
    assert [(each["job_id"], each["mechanic_id"]) for each in made] == [(801, 3), (804, 3)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("take 702 from Lucy and give it to Helena", "vet"),  # it is Omar's
        ("take 802 from Ingrid", "garage"),
        ("take visit 702 off Omar", "vet"),
        ("take 20 euros from R-5102 and put it onto R-5103", "garage"),
    ],
)
async def test_nothing_is_given_to_whom_it_is_taken_from(text: str, name: str) -> None:
    assert not isinstance(await verdict_of(text, name), Plan)


@pytest.mark.parametrize("text", ["assign the visit to Lucy", "assign the oldest of those to Lucy"])
async def test_who_gets_it_does_not_tell_what_is_given(text: str) -> None:
    assert not isinstance(await verdict_of(text, "vet"), Plan)


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("give Lucy visit 702", {"visit_id": 702, "vet_id": 33}),
        ("give Helena visit 702", {"visit_id": 702, "vet_id": 31}),
        ("Lucy takes 702", {"visit_id": 702, "vet_id": 33}),
    ],
)
async def test_a_name_between_giving_and_what_is_given_gets_it(text: str, call: dict[str, Any]) -> None:
    assert await calls_of(text, "vet") == [call]


async def test_and_make_it_is_another_order_and_takes_nothing_back() -> None:
    calls = await calls_of("give job 805 to Bruno and make it ready", "garage")
    assert [sorted(each) for each in calls] == [["job_id", "mechanic_id"], ["job_id", "stage"]]


@pytest.mark.parametrize("before", ["805 on Thursday", "805 for 20 euros"])
async def test_what_stands_before_and_make_it_is_not_passed_over(before: str) -> None:
    asked = await verdict_of(f"{before}, and make it ready", "garage")
    assert isinstance(asked, Question), asked
    assert before.partition(" ")[2] in asked.text


@pytest.mark.parametrize("text", ["set 805 to booked, no make it ready", "set 805 to booked - no, ready"])
async def test_a_value_that_is_said_instead_of_another_is_meant(text: str) -> None:
    assert await calls_of(text, "garage") == [{"job_id": 805, "stage": "ready"}]


async def test_what_something_goes_to_before_another_order_is_an_order_too() -> None:
    stage, mechanic = {"job_id": 805, "stage": "ready"}, {"job_id": 803, "mechanic_id": 1}
    assert await calls_of("805 to ready, and give 803 to Bruno", "garage") == [stage, mechanic]
