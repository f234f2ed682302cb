"""An answer that names several: a call for each, or a question; never one of them alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.pipeline import Answer, Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.rules.resolver import RuleResolver
from tests.unit.own_worlds import NOW, OWNER, world


async def answered(text: str, name: str, answer: str) -> Verdict:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    made = await propose(task, RuleResolver())
    assert isinstance(made.verdict, Question), made.verdict
    said = (Answer(slot=made.verdict.slot, text=answer),)
    request = task.request.model_copy(update={"answers": said})
    return (await propose(replace(task, request=request, proposal=made.proposal), RuleResolver())).verdict


def values(verdict: Verdict, name: str) -> list[object]:
    assert isinstance(verdict, Plan), verdict
    return [each.value for step in verdict.steps for each in step.filled if each.param == name]


@pytest.mark.parametrize(
    ("text", "answer", "rooms"),
    [
        ("reopen a room", "both", [204, 303]),
        ("close a room", "Thyme and Sage", [101, 102]),
        ("close a room", "101, 102 and 103", [101, 102, 103]),
    ],
)
async def test_each_record_that_an_answer_names_gets_a_call(text: str, answer: str, rooms: list[int]) -> None:
    made = await answered(text, "hotel", answer)
    assert values(made, "room_id") == rooms
    assert isinstance(made, Plan)
    assert any(f"These are {len(rooms)} rooms, with a call for each." in each for each in made.held)


async def test_one_of_a_list_that_is_not_there_stops_the_others() -> None:
    asked = await answered("close a room", "hotel", "101 and 109")
    assert isinstance(asked, Question), asked
    assert "‘109’" in asked.text


async def test_where_one_is_taken_a_list_is_asked_about() -> None:
    asked = await answered("assign the deep clean", "hotel", "Pedro and Kemi")
    assert isinstance(asked, Question), asked
    assert asked.text.startswith("‘Pedro and Kemi’ are 2 ")
    assert [each.id for each in asked.candidates] == ["42", "43"]


async def test_what_describes_the_first_further_is_no_second() -> None:
    assert values(await answered("cancel a booking", "hotel", "5011, the one of Beatrice"), "booking_id") == [5011]
