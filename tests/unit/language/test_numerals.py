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


def test_what_was_typed_holds_a_number_where_it_stands_though_words_before_it_are_misspelt() -> None:
    typed = "two hundre, then 40 thousan"
    found = numerals.find_typed(typed)
    assert [typed[each.start : each.end] for each in found] == ["two hundre", "40 thousan"]
    assert [each.value for each in found] == [200, 40_000]


@pytest.mark.parametrize("text", ["7o", "3OO", "2O weeks", "250ish", "90q", "four-ish"])
def test_digits_with_a_slip_or_a_guess_are_no_number(text: str) -> None:
    assert not numerals.find(read_text(text))


@pytest.mark.parametrize(("text", "value"), [("7k", 7000), ("7hundred", 700), ("30min", 30), ("5pcs", 5), ("2x", 2)])
def test_digits_with_a_unit_are_a_number(text: str, value: int) -> None:
    assert [each.value for each in numerals.find(read_text(text))] == [value]
