"""Names of new records: nothing of the order belongs to them."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan
from tests.unit.own_worlds import read_words, world


@pytest.mark.parametrize(
    "text",
    [
        "register Ada Holt as a household of 3 in the north area",
        "register Ada Holt as a family, 3 people, north",
        "sign up Ada Holt as our new household, 3 people, north",
        "Sign up Ada Holt as a household, 3 people, north",
        "new household Ada Holt please, 3 people, north",
        "put Ada Holt in as a household, 3 people, north",
    ],
)
async def test_a_new_record_s_name_is_the_name_alone(text: str) -> None:
    verdict = await read_words(text, world("foodbank"))
    assert isinstance(verdict, Plan)
    (step,) = verdict.steps
    assert {each.param: each.value for each in step.filled}["name"] == "Ada Holt"


async def test_a_highest_value_is_the_end_of_its_list() -> None:
    verdict = await read_words("set the priority of task 61 to the highest", world("hotel"))
    assert isinstance(verdict, Plan)
    (step,) = verdict.steps
    assert {each.param: each.value for each in step.filled} == {"task_id": 61, "priority": "high"}
