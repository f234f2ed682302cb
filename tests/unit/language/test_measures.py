"""Units of measure by their names, and exact conversion."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.currencies import find_by_name, is_word_of
from language.measures import MEASURES, Measure, convert, convert_said, find_measure

NUMBERS = st.decimals(min_value=0, max_value=10**6, places=3)


@given(NUMBERS, st.sampled_from(MEASURES), st.sampled_from(MEASURES))
def test_a_conversion_there_and_back_is_exact_or_there_is_none(number: Decimal, one: Measure, other: Measure) -> None:
    there = convert(number, one, other)
    if one.dimension != other.dimension:
        assert there is None
    elif there is not None:
        assert convert(there, other, one) == number


@given(NUMBERS, st.sampled_from(MEASURES), st.sampled_from(MEASURES))
def test_whole_multiples_always_come_out(number: Decimal, one: Measure, other: Measure) -> None:
    if one.dimension == other.dimension and (one.size / other.size).denominator == 1:
        assert convert(number, one, other) == number * (one.size / other.size).numerator


def test_a_part_of_a_day_is_no_number_of_hours() -> None:
    day, hour = find_measure("day"), find_measure("hour")
    assert day is not None
    assert hour is not None
    assert convert_said(Decimal("0.5"), day, hour) is None
    assert convert_said(Decimal(2), day, hour) == 48


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Stunden", "hours"),
        ("años", "years"),
        ("días", "days"),
        ("mois", "months"),
        ("settimane", "weeks"),
        ("mês", "months"),
        ("maanden", "months"),
        ("kilómetros", "kilometres"),
        ("Zentimeter", "centimetres"),
        ("litri", "litres"),
        ("Kgs.", "kilograms"),
        ("metric tons", "tonnes"),
    ],
)
def test_units_are_known_by_their_names(word: str, name: str) -> None:
    found = find_measure(word)
    assert found is not None
    assert found.name == name


def test_a_word_of_two_units_is_read_in_the_dimension_that_is_wanted() -> None:
    assert find_measure("m") is None
    assert [getattr(find_measure("m", each), "name", None) for each in ("time", "length")] == ["minutes", "metres"]
    assert find_measure("business days") is None


@pytest.mark.parametrize(
    ("words", "code"), [("New Zealand dollars", "NZD"), ("Schweizer Franken", "CHF"), ("soles", None)]
)
def test_currencies_are_known_by_their_whole_names(words: str, code: str | None) -> None:
    assert find_by_name(words) == code
    assert is_word_of("rupees", "LKR")
    assert not is_word_of("rupees", "EUR")
