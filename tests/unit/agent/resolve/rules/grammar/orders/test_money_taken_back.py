"""Money taken back is none taken in. Without a model."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan
from agent.planning.task import Verdict
from registry.contract import parse
from tests.unit.marina import ask
from tests.unit.nursery import NURSERY
from tests.unit.own_worlds import read_words, world

TAKE = parse(
    {
        "schema": "opsiq/contract/v1", "name": "lending.take_money", "title": "Take money for a fine",
        "description": "Book money that somebody has paid for a fine.", "surfaces": ["admin"], "roles": ["owner"],
        "endpoint": {"url": "http://lending.example/act"},
        "annotations": {"fine_id": {"record": "fine"}, "amount": {"unit": "money_minor", "currency": "EUR"}},
        "parameters": {
            "type": "object", "additionalProperties": False, "required": ["fine_id", "amount"],
            "properties": {"fine_id": {"type": "integer"}, "amount": {"type": "integer", "minimum": 1}},
        },
    }
)  # fmt: skip


async def verdict_of(text: str) -> Verdict:
    return await read_words(text, world("lending", TAKE))


async def test_money_is_taken_in() -> None:
    made = await verdict_of("take 2 euros for F-231")
    assert isinstance(made, Plan), made
    assert [step.action for step in made.steps] == ["lending.take_money"]


@pytest.mark.parametrize("text", ["Ida Frost pays 20 euros", "Ida pays 20", "Ida's bill is paid, 20 euros"])
async def test_who_pays_is_paid_nothing_back(text: str) -> None:
    made = (await ask(NURSERY, text)).verdict
    assert isinstance(made, Plan), made
    assert [step.action for step in made.steps] == ["marina.take_payment"]


async def test_to_pay_back_is_no_payment() -> None:
    made = (await ask(NURSERY, "pay Karl Beck 10 back")).verdict
    assert isinstance(made, Plan), made
    assert [step.action for step in made.steps] == ["marina.refund"]


@pytest.mark.parametrize("text", ["take back the 2 euros for F-231", "take the 2 euros back for F-231"])
async def test_money_taken_back_is_not_taken_in(text: str) -> None:
    made = await verdict_of(text)
    assert not isinstance(made, Plan) or "lending.take_money" not in {step.action for step in made.steps}, made
