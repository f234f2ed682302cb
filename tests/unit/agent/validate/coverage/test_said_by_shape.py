"""Words that the shape of a plan says already: whose figure is worked out, what else stays, a bare contrast."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from agent.validate.coverage.accounted_words import Accounts, has_weight
from tests.unit.own_worlds import came_of, find, number, plan

INES = find("member", "Ines Duarte")
OF_INES = {"kind": "fine", "said": None, "where": [{"belongs_to": INES}], "order": None, "pick": "one", "among": None}
HALF = {"op": "/", "a": {"field": "amount", "of": OF_INES}, "b": number(2, "half")}
REASON = {"value": "late return", "quote": "late return"}
WORKED_OUT = {"action": "charge_fine", "member_id": INES, "amount": HALF, "reason": REASON}
CHARGE = {"action": "charge_fine", "member_id": INES, "amount": number(9, "9 euros", "EUR"), "reason": REASON}
SHELF = {"action": "set_shelf", "item_id": find("item", "belt sander"), "shelf": {"value": "cellar", "quote": "cellar"}}
SHELF |= {"note": None}
HIGH = {"action": "set_priority", "task_id": find("task", "61"), "priority": {"value": "high", "quote": "high"}}
WAIVE = {"action": "waive_fine", "fine_id": find("fine", "F-231"), "amount": None}
IS_DUE = {"left": {"field": "status", "of": find("fine", "F-231")}, "op": "="}
IS_DUE |= {"right": {"word": "due", "quote": "it is due"}}
IF_DUE = {"if": [IS_DUE], "join": "all", "then": [WAIVE], "else": []}
OFF = {"action": "write_off_stock", "item_id": find("item", "tinned tomatoes"), "quantity": number(6, "six")}
OFF |= {"reason": {"value": "damaged", "quote": "dented"}}


@pytest.mark.parametrize(
    ("name", "text", "step"),
    [
        ("lending", "waive F-231 if it is due, otherwise it stays as it is", IF_DUE),
        ("lending", "Ines Duarte's late return came to 9 euros, charge it", CHARGE),
        ("hotel", "no need to assign task 61, only bump it to high", HIGH),
        ("foodbank", "six of the tinned tomatoes were dented in the van, write those off", OFF),
        ("lending", "Ines Duarte grumbles, charge her 9 euros for late return", CHARGE),
        ("lending", "waive F-231, which Ines Duarte still owes", WAIVE),
        ("lending", "Ines moved; F-231 should never have been printed, drop it", WAIVE),
        ("lending", "waive F-231, nobody will collect it anyway", WAIVE),
        ("lending", "look at F-231, and if it is due waive it", IF_DUE),
    ],
)
async def test_what_the_shape_of_a_plan_says_is_not_asked_about(name: str, text: str, step: dict[str, Any]) -> None:
    made = (await came_of(text, plan(step), name)).verdict
    assert isinstance(made, Plan), made


@pytest.mark.parametrize(
    ("name", "text", "step"),
    [
        ("lending", "charge Ines Duarte 9 euros of her penalty for late return", CHARGE),
        ("lending", "charge Ines Duarte half of her penalty for late return", WORKED_OUT),
        ("lending", "waive F-231, otherwise it stays as it is", WAIVE),
        ("lending", "not the ladder but every belt sander goes to the cellar", SHELF),
        ("lending", "raise Ines Duarte's late return to 9 euros, charge it", CHARGE),
        ("hotel", "task 61 to high, only weekends", HIGH),
        ("foodbank", "six of the tinned tomatoes were dented in the van", OFF),
        ("lending", "waive F-231, nobody will collect half of it", WAIVE),
    ],
)
async def test_the_same_words_without_that_shape_are_asked_about(name: str, text: str, step: dict[str, Any]) -> None:
    made = (await came_of(text, plan(step), name)).verdict
    assert isinstance(made, Question), made


def test_two_letters_the_other_way_round_are_a_slip_though_they_make_a_word() -> None:
    known = Accounts(frozenset({"diari"}), False, False, False, False, 0, ())
    assert not has_weight("dairy", known)
    assert has_weight("daily", known)


@pytest.mark.parametrize(
    "text",
    [
        "waive F-231, Ines will settle it in March",
        "waive F-231, the reminders keep going out",
        "waive F-231, her deposit can't be touched",
    ],
)
async def test_what_is_still_to_come_behind_an_order_is_asked_about(text: str) -> None:
    assert isinstance((await came_of(text, plan(WAIVE))).verdict, Question)


@pytest.mark.parametrize("text", ["waive F-231, the scanner was broken", "waive F-231, Ines has moved house"])
async def test_what_has_happened_is_a_reason_for_an_order(text: str) -> None:
    assert isinstance((await came_of(text, plan(WAIVE))).verdict, Plan)
