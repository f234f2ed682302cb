"""A resolver's spans are claims: they stand in the request, and no word or number is cut for them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.pipeline import Request, Span
from agent.validate.slots import verify_spans

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def held(text: str, words: str) -> bool:
    """Whether the last place these words stand at in the text may be quoted."""
    at = text.rindex(words)
    return verify_spans(Request(text=text, now=NOW), [Span(start=at, end=at + len(words), text=words)]) is not None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("refund INV-1055", "1055"),
        ("refund INV-1055", "INV-1055"),
        ("credit 20EUR", "20"),
        ("credit 20EUR", "EUR"),
        ("close 5524,5525", "5524"),
        ("close 5524,5525", "5525"),
        ("pay 10.50 now", "10.50"),
        ("pay 10.", "10"),
        ("Adam's invoice", "Adam"),
        ("チケット5522を閉じて", "5522"),
        ("チケット5522を閉じて", "閉じて"),
        ("أغلق التذكرة 5525", "5525"),
    ],
)
def test_whole_words_and_numbers_can_be_quoted(text: str, words: str) -> None:
    assert held(text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("refund INV-1055", "1"),
        ("refund INV-1055", "055"),
        ("pay 10.50 now", "10"),
        ("pay 10.50 now", "50"),
        ("pay 1,000 EUR", "1"),
        ("do it now", "no"),
        ("Wiśniewska", "niewska"),
        ("refund INV-1055", "NV-1055"),
    ],
)
def test_a_part_of_a_word_or_number_was_not_said(text: str, words: str) -> None:
    assert not held(text, words)


def test_words_that_do_not_stand_where_they_claim_were_not_said() -> None:
    request = Request(text="refund INV-1055", now=NOW)
    assert verify_spans(request, [Span(start=0, end=3, text="pay")]) is None
    assert verify_spans(request, [Span(origin=1, start=0, end=6, text="refund")]) is None
    assert verify_spans(request, []) is None
