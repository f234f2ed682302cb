"""A value's quote accounts for the value, and not for whatever else it holds."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question
from agent.validate.questions import REST
from tests.unit.agent.validate.coverage.test_modifiers import verdict_of
from tests.unit.own_worlds import find, number


def renew(quote: str) -> dict[str, object]:
    return {"action": "renew_loan", "loan_id": find("loan", "502"), "days": number(7, quote, "days")}


@pytest.mark.parametrize(
    ("text", "asked_about"),
    [
        ("renew loan 502 by 7 days once Piet has paid", "once Piet has paid"),
        ("don't renew loan 502 by 7 days", "don't renew"),
        ("renew loan 502 by 7 days every month", "every month"),
        ("renew loan 502 by 7 days until the fair", "until the fair"),
        ("renew loan 502 by 7 days, or let it go", "or let it go"),
    ],
)
async def test_a_quote_of_the_whole_request_accounts_for_its_number_alone(text: str, asked_about: str) -> None:
    asked = await verdict_of(text, renew(text))
    assert isinstance(asked, Question), asked
    assert asked.slot == REST
    assert asked_about in asked.text, asked.text


async def test_a_quote_with_its_unit_and_polite_words_is_fine() -> None:
    assert isinstance(await verdict_of("renew loan 502 by 7 days", renew("7 days")), Plan)
    assert isinstance(
        await verdict_of("please renew loan 502 by 7 days", renew("please renew loan 502 by 7 days")), Plan
    )


async def test_a_denial_is_in_no_quote_of_a_value_that_it_does_not_say() -> None:
    text = "never put the Tile cutter downstairs"
    shelved = {
        "action": "set_shelf", "item_id": find("item", "Tile cutter"), "note": None,
        "shelf": {"value": "cellar", "quote": text},
    }  # fmt: skip
    assert isinstance(await verdict_of(text, shelved), Question)
    assert isinstance(
        await verdict_of(text.removeprefix("never "), shelved | {"shelf": {"value": "cellar", "quote": "downstairs"}}),
        Plan,
    )
