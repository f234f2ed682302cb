"""Questions whose every word is found in live data and declared kinds."""

from __future__ import annotations

import pytest

from agent.pipeline import Abstain, Plan, Question, Reply
from evals.cases.frozen_world import FrozenWorld
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import ask
from tests.unit.own_worlds import read_words, world
from tests.unit.pottery import POTTERY


@pytest.mark.parametrize(
    ("world", "text", "told"),
    [
        (POTTERY, "who's coaching on 27 November", "April Reyes."),
        (POTTERY, "whats left to pay for edda", "Due 801: outstanding 80.00 EUR."),  # not of what is paid
        (POTTERY, "any open dues left for nia", "Due 803: outstanding 300.00 EUR."),
        (POTTERY, "which wheel is edda on", "Kick 2 (lent)."),
        (POTTERY, "whose wheel is due on 20 december", "Jonas Winters (skilled)."),
        (POTTERY, "which maker has a session with April", "Edda Frost (novice)."),
        (LAUNDRY, "what's the price of load 802", "Load 802: fee 20.00 EUR."),
        (LAUNDRY, "whats the care for the duvet", "Load 802: care normal."),
        (LAUNDRY, "which run is Rudi driving on Friday", "North Run 27 Nov 2026."),
        (LAUNDRY, "who's driving on 27 November", "Rudi Kern."),
        (LAUNDRY, "who has curtains", "Nell Brook."),
    ],
)
async def test_the_answer_has_a_place_for_every_word(world: FrozenWorld, text: str, told: str) -> None:
    made = (await ask(world, text)).verdict
    assert isinstance(made, Reply), made
    assert made.text == told


@pytest.mark.parametrize(
    ("world", "text"),
    [
        (POTTERY, "who isn't coaching on 27 November"),
        (POTTERY, "who's coaching on 27 November or 28 November"),
        (POTTERY, "who's coaching on 27 November if Edda can't"),
        (POTTERY, "who's coaching twins on 27 November"),
        (POTTERY, "what's left to pay for Edda and Nia"),
        (POTTERY, "whats left to glaze for edda"),
        (LAUNDRY, "who is not driving on 30 November"),
        (LAUNDRY, "what's the price of load 802 without ironing"),
        (LAUNDRY, "whats the care for the second duvet"),
        (LAUNDRY, "who ironed the curtains"),
        (LAUNDRY, "which loads are bigger than load 802"),
        (POTTERY, "when is Edda's next wheel"),
        (POTTERY, "what did Edda pay"),
        (POTTERY, "who was kick 2"),
    ],
)
async def test_a_word_without_a_place_is_not_passed_over(world: FrozenWorld, text: str) -> None:
    made = (await ask(world, text)).verdict
    assert isinstance(made, Abstain | Question) or (isinstance(made, Reply) and made.partial), made


async def test_a_comparison_is_not_passed_over() -> None:
    made = await read_words("how many horses are older than 5 days", world("riding"))
    assert isinstance(made, Abstain | Question), made


async def test_a_plan_that_no_verb_tells_from_others_waits() -> None:
    made = await read_words("friday for Priya", world("hotel"))
    assert isinstance(made, Plan), made
    assert made.held
