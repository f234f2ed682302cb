"""What takes a request back instead of answering its question."""

from __future__ import annotations

import pytest

from agent.pipeline import Candidate, Question
from agent.runs.answer_phrases import is_cancellation

WHICH = Question(
    slot="0.guest",
    code="ambiguous",
    text="Which one?",
    candidates=(Candidate(id="1", label="Lea"), Candidate(id="2", label="None")),
)


@pytest.mark.parametrize(
    "text",
    [
        "neither",
        "none of those",
        "no, drop it",
        "nah",
        "neither of the two, leave it please",
        "no leave it",
        "no thank you, drop it",
        "no keep it, no stop",
    ],
)
def test_none_of_what_is_offered_takes_it_back(text: str) -> None:
    assert is_cancellation(text, WHICH)


@pytest.mark.parametrize("text", ["none", "no, the second", "no leave Lea", "neither Lea nor Omar, Pia", "not Lea"])
def test_an_answer_that_names_something_is_no_cancellation(text: str) -> None:
    assert not is_cancellation(text, WHICH)


def test_a_text_may_begin_with_no() -> None:
    asked = Question(slot="0.reason", code="missing", text="Why?")
    assert not is_cancellation("none of them", asked)
    assert not is_cancellation("no, they left", asked)


@pytest.mark.parametrize("text", ["leave it, wrong guest", "forget it - she has gone home already"])
def test_a_remark_may_follow_what_takes_it_back(text: str) -> None:
    assert is_cancellation(text, WHICH)


@pytest.mark.parametrize("text", ["cancel, and book room 5", "stop, cancel Lea", "leave it, wrong guest, 2 of them"])
def test_an_order_or_a_number_behind_it_is_no_mere_remark(text: str) -> None:
    assert not is_cancellation(text, WHICH)


def test_a_text_may_begin_with_what_takes_it_back() -> None:
    assert not is_cancellation("cancel, they left", Question(slot="0.reason", code="missing", text="Why?"))
