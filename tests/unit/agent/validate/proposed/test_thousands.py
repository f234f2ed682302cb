"""An amount whose separator may be of thousands is the one that is near to what the record has now."""

from __future__ import annotations

import json

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task, Verdict
from agent.resolve.model.resolver import ProposingResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit.own_worlds import NOW, OWNER, WORLDS, Says, find, number, plan

_PRICE = {"unit": "money_minor", "currency": "EUR", "replaces": {"parameter": "part_id", "field": "price"}}


async def set_price(price: int, said: str) -> Verdict:
    """What comes of a new price for a part that costs ``price`` cents."""
    held = json.loads((WORLDS / "garage.json").read_text())
    (offer,) = [each for each in held["contracts"] if each["name"] == "garage.order_part"]
    offer |= {"name": "garage.set_price", "title": "Set the price of a part", "aliases": [], "examples": []}
    offer["parameters"] |= {"required": ["part_id", "price"]}
    offer["parameters"]["properties"] = {"part_id": {"type": "integer"}, "price": {"type": "integer"}}
    offer["annotations"] = {"part_id": offer["annotations"]["part_id"], "price": _PRICE}
    part = held["records"]["part"][0]
    part |= {"price": price, "currency": "EUR"}
    there = FrozenWorld(held)
    value = number(float(said.replace(".", "")), said)
    step = {"action": "set_price", "part_id": find("part", part["title"]), "price": value}
    request = Request(text=f"{part['title']} went up to {said}", now=NOW)
    task = Task(request, OWNER, there.context(there.provider({})), "run_00000000000000000000000001")
    resolver = ProposingResolver(Says({"understood": "", "result": plan(step), "rest": []}))
    return (await propose(task, resolver)).verdict


async def test_it_is_taken_where_a_thousandth_of_it_can_not_be_meant() -> None:
    made = await set_price(1_250_000, "13.500")
    assert isinstance(made, Plan), made
    assert made.steps[0].filled[1].value == 1_350_000
    assert made.held


@pytest.mark.parametrize("price", [1_300, 50_000, 0, 40_000_000])
async def test_it_is_asked_about_where_the_record_has_another_size(price: int) -> None:
    asked = await set_price(price, "13.500")
    assert isinstance(asked, Question), asked
    assert "Which is it?" in asked.text
