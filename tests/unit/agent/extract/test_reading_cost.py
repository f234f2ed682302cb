"""No text costs much to read: the kinds that once did, long requests as people send them, and a few by chance. Steps of
the interpreter are counted, which are the same on a busy machine, against those of plain requests; what a regular
expression or another C function may take is bounded in CPU seconds, generously."""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from agent.extract.limits import MAX_QUOTES, MAX_TOKENS, explain_excess
from agent.resolve.rules.clauses import split_clauses
from bench._reading.setup import ReadingSetup, contexts, forget
from bench._reading.texts import MAX_CHARS, PLAIN
from bench.reading_cost import campaign
from language.text import find_quotations
from tests.unit.agent.extract.long_requests import LONG

MOST_S = 1.5
"""Of one text; most take a fiftieth. They once took from 2 to 16 seconds, or had no end."""
MOST_PLAIN = 6.0
"""How many times the steps of a dozen plain requests one text may take; those take a quarter of the budget together."""


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


# Rows that were asked about for each of their starts, ends, parameters and actions. Four times the words may cost a
# little more than four times as much.
GROWING: dict[str, str] = {
    "determiners": "do not ]" + "this " * 1000,
    "determiners_and_names": "refund the the the the Adam's " * 100,
    "names_and_conditions": "adam novak,the one if " * 250,
    "questions_without_blanks": "find " + "how do I" * 400,
    "numbers_beside_names": "refund 20 dollars of Adam, " + "12 euros and Berta, " * 200,
    "corrections": "close ticket 5519\n\n" + "Ada saw 3 of it no wait " * 160,
    "restrictions": "close ticket 5519\n\n" + "only 5 and 7 dollars " * 190,
    "bounds": "close ticket 5519\n\n" + "Ada waits until Friday at most half of it\n" * 92,
    "alternatives": "is " + "invoice 1042 paid or " * 190,
    "reasons": "close ticket 5519\n\n" + "for the outage on 3 March " * 150,
}


@pytest.fixture(scope="module")
def read_by() -> Sequence[ReadingSetup]:
    return contexts(30.0)


EVENTS = sys.monitoring.events
COUNTED = EVENTS.PY_START | EVENTS.PY_RESUME | EVENTS.CALL | EVENTS.JUMP
"""A function that begins or goes on, a call, a turn of a loop: no work is without them."""
TOOL = 4
"""A number of `sys.monitoring` that is left for whoever wants it."""


@contextmanager
def count_steps() -> Iterator[list[int]]:
    """How many steps Python takes within, in a list of one number."""
    steps = [0]

    def count(*_: object) -> None:
        steps[0] += 1

    sys.monitoring.use_tool_id(TOOL, "steps")
    try:
        for event in (EVENTS.PY_START, EVENTS.PY_RESUME, EVENTS.CALL, EVENTS.JUMP):
            sys.monitoring.register_callback(TOOL, event, count)
        sys.monitoring.set_events(TOOL, COUNTED)
        yield steps
    finally:
        sys.monitoring.set_events(TOOL, 0)
        sys.monitoring.free_tool_id(TOOL)


def measure(read_by: Sequence[ReadingSetup], *texts: str) -> int:
    """Steps of reading texts in a process that has seen none like them, by the setup that takes more."""
    spent = []
    for context in read_by:
        taken = 0
        for text in texts:
            forget()
            with count_steps() as steps:
                asyncio.run(context.read(text, ("Adam Novak",)))
            taken += steps[0]
        spent.append(taken)
    return max(spent)


@pytest.fixture(scope="module")
def plain(read_by: Sequence[ReadingSetup]) -> int:
    measure(read_by, *PLAIN)  # word lists are read before
    return measure(read_by, *PLAIN)


@pytest.mark.parametrize("kind", GROWING)
def test_a_row_of_words_costs_in_proportion_to_it(read_by: Sequence[ReadingSetup], plain: int, kind: str) -> None:
    words = GROWING[kind][:MAX_CHARS]
    assert len(words) > 2000
    whole, quarter = measure(read_by, words), measure(read_by, words[: len(words) // 4])
    assert whole < MOST_PLAIN * plain
    assert whole < 8.0 * max(quarter, plain / 4)


@pytest.mark.parametrize("kind", LONG)
def test_a_long_request_stays_far_below_the_budget(read_by: Sequence[ReadingSetup], plain: int, kind: str) -> None:
    assert explain_excess(LONG[kind]) is None
    assert measure(read_by, LONG[kind]) < MOST_PLAIN / 2 * plain


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
    made = campaign(120, seed=1, budget_s=MOST_S, limit_s=MOST_S, most_s=6.0)
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
    refused = asyncio.run(read_by[0].read("refund Adam. " * 30)).verdict
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
