"""No text costs much to read: the kinds that once did, and a few by chance. CPU of this process is measured, never the
clock."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.extract.limits import MAX_QUOTES, MAX_TOKENS, explain_excess
from agent.resolve.rules.clauses import split_clauses
from bench.reading_cost import MAX_CHARS, ReadingSetup, campaign, contexts, forget
from language.text import find_quotations

MOST_S = 1.5
"""Of one text; most take a fiftieth. They once took from 2 to 16 seconds, or had no end."""


def times(unit: str, before: str = "", after: str = "") -> str:
    return before + unit * ((MAX_CHARS - len(before) - len(after)) // len(unit)) + after


COSTLY: dict[str, str] = {
    "quoted_pluses": times('+","', '"a "'),
    "commas": times(",", "a +"),
    "dashes": times("- ", 'note "')[: 2 * MAX_TOKENS],
    "dashes_between_days": "from the 3rd " + "-" * 3900 + " x1 y2 z3 w4 till 5th refund Adam",
    "quotes_and_lines": times('"a@b.org\n', "refund Adam if ", "none"),
    "opening_marks": times("“", "refund "),
    "apostrophes": times("'a ", "refund Adam ")[:MAX_TOKENS],
    "blanks": times(" ", "refund", "and Berta"),
    "lines": times("\n", "refund", "thanks"),
    "blanks_in_a_list": times("\t", "order ", "burgers"),
    "wishes": times("refund Adam. "),
    "lines_of_a_list": "send Adam a message saying " + "\n".join(f"w{at} and" for at in range(400)),
    "strange_words": "refund Adam and " + " ".join(f"xq{chr(97 + at % 26)}{chr(97 + at // 26)}tv" for at in range(500)),
    "days": times("3rd and ", "book from "),
    "sums": times("$5 ", "book ")[: 3 * MAX_TOKENS // 2],
    "names": times("Adam's ", "refund ", "invoice"),
    "prepositions": times("of the ", "refund the invoice "),
    "conditions": times("if so ", "refund Adam "),
    "pronouns": times("him last ", "refund "),
    "brackets": times("(a, ", "refund "),
    "letters_in_pieces": times("e\u0301", "refund "),
    "thanks": times(", thanks", "\n" * 1500 + "refund Adam"),
}


@pytest.fixture(scope="module")
def read_by() -> Sequence[ReadingSetup]:
    return contexts()


@pytest.mark.parametrize("kind", COSTLY)
def test_a_costly_kind_of_text_costs_little(read_by: Sequence[ReadingSetup], kind: str) -> None:
    whole = COSTLY[kind][:MAX_CHARS]
    # Most are refused before they are read; what is left of them below the limits must cost little too.
    for text in (whole, whole[:MAX_TOKENS]):
        for context in read_by:
            forget()
            began = time.process_time()
            asyncio.run(context.read(text, (text[:MAX_TOKENS],)))
            assert time.process_time() - began < MOST_S


def test_texts_by_chance_cost_little_and_raise_nothing() -> None:
    made = campaign(120, seed=1, budget_s=MOST_S, most_s=6.0)
    assert made.raised == []
    assert made.over == 0


# ── limits ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_people_type_is_below_the_limits() -> None:
    letter = "Dear Adam, we're sorry that invoice INV-1042 (49.00 EUR) was sent twice; it's refunded. \"Thanks\" for waiting! "  # noqa: E501
    assert explain_excess((letter * 40)[:MAX_CHARS]) is None


def test_too_many_words_or_quotation_marks_are_refused_in_a_sentence() -> None:
    assert explain_excess("a " * MAX_TOKENS) is None
    assert explain_excess("a " * (MAX_TOKENS + 1)) == (
        f"That is more than I can read at once: it has {MAX_TOKENS + 1} words and marks, and {MAX_TOKENS} is the most. "
        "Say it in fewer."
    )
    assert "quotation marks" in (explain_excess('"' * (MAX_QUOTES + 1)) or "")
    assert explain_excess("it's don't o'clock Adam's " * 90) is None


def test_more_orders_than_one_request_may_make_are_refused(read_by: Sequence[ReadingSetup]) -> None:
    refused = asyncio.run(read_by[0].read("refund Adam. " * 30))
    assert "30 requests in one" in getattr(refused, "detail", "")


# ── quotations ───────────────────────────────────────────────────────────────────────────────────────────────────────

PLAINLY = re.compile(r"\"[^\"]*\"|“[^”]*”|(?<!\w)'[^'\n]*'(?!\w)|‘[^’]*’|«[^»]*»")


@settings(max_examples=400, deadline=None)
@given(st.text(alphabet="\"“”'‘’«» \na,.", max_size=40))
@example("'a 'b' c' \"")
def test_quotations_are_those_of_the_plain_expression(text: str) -> None:
    assert list(find_quotations(text)) == [found.span() for found in PLAINLY.finditer(text)]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab.,;! \n\"'", max_size=60))
def test_clauses_lie_in_order_and_where_they_say(text: str) -> None:
    end = 0
    for clause in split_clauses(text):
        assert text[clause.start : clause.end] == clause.text
        assert clause.start >= end
        end = clause.end
