"""Shares that tell why something is done, or what has happened, are no amount."""

from __future__ import annotations

from copy import deepcopy

import pytest

from agent.pipeline import Plan, Question
from registry.contract import Contract
from tests.unit.own_worlds import read_words, world


def repay_fine() -> Contract:
    """The lending library's action on fines, for paid ones, and with a reason."""
    waive = world("lending").catalogue.get("lending.waive_fine")
    assert waive is not None
    data = deepcopy(waive.model_dump(mode="json", by_alias=True, exclude_unset=True))
    data |= {"name": "lending.repay_fine", "title": "Repay a fine", "description": "Pay a fine back.", "aliases": []}
    data["parameters"]["properties"]["reason"] = {"type": "string", "maxLength": 200}
    data["annotations"]["fine_id"]["filter"] = {"status": ["paid"]}
    data["annotations"]["reason"] = {"label": "Reason", "sources": ["prompt", "proposed"]}
    data["examples"] = []
    return Contract.model_validate(data)


@pytest.mark.parametrize(
    ("text", "amount", "reason"),
    [
        ("repay F-232, reason: half of the teeth missing", 450, "half of the teeth missing"),
        ("repay F-232 reason: 30% surcharge by mistake", 450, "30% surcharge by mistake"),
        ("repay 2 EUR of F-232 reason: paid twice", 200, "paid twice"),
        ("repay F-232, they paid twice", 450, "they paid twice"),
        ("repay F-232, the desk took 30% more than agreed", 450, "the desk took 30% more than agreed"),
        ("repay F-232 because he was fined double", 450, "he was fined double"),
        ("repay F-232 since two thirds of it was a mistake", 450, "two thirds of it was a mistake"),
        ("repay F-232 due to a 30% reduction", 450, "a 30% reduction"),
        ("repay half of F-232 because 30% of it was wrong", 225, "30% of it was wrong"),
    ],
)
async def test_a_share_in_a_reason_changes_no_amount(text: str, amount: int, reason: str) -> None:
    verdict = await read_words(text, world("lending", repay_fine()))
    assert isinstance(verdict, Plan), verdict
    values = {each.param: each.value for each in verdict.steps[0].filled}
    assert (values["amount"], values.get("reason")) == (amount, reason)


@pytest.mark.parametrize("text", ["repay F-232, half of it", "repay half of F-232", "repay F-232, 50 %"])
async def test_a_share_beside_the_order_is_the_amount(text: str) -> None:
    verdict = await read_words(text, world("lending", repay_fine()))
    assert isinstance(verdict, Plan), verdict
    assert {each.param: each.value for each in verdict.steps[0].filled}["amount"] == 225


async def test_half_that_tells_what_was_wrong_asks_how_much() -> None:
    verdict = await read_words("repay F-232, half of it was wrong", world("lending", repay_fine()))
    assert isinstance(verdict, Question)
    assert "what should “Amount” be?" in verdict.text
