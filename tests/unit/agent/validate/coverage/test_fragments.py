"""What a question quotes of a request, and what belongs to a used word: the name of a text, a sign beside a number."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, Request
from agent.planning.proposal import NoneResult, Proposal
from agent.planning.propose import propose
from agent.planning.task import Task
from agent.resolve.model.resolver import ProposingResolver
from agent.validate.coverage.fragments import complete_fragments, join_in_clause
from agent.validate.coverage.order import Order
from evals.cases.frozen_world import FrozenWorld
from tests.unit.laundry import LAUNDRY
from tests.unit.marina import ask, define, list_rows, offer, refer
from tests.unit.own_worlds import NOW, OWNER, Says, find, plan

NUMBER = {"type": "integer", "minimum": 1}
TEXT = {"type": "string", "minLength": 1, "maxLength": 300}
STOCK = FrozenWorld(
    {
        "contracts": [
            offer("order_ware", "Order wares", "Order a number of a ware.", {"ware_id": NUMBER, "count": NUMBER}, {
                "ware_id": refer("ware"), "count": {"unit": "count"}}),
            offer("book_fitting", "Book a fitting", "Enter a fitting of a ware.", {
                "ware_id": NUMBER, "day": {"type": "string", "format": "date"}, "note": TEXT}, {
                "ware_id": refer("ware"), "day": {}, "note": {}}, optional=["note"]),
            offer("message_maker", "Message the maker", "Send a ware's maker a message.", {
                "ware_id": NUMBER, "text": TEXT, "by": {"type": "string", "enum": ["sms", "email", "post"]}}, {
                "ware_id": refer("ware"), "text": {}, "by": {"words": {"post": ["registered letter"]}}}),
        ],
        "kinds": [define("ware", ["ware", "wares"], [{"name": "id", "type": "id"}, {"name": "name", "search": "name"}],
            label="{name}")],
        "records": {"ware": list_rows("id name", (1, "oak pegs"), (2, "felt pads"))},
    }
)  # fmt: skip


async def verdict_of(there: FrozenWorld, text: str, call: dict[str, Any], *left: str, more: Any = ()) -> Any:
    task = Task(Request(text=text, now=NOW), OWNER, there.context(there.provider({})), "run_00000000000000000000000001")
    rest = [{"quote": each, "is": "left over"} for each in left]
    answer = {"understood": "", "result": plan(call, *more), "rest": rest}
    return (await propose(task, ProposingResolver(Says(answer)))).verdict


def paid(amount: float, quote: str) -> dict[str, Any]:
    return {"action": "take_payment", "load_id": find("load", "803"), "amount": {"number": amount, "quote": quote}}


PEGS, PADS = find("ware", "oak pegs"), find("ware", "felt pads")


def fitted(quote: str, note: str = "") -> dict[str, Any]:
    more = {"note": {"value": note, "quote": note}} if note else {}
    return {"action": "book_fitting", "ware_id": PEGS, "day": {"date": "2026-11-27", "quote": quote}, **more}


def ordered(count: int, quote: str) -> dict[str, Any]:
    return {"action": "order_ware", "ware_id": PADS, "count": {"number": count, "quote": quote}}


def noted(note: str) -> dict[str, Any]:
    return {"action": "note_load", "load_id": find("load", "803"), "note": {"value": note, "quote": note}}


def messaged(by: str, quote: str) -> dict[str, Any]:
    text = {"value": "send more", "quote": "send more"}
    return {"action": "message_maker", "ware_id": PADS, "text": text, "by": {"value": by, "quote": quote}}


@pytest.mark.parametrize(
    ("text", "by", "quote"),
    [
        ("message the maker of the felt pads by email: send more", "email", "email"),
        ("message the maker of the felt pads by registered letter: send more", "post", "by registered letter"),
        ("message the maker of the felt pads by registered letter: send more", "post", "letter"),
    ],
)
async def test_all_words_of_a_chosen_value_are_accounted_for(text: str, by: str, quote: str) -> None:
    made = await verdict_of(STOCK, text, messaged(by, quote))
    assert isinstance(made, Plan), made
    assert {each.param: each.value for each in made.steps[0].filled}["by"] == by


async def test_the_other_value_may_be_a_second_call_s() -> None:
    text = "message the makers of the felt pads by sms, of the oak pegs by email: send more"
    pegs = {**messaged("email", "email"), "ware_id": PEGS}
    made = await verdict_of(STOCK, text, messaged("sms", "sms"), more=[pegs])
    assert isinstance(made, Plan), made
    assert len(made.steps) == 2


@pytest.mark.parametrize("denied", [", not by email", " not by email", " instead of by email"])
async def test_a_value_that_is_denied_and_not_taken_is_not_asked_about(denied: str) -> None:
    text = "message the maker of the felt pads by sms{}: send more"
    assert isinstance(await verdict_of(STOCK, text.format(denied), messaged("sms", "sms")), Plan)
    assert isinstance(await verdict_of(STOCK, text.format(" and by email"), messaged("sms", "sms")), Question)


async def test_another_channel_than_the_one_that_is_taken_is_asked_about() -> None:
    text = "message the maker of the felt pads by email: send more"
    assert isinstance(await verdict_of(STOCK, text, messaged("sms", "message")), Question)


@pytest.mark.parametrize(
    ("there", "text", "call", "left", "quoted"),
    [
        (LAUNDRY, "Bill paid 12.50 yesterday for 803", paid(12.5, "12.50"), ["yesterday"], "‘yesterday’"),
        (LAUNDRY, "Bill paid 12.50 for load 803 yesterday", paid(12.5, "12.50"), ["yesterday"], "‘yesterday’"),
        (LAUNDRY, "took 12.50 from load 803 twice", paid(12.5, "12.50"), ["twice"], "‘803 twice’"),
        (STOCK, "fit the oak pegs not on Friday", fitted("Friday"), [], "‘not on Friday’"),
        (STOCK, "order 40 felt pads tomorrow", ordered(40, "40"), ["tomorrow"], "‘tomorrow’"),
        (STOCK, "don't fit the oak pegs on Thursday but on Friday", fitted("on Friday"), [],
            "‘don't fit the oak pegs on Thursday’"),
        (LAUNDRY, "note on load 803: unless Bo rings by Sunday", noted("unless Bo rings by Sunday"), [],
            "‘unless Bo rings by Sunday’"),
        (STOCK, "order 40 of half of the felt pads", ordered(40, "40"), ["half of"], "half of the felt pads’"),
    ],
)  # fmt: skip
async def test_a_question_quotes_whole_words(
    there: FrozenWorld, text: str, call: dict[str, Any], left: list[str], quoted: str
) -> None:
    asked = await verdict_of(there, text, call, *left)
    assert isinstance(asked, Question), asked
    assert quoted in asked.text


@pytest.mark.parametrize(
    ("there", "text", "call"),
    [
        (STOCK, "order felt pads x 40", ordered(40, "40")),
        (STOCK, "order felt pads ×40", ordered(40, "40")),
        (STOCK, "order 40x felt pads", ordered(40, "40x")),
        (STOCK, "order 40 × felt pads", ordered(40, "40 ×")),
        (
            STOCK,
            "book a fitting of the oak pegs on Friday, note: mind the step",
            fitted("on Friday", "mind the step"),
        ),
        (LAUNDRY, "note on load 803: collar torn, keep the buttons", noted("collar torn, keep the buttons")),
    ],
)
async def test_what_belongs_to_a_used_word_is_not_left_over(
    there: FrozenWorld, text: str, call: dict[str, Any]
) -> None:
    made = await verdict_of(there, text, call)
    assert isinstance(made, Plan), made
    assert not made.held


@pytest.mark.parametrize("said", ["felt pads x 40", "felt pads x40", "felt pads × 40", "40 x felt pads"])
async def test_a_sign_beside_a_number_of_things_is_read_without_a_model_too(said: str) -> None:
    made = (await ask(STOCK, f"order {said}")).verdict
    assert isinstance(made, Plan), made
    assert not made.held


@pytest.mark.parametrize(
    ("there", "text", "call"),
    [
        (STOCK, "order 3x the usual felt pads", ordered(3, "3x")),
        (STOCK, "order felt pads 3x as many as before", ordered(3, "3x")),
        (
            STOCK,
            "book a fitting of the oak pegs on Friday, deposit: mind the step",
            fitted("on Friday", "mind the step"),
        ),
        (
            STOCK,
            "book a fitting of the oak pegs on Friday: the felt pads stay",
            fitted("on Friday", "the felt pads stay"),
        ),
        (LAUNDRY, "note on load 803: collar torn, and shift it to Friday", noted("collar torn")),
        (LAUNDRY, "note on load 803: collar torn, and tell her", noted("collar torn, and tell her")),
    ],
)
async def test_what_says_more_is_asked_about(there: FrozenWorld, text: str, call: dict[str, Any]) -> None:
    assert isinstance(await verdict_of(there, text, call), Question)


def test_what_two_checks_find_is_quoted_once() -> None:
    request = Request(text="order felt pads, not oak pegs", now=NOW)
    order = Order(request=request, proposal=Proposal(result=NoneResult(reason="nothing requested")))
    assert complete_fragments(order, ["not oak pegs", "not oak pegs", "felt pads"]) == ["not oak pegs", "felt pads"]


def test_what_a_plan_is_taken_to_say_is_quoted_as_one_clause() -> None:
    request = Request(text="keep the felt pads from going out, they are wet", now=NOW)
    order = Order(request, Proposal(result=NoneResult(reason="nothing requested")))
    assert join_in_clause(order, ["from going"], ["keep"]) == ["keep the felt pads from going out"]
    assert join_in_clause(order, ["from going"], ["wet"]) == ["from going"]  # of another clause
