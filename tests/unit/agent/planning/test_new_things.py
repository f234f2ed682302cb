"""Something new is planned by what is said of it, and two orders in one text are planned each by itself."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan
from tests.unit.agent.planning.test_linked_texts import FARM, read_call
from tests.unit.marina import ask


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("orrin just called, the lane floods, log a grievance pls", {"grower_id": 2, "title": "the lane floods"}),
    ],
)
async def test_what_is_said_of_a_new_thing_fills_its_values_and_the_card_waits(text: str, values: object) -> None:
    action, filled, held = await read_call(text)
    assert (action, filled) == ("log_grievance", values)
    assert held


async def test_the_second_order_takes_no_text_and_nobody_from_the_first() -> None:
    made = (await ask(FARM, "log a grievance from orrin about the lane then bar ada")).verdict
    assert not isinstance(made, Plan)
