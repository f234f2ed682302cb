"""Numbers told by how they change: so much more or less, a share more or less, twice or half as much."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan
from tests.unit.marina import ask
from tests.unit.nursery import NURSERY


@pytest.mark.parametrize(
    ("text", "action", "value"),
    [
        ("put the price of the ivy pot up 50 cents", "marina.set_price", 450),
        ("put the price of the ivy pot up 10%", "marina.set_price", 440),
        ("lower the ivy pot by 50 cents", "marina.set_price", 350),
        ("knock 50 cents off the price of the ivy pot", "marina.set_price", 350),
        ("take 25% off the moss mat", "marina.set_price", 600),
        ("raise the price of the moss mat by a quarter", "marina.set_price", 1000),
        ("cut the price of the moss mat by half", "marina.set_price", 400),
        ("add 20 cents to the price of the moss mat", "marina.set_price", 820),
        ("double the price of the moss mat", "marina.set_price", 1600),
        ("halve the weekly box 42", "marina.set_weekly", 10),
        ("double weekly box 41", "marina.set_weekly", 12),
        ("cut weekly box 44 by 5", "marina.set_weekly", 10),
        ("take 5 off weekly box 42", "marina.set_weekly", 15),
        ("add two more to weekly box 41", "marina.set_weekly", 8),
        ("weekly box 41 needs one more", "marina.set_weekly", 7),
    ],
)
async def test_a_change_is_worked_out_from_what_the_record_has(text: str, action: str, value: int) -> None:
    verdict = (await ask(NURSERY, text)).verdict
    assert isinstance(verdict, Plan), verdict
    assert [step.action for step in verdict.steps] == [action]
    assert verdict.steps[0].filled[1].value == value
    assert not any("outright" in each for each in verdict.held)


@pytest.mark.parametrize(
    ("text", "price"), [("put moss mat up by 2 euros", 1000), ("moss mat down to 7 euros", 700), ("ivy pot 5 now", 500)]
)
async def test_a_new_price_that_leaves_nothing_open_is_shown_on_a_card(text: str, price: int) -> None:
    verdict = (await ask(NURSERY, text)).verdict
    assert isinstance(verdict, Plan), verdict
    assert [step.action for step in verdict.steps] == ["marina.set_price"]
    assert verdict.steps[0].filled[1].value == price
    assert verdict.held


@pytest.mark.parametrize(
    "text",
    [
        "double the moss mat for Lotte Vale",  # how many, and not what it costs
        "double moss mat for Lotte Vale",
        "add one to weekly box 41 and 42",
        "knock 50 pence off the price of the ivy pot",  # the price is in euros
        "raise the price of the ivy pot by 1 dollar",
    ],
)
async def test_what_may_be_another_number_changes_no_price(text: str) -> None:
    verdict = (await ask(NURSERY, text)).verdict
    assert not isinstance(verdict, Plan) or all(step.action == "marina.set_weekly" for step in verdict.steps)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("raise weekly box 41 to 12", 12),
        ("set weekly box 41 to 8", 8),
        ("cut weekly box 44 to 5", 5),
        ("set the price of the moss mat to 9.50", 950),
        ("set the price of the moss mat at 9.50", 950),
    ],
)
async def test_what_a_number_is_set_to_is_no_change(text: str, value: int) -> None:
    verdict = (await ask(NURSERY, text)).verdict
    assert isinstance(verdict, Plan)
    assert verdict.steps[0].filled[1].value == value


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("set the price of the ivy pot to 5", 500),
        ("change the price of the moss mat to 20 euros", 2000),
        ("put the moss mat up to 9", 900),
    ],
)
async def test_a_sum_that_might_be_an_hour_is_a_sum(text: str, price: int) -> None:
    verdict = (await ask(NURSERY, text)).verdict
    assert isinstance(verdict, Plan)
    assert verdict.steps[0].filled[1].value == price


async def test_an_hour_beside_a_sum_is_no_second_one() -> None:
    assert not isinstance((await ask(NURSERY, "Ida Frost paid 20 at 5")).verdict, Plan)
