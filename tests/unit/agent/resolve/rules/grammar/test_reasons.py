"""Why something is done, read without a model, in the words of the whole clause that tells it."""

from __future__ import annotations

import pytest

from agent.pipeline import Question
from tests.unit.agent.resolve.rules.grammar.test_directions import calls_of, verdict_of


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("scrap the tile cutter, she asked for it twice", "she asked for it twice"),
        ("scrap the tile cutter - it broke after a week", "it broke after a week"),
        ("scrap the tile cutter for rust", "rust"),
        ("scrap the tile cutter, please, for its rust", "its rust"),
        ("scrap the tile cutter because of rust", "rust"),
        ("scrap the tile cutter for rust for good", "rust"),
        ("scrap the tile cutter for its rust and noise", "its rust and noise"),
        ("scrap the tile cutter for rattling for a week", "rattling for a week"),
        ("scrap the tile cutter because they drop and bend it", "they drop and bend it"),
    ],
)
async def test_a_clause_that_tells_why_is_the_reason_as_a_whole(text: str, why: str) -> None:
    assert [each["reason"] for each in await calls_of(text, "lending")] == [why]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("scrap the tile cutter for its rust and apologise to Ruth", "‘apologise to Ruth’"),
        ("scrap the tile cutter for its rust and say sorry", "say sorry’"),
        ("scrap the tile cutter for its rust and comfort her", "‘comfort her’"),
    ],
)
async def test_another_order_behind_a_reason_is_no_part_of_it(text: str, left: str) -> None:
    asked = await verdict_of(text, "lending")
    assert isinstance(asked, Question)
    assert left in asked.text


@pytest.mark.parametrize(
    ("text", "name", "left"),
    [
        ("scrap the tile cutter for rust but not the sander", "lending", "but not the sander"),
        ("scrap the tile cutter for rust but only once", "lending", "but only once"),
        ("scrap the tile cutter for rust without a receipt", "lending", "without a receipt"),
        ("scrap the tile cutter for rust except on monday", "lending", "except on monday"),
        ("scrap the tile cutter for rust every month", "lending", "every month"),
        ("scrap the tile cutter for rust for three weeks", "lending", "for three weeks"),
        ("scrap the tile cutter for three weeks because of rust", "lending", "for three weeks"),
        ("scrap the tile cutter for rust and 3 for dirt", "lending", "and 3 for dirt"),
        ("scrap the tile cutter for rust next friday", "lending", "next friday"),
        ("block 101 for painting as well as 102", "hotel", "as well as 102"),
        ("waive charge 9014 for the noise per night", "hotel", "per night"),
        ("charge Ines Duarte 9 euros for the lost key for now", "lending", "for now"),
        ("block 101 until friday for everybody but guests", "hotel", "for everybody but guests"),
    ],
)
async def test_a_reason_ends_before_words_that_limit_or_add(text: str, name: str, left: str) -> None:
    asked = await verdict_of(text, name)
    assert isinstance(asked, Question)
    assert f"‘{left}’" in asked.text, asked.text


async def test_a_reason_that_is_a_sentence_keeps_such_words() -> None:
    text = "scrap the tile cutter because they come but once"
    assert [each["reason"] for each in await calls_of(text, "lending")] == ["they come but once"]


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ("block 101 for the wedding until 2 december", "hotel", "the wedding"),
        ("block 101 because of the flood until 2 december", "hotel", "the flood"),
        ("book Pepper for a check-up on friday", "vet", "a check-up"),
        ("book Pepper on friday for the open bill", "vet", "the open bill"),
    ],
)
async def test_a_reason_that_is_not_needed_is_taken_beside_a_day_and_other_records(
    text: str, name: str, why: str
) -> None:
    assert [each.get("reason") for each in await calls_of(text, name)] == [why]


@pytest.mark.parametrize(
    "text",
    [
        "scrap the tile cutter, leave the lamp alone",
        "scrap the tile cutter, forget the lamp",
        "scrap the tile cutter, the lamp being an exception",
        "scrap the tile cutter, just not for the lamp",
    ],
)
async def test_what_leaves_something_out_is_no_reason(text: str) -> None:
    asked = await verdict_of(text, "lending")
    assert isinstance(asked, Question)


@pytest.mark.parametrize("how_long", ["for a while", "for the time being", "for the present", "for a bit"])
async def test_for_how_long_is_no_reason(how_long: str) -> None:
    asked = await verdict_of(f"scrap the tile cutter {how_long}", "lending")
    assert isinstance(asked, Question), asked


NOTED = "foodbank"
FINED = "lending"


@pytest.mark.parametrize(
    ("text", "name", "whole"),
    [
        ("Sean Brannigan said the oven is fixed, note that down", NOTED, "Sean Brannigan said the oven is fixed"),
        ("Sean moved in with his sister, add a note", NOTED, "Sean moved in with his sister"),
        ("Sean prefers small jars and note that down", NOTED, "Sean prefers small jars"),
        ("Sean can't cook at home, note that down", NOTED, "Sean can't cook at home"),
        ("Sean keeps calling back, note that down", NOTED, "Sean keeps calling back"),
        ("Sean moved in again so note that down", NOTED, "Sean moved in again"),
        ("the Brannigan household prefers small jars, note that down", NOTED,
         "the Brannigan household prefers small jars"),
        ("make a note, Sean moved in with his sister", NOTED, "Sean moved in with his sister"),
        ("note down Sean moved in with his sister", NOTED, "Sean moved in with his sister"),
        ("Ines Duarte tore the manual, fine her 5 euros", FINED, "Ines Duarte tore the manual"),
        ("Ines lost the manual and chipped the blade, fine her 5 euros", FINED,
         "Ines lost the manual and chipped the blade"),
        ("scrap the tile cutter after Tariq broke it", FINED, "Tariq broke it"),
    ],
)  # fmt: skip
async def test_a_text_that_begins_with_a_verb_has_its_subject(text: str, name: str, whole: str) -> None:
    assert [each.get("note") or each["reason"] for each in await calls_of(text, name)] == [whole]


@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("note for Sean: has no oven", NOTED, "has no oven"),
        ("note Sean: moved south", NOTED, "moved south"),
        ("note that down for Sean: moved south", NOTED, "moved south"),
        ("note: Sean has no oven", NOTED, "Sean has no oven"),
        ("Sean wrote \"oven broke\", note that down", NOTED, "oven broke"),
        ("note down that Sean moved in with his sister", NOTED, "moved in with his sister"),
        ("note for Sean moved south", NOTED, "moved south"),
        ("fine Ines 5 euros: lost the manual", FINED, "lost the manual"),
        ("charge Ines 5 euros, she lost the manual", FINED, "she lost the manual"),
        ("charge Ines 5 euros because Ines lost the manual", FINED, "Ines lost the manual"),
        ("charge Ines 5 euros for losing the manual", FINED, "losing the manual"),
        ("cancel Fatima's booked job, sold the car", "garage", "sold the car"),
        ("cancel Jonas' booking, broke his leg", "hotel", "broke his leg"),
        ("book a visit for Pepper on friday, vaccination", "vet", "vaccination"),
    ],
)  # fmt: skip
async def test_a_text_that_is_introduced_or_set_apart_stays_as_it_is(text: str, name: str, found: str) -> None:
    assert [each.get("note") or each["reason"] for each in await calls_of(text, name)] == [found]


@pytest.mark.parametrize("why", ["he called in with a cold", "she dropped her phone"])
async def test_a_reason_may_hold_another_verb_of_the_action(why: str) -> None:
    assert await calls_of(f"cancel booking 5011, {why}", "hotel") == [{"booking_id": 5011, "reason": why}]


async def test_a_reason_that_only_reports_the_deed_is_asked_about() -> None:
    asked = await verdict_of("cancel booking 5011, she cancelled", "hotel")
    assert isinstance(asked, Question)
    assert "‘cancelled’ doesn't ask for it" in asked.text


async def test_a_verb_in_a_reason_names_no_other_action() -> None:
    asked = await verdict_of("move booking 5011 to 5 december, he called", "hotel")
    assert "Cancel" not in getattr(asked, "text", ""), asked


async def test_who_is_told_something_is_no_subject_of_it() -> None:
    """The verb is what the text is called as well."""
    assert [each["message"] for each in await calls_of("message Yuki the brakes are done", "garage")] == [
        "the brakes are done"
    ]
