"""Misread amounts, without a model: running totals, changes for one time, and money that was paid for other things."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, Question
from agent.planning.task import Verdict
from evals.cases.frozen_world import FrozenWorld
from tests.unit import pottery
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import ask, offer, refer
from tests.unit.nursery import NURSERY

_TAKE = offer("take", "Take a payment", "Write down money that came in for dues.",
    {"due_id": {"type": "integer"}, "amount": {"type": "integer", "minimum": 1}},
    {"due_id": refer("due", status=["open", "overdue"]),
     "amount": {"unit": "money_minor", "currency": "EUR", "at_most": {"parameter": "due_id", "field": "outstanding"}}},
    aliases=["paid", "has paid"])  # fmt: skip


def _make_world(**use: object) -> FrozenWorld:
    """The pottery with payments of dues, and what these are for."""
    kinds = [dict(kind) for kind in pottery._KINDS]
    due = next(kind for kind in kinds if kind["name"] == "due")
    due["fields"] = [each for each in due["fields"] if each["name"] != "season"] + ([use] if use else [])
    due["label"] = "due {id}: {use}" if use else "due {id}"
    dues = [{**each, "use": "studio"} for each in pottery._RECORDS["due"]]
    return FrozenWorld({"contracts": [_TAKE], "kinds": kinds, "records": {**pottery._RECORDS, "due": dues}})


_TOLD = _make_world(name="use", type="enum", values=["studio", "kiln"])


async def _ask(text: str) -> Verdict:
    return (await ask(_TOLD, text)).verdict


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("Nia Hill has paid 60 euros so far", "so far"),
        ("So far, Nia Hill has paid 60 euros", "So far"),
        ("Nia Hill paid 60 euros up to now", "up to now"),
        ("Nia Hill has paid 60 euros in all", "in all"),
        ("Nia Hill has paid an overall 60 euros", "overall"),
        ("Nia Hill has already paid 60 euros", "already"),
    ],
)
async def test_a_running_total_is_no_new_payment(text: str, quoted: str) -> None:
    asked = await _ask(text)
    assert isinstance(asked, Question)
    assert quoted in asked.text.partition("and I can't do that part")[0]


async def test_a_running_total_that_is_not_said_is_not_all_that_is_left() -> None:
    asked = (await ask(NURSERY, "Ida Frost paid so far")).verdict
    assert isinstance(asked, Question)
    assert "so far’" in asked.text
    assert isinstance((await ask(NURSERY, "Ida Frost paid")).verdict, Plan)


@pytest.mark.parametrize(
    "text",
    [
        "Nia Hill has paid 60 euros",
        "Nia Hill paid 60 euros now",
        "take a total of 60 euros from Nia Hill",
        "Nia Hill has paid 60 euros, she already has her receipt",
        "Nia Hill has paid 60 euros for the studio",
        "Nia Hill has paid 60 euros for her dues",
    ],
)
async def test_a_new_payment_is_one(text: str) -> None:
    plan = await _ask(text)
    assert isinstance(plan, Plan), plan
    assert [each.value for each in plan.steps[0].filled] == [803, 6000]


@pytest.mark.parametrize("of", ["the kiln", "kiln", "her clay", "lessons"])
async def test_money_for_something_else_than_a_record_is_about_is_not_paid_on_it(of: str) -> None:
    asked = await _ask(f"Nia Hill has paid 60 euros for {of}")
    assert isinstance(asked, Question)
    assert f"‘for {of}’" in asked.text


async def test_what_was_paid_for_is_not_judged_where_a_record_does_not_tell_it() -> None:
    there = _make_world()
    assert isinstance((await ask(there, "Nia Hill paid 60 euros for the clay")).verdict, Plan)


@pytest.mark.parametrize("limit", ["just once", "just this once", "this once", "for once", "just this time"])
async def test_a_change_that_lasts_is_not_made_for_one_time(limit: str) -> None:
    asked = (await ask(LAUNDRY, f"set the fee of load 803 to 50 euros {limit}")).verdict
    assert isinstance(asked, Question)
    assert f"‘{limit}’" in asked.text


@pytest.mark.parametrize(
    "text",
    [
        "set the fee of load 803 to 50 euros once more",
        "set the fee of load 803 to 50 euros at once",
        "shift load 803 to Monday just this once",
    ],
)
async def test_once_may_say_something_else(text: str) -> None:
    assert isinstance((await ask(LAUNDRY, text)).verdict, Plan)


async def test_what_a_note_says_makes_no_running_total() -> None:
    properties = {**_TAKE["parameters"]["properties"], "note": {"type": "string", "maxLength": 100}}
    noted = {
        **_TAKE,
        "parameters": {**_TAKE["parameters"], "properties": properties},
        "annotations": {**_TAKE["annotations"], "note": {"label": "Note", "sources": ["prompt"]}},
    }
    there = FrozenWorld({"contracts": [noted], "kinds": pottery._KINDS, "records": pottery._RECORDS})
    plan = (await ask(there, "take 60 euros from Nia Hill with the note “her first until now”")).verdict
    assert isinstance(plan, Plan), plan
    assert plan.steps[0].filled[-1].value == "her first until now"
