"""A card of several calls that one query made is narrowed by what its records are, and the new card takes its place."""

from __future__ import annotations

import pytest

from agent.pipeline import Abstain, Plan, Question
from tests.unit.agent.planning.test_corrected_cards import talk

NAMED = "waive charges 9001, 9002 and 9003"

ALL = "resend all unpaid invoices"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("except R-5103", {902, 904, 907}),
        ("but not Yuki's", {902, 904, 907}),
        ("without R-5103 and R-5104 please", {902, 907}),
        ("only the overdue ones", {904, 907}),
        ("just the ones over 400", {902, 904}),
        ("only R-5102 and R-5103", {902, 903}),
    ],
)
async def test_a_card_of_several_calls_is_narrowed_in_words(text: str, left: set[int]) -> None:
    runs, outcome = await talk(ALL, text, there="garage")
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    assert {step.filled[0].value for step in outcome.verdict.steps} == left
    assert outcome.withdrawal.runs == (runs[0].id,)
    assert outcome.waits


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("only the first two", {9001, 9002}),
        ("the last two only", {9002, 9003}),
        ("the oldest", {9001}),
        ("just the two biggest, please", {9002, 9003}),
        ("everything but the cheapest", {9002, 9003}),
        ("not the laundry", {9001, 9002}),
    ],
)
async def test_calls_that_were_named_one_by_one_are_told_by_place_size_and_kind(text: str, left: set[int]) -> None:
    runs, outcome = await talk(NAMED, text, there="hotel")
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    assert {step.filled[0].value for step in outcome.verdict.steps} == left
    assert outcome.withdrawal.runs == (runs[0].id,)


async def test_calls_that_differ_in_more_than_their_record_are_not_told_by_it() -> None:
    ordered = "renew loan 502 by 5 days and loan 503 by 6 days"
    _, outcome = await talk(ordered, "only the oldest", there="lending")
    assert not isinstance(outcome.verdict, Plan)
    assert outcome.withdrawal.runs == ()


@pytest.mark.parametrize("text", ["only the first two", "not 9002", "the last two only"])
async def test_calls_that_were_sent_are_said_to_be_sent(text: str) -> None:
    _, outcome = await talk(NAMED, text, there="hotel", cards="succeeded")
    assert isinstance(outcome.verdict, Abstain), outcome.verdict
    assert "was sent already" in outcome.verdict.detail


async def test_a_place_alone_is_no_part_of_what_was_sent() -> None:
    _, outcome = await talk(NAMED, "the oldest", there="hotel", cards="succeeded")
    assert not isinstance(outcome.verdict, Abstain) or "was sent already" not in outcome.verdict.detail


async def test_a_card_is_narrowed_again() -> None:
    runs, outcome = await talk(ALL, "except R-5103", "only the overdue ones", "not Owen's", there="garage")
    assert isinstance(outcome.verdict, Plan), outcome.verdict
    assert [step.filled[0].value for step in outcome.verdict.steps] == [907]
    assert outcome.withdrawal.runs == (runs[2].id,)


@pytest.mark.parametrize("text", ["except R-9999", "not Marcus's", "not those", "only tomorrow", "only Greta's"])
async def test_what_leaves_open_which_are_meant_replaces_nothing(text: str) -> None:
    _, outcome = await talk(ALL, text, there="garage")
    assert not isinstance(outcome.verdict, Plan)
    assert outcome.withdrawal.runs == ()


async def test_whose_of_two_of_a_name_are_left_out_is_asked() -> None:
    _, outcome = await talk(ALL, "not Marcus's", there="garage")
    assert isinstance(outcome.verdict, Question)
    assert "Marcus Webb" in outcome.verdict.text
