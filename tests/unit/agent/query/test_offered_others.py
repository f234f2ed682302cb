"""Where an order tells somebody's record by a day or a state that none of theirs has, the others are offered."""

from __future__ import annotations

from typing import Any

from agent.pipeline import Answer, Plan, Question
from tests.unit.own_worlds import answer, came_of, find, plan

JORIS = {"belongs_to": find("rider", "Joris")}
SUNDAY = {"field": "day", "op": "during", "value": {"date": "2026-11-29", "quote": "sunday"}}
TEXT = "call off Joris on sunday"


def cancel(*where: dict[str, Any]) -> dict[str, Any]:
    return plan({"action": "cancel_lesson", "lesson_id": find("lesson", None, *where)})


async def test_the_others_that_the_action_takes_are_offered() -> None:
    asked = (await came_of(TEXT, cancel(JORIS, SUNDAY), "riding")).verdict
    assert isinstance(asked, Question), asked
    assert asked.text.startswith("Joris Maes has no such lessons. Did you mean lesson ")
    assert {each.id for each in asked.candidates} == {"602", "607"}  # another one is ridden


async def test_one_of_them_is_taken_where_it_is_chosen() -> None:
    chosen = [Answer(slot="0.lesson_id", choice="602")]
    made = (await came_of(TEXT, cancel(JORIS, SUNDAY), "riding", answers=chosen)).verdict
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[0].value == 602


async def test_who_asks_about_a_day_is_offered_no_other() -> None:
    one = answer(records=find("lesson", None, JORIS, SUNDAY), fields=[])
    told = (await came_of("which lesson has Joris on sunday", one, "riding")).verdict
    assert isinstance(told, Question), told
    assert not told.candidates
