"""Units of a proposal's numbers: converted exactly into what the parameter counts in, or asked about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from evals.cases.frozen_world import FrozenWorld
from registry.catalogue import Catalogue
from registry.contract import parse
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import define, list_rows, offer, refer
from tests.unit.own_worlds import NOW, OWNER, Says, find, number, plan, world

WHOLE = {"type": "integer"}
DECIMAL = {"type": "number"}
EUROS = {"unit": "money_minor", "currency": "EUR"}


async def came_of(name: str, value: Any, quote: str, schema: dict[str, Any], **annotation: Any) -> Any:
    """The value that one argument comes to, or the question's words."""
    contract = parse(
        {
            "schema": "opsiq/contract/v1",
            "name": "orchard.press",
            "title": "Press the apples",
            "description": "Press apples of the orchard into juice.",
            "surfaces": ["admin"],
            "roles": ["owner"],
            "parameters": {
                "type": "object",
                "additionalProperties": False,
                "required": [name],
                "properties": {name: schema},
            },
            "annotations": {name: annotation},
            "confirmation": {"policy": "never"},
            "endpoint": {"url": "https://orchard.example/press"},
        }
    )
    there = replace(world("lending"), catalogue=Catalogue([contract]))
    task = Task(Request(text=f"press the apples, {quote}", now=NOW), OWNER, there, "run_00000000000000000000000001")
    answer = {"understood": "", "result": plan({"action": "press", name: value}), "rest": []}
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    if isinstance(made, Question):
        return made.text
    assert isinstance(made, Plan), made
    return next(each.value for each in made.steps[0].filled if each.param == name)


@pytest.mark.parametrize(
    ("name", "schema", "annotation", "said", "value"),
    [
        ("months", WHOLE, {}, (3, "years"), 36),
        ("notice_weeks", WHOLE, {}, (1, "fortnight"), 2),
        ("resting_days", WHOLE, {}, (2, "Wochen"), 14),
        ("days", WHOLE, {"unit": "days"}, (3, "semanas"), 21),
        ("minutes", WHOLE, {"unit": "minutes"}, (1.5, "h"), 90),
        ("amount", WHOLE, {"label": "Grams"}, (7.25, "kilos"), 7250),
        ("load_kg", DECIMAL, {}, (10, "lbs"), 4.5359237),
        ("sugar", {**WHOLE, "description": "Sugar to add, in grams."}, {}, (2, "kilogrammes"), 2000),
        ("hose_cm", WHOLE, {}, (3, "mètres"), 300),
        ("litres", DECIMAL, {}, (0.5, "litre"), 0.5),
        ("load_kg", DECIMAL, {}, (20, "pounds"), 9.0718474),
        ("crates", WHOLE, {}, (4, "crates"), 4),
        ("barrels", WHOLE, {"unit": "count"}, (4, "casks"), 4),
        ("days", WHOLE, {"unit": "days"}, (5, "more days"), 5),
        ("weeks", WHOLE, {}, (5, None), 5),
        ("minutes", WHOLE, {"unit": "minutes"}, (45, "m"), 45),
        ("hose_cm", WHOLE, {}, (4, "m"), 400),
    ],
)
async def test_a_number_is_sent_in_what_its_parameter_counts_in(
    name: str, schema: dict[str, Any], annotation: dict[str, Any], said: tuple[float, str | None], value: Any
) -> None:
    quote = f"{said[0]} {said[1] or ''}".strip()
    assert await came_of(name, number(said[0], quote, said[1]), quote, schema, **annotation) == value


@pytest.mark.parametrize(
    ("name", "schema", "annotation", "said", "asked"),
    [
        ("days", WHOLE, {"unit": "days"}, (1, "tydzień"), "‘tydzień’ is no unit that I know, and “days” takes days"),
        ("days", WHOLE, {"unit": "days"}, (2, "months"), "“days” takes days, not 2 months"),
        ("months", WHOLE, {}, (6, "weeks"), "“months” takes months, not 6 weeks"),
        ("weight_g", WHOLE, {}, (2, "pood"), "‘pood’ is no unit that I know"),
        ("litres", WHOLE, {}, (0.5, "litre"), "0.5 litres is no whole number of litres"),
        ("load_lb", DECIMAL, {}, (5, "kg"), "“load lb” takes pounds, not 5 kilograms"),
        ("weight_kg", DECIMAL, {}, (3, "tons"), "“weight kg” takes kilograms, not 3 tons"),
        ("share", DECIMAL, {"unit": "percent"}, (40, "basis points"), "takes percent"),
        ("crates", WHOLE, {"unit": "count"}, (2, "weeks"), "“crates” takes a number, not 2 weeks"),
        ("days", WHOLE, {"unit": "days"}, (3, "business days"), "‘business days’ is no unit"),
    ],
)
async def test_what_does_not_come_out_exactly_or_nobody_knows_is_asked(
    name: str, schema: dict[str, Any], annotation: dict[str, Any], said: tuple[float, str], asked: str
) -> None:
    quote = f"{said[0]} {said[1]}"
    assert asked in str(await came_of(name, number(said[0], quote, said[1]), quote, schema, **annotation))


@pytest.mark.parametrize(
    ("unit", "currency", "quote", "came"),
    [
        ("euros", "EUR", "60 euros", 6000),
        ("Swiss francs", "CHF", "60 Swiss francs", 6000),
        ("pounds sterling", "GBP", "60 pounds sterling", 6000),
        ("A$", "AUD", "A$60", 6000),
        ("kroner", "NOK", "60 kroner", 6000),
        ("pesos", "MXN", "60 pesos", 6000),
        ("kr", "DKK", "60 kr", 6000),
        ("cents", "EUR", "60 cents", 60),
        (None, "EUR", "60 cents", 60),
        (None, "GBP", "60p", 60),
        (None, "EUR", "60 dollars", "‘60 dollars’ is in USD"),
        (None, "EUR", "£60", "is in GBP"),
        (None, "AUD", "60 dollars", 6000),
        (None, "EGP", "60 pounds", 6000),
        ("EUR", "EUR", "60 dollars", "is in USD"),
        ("USD", "CAD", "$60", 6000),
        ("Australian dollars", "USD", "60 Australian dollars", "is in AUD"),
        ("USD", "CAD", "60 US dollars", "is in USD"),
        ("A$", "EUR", "A$60", "is in AUD"),
        ("kroner", "EUR", "60 kroner", "‘kroner’ is no currency that I know. How much is it in EUR?"),
        ("cowries", "EUR", "60 cowries", "‘cowries’ is no currency that I know"),
        ("kilos", "EUR", "60 kilos", "nothing is converted"),
    ],
)
async def test_money_is_never_taken_for_the_currency_here(
    unit: str | None, currency: str, quote: str, came: int | str
) -> None:
    made = await came_of("fee", number(60, quote, unit), quote, WHOLE, unit="money_minor", currency=currency)
    assert made == came if isinstance(came, int) else came in str(made)


async def test_lengths_of_time_are_added_across_units() -> None:
    two_weeks, one_day = number(2, "2 weeks", "weeks"), number(1, "a day", "day")
    less = {"op": "-", "a": two_weeks, "b": one_day}
    assert await came_of("days", less, "2 weeks less a day", WHOLE, unit="days") == 13
    mixed = {"op": "+", "a": number(1, "a year", "year"), "b": number(2, "2 quarters", "quarters")}
    assert await came_of("months", mixed, "a year and 2 quarters", WHOLE) == 18
    apart = {"op": "+", "a": number(1, "a month", "month"), "b": number(3, "3 days", "days")}
    assert "different units" in str(await came_of("days", apart, "a month and 3 days", WHOLE, unit="days"))
    heavy = {"op": "+", "a": number(3, "3 pounds", "pounds"), "b": number(8, "8 ounces", "ounces")}
    assert "56" in str(await came_of("ounces", heavy, "3 pounds and 8 ounces", WHOLE))


async def test_a_unit_that_stands_only_in_the_quote_is_read() -> None:
    assert await came_of("notice_months", number(2, "two years"), "two years", WHOLE) == 24
    asked = await came_of("days", number(3, "three months"), "three months", WHOLE, unit="days")
    assert isinstance(asked, str)


@pytest.mark.parametrize(
    ("name", "label", "said", "came"),
    [
        ("load", "Crates a day", "5 crates a day", 5),
        ("load", "Daily load", "5 crates per day", 5),
        ("crates_per_week", "", "5 a week", 5),
        ("load", "Yearly load", "5 crates every year", 5),
        ("load", "Crates", "5 crates a day", "‘5 crates a day’"),
        ("load", "Weekly load", "5 crates a day", "‘5 crates a day’"),
        ("load", "Day", "5 a day", "‘5 a day’"),
    ],
)
async def test_a_rate_is_accounted_for_where_the_parameter_is_named_by_it(
    name: str, label: str, said: str, came: int | str
) -> None:
    annotation = {"label": label} if label else {}
    made = await came_of(name, number(5, said, "crates" if "crates" in said else None), said, WHOLE, **annotation)
    assert made == came if isinstance(came, int) else str(came).strip("‘’") in str(made)


async def test_what_goes_up_to_a_number_has_it_then_and_a_limit_is_asked_about() -> None:
    thirty = number(30, "30 crates", "crates")
    assert await came_of("crates", thirty, "it goes up to 30 crates", WHOLE) == 30
    assert "‘up to’" in str(await came_of("crates", thirty, "up to 30 crates", WHOLE))


@pytest.mark.parametrize(
    ("said", "unit", "done"), [("20 metres", "metres", True), ("20 m", "m", True), ("20 kilos", "kilos", False)]
)
async def test_a_record_may_say_in_which_unit_it_is_counted(said: str, unit: str, *, done: bool) -> None:
    order = offer("order_cloth", "Order cloth", "Order a length or number of a cloth.", {
        "cloth_id": WHOLE, "amount": WHOLE}, {"cloth_id": refer("cloth"), "amount": {"unit": "count"}})  # fmt: skip
    fields = [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}, {"name": "sold_by"}]
    kind, rows = define("cloth", ["cloth"], fields, label="{name}"), list_rows("id name sold_by", (1, "felt", "metre"))
    there = FrozenWorld({"contracts": [order], "kinds": [kind], "records": {"cloth": rows}})
    call = {"action": "order_cloth", "cloth_id": find("cloth", "felt"), "amount": number(20, said, unit)}
    task = Task(Request(text=f"order {said} of felt", now=NOW), OWNER, there.context(there.provider({})), "run_1")
    answer = {"understood": "", "result": plan(call), "rest": []}
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(made, Plan if done else Question), made


TWO = number(2, "twice")


@pytest.mark.parametrize(
    ("text", "amount", "shown"),
    [
        ("hold twice the fee of load 801 of Nell Brook", {"op": "*", "b": TWO}, "60.00 EUR"),
        ("hold 5 more than the fee of load 801 of Nell Brook", {"op": "+", "b": number(5, "5 more")}, "35.00 EUR"),
        ("hold 5 pounds of Nell Brook for each load", {"op": "*", "b": number(5, "5 pounds", "GBP"), "a": "count"}, ""),
    ],
)
async def test_an_amount_that_is_computed_from_a_records_is_in_its_currency(
    text: str, amount: dict[str, Any], shown: str
) -> None:
    a = {"field": "fee", "of": find("load", "801")} if "a" not in amount else {"count": find("load", None, pick="all")}
    call = {"action": "hold_deposit", "client_id": find("client", "Nell Brook"), "amount": {**amount, "a": a}}
    task = Task(Request(text=text, now=NOW), OWNER, LAUNDRY.context(LAUNDRY.provider({})), "run_" + "0" * 25 + "1")
    answer = {"understood": "", "result": plan(call), "rest": []}
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    if not shown:
        assert isinstance(made, Question), made
        assert made.text == "In which currency?"
        return
    assert isinstance(made, Plan), made
    told = {each.param: each.shown for each in made.steps[0].filled}
    assert (told["amount"], told["currency"]) == (shown, "EUR")
