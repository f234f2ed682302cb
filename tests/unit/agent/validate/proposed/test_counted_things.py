"""A number that counts things is no amount of money, whoever read it."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from evals.cases.frozen_world import FrozenWorld
from tests.unit import museum
from tests.unit.marina import ask, define, list_rows
from tests.unit.own_worlds import NOW, OWNER, Says, find, plan

_NUMBER = {"type": "integer", "minimum": 1}
_MONEY = {"unit": "money_minor", "currency": "EUR", "label": "Amount"}
_REPAY = museum._offer(
    "repay_sale",
    "Repay a sale",
    {"sale_id": _NUMBER, "amount": _NUMBER},
    {"sale_id": {"record": "sale"}, "amount": {**_MONEY, "at_most": {"parameter": "sale_id", "field": "total"}}},
    aliases=["refund"],
)
_SALE = define(
    "sale", ["sale", "sales"], [{"name": "id", "type": "id", "search": "number"}, {"name": "visitor_name"},
    {"name": "item_name"}, {"name": "total", "type": "money_minor"}], label="sale {id}",
)  # fmt: skip
_ROWS = list_rows("id visitor_name item_name total", (7301, "Ines Roth", "Marmalade Spoon", 9000))
SHOP = FrozenWorld({"contracts": [_REPAY], "kinds": [_SALE], "records": {"sale": _ROWS}})


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("refund 5 tickets of 7301", "5 tickets"),
        ("refund six marmalade spoons on 7301", "six marmalade spoons"),
        ("refund 2 posters to Ines on 7301", "2 posters"),
        ("refund two of the old posters on sale 7301", "two of the old posters"),
        ("refund 3 more marmalade on 7301", "3 more marmalade"),
        ("refund one in three on 7301", "three"),
    ],
)
async def test_what_a_number_counts_is_no_money(said: str, counted: str) -> None:
    asked = (await ask(SHOP, said)).verdict
    assert isinstance(asked, Question), asked
    assert asked.text == f"‘{counted}’ is no amount of money. How much should it be?"


@pytest.mark.parametrize(
    "said",
    [
        "refund 20 on 7301", "refund 20 of sale 7301", "refund 20 euros of 7301", "refund 20 back on 7301",
        "refund 20 of 7301 because the spoons were bent", "refund 7301: 20", "repay 12.50 of 7301 please",
    ],
)  # fmt: skip
async def test_an_amount_that_counts_nothing_is_taken(said: str) -> None:
    assert isinstance((await ask(SHOP, said)).verdict, Plan)


async def test_a_model_that_makes_money_of_things_is_asked_too() -> None:
    request = Request(text="refund 5 posters of 7301", now=NOW)
    call = {"action": "repay_sale", "sale_id": find("sale", "7301"), "amount": {"number": 5, "quote": "5"}}
    answer = {"understood": "", "result": plan(call), "rest": []}
    task = Task(request, OWNER, SHOP.context(SHOP.provider({})), "run_00000000000000000000000001")
    asked = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(asked, Question), asked
    assert asked.param == "amount"


async def test_what_the_action_gives_is_no_thing_that_is_counted() -> None:
    request = Request(text="give 7301 a 20 marmalade refund", now=NOW)
    call = {"action": "repay_sale", "sale_id": find("sale", "7301"), "amount": {"number": 20, "quote": "20"}}
    answer = {"understood": "", "result": plan(call), "rest": []}
    task = Task(request, OWNER, SHOP.context(SHOP.provider({})), "run_00000000000000000000000001")
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert not isinstance(made, Question) or "no amount of money" not in made.text, made


_GIVE = museum._offer(
    "give_to_wing",
    "Give to a wing",
    {"wing_id": _NUMBER, "amount": _NUMBER},
    {"wing_id": {"record": "wing"}, "amount": _MONEY},
)
_WING = define(
    "wing", ["wing", "wings"], [{"name": "id", "type": "id"}, {"name": "title", "search": "name"}], label="{title}"
)
WINGS = FrozenWorld(
    {"contracts": [_GIVE], "kinds": [_WING], "records": {"wing": list_rows("id title", (1, "Roof Garden"))}}
)


@pytest.mark.parametrize(("text", "taken"), [("give 20 roof garden", True), ("give 20 roof gardens", False)])
async def test_a_records_name_behind_an_amount_is_not_counted_by_it(text: str, taken: bool) -> None:
    call = {"action": "give_to_wing", "wing_id": find("wing", text.removeprefix("give 20 "))}
    call["amount"] = {"number": 20, "unit": None, "quote": "20"}
    answer = {"understood": "", "result": plan(call), "rest": []}
    task = Task(Request(text=text, now=NOW), OWNER, WINGS.context(WINGS.provider({})), "run_00000000000000000000000001")
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(made, Plan) is taken, made


@pytest.mark.parametrize("word", ["except", "excluding"])
async def test_what_is_left_out_is_no_unit(word: str) -> None:
    asked = (await ask(SHOP, f"refund 20 {word} postage on 7301")).verdict
    assert isinstance(asked, Question), asked
    assert "no amount of money" not in asked.text
    assert word in asked.text, "it is asked about as a word without a place"
