"""Lengths that no calendar holds, and blanks without end: the first are no stretch, the second are searched as one."""

from __future__ import annotations

import re
from datetime import date

import pytest

from agent.extract.time import day_pairs
from agent.validate.coverage.weighty_patterns import search_before
from language.text import read_text

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize("length", ["99999999999 weeks", "9999999 months", "9999 months", "0 days"])
def test_no_calendar_holds_it(length: str) -> None:
    assert not list(day_pairs.find_counted(read_text(f"from Monday for {length}"), TODAY))


def test_a_stretch_by_its_length() -> None:
    (found,) = day_pairs.find_counted(read_text("from Monday for two weeks"), TODAY)
    assert (found.first, found.last) == (date(2026, 11, 30), date(2026, 12, 13))


def test_a_run_of_blanks_is_searched_as_one() -> None:
    # Each blank may end what a pattern takes of them, so it would try so many ways.
    pattern = re.compile(r"but\s+(?P<word>not)(?P<blanks>\s+)$")
    text = f"7, but not{' ' * 3000}low"
    found = search_before(pattern, text, text.index("low"))
    assert found is not None
    assert (found.span("word"), found["blanks"]) == ((7, 10), " ")
