"""Plain requests of a picture framer: what is to be made anew is told by its noun, by who is to do it or by where it is
put; and what is said anew takes the place of what was said last."""

from __future__ import annotations

from typing import Any

import pytest

from agent.pipeline import Plan, Question
from tests.unit.framer import FRAMER, call_of, plan_of
from tests.unit.marina import ask


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("new chore: dust the shelves", {"title": "dust the shelves"}),
        ("chore for Mira: dust the shelves", {"title": "dust the shelves", "fitter_id": 12}),
        ("we need a chore: dust the shelves by Friday", {"title": "dust the shelves", "due_on": "2026-11-27"}),
        ("another chore: dust the shelves, due on Friday, rush", {
            "title": "dust the shelves", "due_on": "2026-11-27", "urgency": "rush"}),
        ("new chore: cancel the glass order", {"title": "cancel the glass order"}),
    ],
)  # fmt: skip
async def test_the_noun_of_a_new_thing_orders_it_where_it_begins_the_words(text: str, values: dict[str, Any]) -> None:
    assert await call_of(text) == ("create_chore", values)


async def test_a_thing_with_its_number_is_there_already() -> None:
    assert await call_of("chore 42: Mira") == ("hand_chore", {"chore_id": 42, "fitter_id": 12})


async def test_a_noun_alone_orders_nothing_new_without_a_look() -> None:
    assert (await plan_of("chore for Mira: dust the shelves")).held


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("ask Kuno to sweep the hall by Friday", {"title": "sweep the hall", "fitter_id": 11, "due_on": "2026-11-27"}),
        ("remind Sven to lock up", {"title": "lock up", "fitter_id": 13}),
        ("get Mira to sweep the hall", {"title": "sweep the hall", "fitter_id": 12}),
        ("for Mira by Friday: sweep the hall", {"title": "sweep the hall", "fitter_id": 12, "due_on": "2026-11-27"}),
    ],
)
async def test_who_is_to_do_something_has_it_put_down_as_a_task_that_waits(text: str, values: dict[str, Any]) -> None:
    assert await call_of(text) == ("create_chore", values)
    assert (await plan_of(text)).held


async def test_a_client_is_told_and_does_no_chore() -> None:
    assert await call_of("ask Ralf to send us a photo") == (
        "message_client", {"client_id": 2, "text": "send us a photo"})  # fmt: skip
    verdict = (await ask(FRAMER, "tell Ralf to bring his ticket")).verdict
    assert isinstance(verdict, Question)
    assert verdict.text == "What should it say?"


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("put cleaning the glass on the board", ("create_chore", {"title": "cleaning the glass"})),
        ("put “clean the glass” on the board for Mira", (
            "create_chore", {"title": "clean the glass", "fitter_id": 12})),
        ("add Blue gate to the pattern book at 30 euros", (
            "add_motif", {"title": "Blue gate", "price": 3000, "currency": "EUR"})),
    ],
)  # fmt: skip
async def test_what_is_put_where_an_action_puts_such_things_is_made_anew(
    text: str, call: tuple[str, dict[str, Any]]
) -> None:
    assert await call_of(text) == call


async def test_who_is_put_somewhere_is_no_title() -> None:
    assert not isinstance((await ask(FRAMER, "put Olga Stern on the board")).verdict, Plan)


async def test_a_currency_that_was_said_is_sent_where_it_may_be_left_out() -> None:
    assert await call_of("add the motif Blue gate, £30") == (
        "add_motif", {"title": "Blue gate", "price": 3000, "currency": "GBP"})  # fmt: skip


async def test_a_question_for_a_currency_writes_the_amount_as_money() -> None:
    verdict = (await ask(FRAMER, "new motif: Blue gate, 30.50")).verdict
    assert isinstance(verdict, Question)
    assert verdict.text == "In which currency is 30.50? Say the amount with its currency."


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("give chore 41 to Sven, oh no, to Mira", {"chore_id": 41, "fitter_id": 12}),
        ("hand the mat cutter chore to Sven, sorry, Mira", {"chore_id": 41, "fitter_id": 12}),
        ("give chore 41 to Mira, no, chore 42", {"chore_id": 42, "fitter_id": 12}),
    ],
)
async def test_a_name_behind_a_correction_takes_the_place_of_the_one_before_it(
    text: str, values: dict[str, Any]
) -> None:
    assert await call_of(text) == ("hand_chore", values)


@pytest.mark.parametrize("reason", ["she lost her help", "he missed his chance"])
async def test_a_reason_keeps_its_last_word_though_it_may_be_polite_elsewhere(reason: str) -> None:
    assert await call_of(f"cancel K302, {reason}") == ("cancel_commission", {"commission_id": 32, "reason": reason})
