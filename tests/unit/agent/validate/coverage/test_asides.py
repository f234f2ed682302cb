"""Asides around an order are shown on its card; what binds the order from within such a clause is asked about."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from tests.unit.own_worlds import came_of, find, number, plan

LOAN = {"action": "renew_loan", "loan_id": find("loan", "502"), "days": number(7, "7 days", "days")}
FINE = {"action": "waive_fine", "fine_id": find("fine", "F-231"), "amount": None}
SHELF = {"action": "set_shelf", "item_id": find("item", "belt sander"), "shelf": {"value": "cellar", "quote": "cellar"}}
SHELF |= {"note": None}


@pytest.mark.parametrize(
    ("text", "step", "told"),
    [
        ("nobody will ever look for the belt sander in the dark, put it in the cellar", SHELF, "nobody will ever"),
        ("not sure why nobody took the belt sander upstairs, put it in the cellar", SHELF, "not sure why nobody"),
        ("Ines says she can't remember anything of last week, waive F-231", FINE, "last week"),
        ("Hugo hasn't been in since Tuesday and won't be here before May, renew loan 502 by 7 days", LOAN, "won't"),
        ("Ines dropped the belt sander off this morning, put it in the cellar", SHELF, "this morning"),
        ("we only had the shop open for two weeks, renew loan 502 by 7 days", LOAN, "two weeks"),
    ],
)
async def test_an_aside_before_the_order_is_shown_on_its_card(text: str, step: dict[str, Any], told: str) -> None:
    made = (await came_of(text, plan(step))).verdict
    assert isinstance(made, Plan), made
    assert any(told in each for each in made.held if "Nothing" in each), made.held


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("nobody may know of it, waive F-231", FINE),
        ("waive F-231 and nobody hears of it", FINE),
        ("waive F-231, no phone call", FINE),
        ("renew loan 502 by 7 days, nobody fetches it before Friday", LOAN),
        ("she shouldn't keep it longer than Friday, renew loan 502 by 7 days", LOAN),
        ("we never renew anything in December, renew loan 502 by 7 days", LOAN),
        ("renew loan 502 by 7 days and she won't get it for more than a week", LOAN),
        ("half of it was wrong, waive F-231", FINE),
        ("it's for Monday, put the belt sander in front", SHELF),
        ("Ines comes on Monday, then waive F-231", FINE),
    ],
)
async def test_what_binds_the_order_is_asked_about_wherever_it_stands(text: str, step: dict[str, Any]) -> None:
    made = (await came_of(text, plan(step))).verdict
    assert isinstance(made, Question), made
