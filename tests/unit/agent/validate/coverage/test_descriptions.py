"""Words that describe what was used are no part of the order that lacks."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from tests.unit.own_worlds import came_of, find, number, plan

CHARGE = {"action": "charge_fine", "member_id": find("member", "Ines Duarte"), "amount": number(9, "9 euros", "EUR")}
CHARGE |= {"reason": {"value": "late return", "quote": "late return"}}
FINE = {"action": "waive_fine", "fine_id": find("fine", "F-231"), "amount": None}
LESS = {"op": "-", "a": {"field": "amount", "of": {"handle": "@fine_id"}}, "b": number(2, "2 euros", "EUR")}
SHELF = {"action": "set_shelf", "item_id": find("item", "belt sander"), "shelf": {"value": "cellar", "quote": "cellar"}}
SHELF |= {"note": None}
OF_LOANS = [
    {"action": "renew_loan", "loan_id": find("loan", f"loan {each}"), "days": number(7, "7 days", "days")}
    for each in (501, 502)
]
LOANS = [
    {"action": "renew_loan", "loan_id": find("loan", each), "days": number(7, "7 days", "days")}
    for each in ("501", "502")
]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("waive F-231 minus 2 euros handling", [{**FINE, "amount": LESS}]),
        ("charge the new neighbour, Ines Duarte, 9 euros for late return", [CHARGE]),
        ("waive F-231, no charge", [FINE]),
        ("waive F-231, all of it", [FINE]),
        ("waive that bloody F-231", [FINE]),
        ("put the belt sander on the cellar rack", [SHELF]),
        ("put the belt sander on the cellar desk", [SHELF]),
        ("501 and 502 both get 7 days", LOANS),
        (
            "loan 501 and 502 both get 7 days",
            [{**LOANS[0], "loan_id": find("loan", "loan 501")}, {**LOANS[1], "loan_id": find("loan", "loan 502")}],
        ),
        ("F-231 should vanish", [FINE]),
        ("Ines Duarte signed for F-231, drop it", [FINE]),
        ("F-231 is 2 euros too much, waive the difference", [{**FINE, "amount": LESS}]),
    ],
)
async def test_what_describes_something_used_stops_no_plan(text: str, steps: list[dict[str, Any]]) -> None:
    made = (await came_of(text, plan(*steps))).verdict
    assert isinstance(made, Plan), made


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("waive F-231 minus 2 euros twice", [{**FINE, "amount": LESS}]),
        ("waive F-231 minus 2 euros in stamps", [{**FINE, "amount": LESS}]),
        ("waive F-231, no waiving", [FINE]),
        ("waive F-231, no charge below 3 euros", [FINE]),
        ("waive all of the fines of Ines Duarte", [FINE]),
        ("waive 2 euros of F-231, all of it", [{**FINE, "amount": number(2, "2 euros", "EUR")}]),
        ("501 and 502 both get 7 days", LOANS[:1]),
        ("F-231 should stay", [FINE]),
    ],
)
async def test_what_changes_the_order_is_asked_about(text: str, steps: list[dict[str, Any]]) -> None:
    made = (await came_of(text, plan(*steps))).verdict
    assert isinstance(made, Question), made
