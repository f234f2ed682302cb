"""How much is meant: a rest of the whole, a bound beside an amount, and numbers that count something else."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.rules.resolver import RuleResolver
from agent.validate.questions import REST
from evals.cases.frozen_world import FrozenWorld
from tests.unit import marina
from tests.unit.agent.validate.coverage.test_weighty import shop
from tests.unit.own_worlds import NOW, OWNER, WORLDS, world


async def read(text: str, name: str = "lending") -> Any:
    task = Task(Request(text=text, now=NOW), OWNER, world(name), "run_00000000000000000000000001")
    return (await propose(task, RuleResolver())).verdict


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("waive all but 3 of F-231", 600),
        ("waive everything except 3 of F-231", 600),
        ("waive all but 3 euros of F-231", 600),
        ("waive 3 euros of F-231, not more", 300),
        ("waive 3 euros of F-231 and not a cent more", 300),
        ("waive F-231 less 25%", 675),
        ("waive F-231 minus 25%", 675),
        ("waive F-231 except for 25%", 675),
        ("waive all but a third of F-231", 600),
        ("waive a third of F-231", 300),
        ("waive +€3 of F-231", 300),
        ("top up Joris by exactly 30 euros", 3000),
    ],
)
async def test_as_much_as_is_said_is_planned(text: str, amount: int) -> None:
    verdict = await read(text, "riding" if "Joris" in text else "lending")
    assert isinstance(verdict, Plan), getattr(verdict, "text", verdict)
    assert {"amount": amount}.items() <= {each.param: each.value for each in verdict.steps[0].filled}.items()


@pytest.mark.parametrize(
    ("text", "told", "offered"),
    [
        ("waive at most 3 euros of F-231", "at most", "3.00 EUR"),
        ("waive less than 25% of F-231", "less than", "2.25 EUR"),
        ("waive F-231 over 25%", "over", "2.25 EUR"),
        ("top up Joris by at most 30 euros", "at most", "30.00 EUR"),
        ("waive F-231 in two parts", "in two parts", "9.00 EUR"),
        ("waive F-231 in 3 instalments", "in 3 instalments", "9.00 EUR"),
        ("waive all of F-231 but 3", "but 3", "9.00 EUR"),
        ("waive F-231 no more", "no more", "9.00 EUR"),
        ("cancel booking 5009 without a renewal", "without a renewal", "booking 5009"),
    ],
)
async def test_what_is_offered_instead_is_what_is_left(text: str, told: str, offered: str) -> None:
    verdict = await read(text, "riding" if "Joris" in text else "hotel" if "booking" in text else "lending")
    assert isinstance(verdict, Question), verdict
    assert verdict.slot == REST, verdict
    assert told in verdict.text
    assert offered in verdict.text


async def test_bills_of_at_most_so_much_are_no_amount() -> None:
    verdict = await read("waive the fines of at most 30 euros")
    assert isinstance(verdict, Plan | Question), verdict
    steps = verdict.steps if isinstance(verdict, Plan) else ()
    assert not any((each.param, each.value) == ("amount", 3000) for step in steps for each in step.filled)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cancel Mia Keller's plan without a refund", "‘without a refund’"),
        ("cancel Mia Keller's plan at the end of the year", "at the end of the year"),
        ("cancel Mia Keller's plan end of month", "end of month"),
        ("cancel Mia Keller's plan at the month's end", "at the month's end"),
        ("cancel Mia Keller's plan at quarter end", "at quarter end"),
        ("cancel Mia Keller's plan at the end of today", "at the end of today"),
        ("cancel Mia Keller's plan, no refund", None),
        ("cancel Mia Keller's plan at the end of the period", None),
    ],
)
async def test_what_is_not_to_be_done_besides_is_no_order(text: str, told: str | None) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, shop(), "run_00000000000000000000000001")
    verdict = (await propose(task, RuleResolver())).verdict
    if told is None:
        assert isinstance(verdict, Plan), getattr(verdict, "text", verdict)
        return
    assert isinstance(verdict, Question), verdict
    assert verdict.slot == REST
    assert told in verdict.text


@pytest.mark.parametrize(
    "text",
    ["close ticket 5519, Nora Lindqvist still has no refund", "Nora Lindqvist still has no refund, close ticket 5519"],
)
async def test_what_somebody_lacks_is_no_order(text: str) -> None:
    task = Task(Request(text=text, now=NOW), OWNER, shop(), "run_00000000000000000000000001")
    verdict = (await propose(task, RuleResolver())).verdict
    assert isinstance(verdict, Plan) or verdict.slot == "action", verdict


async def test_a_share_of_a_bill_of_which_a_part_is_paid_is_asked_about() -> None:
    written = json.loads((WORLDS / "garage.json").read_text(encoding="utf-8"))
    for contract in written["contracts"]:
        if contract["name"] == "garage.discount_invoice":
            contract["annotations"]["amount"]["at_most"]["field"] = "due"
    invoice = next(each for each in written["kinds"] if each["name"] == "invoice")
    invoice["fields"].append({"name": "due", "type": "money_minor", "currency_field": "currency"})
    for at, each in enumerate(written["records"]["invoice"]):
        each["due"] = each["amount"] // (at + 1)
    there = FrozenWorld(copy.deepcopy(written))
    for text, told in (
        ("take half off R-5102", "a share of the 210.00 EUR that R-5102 still allows, or of all 420.00 EUR?"),
        ("take 10 percent off R-5102", "or of all 420.00 EUR?"),
        ("take half of what is due off R-5102", None),
        ("take 5 euros off R-5102", None),
    ):
        task = Task(
            Request(text=text, now=NOW), OWNER, there.context(there.provider({})), "run_00000000000000000000000001"
        )
        verdict = (await propose(task, RuleResolver())).verdict
        asked = isinstance(verdict, Question) and "still allows" in verdict.text
        assert asked is (told is not None), verdict
        assert told is None or told in getattr(verdict, "text", "")


@pytest.mark.parametrize(("text", "stands"), [("waive half of F-231", True), ("waive the other half of F-231", False)])
async def test_the_other_half_is_no_half_of_the_whole(text: str, stands: bool) -> None:
    assert isinstance(await read(text), Plan if stands else Question)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("set the price of berth 31 to 300 from 1 December", 30000),
        ("set price of Long Pier 1 to 300 from 1 December", 30000),
        ("set the price of berth 31 to the price of berth 32 from 1 December", 55000),
    ],
)
async def test_what_an_order_replaces_is_no_new_value_unless_it_is_said_as_one(text: str, price: int) -> None:
    of_marina = {"contracts": marina._CONTRACTS, "kinds": marina._KINDS, "records": marina._RECORDS}
    with_prices = json.loads(json.dumps(of_marina).replace("rent", "price"))
    verdict = (await marina.ask(FrozenWorld(with_prices), text)).verdict
    assert isinstance(verdict, Plan), verdict
    assert {"berth_id": 31, "price": price}.items() <= {
        each.param: each.value for each in verdict.steps[0].filled
    }.items()


@pytest.mark.parametrize(
    "text",
    [
        "waive F-231 -3 EUR",
        "waive F-231 by -3",
        "waive F-231 (-3 EUR)",
        "waive F-231: -3 EUR",
        "waive F-231, \u22123 EUR",
        "waive -€3 of F-231",
        "waive €-3 of F-231",
        "waive -EUR 3 of F-231",
        "charge Ines Duarte -€3 for late return",
    ],
)
async def test_an_amount_keeps_its_minus(text: str) -> None:
    verdict = await read(text)
    assert isinstance(verdict, Question), verdict
    assert "must be at least 0.01 EUR, not -3.00 EUR" in verdict.text


@pytest.mark.parametrize("text", ["cancel job 803 -3", "cancel job 803 -3 EUR", "cancel job 803, -3 wheels"])
async def test_an_amount_that_an_action_has_no_place_for_is_no_reason(text: str) -> None:
    verdict = await read(text, "garage")
    assert isinstance(verdict, Question), verdict
    assert "-3" in verdict.text


async def test_a_discount_is_not_what_a_share_leaves_of_the_whole() -> None:
    verdict = await read("discount R-5102 less 10%", "garage")
    assert isinstance(verdict, Question), verdict
    assert "less" in verdict.text
