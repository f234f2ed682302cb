"""Questions that everybody types, over platforms whose words no rule knows: a record's field, who does what to it, what
is owed in all, what is on, and states in everyday words."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from tests.unit.agent.resolve.rules.grammar.questions.test_questions import answered, ids


async def value(text: str, name: str) -> tuple[str, ...]:
    reply = await answered(text, name)
    assert isinstance(reply, Reply), reply
    return reply.values


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("garage", "telephone number of Mr Webb", "+4670000002"),
        ("garage", "what phone number do we have for Yuki Tanaka?", "+4670000004"),
        ("garage", "mobile number for Marcus Thorne", "+4670000003"),
        ("hotel", "Mrs Quill's mail address?", "martha.quill@post.example"),
        ("lending", "due date of 502", "2026-11-29"),
        ("lending", "when is the sewing machine due back?", "2026-12-02"),
        ("garage", "what does the oil filter cost", "8.50 EUR"),
        ("garage", "cost of brake pads", "39.00 EUR"),
        ("hotel", "what does Thyme cost?", "79.00 EUR"),
        ("hotel", "total of 5004", "876.00 EUR"),
        ("hotel", "how many adults does 5004 have", "2"),
        ("foodbank", "how many people does 1003 have", "4"),
        ("garage", "which bay is Tom Akers in?", "south"),
        ("foodbank", "which shelf is pasta on", "dry"),
        ("vet", "what diet is Pepper on", "normal"),
    ],
)
async def test_a_field_goes_by_its_label_or_a_usual_word_for_it(name: str, text: str, found: str) -> None:
    assert await value(text, name) == (found,)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("garage", "work phone of Marcus Thorne"),
        ("garage", "delivery date of 803"),
        ("hotel", "what does Thyme cost without breakfast"),
        ("hotel", "how many children does 5004 have"),
        ("hotel", "how much is breakfast in room 104"),
        ("garage", "what's left of Yuki Tanaka's phone"),
        ("lending", "which members are late in Delft"),
    ],
)
async def test_a_word_that_no_field_is_called_by_stops_the_answer(name: str, text: str) -> None:
    assert not isinstance(await answered(text, name), Reply)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("garage", "who's working on the Ford Transit", ["2"]),
        ("garage", "who is on 801", ["1"]),
        ("foodbank", "who's driving 3004", ["62"]),
        ("hotel", "who's doing the deep clean", ["41"]),
        ("vet", "who has 702", ["32"]),
        ("vet", "who paid bill 814", ["3"]),
        ("vet", "Greta Falk email?", ["1"]),
        ("vet", "greta falk city?", ["1"]),
        ("vet", "who paid bill 812", []),
        ("lending", "who has the tile cutter", ["2"]),
        ("garage", "whose is KJ-4471?", ["1"]),
        ("lending", "whose is 502", ["2"]),
        ("vet", "whose is Clementine", ["1"]),
        ("hotel", "who is 5004 for", ["1"]),
        ("hotel", "who booked 5003", ["12"]),
        ("lending", "who does F-233 belong to?", ["5"]),
    ],
)
async def test_who_handles_a_record_and_whose_it_is(name: str, text: str, found: list[str]) -> None:
    assert ids(await answered(text, name)) == found


@pytest.mark.parametrize(
    ("name", "text"),
    [("garage", "who is painting 801")],
)
async def test_nobody_is_named_for_what_no_role_says(name: str, text: str) -> None:
    assert not isinstance(await answered(text, name), Reply)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("vet", "how much is outstanding in all", "322.00 EUR"),
        ("lending", "how much is outstanding", "51.00 EUR"),
        ("garage", "what is Owen Price still owing", "568.00 EUR"),
    ],
)
async def test_what_is_owed_is_summed_by_whatever_word_the_platform_has_for_it(
    name: str, text: str, found: str
) -> None:
    assert await value(text, name) == (found,)


async def test_what_we_owe_is_not_what_is_owed_to_us() -> None:
    assert not isinstance(await answered("what do we owe Piet Vos", "lending"), Reply)
    assert not isinstance(await answered("how much is outstanding for spare parts", "garage"), Reply)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("foodbank", "what's on tomorrow", ["3004", "3005"]),
        ("vet", "what have we got this week?", ["701", "702"]),
        ("vet", "anything on Friday", ["702"]),
        ("garage", "what's on on Thursday", ["803"]),
        ("hotel", "what have we on Wednesday", ["61"]),
    ],
)
async def test_what_is_on_is_what_takes_place_then(name: str, text: str, found: list[str]) -> None:
    assert ids(await answered(text, name)) == found


async def test_when_is_told_by_a_name_in_small_letters() -> None:
    assert await value("when is the deep clean", "hotel") == ("2026-11-25",)


async def test_open_work_is_told_by_whose_it_is() -> None:
    assert ids(await answered("what is Bruno Salgado working on", "garage")) == ["801", "804"]


async def test_days_are_told_once() -> None:
    reply = await answered("what's on tomorrow", "foodbank")
    assert isinstance(reply, Reply)
    assert reply.text.startswith("2 parcels on 25 Nov 2026 (not cancelled):")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("garage", "which parts are out of stock?", ["64"]),
        ("garage", "what parts are we out of?", ["64"]),
        ("garage", "what are we out of?", ["64"]),
        ("foodbank", "which parcels for Lucia Castellanos still have to be packed", ["3003"]),
    ],
)
async def test_states_in_everyday_words(name: str, text: str, found: list[str]) -> None:
    assert ids(await answered(text, name)) == found


async def test_somebodys_arrival_is_that_of_their_booking_and_not_when_they_became_a_guest() -> None:
    assert await value("when does Amelia Hart arrive", "hotel") == ("2026-11-22",)
