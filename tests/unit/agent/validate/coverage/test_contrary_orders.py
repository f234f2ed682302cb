"""No action is planned, nor offered, that moves money the other way, reaches somebody else or goes by another verb."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Abstain, Plan, Question, Refusal
from tests.unit.agent.resolve.rules.grammar.test_only_told import calls_of
from tests.unit.agent.resolve.rules.grammar.test_only_told import verdict_of as verdict_without_a_model
from tests.unit.agent.validate.coverage.test_modifiers import CREDIT, WAIVE, verdict_of
from tests.unit.own_worlds import came_of, find, plan

DISCOUNT = {
    "action": "discount_invoice",
    "invoice_id": find("invoice", "R-5102"),
    "amount": {"number": 20, "unit": "EUR", "quote": "20 euros"},
}


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("take 30 euros of credit away from Hugo Bernard", CREDIT),
        ("charge Hugo Bernard 30 euros", CREDIT),
        ("tell me why they waive F-231", WAIVE),
    ],
)
async def test_a_model_s_plan_against_the_words_is_refused(text: str, step: dict[str, Any]) -> None:
    assert isinstance(await verdict_of(text, step), Refusal)


async def test_what_is_taken_from_somebody_lessens_no_bill() -> None:
    text = "take 20 euros from Marcus Webb for R-5102"
    assert isinstance((await came_of(text, plan(DISCOUNT), "garage")).verdict, Refusal)
    less = await came_of("take 20 euros off R-5102", plan(DISCOUNT), "garage")
    assert isinstance(less.verdict, Plan)


@pytest.mark.parametrize(
    ("name", "text", "action"),
    [
        ("lending", "hand Ruth Abara 12 euros", "waive_fine"),
        ("lending", "pay Ines Duarte 9 euros", "charge_fine"),
        ("riding", "take 5 euros from Lotte Berg", "top_up"),
        ("hotel", "pay Priya Raman 15 euros", "add_charge"),
        ("riding", "remind me of Samir Haddad's fee", "remind_fee"),
        ("garage", "send us invoice R-5101 again", "resend_invoice"),
        ("garage", 'put "rattling noise" down for Greta Holm', "text_customer"),
        ("foodbank", "take 3 pasta out", "take_in_stock"),
        ("lending", "charge Ruth Meyer for shelf 3", "charge_fine"),
    ],
)
async def test_without_a_model_such_an_action_is_no_plan(name: str, text: str, action: str) -> None:
    assert action not in [each for each, _ in await calls_of(text, name)]


async def test_an_action_that_goes_the_same_way_is_planned() -> None:
    calls = await calls_of("charge Tariq Osman 5 euros for the broken blade", "lending")
    assert [name for name, _ in calls] == ["charge_fine"]


@pytest.mark.parametrize(
    ("text", "action"),
    [("Owen Price wants back in the workshop", None), ("Owen Price wants his money back for R-5106", "refund_invoice")],
)
async def test_who_wants_back_wants_no_money_back(text: str, action: str | None) -> None:
    assert [each for each, _ in await calls_of(text, "garage")] == ([action] if action else [])


@pytest.mark.parametrize("text", ["charge 9001 has been waived", "task 64 has been set to high"])
async def test_what_has_been_done_is_not_done_again(text: str) -> None:
    assert isinstance(await verdict_without_a_model(text, "hotel"), Question | Abstain)


@pytest.mark.parametrize(
    ("name", "text", "done"),
    [
        ("riding", "cancel all lessons but leave 603 alone", {601, 602, 606, 607}),
        ("riding", "cancel 601, leave 602", {601}),
        ("vet", "remind all open bills but leave Greta's alone", {812, 813}),
        ("hotel", "waive all of Amelia Hart's charges but leave 9002 alone", {9001, 9003}),
    ],
)
async def test_what_is_left_alone_is_left_out(name: str, text: str, done: set[int]) -> None:
    calls = await calls_of(text, name)
    assert {value for _, each in calls for value in each.values()} == done
