"""When something that is reported has happened: where no argument takes it, the card says that nothing is done about
it."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question
from tests.unit.agent.validate.coverage.test_set_against import verdict_of
from tests.unit.laundry import LAUNDRY
from tests.unit.own_worlds import find, number

_TAKE = {"action": "take_payment", "load_id": find("load", "803"), "amount": number(12, "12", None)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("load 803 paid 12 yesterday", "yesterday"),
        ("load 803 paid 12 at 8.45 this morning", "at 8.45 this morning"),
    ],
)
async def test_when_it_happened_is_told_on_the_card(text: str, told: str) -> None:
    made = await verdict_of(LAUNDRY, text, _TAKE)
    assert isinstance(made, Plan), made
    assert f"Nothing is done about ‘{told}’." in made.held


@pytest.mark.parametrize(
    "text",
    [
        "load 803 paid 12 on Monday",
        "load 803 paid 12 from yesterday",
        "load 803 paid 12 at 23.45 today",
        "load 803 will be paid 12 this morning",
        "take 12 for the load 803 brought yesterday",
        "load 803 paid 12 yesterday and 13 today",
    ],
)
async def test_what_may_come_or_tells_what_is_meant_is_asked_about(text: str) -> None:
    made = await verdict_of(LAUNDRY, text, _TAKE)
    assert isinstance(made, Question), made
