"""Only a yes is a yes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.pipeline import Answer, Request
from agent.validate.consent import explain_unclear, has_consent, is_no, is_yes


def asked(*answers: Answer) -> Request:
    return Request(text="do it", now=datetime(2026, 11, 24, tzinfo=UTC), answers=answers)


@pytest.mark.parametrize("words", ["no", "Nope.", "nein", "don’t!", "No, thanks", "not now", "cancel that"])
def test_a_no_is_a_no_in_any_spelling(words: str) -> None:
    assert is_no(words)
    assert not is_yes(words)


@pytest.mark.parametrize("words", ["", "yes and no", "yes?no", "no problem", "1", "fine, whatever", "…"])
def test_what_is_neither_is_neither(words: str) -> None:
    assert not is_yes(words)
    assert not is_no(words)


def test_the_latest_answer_counts() -> None:
    yes, no = Answer(slot="rest", choice="rest"), Answer(slot="said:rest", text="wait")
    assert has_consent(asked(yes), "rest")
    assert not has_consent(asked(yes, no), "rest")
    assert has_consent(asked(no, yes), "rest")


def test_an_answer_to_another_question_is_no_consent() -> None:
    assert not has_consent(asked(Answer(slot="0.rest", text="yes")), "rest")
    assert explain_unclear(asked(), "rest") == ""
