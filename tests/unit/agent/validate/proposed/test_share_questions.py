"""Shares: a part of what a record holds is worked out or asked about. The whole is never done instead of it."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Answer, ComputedSource, Plan, Question
from evals.cases.frozen_world import FrozenWorld
from tests.unit.marina import ask
from tests.unit.own_worlds import read_words, world
from tests.unit.playhouse import PLAYHOUSE, make, repay

UNKNOWN = make(repay("sum"))
EUROS = make(repay(unit="money", currency="EUR"))
WHY = "because the play is off"


async def repaid(text: str, there: FrozenWorld = PLAYHOUSE, *answers: Answer) -> Any:
    return (await ask(there, text, *answers)).verdict


def sent(made: Any, name: str = "paid") -> Any:
    assert isinstance(made, Plan), made
    return {each.param: each.value for each in made.steps[0].filled}.get(name)


@pytest.mark.parametrize(
    ("said", "paid"),
    [
        (f"repay half of BK-310 {WHY}", 12.25),
        (f"repay half BK-310 {WHY}", 12.25),
        (f"repay BK-310 by half {WHY}", 12.25),
        (f"repay 20% of BK-310 {WHY}", 4.9),
        (f"repay three quarters of BK-312 {WHY}", 45.0),
        (f"repay all but 5 of BK-310 {WHY}", 19.5),
        (f"repay everything except 5 of BK-310 {WHY}", 19.5),
        (f"repay half of Dora Penn's booking {WHY}", 5.0),
    ],
)
@pytest.mark.parametrize("there", [PLAYHOUSE, EUROS], ids=["number", "euros"])
async def test_a_part_is_worked_out_from_the_records_number_of_the_same_name(
    said: str, paid: float, there: FrozenWorld
) -> None:
    made = await repaid(said, there)
    assert sent(made) == paid
    assert isinstance(next(each.source for each in made.steps[0].filled if each.param == "paid"), ComputedSource)


async def test_the_whole_goes_back_where_no_part_is_said() -> None:
    assert sent(await repaid(f"repay BK-310 {WHY}")) is None
    assert sent(await repaid("repay BK-310 because half the cast was ill")) is None
    assert sent(await repaid("repay BK-310 because it was charged twice")) is None


@pytest.mark.parametrize(
    "said",
    [
        "half of BK-310",
        "half BK-310",
        "a third of BK-310",
        "20% of BK-310",
        "most of BK-310",
        "12 of BK-310",
        "everything but 5 of BK-310",
        "BK-310 except 5,",
    ],
)
async def test_a_part_that_code_cannot_work_out_is_asked_for_and_then_sent(said: str) -> None:
    text = f"repay {said} {WHY}"
    asked = await repaid(text, UNKNOWN)
    assert isinstance(asked, Question), asked
    assert (asked.slot, asked.candidates) == ("0.sum", ())
    assert asked.text.endswith("what should “Sum” be?")
    made = await repaid(text, UNKNOWN, Answer(slot="0.sum", text="8"))
    assert sent(made, "sum") == 8


async def test_half_of_an_unknown_whole_is_no_half_of_one_euro() -> None:
    asked = await repaid(f"repay half of BK-310 {WHY}", make(repay("sum", unit="money", currency="EUR")))
    assert isinstance(asked, Question), asked
    assert asked.slot == "0.sum"


async def test_what_shall_remain_is_not_what_is_taken() -> None:
    asked = await read_words("waive F-231 except 5", world("lending"))
    assert isinstance(asked, Question), asked
    assert asked.text == "You wrote ‘except 5’: what should “Amount” be?"


async def test_a_share_without_an_end_is_asked_about_and_one_of_money_is_rounded() -> None:
    asked = await repaid(f"repay a third of BK-311 {WHY}")
    assert isinstance(asked, Question), asked
    assert asked.text == "That would be 3.3333…, which is no exact number. What should “Paid” be?"
    made = await repaid(f"repay a third of BK-311 {WHY}", EUROS)
    assert sent(made) == 3.33


async def test_a_part_of_what_goes_only_as_a_whole_is_told_so() -> None:
    asked = await read_words("scrap half of the tile cutter because it is broken", world("lending"))
    assert isinstance(asked, Question), asked
    assert "this can only be done as a whole. Should I do all of it: Scrap an item" in asked.text
    assert [each.label for each in asked.candidates] == ["Yes, all of it"]


async def test_a_multiple_is_no_part() -> None:
    asked = await read_words("scrap the tile cutter, double quick, because it is broken", world("lending"))
    assert isinstance(asked, Question), asked
    assert "part, and this can only be done as a whole" not in asked.text
