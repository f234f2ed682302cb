"""Words that nothing has used hold a plan, and a name among them is looked up however it is written."""

from __future__ import annotations

import pytest

from agent.pipeline import Span
from agent.validate.coverage.unused_words import find_joined, find_left_over, quote_spans
from language.stems import stem

KNOWN = frozenset(map(stem, ("refund", "invoice", "trial", "extend", "customer")))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("please refund the invoice, thanks", []),
        ("refund half of the invoice", ["half"]),
        ("extend the trial by two more weeks", ["two more weeks"]),
        ("refund invoice 1042 and 1050", ["1042", "1050"]),
        ("refund the invoice but not the trial", ["but not"]),
        ("refund all invoices except the first", ["all", "except", "first"]),
        ("give adam novak his invoice again", ["adam novak"]),
        ("can you refund the invoice for me right away", []),
    ],
)
def test_what_tells_something_and_was_not_used_is_left_over(text: str, left: list[str]) -> None:
    assert [span.text for span in find_left_over(text, [], KNOWN)] == left


def test_a_left_over_span_stands_where_it_says() -> None:
    text = "refund  half   of Adam's invoice"
    for span in find_left_over(text, [], KNOWN):
        assert text[span.start : span.end] == span.text


def spans(text: str, *parts: str) -> list[Span]:
    return [Span(start=text.index(part), end=text.index(part) + len(part), text=part) for part in parts]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("extend Mia's trial by 3 days and Oskar's by 5", "Oskar's"),
        ("cancel the subscriptions of Emma Fischer and Hugo Bernard", "Hugo Bernard"),
        ("cancel Emma Fischer and Hugo Bernard's subscriptions", "Emma Fischer"),
        ("void INV-1051, also INV-1052", "INV-1052"),
        ("void INV-1051 as well as the one of Nora Lindqvist", "Nora Lindqvist"),
        ("refund adam's last invoice and eve's", "eve's"),
        ("cancel the subscriptions of emma and hugo", "hugo"),
    ],
)
def test_what_is_joined_on_is_a_further_wish(text: str, left: str) -> None:
    assert [span.text for span in find_joined(text, spans(text, left))] == [left]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("refund half of Adam's last invoice", "half"),
        ("refund INV-1042 and be quick about it", "quick"),
        ("reply to ticket 5519 with 'we are sorry and Hugo Bernard will call'", "Hugo Bernard"),
        ("refund INV-1042, I'm in a hurry", "I'm"),
    ],
)
def test_other_words_left_over_are_told_on_the_card(text: str, left: str) -> None:
    assert find_joined(text, spans(text, left)) == ()


def test_each_word_left_over_is_named_once_on_the_card() -> None:
    text = "moo moo baa moo " + " ".join(f"word{'abcdefghij'[n]}" for n in range(9))
    spans = [Span(start=0, end=3, text=word) for word in text.split()]
    told = quote_spans(spans)
    assert told.count("‘moo’") == 1
    assert "‘wordf’ and 3 more" in told
