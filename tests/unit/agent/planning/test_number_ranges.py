"""Ranges of record numbers: "lessons 601 through 603" are a call for each that is open to the action."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Refusal, Reply
from tests.unit.own_worlds import read_words, world


@pytest.mark.parametrize(
    ("text", "lessons"),
    [
        ("cancel 601 through 603", {601, 602, 603}),
        ("cancel lessons 601 to 603", {601, 602, 603}),
        ("cancel lessons from 601 to 603", {601, 602, 603}),
        ("cancel 602-603", {602, 603}),
        ("cancel lessons 602 – 603", {602, 603}),
        ("move lessons 601 thru 602 to Saturday", {601, 602}),
    ],
)
async def test_a_range_is_a_call_for_each_and_waits(text: str, lessons: set[int]) -> None:
    made = await read_words(text, world("riding"))
    assert isinstance(made, Plan), made
    assert {each.value for step in made.steps for each in step.filled if each.param == "lesson_id"} == lessons
    low, high = str(min(lessons)), str(max(lessons))
    assert f"Of {low} to {high}, only those shown here are open to this." in made.held


@pytest.mark.parametrize(
    "text",
    [
        "cancel 603 through 601",
        "cancel lesson 601 to 603",
        "cancel lesson 601-603",
        "move 601 to 602",
        "cancel 901 through 905",
        "top up Joris Maes by 10 to 20 EUR",
    ],
)
async def test_what_may_be_no_range_plans_no_several(text: str) -> None:
    assert isinstance(await read_words(text, world("riding")), Question | Refusal)


async def test_a_question_takes_a_range_too() -> None:
    told = await read_words("which lessons from 601 to 603 are there?", world("riding"))
    assert isinstance(told, Reply)
    assert len(told.records) == 3
