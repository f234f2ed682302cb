"""Irregular forms of an action's verbs: they mean what the verb means, and a report stays no order."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from tests.unit.agent.resolve.rules.grammar.test_named_things import contract
from tests.unit.agent.resolve.rules.grammar.test_orders_without_records import SUPPLIES
from tests.unit.own_worlds import read_words, world


def noting(title: str, alias: str) -> Any:
    return contract(
        "note_deposit",
        title,
        [alias],
        {"member_id": {"type": "integer"}, "amount": {"type": "integer", "minimum": 1}},
        member_id={"record": "member"},
        amount={"unit": "money_minor", "currency": "EUR", "label": "Amount", "sources": ["prompt"]},
    )


TAKEN = noting("Record a deposit", "take a deposit")


@pytest.mark.parametrize(
    ("title", "alias"), [("Record a deposit", "take a deposit"), ("Take a deposit", "record a deposit")]
)
async def test_what_was_done_is_written_down_by_an_action_that_goes_by_it(title: str, alias: str) -> None:
    verdict = await read_words("took a deposit of 20 euros from Ines Duarte", world("lending", noting(title, alias)))
    assert isinstance(verdict, Plan), verdict
    assert [(each.param, each.value) for each in verdict.steps[0].filled] == [("member_id", 1), ("amount", 2000)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I already took a deposit of 20 euros from Ines Duarte", "lending"),
        ("she took a deposit of 20 euros from Ines Duarte", "lending"),
        ("we gave Margaret Poole 20 euros", "foodbank"),
        ("I already gave Margaret Poole 20 euros", "foodbank"),
        ("gave booking 5013 10 percent off", "hotel"),
        ("took 5 euros off charge 9014", "hotel"),
        ("sent Diego his bill", "hotel"),
        ("I wrote off the fee 411", "riding"),
    ],
)
async def test_what_is_reported_is_not_ordered(text: str, name: str) -> None:
    assert not isinstance(await read_words(text, world(name, *([TAKEN] if name == "lending" else []))), Plan)


async def test_an_action_told_by_what_somebody_did_is_told_by_any_form_of_it() -> None:
    for text in ("Margaret Poole gave 20 euros", "Margaret Poole has given 20 euros", "a tenner from Margaret Poole"):
        assert isinstance(await read_words(text, world("foodbank")), Plan), text


@pytest.mark.parametrize("reason", ["sold the car", "wrecked the car", "wrote off the car", "she sold the car"])
async def test_what_was_done_is_why(reason: str) -> None:
    verdict = await read_words(f"cancel Fatima's booked job, {reason}", world("garage"))
    assert isinstance(verdict, Plan), verdict
    assert [each.value for each in verdict.steps[0].filled if each.param == "reason"] == [reason]


@pytest.mark.parametrize("verb", ["rang", "called", "came", "shouted"])
async def test_where_somebody_spoke_from_is_no_record_of_theirs(verb: str) -> None:
    verdict = await read_words(f"Callum {verb} from his room, please waive that charge", world("hotel"))
    assert isinstance(verdict, Plan), verdict
    assert [each.value for each in verdict.steps[0].filled] == [9011]


async def test_about_how_much_came_in_is_asked_about() -> None:
    assert isinstance(await read_words("30 cheddar came in", world("foodbank")), Plan)
    verdict = await read_words("about 30 cheddar came in", world("foodbank"))
    assert isinstance(verdict, Question), verdict
    assert "about" in verdict.text


@pytest.mark.parametrize("told", ["we'll need 12 lamps soon", "we will need 12 lamps", "we would want 12 lamps"])
async def test_what_will_be_needed_is_not_ordered_yet(told: str) -> None:
    verdict = await read_words(told, world("lending", SUPPLIES))
    assert isinstance(verdict, Question), verdict
    assert "doesn't ask for it" in verdict.text


@pytest.mark.parametrize("told", ["we need 12 lamps", "order 12 lamps because we'll need them soon"])
async def test_what_is_needed_now_or_tells_why_is_ordered(told: str) -> None:
    assert isinstance(await read_words(told, world("lending", SUPPLIES)), Plan)
