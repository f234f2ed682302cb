"""Reader: what stands before the first token is nothing, not the end of the text."""

from __future__ import annotations

from typing import Any

import pytest

from agent.resolve.rules.grammar.reader import Reader
from tests.unit.own_worlds import NOW, world


@pytest.mark.parametrize("text", ["5", "5519", "12 loan", "5 and 7 #"])
def test_nothing_before_the_first_number_says_whose_it_is(text: str) -> None:
    unplaced: Any = lambda start, end: None  # noqa: E731
    reader = Reader(text, tuple(world("lending").kinds), NOW, unplaced)
    assert not reader.numbered(0)
    assert reader.noun(-1) is None
    assert reader.noun(-9) is None


def test_a_day_that_begins_within_the_last_word_is_no_day() -> None:
    unplaced: Any = lambda start, end: None  # noqa: E731
    reader = Reader("renew loan 502 until of'tomorrow'all", tuple(world("lending").kinds), NOW, unplaced)
    assert len(reader.tokens) not in reader.dates
