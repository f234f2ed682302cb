"""An answer with several values gives each to the parameter that can be said so, where there is only one way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.pipeline import Plan, Question
from agent.planning.several_values import MOST_TOKENS, divide
from tests.unit.agent.planning.test_orders_instead import answered
from tests.unit.own_worlds import world

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize("words", ["beginner on friday", "friday, beginner", "on friday at beginner level, please"])
async def test_each_value_goes_to_its_own_parameter_and_the_card_waits(words: str) -> None:
    _, outcome = await answered("riding", "book a lesson for samir", words)
    made = outcome.verdict
    assert isinstance(made, Plan)
    assert {each.param: each.value for each in made.steps[0].filled} == {
        "rider_id": 14,
        "day": "2026-11-27",
        "level": "beginner",
    }
    assert outcome.hold.startswith("Your answer was read as “")
    assert "‘beginner" in outcome.hold or "‘at beginner level’" in outcome.hold


@pytest.mark.parametrize(
    "words",
    [
        "beginner or advanced on friday",
        "beginner, not on friday",
        "beginner on friday unless it rains",
        "beginner on friday or saturday",
        "beginner on friday twice",
    ],
)
async def test_a_word_that_is_no_value_leaves_the_answer_undivided(words: str) -> None:
    asked, outcome = await answered("riding", "book a lesson for samir", words)
    assert isinstance(outcome.verdict, Question)
    assert outcome.verdict.slot == asked.slot


def test_the_name_asked_for_is_what_is_left_of_the_words() -> None:
    contract = world("riding").catalogue.get("riding.book_lesson")
    assert contract is not None

    def read(text: str, *given: str) -> dict[str, str]:
        return divide(contract, text, "rider_id", frozenset(given), NOW)

    assert read("samir haddad, friday beginner") == {"rider_id": "samir haddad", "day": "friday", "level": "beginner"}
    assert read("samir haddad") == {}
    assert read("samir friday pilar") == {}
    assert read("samir or pilar on friday") == {}
    assert read("samir on friday", "day") == {}, "what was given isn't said anew"
    assert read(f"samir {'so ' * MOST_TOKENS}friday") == {}


def test_the_fewest_values_are_meant() -> None:
    contract = world("foodbank").catalogue.get("pantry.take_in_stock")
    assert contract is not None
    said = divide(contract, "12 on 3 December", "quantity", frozenset({"item_id"}), NOW)
    assert said == {"quantity": "12", "best_before": "on 3 December"}
