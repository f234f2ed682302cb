"""Whole answers that are a yes or a no; with a figure they are neither."""

from __future__ import annotations

import pytest

from agent.runs.answer_phrases import is_cancellation
from agent.validate.consent import is_no, is_yes


@pytest.mark.parametrize("text", ["yes", "OK!", "yes, please", "send it", "Confirm."])
def test_a_yes_in_everyday_words_is_one(text: str) -> None:
    assert is_yes(text)


@pytest.mark.parametrize("text", ["ok 30", "30 please", "yes, 2", "no 4", "no, 4.50", "stop 7", "never mind 3"])
def test_a_figure_beside_a_yes_or_a_no_is_not_passed_over(text: str) -> None:
    assert not is_yes(text)
    assert not is_no(text)
    assert not is_cancellation(text)
