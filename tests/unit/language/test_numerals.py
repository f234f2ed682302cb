"""Numbers of a text, in figures and in words."""

from __future__ import annotations

import pytest

from language import numerals
from language.text import read_text


@pytest.mark.parametrize(
    ("text", "values"),
    [("3 dozen eggs", [36]), ("three dozen eggs", [36]), ("half a dozen", [6]), ("4k", [4000]), ("3 doze", [3])],
)
def test_a_dozen_is_twelve_behind_figures_as_behind_words(text: str, values: list[int]) -> None:
    assert [each.value for each in numerals.find(read_text(text))] == values
