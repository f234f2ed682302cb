"""Lengths of time where a last day or months are wanted, and what is asked for where nothing but names is said."""

from __future__ import annotations

from typing import Any, Final

import pytest

from agent.pipeline import Plan, Question
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask, define, list_rows, offer

_NUMBER: Final = {"type": "integer", "minimum": 1}
_DAY: Final = {"type": "string", "format": "date"}
_NAMED: Final = [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}]
HARBOUR: Final = FrozenWorld(
    {
        "contracts": [
            offer("lend_boat", "Lend a boat", "Give a boat to a rower until a day.", {
                "boat_id": _NUMBER, "rower_id": _NUMBER, "until": _DAY}, {
                "boat_id": {"record": "boat"}, "rower_id": {"record": "rower"}, "until": {}}, aliases=["hand out"]),
            offer("renew_card", "Renew a rower's card", "Let a card run on.", {
                "rower_id": _NUMBER, "months": _NUMBER}, {"rower_id": {"record": "rower"}, "months": {"unit": "count"}},
                aliases=["prolong"]),
            offer("take_fee", "Take a fee", "Write down what a rower paid.", {
                "fee_id": _NUMBER, "amount": _NUMBER}, {
                "fee_id": {"record": "fee"}, "amount": {"unit": "money_minor", "currency": "EUR"}}, aliases=["paid"]),
            offer("set_seats", "Set the seats of a boat", "Say how many a boat seats.", {
                "boat_id": _NUMBER, "seats": _NUMBER}, {"boat_id": {"record": "boat"}, "seats": {
                    "unit": "count", "replaces": {"parameter": "boat_id", "field": "seats"}}}),
            offer("set_price", "Set the price of a boat", "Say what a boat costs.", {
                "boat_id": _NUMBER, "price": _NUMBER}, {"boat_id": {"record": "boat"}, "price": {
                    "unit": "money_minor", "currency": "EUR", "replaces": {"parameter": "boat_id", "field": "price"}}}),
        ],
        "kinds": [
            define("boat", ["boat", "boats"], [*_NAMED, {"name": "seats", "type": "integer", "ranged": True},
                {"name": "price", "type": "money_minor", "ranged": True}], label="{name}"),
            define("rower", ["rower", "rowers"], _NAMED, label="{name}"),
            define("fee", ["fee", "fees"], [{"name": "id", "type": "id", "search": "number"},
                {"name": "rower_id", "type": "id"}], label="fee {id}",
                relations=[{"kind": "rower", "via": "rower_id"}]),
        ],
        "records": {
            "boat": list_rows("id name seats price", (1, "Kittiwake", 4, 900), (2, "Dunlin", 2, 700)),
            "rower": list_rows("id name", (11, "Hedda Moe"), (12, "Lars Vik")),
            "fee": list_rows("id rower_id", (801, 11)),
        },
    }
)  # fmt: skip


async def _plan(text: str) -> tuple[dict[str, Any], bool]:
    verdict = (await ask(HARBOUR, text)).verdict
    assert isinstance(verdict, Plan), verdict
    (step,) = verdict.steps
    return {each.param: each.value for each in step.filled}, bool(verdict.held)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("lend Hedda the Kittiwake for ten days", "2026-12-04"),
        ("lend Hedda the Kittiwake for a month", "2026-12-24"),
        ("let Hedda have the Kittiwake for two weeks", "2026-12-08"),
    ],
)
async def test_what_lasts_so_long_from_today_ends_then_and_waits(text: str, until: str) -> None:
    assert await _plan(text) == ({"boat_id": 1, "rower_id": 11, "until": until}, True)


async def test_what_begins_another_day_does_not_end_so_long_from_today() -> None:
    assert isinstance((await ask(HARBOUR, "lend Hedda the Kittiwake for two weeks from Monday")).verdict, Question)


@pytest.mark.parametrize(("text", "months"), [("renew Lars by a year", 12), ("prolong Lars for another 2 years", 24)])
async def test_years_are_so_many_months(text: str, months: int) -> None:
    assert (await _plan(text))[0] == {"rower_id": 12, "months": months}


async def test_two_names_ask_for_what_their_one_action_lacks() -> None:
    verdict = (await ask(HARBOUR, "Dunlin to Lars Vik")).verdict
    assert isinstance(verdict, Question)
    assert (verdict.code, verdict.param) == ("missing", "until")


async def test_a_number_that_nothing_has_is_an_amount_and_waits() -> None:
    assert await _plan("Hedda paid 420") == ({"fee_id": 801, "amount": 42000}, True)


async def test_a_number_that_a_record_has_is_no_amount() -> None:
    assert not isinstance((await ask(HARBOUR, "Hedda paid 801")).verdict, Plan)


async def test_a_bare_number_is_no_money_where_it_may_count() -> None:
    verdict = (await ask(HARBOUR, "bump the Dunlin up to 9")).verdict
    assert isinstance(verdict, Question)
    assert {each.id for each in verdict.candidates} == {"marina.set_price", "marina.set_seats"}
