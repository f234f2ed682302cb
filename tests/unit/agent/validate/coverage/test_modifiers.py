"""Words that change when, how often, how much or for whom something is done are asked about, stories are not."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from agent.pipeline import Answer, EarlierCall, Plan, Question, Request, Turn
from agent.planning.proposal import (
    Call,
    ComputedArgument,
    Find,
    Handle,
    Number,
    PlanResult,
    Proposal,
    RecordArgument,
    TypedValue,
    Words,
)
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from agent.validate.coverage.misread import find_misread, repeats_what_was_done
from agent.validate.coverage.modifiers import find_modifiers, names_rate
from agent.validate.coverage.order import Order
from agent.validate.coverage.structure import Structure
from agent.validate.coverage.weighty import find_unaccounted
from agent.validate.questions import REST
from tests.unit.agent.validate.coverage.test_weighty import shop
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import ask
from tests.unit.own_worlds import NOW, OWNER, Says, came_of, find, number, plan, world

WAIVE = {"action": "waive_fine", "fine_id": find("fine", "F-231"), "amount": None}
RENEW = {"action": "renew_loan", "loan_id": find("loan", "502"), "days": number(7, "7 days", "days")}
SHELVE = {
    "action": "set_shelf",
    "item_id": find("item", "Tile cutter"),
    "shelf": {"value": "cellar", "quote": "cellar"},
    "note": None,
}
CREDIT = {
    "action": "apply_credit",
    "customer_id": find("customer", "Hugo Bernard"),
    "amount": number(30, "30 euros", "EUR"),
    "note": None,
}


async def verdict_of(text: str, step: dict[str, Any]) -> Any:
    if step["action"] != CREDIT["action"]:
        return (await came_of(text, plan(step))).verdict
    task = Task(Request(text=text, now=NOW), OWNER, shop(), "run_00000000000000000000000001")
    answer = {"understood": "", "result": plan(step), "rest": []}
    return (await propose(task, ProposingResolver(Says(answer)))).verdict


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("waive F-231 until she is back", WAIVE),
        ("waive F-231 when she returns the sander", WAIVE),
        ("waive F-231 after the check-up", WAIVE),
        ("once more: waive F-231 subject to a check", WAIVE),
        ("waive F-231 in an hour", WAIVE),
        ("waive F-231 this evening", WAIVE),
        ("waive F-231 on the 5th", WAIVE),
        ("waive F-231 at 17:30", WAIVE),
        ("waive F-231 temporarily", WAIVE),
        ("renew loan 502 by 7 days for free", RENEW),
        ("renew loan 502 by 7 days, free of charge", RENEW),
        ("renew loan 502 by 7 days on the house", RENEW),
        ("waive F-231, effective after the loan", WAIVE),
        ("waive F-231, valid from next loan", WAIVE),
        ("waive F-231, effective at the end of her loan", WAIVE),
        ("waive F-231 by the end of the loan period", WAIVE),
        ("renew loan 502 by 7 days from the next loan", RENEW),
        ("waive F-231 in the new year", WAIVE),
        ("waive F-231 in summer", WAIVE),
        ("waive F-231 from then on", WAIVE),
        ("waive F-231 overnight", WAIVE),
        ("waive F-231 later in the month", WAIVE),
        ("waive F-231 before the weekend", WAIVE),
        ("waive F-231 by year's end", WAIVE),
        ("waive F-231 on renewal", WAIVE),
        ("waive F-231 with effect from easter", WAIVE),
        ("waive F-231 mid-month", WAIVE),
        ("F-231 is unfair, drop it at the end of the season", WAIVE),
        ("renew loan 502 by 7 days every other week", RENEW),
        ("waive F-231 in two parts", WAIVE),
        ("waive F-231 in instalments", WAIVE),
        ("waive F-231? hardly", WAIVE),
        ("waive F-231, or not", WAIVE),
        ("put the Tile cutter in the cellar at the end of its loan", SHELVE),
        ("F-231 is waived for now", WAIVE),
        ("put the Tile cutter in the cellar for just the one winter week", SHELVE),
        ("F-231 should be waived for the time being", WAIVE),
        ("F-231 can be waived for a while", WAIVE),
        ("put the Tile cutter in the cellar for a month", SHELVE),
        ("put the Tile cutter in the cellar or at the front", SHELVE),
        ("put the Tile cutter in the cellar, the rest at the front", SHELVE),
        ("waive part of F-231", WAIVE),
        ("waive F-231 partly", WAIVE),
        ("waive forty percent of F-231", WAIVE),
        ("waive F-231 plus the reminder fee", WAIVE),
        ("waive F-231 minus the reminder fee", WAIVE),
        ("waive F-231 and Ruth Meyer's", WAIVE),
        ("waive F-231 and F-235 as well", WAIVE),
        ("waive all of F-235 and F-231", WAIVE),
        ("renew loan 502 by 7 days every month", RENEW),
        ("renew loan 502 by 7 days monthly", RENEW),
        ("renew loan 502 by 7 days or more", RENEW),
        ("give Hugo Bernard less than 30 euros of credit", CREDIT),
        ("give Hugo Bernard a maximum of 30 euros of credit", CREDIT),
        ("give Hugo Bernard 20-30 euros of credit", CREDIT),
        ("give Hugo Bernard 30 euros of credit a week", CREDIT),
        ("give Hugo Bernard 3 x 30 euros of credit", CREDIT),
        ("give anyone but Hugo Bernard 30 euros of credit", CREDIT),
        ("give all our users but Hugo Bernard 30 euros of credit", CREDIT),
        ("avoid giving Hugo Bernard 30 euros of credit", CREDIT),
    ],
)
async def test_what_changes_the_order_beside_a_used_word_is_asked_about(text: str, step: dict[str, Any]) -> None:
    made = await verdict_of(text, step)
    assert isinstance(made, Question), made
    assert made.slot in (REST, "0.amount"), made  # of a part: how much


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("waive F-231, she had waited for a week", WAIVE),
        ("waive F-231 after all", WAIVE),
        ("waive F-231 when you can", WAIVE),
        ("waive F-231 before she complains", WAIVE),
        ("waive F-231, it was charged after she had returned it", WAIVE),
        ("waive F-231 that Ines called about this morning", WAIVE),
        ("I can't see why F-231 is there, please waive it", WAIVE),
        ("F-231 shouldn't be there, waive it", WAIVE),
        ("renew loan 502 by 7 days, he needs it more than we do", RENEW),
        ("he can't finish until it rains less. Renew loan 502 by 7 days", RENEW),
        ("when it rains he can't work. Renew loan 502 by 7 days", RENEW),
        ("give Hugo Bernard 30 euros of credit, part of it was our fault", CREDIT),
    ],
)
async def test_what_a_clause_of_its_own_tells_is_a_story(text: str, step: dict[str, Any]) -> None:
    assert isinstance(await verdict_of(text, step), Plan)


async def test_a_limit_in_the_quote_of_a_number_is_no_part_of_it() -> None:
    made = await verdict_of(
        "give Hugo Bernard under 30 euros", CREDIT | {"amount": number(30, "under 30 euros", "EUR")}
    )
    assert isinstance(made, Question), made


@pytest.mark.parametrize(
    ("unit", "count", "days"), [("hours", 48, 2), ("hours", 36, None), ("minutes", 2880, 2), ("nights", 3, 3)]
)
async def test_lengths_of_time_are_converted_exactly_or_asked_about(unit: str, count: int, days: int | None) -> None:
    said = f"{count} {unit}"
    step = RENEW | {"days": number(count, said, unit)}
    made = (await came_of(f"renew loan 502 by {said}", plan(step))).verdict
    if days is None:
        assert isinstance(made, Question)
        assert "whole number of days" in made.text
    else:
        assert isinstance(made, Plan), made
        assert {each.param: each.value for each in made.steps[0].filled}["days"] == days


@pytest.mark.parametrize(
    ("text", "quote"),
    [("renew loan 502 by 7 working days", "7 working days"), ("renew loan 502 to 7 days", "7 days")],
)
async def test_working_days_and_totals_are_no_days_on_top(text: str, quote: str) -> None:
    made = (await came_of(text, plan(RENEW | {"days": number(7, quote, "days")}))).verdict
    assert isinstance(made, Question)
    assert made.slot == REST


@pytest.mark.parametrize(
    ("text", "quote", "stands"),
    [
        ("scrap item 101 for a week", "a week", False),
        ("scrap item 101 until Friday", "until Friday", False),
        ("scrap item 101, burnt for a week now", "burnt for a week now", True),
    ],
)
async def test_how_long_is_no_reason(text: str, quote: str, stands: bool) -> None:
    step = {"action": "scrap_item", "item_id": find("item", "101"), "reason": {"value": quote, "quote": quote}}
    made = (await came_of(text, plan(step))).verdict
    assert isinstance(made, Plan if stands else Question), made


@pytest.mark.parametrize(
    ("text", "stands"), [("waive F-231 and half of F-235", False), ("waive half of F-231 and F-235", True)]
)
async def test_a_part_said_of_a_later_record_is_not_taken_of_the_first(text: str, stands: bool) -> None:
    def half(said: str) -> dict[str, Any]:
        whole = {"field": "amount", "of": find("fine", said)}
        return {
            "action": "waive_fine",
            "fine_id": find("fine", said),
            "amount": {"op": "*", "a": whole, "b": number(0.5, "half")},
        }

    made = (await came_of(text, plan(half("F-231"), half("F-235")))).verdict
    assert isinstance(made, Plan if stands else Question), made


async def test_an_answer_says_how_much_where_a_part_was_left_open() -> None:
    told = [Answer(slot="0.amount", text="4 euros")]
    made = (await came_of("waive a bit of F-231", plan(WAIVE), answers=told)).verdict
    assert isinstance(made, Plan), made


async def test_a_number_names_no_record_that_only_holds_a_longer_one() -> None:
    there = world("lending")
    step = {"action": "set_shelf", "item_id": find("item", "10"), "shelf": {"value": "back", "quote": "back"}}
    task = Task(Request(text="item 10 to the back", now=NOW), OWNER, there, "run_00000000000000000000000001")
    answer = {"understood": "", "result": plan(step | {"note": None}), "rest": []}
    made = (await propose(task, ProposingResolver(Says(answer)))).verdict
    assert isinstance(made, Question), made


@pytest.mark.parametrize(
    ("text", "waits", "stands"),
    [
        ("10 days", True, True),
        ("10 days more", True, False),
        ("make it 10 days", True, True),
        ("make it 10 days", False, False),
    ],
)
async def test_what_is_said_of_an_earlier_value_is_no_value_of_its_own(text: str, waits: bool, stands: bool) -> None:
    earlier = EarlierCall(handle="@call1", action="lending.renew_loan", records={"loan_id": "@loan1"}, waits=waits)
    turn = Turn(words="renew loan 502 by 7 days", came="…", calls=(earlier,))
    days = ComputedArgument(expression=Number(number=Decimal(10), unit="days", quote=Words(text="10 days")))
    loan = RecordArgument(reference=Handle(handle="@loan1"))
    call = Call(action="lending.renew_loan", arguments={"loan_id": loan, "days": days})
    proposal = Proposal(result=PlanResult(calls=(call,), replaces=("@call1",) if waits else ()))
    contract = world("lending").catalogue.get("lending.renew_loan")
    assert contract is not None
    order = Order(Request(text=text, now=NOW, thread=(turn,)), proposal, [contract])
    assert bool(find_misread(order)) is not stands
    assert repeats_what_was_done(order) is (not stands and not waits)


@pytest.mark.parametrize(("verbs", "found"), [({"pend"}, []), (set(), ["pending"])])
def test_a_state_that_the_call_brings_about_is_no_bound(verbs: set[str], found: list[str]) -> None:
    text = "set loan 502 back to pending"
    places = find_modifiers(text, [(4, 12)], [], [], frozenset(verbs), Structure())
    assert [text[slice(*each)] for each in places] == found


PART = {
    "action": "waive_fine",
    "fine_id": find("fine", "F-233"),
    "amount": {"op": "*", "a": number("0.5", "half"), "b": {"field": "amount", "of": find("fine", "F-233")}},
}
LESS = {
    "action": "waive_fine",
    "fine_id": find("fine", "F-233"),
    "amount": {"op": "-", "a": {"field": "amount", "of": find("fine", "F-233")}, "b": number(5, "5 euros", "EUR")},
}


@pytest.mark.parametrize(
    ("text", "step", "told"),
    [
        ("waive half of F-233 every week", PART, "every week"),
        ("waive half of F-233 until further notice", PART, "until further notice"),
        ("waive half of F-233 by post", PART, "by post"),
        ("waive all but 5 euros of F-233 but don't tell Ruth", LESS, "don't tell Ruth"),
        ("waive all but 5 euros of F-233 every week", LESS, "every week"),
    ],
)
async def test_a_sum_accounts_for_its_own_words_alone(text: str, step: dict[str, Any], told: str) -> None:
    """A fraction explains no rate, and an exception no secret."""
    asked = await verdict_of(text, step)
    assert isinstance(asked, Question), asked
    assert asked.slot == REST
    assert told in asked.text, asked.text


async def test_a_sum_of_its_own_words_stands() -> None:
    assert isinstance(await verdict_of("waive half of F-233", PART), Plan)
    assert isinstance(await verdict_of("waive all but 5 euros of F-233", LESS), Plan)


def test_a_parameter_may_be_named_by_its_rate() -> None:
    assert names_rate("Day rate", "a day")
    assert names_rate("Hour price", "an hour")
    assert names_rate("Night price", "per night")
    assert not names_rate("Day rate", "a week")
    assert not names_rate("Due day", "a day")


@pytest.mark.parametrize("mark", [" - ", ", ", ". "])
async def test_an_order_before_the_planned_one_is_asked_about(mark: str) -> None:
    for before, renewed in (("move the Tile cutter to the cellar", "loan 502"), ("move loan 502", "it")):
        asked = await verdict_of(f"{before}{mark}renew {renewed} by 7 days", RENEW)
        assert isinstance(asked, Question), asked
        assert asked.slot == REST


@pytest.mark.parametrize(("title", "stands"), [("Renew a loan", False), ("Give free days", True)])
def test_what_is_free_by_name_may_be_said_to_be_so(title: str, stands: bool) -> None:
    contract = world("lending").catalogue.get("lending.renew_loan")
    assert contract is not None
    days = ComputedArgument(expression=Number(number=Decimal(7), unit="days", quote=Words(text="7 days", origin=0)))
    loan = RecordArgument(reference=Find(record="loan", said=Words(text="502", origin=0)))
    proposal = Proposal(
        result=PlanResult(calls=(Call(action=contract.name, arguments={"loan_id": loan, "days": days}),))
    )
    free = contract.model_copy(update={"title": title})
    order = Order(Request(text="give 502 another 7 days on the house", now=NOW), proposal, [free])
    assert ("on the house" in find_unaccounted(order).weighty) is not stands


@pytest.mark.parametrize("said", ["every Tuesday", "each Tuesday", "every second Tue"])
async def test_a_day_is_not_each_of_the_days_that_are_said(said: str) -> None:
    asked = (await ask(LAUNDRY, f"book a visit for Nell Brook {said}")).verdict
    assert isinstance(asked, Question), asked
    assert f"You also wrote ‘{said}’, and I can't do that more than once." in asked.text


def test_the_quote_of_a_day_does_not_say_that_it_comes_again() -> None:
    booked = LAUNDRY.context(LAUNDRY.provider({})).catalogue.get("marina.book_visit")
    assert booked is not None
    nell = RecordArgument(reference=Find(record="client", said=Words(text="Nell Brook", origin=0)))
    day = TypedValue(value="2026-12-01", quote=Words(text="every Tuesday", origin=0))
    call = Call(action=booked.name, arguments={"client_id": nell, "day": day})
    text = "book a visit for Nell Brook every Tuesday"
    order = Order(Request(text=text, now=NOW), Proposal(result=PlanResult(calls=(call,))), [booked])
    assert find_unaccounted(order).weighty == ["every Tuesday"]


async def test_only_belongs_to_the_condition_behind_it() -> None:
    out = {"left": {"field": "status", "of": find("loan", "502")}, "op": "=", "right": {"word": "out", "quote": "out"}}
    step = {"if": [out], "join": "all", "then": [RENEW], "else": []}
    held = (await came_of("renew loan 502 by 7 days, but only if it is out", plan(step))).verdict
    assert isinstance(held, Plan), held
    assert any(each.startswith("The condition holds: ") for each in held.held)
    more = (await came_of("renew loan 502 by 7 days, but only if it is out and if Ruth agrees", plan(step))).verdict
    assert isinstance(more, Question), more
