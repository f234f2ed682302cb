"""The last one that an action is open to: a newer one that it isn't open to is told."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, RecordSource
from tests.unit.own_worlds import read_words, world


async def found(text: str, name: str) -> tuple[object, str]:
    plan = await read_words(text, world(name))
    assert isinstance(plan, Plan), plan
    value = next(each for each in plan.steps[0].filled if each.param.endswith("_id"))
    assert isinstance(value.source, RecordSource)
    return value.value, value.source.reading


async def test_a_newer_record_in_another_state_is_told() -> None:
    chosen, reading = await found("send the bill for Martha Quill's last booking", "hotel")
    assert chosen == 5002
    assert reading == "the only one; a newer one can't be used for this"


async def test_nothing_is_told_where_the_last_one_is_taken() -> None:
    chosen, reading = await found("cancel Diego Santoro's last booking", "hotel")
    assert chosen == 5013
    assert "newer" not in reading


@pytest.mark.parametrize(
    ("text", "name", "asked"),
    [
        ("who is our biggest guest", "hotel", "By what? Guests can be put in order by “since”."),
        ("who are our biggest volunteers", "foodbank", "Volunteers have no order. Say which you mean."),
    ],
)
async def test_many_records_without_a_size_are_not_named_one_by_one(text: str, name: str, asked: str) -> None:
    made = await read_words(text, world(name))
    assert isinstance(made, Question)
    assert made.text == asked
    assert not made.candidates


async def test_a_few_records_without_a_size_may_be_chosen_from() -> None:
    made = await read_words("who is the biggest rider", world("riding"))
    assert isinstance(made, Question)
    assert len(made.candidates) == 5
