"""A bare name after a question asks the same about another record, if one is called so."""

from __future__ import annotations

import pytest

from agent.pipeline import Question, Reply
from tests.unit.agent.planning.test_other_choices import talk

OWES = "what does Owen Price owe?"


@pytest.mark.parametrize("words", ["marcus thorne?", "and marcus thorne?", "and Marcus Thorne", "what about thorne"])
async def test_a_name_asks_the_same_of_another(words: str) -> None:
    _, outcome = await talk("garage", OWES, words)
    assert isinstance(outcome.verdict, Reply), outcome.verdict
    told = "R-5107 (issued on 28 Oct 2026, overdue)"
    assert outcome.verdict.text == f"99.00 EUR in 1 unpaid invoice of Marcus Thorne: {told}."


async def test_which_of_two_of_that_name_is_asked() -> None:
    _, outcome = await talk("garage", OWES, "and marcus?")
    assert isinstance(outcome.verdict, Question), outcome.verdict
    assert len(outcome.verdict.candidates) == 2


@pytest.mark.parametrize("words", ["and so?", "and the weather?", "cancel it?", "and the one who came by on Tuesday?"])
async def test_words_that_name_nobody_ask_nothing_anew(words: str) -> None:
    _, outcome = await talk("garage", OWES, words)
    assert not isinstance(outcome.verdict, Reply), outcome.verdict


async def test_after_an_order_a_name_asks_nothing_anew() -> None:
    _, outcome = await talk("garage", OWES, "cancel job 803", "marcus thorne?")
    assert "owe" not in getattr(outcome.verdict, "text", "")
    assert "R-5107" not in getattr(outcome.verdict, "text", "")
