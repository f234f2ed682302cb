"""Orders to a picture framer that names in live data tell: whose and what of, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Abstain, Plan, Question, Reply
from tests.unit.framer import FRAMER, call_of, plan_of
from tests.unit.marina import ask


@pytest.mark.parametrize("text", ["refund Ralf's red heron", "money back for Ralf's red heron"])
async def test_a_thing_and_whose_it_is_name_what_is_taken_back(text: str) -> None:
    assert await call_of(text) == ("refund_commission", {"commission_id": 31})
    assert (await plan_of(text)).held


async def test_to_delete_a_thing_takes_nothing_back_that_was_made_of_it() -> None:
    assert not isinstance((await ask(FRAMER, "delete Ralf's red heron")).verdict, Plan)
    assert isinstance((await ask(FRAMER, "nuke Ralf's red heron")).verdict, Abstain)


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("Ralf's heron went out this afternoon", ("set_state", {"commission_id": 31, "state": "delivered"})),
        ("Ralf's mill got framed this afternoon", ("set_state", {"commission_id": 32, "state": "framed"})),
        ("mark Ralf's mill as framed", ("set_state", {"commission_id": 32, "state": "framed"})),
        ("K302 packed", ("set_state", {"commission_id": 32, "state": "packed"})),
        ("K302 to be delivered on 4 December", ("move_delivery", {"commission_id": 32, "deliver_on": "2026-12-04"})),
        ("the red heron now costs 50", ("set_price", {"motif_id": 21, "price": 5000})),
        ("make SUMMER20 end on 12 December", ("extend_offer", {"offer_id": 51, "ends_on": "2026-12-12"})),
    ],
)
async def test_names_in_live_data_and_what_is_told_of_them_are_an_order(
    text: str, call: tuple[str, dict[str, Any]]
) -> None:
    assert await call_of(text) == call


async def test_what_is_to_be_done_is_not_done_yet() -> None:
    assert not isinstance((await ask(FRAMER, "K302 to be framed on 4 December")).verdict, Plan)


async def test_what_somebody_had_made_is_answered() -> None:
    verdict = (await ask(FRAMER, "what did Ralf commission?")).verdict
    assert isinstance(verdict, Reply)
    assert "K301" in verdict.text
    assert "can't" not in verdict.text


async def test_a_bare_number_beside_a_name_that_may_be_more_than_one_value_is_asked_about() -> None:
    verdict = (await ask(FRAMER, "the red heron is 50")).verdict
    assert isinstance(verdict, Question)
    assert {each.label for each in verdict.candidates} >= {"Change the price of a motif", "Set the count of a motif"}
