"""Sums of what came in, of what is still out, and of what waits somewhere."""

from __future__ import annotations

import pytest

from agent.pipeline import Reply
from tests.unit.own_worlds import read_words, world


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("vet", "how much is still out", "322.00 EUR across 3 unpaid bills"),
        ("vet", "how much is out in pounds", "Nothing. No unpaid bills (currency GBP)"),
        ("riding", "how much is still out in fees", "90.00 EUR across 3 unpaid fees"),
        ("garage", "how much is waiting in overdue invoices", "667.00 EUR across 2 overdue invoices"),
        ("garage", "how much came in in euros", "508.00 EUR across 3 paid invoices (currency EUR)"),
    ],
)
async def test_the_sum_is_over_what_was_said(name: str, text: str, told: str) -> None:
    made = await read_words(text, world(name))
    assert isinstance(made, Reply), made
    assert made.text.startswith(told), made.text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("vet", "who owes more than 50 euros"),
        ("riding", "who owes more than 20 euros"),  # their balance is no debt
        ("vet", "how much is not out"),
        ("garage", "how much came in by card"),
        ("garage", "how much came in this month"),  # on which day it was paid isn't known
    ],
)
async def test_a_word_without_a_place_is_not_passed_over(name: str, text: str) -> None:
    made = await read_words(text, world(name))
    assert not isinstance(made, Reply) or made.partial, made


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("hotel", "which tasks fall due this week", "5 tasks due"),
        ("garage", "which jobs have nobody on them", "2 jobs with no mechanic"),
        ("garage", "what is sold out", "Timing belt"),
        ("vet", "what ends on monday", "Thyrocat"),
        ("riding", "joris fees", "2 fees of Joris Maes"),
        ("riding", "does joris have anything unpaid", "Yes: 2 unpaid fees of Joris Maes"),
    ],
)
async def test_what_is_waited_for_is_told(name: str, text: str, told: str) -> None:
    made = await read_words(text, world(name))
    assert isinstance(made, Reply), made
    assert made.text.startswith(told), made.text
