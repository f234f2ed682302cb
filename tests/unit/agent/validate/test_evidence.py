"""The evidence table: what supports a value, what each class of it may do, and where it is asked instead."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question, grade_evidence
from agent.validate.evidence import _holds_member, may_be_proposed, may_be_read
from agent.validate.slots import Parameter
from tests.unit.own_worlds import came_of, find, number, plan, world

LENDING, DOME = world("lending").catalogue, world("dome").catalogue


async def evidence(text: str, call: dict[str, Any], name: str = "lending") -> tuple[dict[str, str], bool]:
    made = (await came_of(text, plan(call), name)).verdict
    assert isinstance(made, Plan), made
    return {each.param: grade_evidence(each.source) for each in made.steps[0].filled}, bool(made.held)


def shelf(value: Any, quote: str, **more: Any) -> dict[str, Any]:
    item = find("item", "103")
    return {"action": "set_shelf", "item_id": item, "shelf": {"value": value, "quote": quote}, "note": None, **more}


@pytest.mark.parametrize(
    ("value", "quote", "kind", "held"),
    [
        ("cellar", "cellar", "proven", False),
        ("Cellar", "cellar", "proven", False),
        ("cellar", "downstairs", "read", True),
        ("cellar", "", "proposed", True),
        ("cellar", "as always", "proposed", True),
    ],
)
async def test_the_closer_words_are_to_a_value_the_less_a_person_must_look(
    value: str, quote: str, kind: str, held: bool
) -> None:
    more = ", downstairs" if quote == "downstairs" else ""
    found, waits = await evidence(f"item 103 to the cellar{more}", shelf(value, quote))
    assert (found["shelf"], waits) == (kind, held)


async def test_other_words_may_stand_beside_a_member_of_a_list_that_is_the_only_one_said() -> None:
    found, waits = await evidence("item 103 goes down to the cellar", shelf("cellar", "down to the cellar"))
    assert (found["shelf"], waits) == ("proven", False)


@pytest.mark.parametrize("quote", ["not the cellar", "the cellar or the front shelf"])
async def test_a_member_that_is_denied_or_said_beside_another_one_is_not_proven(quote: str) -> None:
    contract = LENDING.get("lending.set_shelf")
    assert contract is not None
    parameter = Parameter("shelf", "Shelf", contract.properties["shelf"], contract.annotation("shelf"))
    assert not _holds_member(parameter, quote, "cellar")
    assert _holds_member(parameter, "down to the cellar", "cellar")


async def test_a_card_says_which_words_a_value_was_read_from() -> None:
    made = (await came_of("item 103 to the cellar, downstairs", plan(shelf("cellar", "downstairs")))).verdict
    assert isinstance(made, Plan)
    assert "“Shelf” is read from ‘downstairs’; check that it is what you mean." in made.held


async def test_a_note_that_nobody_said_is_shown_and_a_contract_may_forbid_it() -> None:
    note = {"value": "was in the way", "quote": ""}
    found, waits = await evidence("item 103 to the cellar", shelf("cellar", "cellar", note=note))
    assert (found["note"], waits) == ("proposed", True)
    book = {
        "action": "book_night",
        "scope": find("scope", "Old Bess"),
        "night": {"date": "2026-12-02", "quote": "2026-12-02"},
        "exposure_s": None,
        "filters": None,
        "observer": {"value": "Vera", "quote": ""},
    }
    found, waits = await evidence("book Old Bess for 2026-12-02", book, "dome")
    assert "observer" not in found  # its sources don't say proposed


async def test_money_is_asked_for_and_never_proposed() -> None:
    charge = {
        "action": "charge_fine",
        "member_id": find("member", "Tariq"),
        "amount": number(25, ""),
        "reason": {"value": "a torn bag", "quote": "a torn bag"},
    }
    asked = (await came_of("charge Tariq for a torn bag", plan(charge))).verdict
    assert isinstance(asked, Question)
    assert asked.param == "amount"
    read, waits = await evidence("charge Tariq a pony for a torn bag", {**charge, "amount": number(25, "a pony")})
    assert (read["amount"], waits) == ("read", True)


async def test_what_can_not_be_undone_takes_no_value_of_a_models_own() -> None:
    scrap = {"action": "scrap_item", "item_id": find("item", "105"), "reason": {"value": "worn", "quote": ""}}
    asked = (await came_of("scrap item 105", plan(scrap))).verdict
    assert isinstance(asked, Question)
    assert asked.param == "reason"
    abort = {"action": "abort", "scope": find("scope", "Lantern"), "force": {"value": True, "quote": ""}}
    asked = (await came_of("abort the Lantern", plan(abort), "dome")).verdict
    assert isinstance(asked, Question)
    assert [each.id for each in asked.candidates] == ["true", "false"]  # what was proposed stands first


async def test_only_what_code_reads_itself_where_a_contract_says_proven() -> None:
    def book(value: float, quote: str) -> dict[str, Any]:
        return {
            "action": "book_night",
            "scope": find("scope", "Old Bess"),
            "night": {"date": "2026-12-02", "quote": "2026-12-02"},
            "exposure_s": number(value, quote),
            "filters": None,
            "observer": None,
        }

    night = "book Old Bess for 2026-12-02"
    assert (await evidence(f"{night}, 30 seconds", book(30, "30 seconds"), "dome"))[0]["exposure_s"] == "proven"
    usual = await evidence(f"{night}, the usual length", book(45, "the usual length"), "dome")
    assert "exposure_s" not in usual[0]


async def test_a_letter_is_worded_by_leave_with_figures_by_code() -> None:
    letter = {"draft": "Dear Piet, {1} is due.", "fills": [{"field": "amount", "of": find("fine", "F-233")}]}
    write = {"action": "write_member", "member_id": find("member", "Piet Vos"), "letter": letter}
    made = (await came_of("write Piet Vos what is due of F-233", plan(write))).verdict
    assert isinstance(made, Plan)
    assert "The model worded “Letter” for you. Check or change it." in made.held
    filled = next(each for each in made.steps[0].filled if each.param == "letter")
    assert filled.value == "Dear Piet, 24.00 EUR is due."
    for draft in ("Dear Piet, {2} is due.", "Dear Piet, all is due."):
        spoilt = {**write, "letter": {**letter, "draft": draft}}
        assert isinstance((await came_of("write Piet Vos what is due of F-233", plan(spoilt))).verdict, Question)


async def test_more_than_the_record_allows_is_said_and_not_held() -> None:
    waive = {"action": "waive_fine", "fine_id": find("fine", "F-231"), "amount": number(12, "12 euros", "EUR")}
    asked = (await came_of("waive 12 euros of F-231", plan(waive))).verdict
    assert isinstance(asked, Question)
    assert "at most 9.00 EUR" in asked.text
    other = {**waive, "amount": number(5, "5 dollars", "USD")}
    asked = (await came_of("waive 5 dollars of F-231", plan(other))).verdict
    assert isinstance(asked, Question)
    assert "nothing is converted" in asked.text


def test_the_table_by_parameter() -> None:
    proposed = {
        f"{contract.name}.{name}"
        for catalogue in (LENDING, DOME)
        for contract in catalogue
        for name in contract.properties
        if may_be_proposed(contract, name)
    }
    assert proposed == {
        "lending.set_shelf.shelf",
        "lending.set_shelf.note",
        "lending.write_member.letter",
        "dome.book_night.filters",
    }
    book = DOME.get("dome.book_night")
    assert book is not None
    assert not may_be_read(book, "exposure_s")
    assert may_be_read(book, "observer")
