"""A currency that somebody named goes out, is known already, or stands on the card."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan
from tests.unit.marina import ask, offer, refer
from tests.unit.playhouse import PLAYHOUSE, make

COURSE = "enrol Ivo Lang in a beginner course on 4 January 2027 for"


async def held(text: str, there: Any = PLAYHOUSE) -> tuple[str, ...]:
    made = (await ask(there, text)).verdict
    assert isinstance(made, Plan), made
    assert {each.param: each.value for each in made.steps[0].filled}["cost"] == 90
    return made.held


@pytest.mark.parametrize("said", ["90 dollars", "$90", "90 EUR"])
async def test_a_currency_that_nothing_takes_is_told_on_a_card_that_waits(said: str) -> None:
    assert await held(f"{COURSE} {said}") == (
        f"Nothing here says in which currency “Cost” is: of ‘{said}’ only the number is sent.",
    )


async def test_a_number_alone_and_a_currency_that_the_contract_names_go_without_a_word() -> None:
    assert await held(f"{COURSE} 90") == ()
    cost = {"type": "number", "description": "What it costs, in US dollars."}
    priced = offer(
        "price_course", "Enrol a patron", "Book a course.", {"patron_id": {"type": "integer"}, "cost": cost},
        {"patron_id": refer("patron"), "cost": {}}, aliases=["enrol"],
    )  # fmt: skip
    assert await held("enrol Ivo Lang for 90 dollars", make(priced)) == ()
    assert await held("enrol Ivo Lang for 90 euros", make(priced)) != ()
