"""Parts of a whole, in words and in digits."""

from __future__ import annotations

from decimal import Decimal

import pytest

from language.fractions import is_fraction, read_fraction


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("half of it", (1, 2, 1)),
        ("a third of it", (1, 3, 2)),
        ("two-thirds of it", (2, 3, 1)),
        ("three quarters", (3, 4, 2)),
        ("1/8 of it", (1, 8, 1)),
        ("twice", (2, 1, 1)),
    ],
)
def test_numerator_denominator_and_length(words: str, said: tuple[int, int, int]) -> None:
    assert read_fraction(words.split()) == said


@pytest.mark.parametrize("words", ["the third loan", "a third loan", "3/2 of", "5 of them", "12/11"])
def test_ranks_dates_and_counts_are_no_parts(words: str) -> None:
    assert read_fraction(words.split()) is None


def test_a_part_is_known_by_either_number() -> None:
    assert is_fraction(Decimal("0.5"), "Half")
    assert is_fraction(Decimal(3), "three quarters")
    assert not is_fraction(Decimal(5), "half")
