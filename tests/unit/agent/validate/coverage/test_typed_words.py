"""A record is taken only by words that somebody typed."""

from __future__ import annotations

import pytest

from agent.pipeline import Answer, Plan, Question, Request, Turn
from agent.planning.proposal import Words
from agent.validate.coverage.typed_words import TypedWords
from tests.unit.own_worlds import NOW, came_of, find, number, plan

TEXT = "Waive the fine of Ines, code 231, for the belt-sander; müssen wir 北京"


@pytest.mark.parametrize(
    "words",
    ["Ines", "ines", "Inés".replace("é", "e"), "belt sander", "fines", "F-231", "231", "sander belt", "北京"],
)
def test_words_stand_but_for_order_endings_and_the_letters_of_a_code(words: str) -> None:
    assert TypedWords(Request(text=TEXT, now=NOW)).hold(Words(text=words))


@pytest.mark.parametrize("words", ["Piet", "F-233", "1231", "23", "Ines Vos", "", "上海", "x " * 60])
def test_other_words_do_not(words: str) -> None:
    assert not TypedWords(Request(text=TEXT, now=NOW)).hold(Words(text=words))


@pytest.mark.parametrize("said", ["close the 429s", "the 429th one", "close INV429"])
def test_a_number_stands_whatever_letters_are_on_it(said: str) -> None:
    assert TypedWords(Request(text=said, now=NOW)).hold(Words(text="429"))
    assert not TypedWords(Request(text=said, now=NOW)).hold(Words(text="42"))


def test_answers_and_earlier_words_of_the_thread_count() -> None:
    request = Request(
        text="waive it", now=NOW, answers=(Answer(slot="x", text="Piet"),), thread=(Turn(words="ask Ruth", came=""),)
    )
    typed = TypedWords(request)
    assert typed.hold(Words(text="Piet"))
    assert typed.hold(Words(text="Ruth"))


async def test_a_record_that_nobody_named_is_offered_and_not_taken() -> None:
    renew = plan({"action": "renew_loan", "loan_id": find("loan", "503"), "days": number(7, "7 days", "days")})
    asked = (await came_of("renew the sander by 7 days", renew)).verdict
    assert isinstance(asked, Question)
    assert [each.id for each in asked.candidates] == ["503"]
    chosen = Answer(slot=asked.slot, choice="503", label="loan 503")
    made = (await came_of("renew the sander by 7 days", renew, answers=[chosen])).verdict
    assert isinstance(made, Plan)
    assert made.steps[0].filled[0].value == 503


async def test_an_amount_of_a_record_that_nobody_named_is_none() -> None:
    charge = {
        "action": "charge_fine",
        "member_id": find("member", "Tariq"),
        "amount": {"field": "amount", "of": find("fine", "F-233")},
        "reason": {"value": "the same", "quote": "the same"},
    }
    asked = (await came_of("charge Tariq the same", plan(charge))).verdict
    assert isinstance(asked, Question)
    assert asked.param == "amount"


async def test_what_is_added_was_typed_and_a_factor_may_be_implied() -> None:
    def waive(op: str, value: float) -> dict[str, object]:
        field = {"field": "amount", "of": {"handle": "@fine_id"}}
        amount = {"op": op, "a": field, "b": number(value)}
        return plan({"action": "waive_fine", "fine_id": find("fine", "F-233"), "amount": amount})

    half = (await came_of("waive F-233, only one of two", waive("*", 0.5))).verdict
    assert not isinstance(half, Plan) or half.held
    less = (await came_of("waive F-233", waive("-", 5))).verdict
    assert isinstance(less, Plan)
    amount = next(each for each in less.steps[0].filled if each.param == "amount")
    assert amount.value == 2400  # what the contract derives: the number that nobody typed is left out


async def test_a_value_that_tells_records_apart_and_that_nobody_typed_is_shown_first() -> None:
    late = {"field": "charged_on", "op": ">", "value": {"date": "2026-11-18", "quote": ""}}
    of = {"belongs_to": find("member", "Piet Vos")}
    made = (
        await came_of(
            "waive the fine of Piet Vos", plan({"action": "waive_fine", "fine_id": find("fine", None, of, late)})
        )
    ).verdict
    assert isinstance(made, Plan)
    assert made.held
    assert "worked out" in made.held[0]


async def test_an_id_that_words_stand_beside_and_do_not_say_is_shown_first() -> None:
    same = {"field": "id", "op": "=", "value": {"word": "502", "quote": "his loan"}}
    renew = plan({"action": "renew_loan", "loan_id": find("loan", None, same), "days": number(7, "7 days", "days")})
    made = (await came_of("renew his loan by 7 days", renew)).verdict
    assert isinstance(made, Plan)
    assert made.held
