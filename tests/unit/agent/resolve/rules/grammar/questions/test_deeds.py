"""Questions about deeds and debts: each word is read, and what is still to come isn't passed over."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from tests.unit.agent.resolve.rules.grammar.questions.test_questions import answered, ids


async def value(text: str, name: str) -> tuple[str, ...]:
    reply = await answered(text, name)
    assert isinstance(reply, Reply), reply
    return reply.values


@pytest.mark.parametrize(
    ("name", "text", "said", "found"),
    [
        ("riding", "has Joris paid his fees", "no", ["411", "414"]),
        ("riding", "did Joris pay 411", "no", ["411"]),
        ("vet", "has Ivo Marek paid anything?", "yes", ["815"]),
        ("vet", "has Ivo Marek paid his November bill?", "no", []),
        ("vet", "does Ivo Marek still owe us anything?", "no", []),
        ("riding", "has Joris got anything left to pay?", "yes", ["411", "414"]),
    ],
)
async def test_who_paid_is_told_by_what_is_paid_and_what_is_not(
    name: str, text: str, said: str, found: list[str]
) -> None:
    assert await value(text, name) == (said,)
    assert ids(await answered(text, name)) == found


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vet", "did Ivo Marek pay twice?"),
        ("vet", "has Ivo Marek paid half of his bill?"),
        ("vet", "has Ivo Marek paid all but one bill"),
        ("vet", "when did Ivo Marek pay bill 811"),  # no field says when; the day it was sent is another
        ("vet", "does anyone owe us more than 100 euros"),
        ("riding", "who paid yesterday?"),
        ("lending", "which members are late in Delft"),
        ("lending", "how much are we owed in silly fines"),
        ("garage", "when is Greta Holm?"),
    ],
)
async def test_a_deed_is_not_told_where_a_word_of_it_stays_unread(name: str, text: str) -> None:
    assert not isinstance(await answered(text, name), Reply)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("vet", "does anyone in Malmö owe us money?", ["2"]),
        ("riding", "who still has to pay", ["12", "14"]),
        ("vet", "whose bills are unpaid?", ["1", "2"]),
        ("vet", "who do we have on leave", ["32"]),
        ("riding", "is anything planned for Thunder?", ["602", "603", "607"]),
        ("riding", "is there any lesson planned for Joris?", ["602", "607"]),
        ("vet", "who still owes us money?", ["1", "2"]),
        ("vet", "do we have any unpaid bills?", ["811", "812", "813"]),
        ("lending", "anything late?", ["501", "505"]),
        ("vet", "at the moment, what are the unpaid bills?", ["811", "812", "813"]),
    ],
)
async def test_a_set_is_told_in_whatever_order_its_words_come(name: str, text: str, found: list[str]) -> None:
    assert ids(await answered(text, name)) == found


async def test_a_set_named_first_leaves_no_word_of_the_question_out() -> None:
    assert not isinstance(await answered("of the unpaid bills, how many are green?", "vet"), Reply)
    assert not isinstance(await answered("is there anything unpaid that is green?", "vet"), Reply)


async def test_a_sum_of_all_is_told_with_words_that_only_say_that_all_is_meant() -> None:
    assert await value("all told, how much is unpaid?", "vet") == ("322.00 EUR",)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("riding", "which lessons haven't been ridden yet", ["601", "602", "603", "606", "607"]),  # none called off
        ("vet", "what visits are booked in for December?", ["703", "705"]),  # in November: the coming one
        ("vet", "does Greta Falk have a bill unpaid?", ["811"]),
        ("riding", "Joris Maes: does he owe us anything?", ["411", "414"]),
        ("riding", "show me what Joris Maes owes", ["411", "414"]),
        ("vet", "how many are unpaid?", ["811", "812", "813"]),
        ("hotel", "when is the Deep Clean?", ["61"]),
        ("hotel", "is the Deep Clean done?", ["61"]),  # the clean itself, and nobody who has one
    ],
)
async def test_a_plain_question_finds_what_it_is_told_of(name: str, text: str, found: list[str]) -> None:
    assert ids(await answered(text, name)) == found


async def test_what_is_owed_to_us_and_what_one_thing_is_worth_are_sums() -> None:
    assert await value("how much are we still owed?", "vet") == ("322.00 EUR",)
    assert await value("how much is bill 812?", "vet") == ("210.00 EUR",)
    assert await value("how much fine is unpaid?", "lending") == ("51.00 EUR",)


async def test_what_is_denied_of_us_is_not_told_as_done() -> None:
    assert not isinstance(await answered("which bills have we not sent in November", "vet"), Reply)


async def test_a_count_of_each_is_told_for_each() -> None:
    reply = await answered("how many lessons does each horse have?", "riding")
    assert isinstance(reply, Reply)
    assert "3 Thunder" in reply.text
    assert not isinstance(await answered("how many lessons does each horse like?", "riding"), Reply)


async def test_who_waits_longest_is_not_whoever_came_first() -> None:
    assert not isinstance(await answered("who has been waiting longest", "vet"), Reply)
