"""Relative answers: which words are read so, and what they come to in a parameter's own unit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from agent.validate.proposed.relative_answers import Relative, apply_relative, read_relative
from agent.validate.slots import Parameter, Read, VerifiedSpan
from registry.contract import Annotation, Unit

EUROS = Parameter("amount", "Amount", {"type": "integer"}, Annotation(unit=Unit.MONEY_MINOR), "EUR")
DAYS = Parameter("days", "Days", {"type": "integer"}, Annotation(unit=Unit.DAYS))


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("half of it", Relative("*", Decimal("0.5"))),
        ("a quarter", Relative("*", Decimal("0.25"))),
        ("only 20 % of that", Relative("*", Decimal("0.2"))),
        ("10 less", Relative("-", Decimal(10))),
        ("10 off that", Relative("-", Decimal(10))),
        ("10 % less", Relative("*", Decimal("0.9"))),
        ("double that", Relative("*", Decimal(2))),
        ("5 off the total", Relative("-", Decimal(5))),
        ("10 on top of that", Relative("+", Decimal(10))),
        ("five euros more", Relative("+", Decimal(5), "EUR")),
        ("a week less", Relative("-", Decimal(604800), "seconds")),
        ("minus 3", Relative("-", Decimal(3))),
    ],
)
def test_how_much_less_or_more_is_read_whole(words: str, read: Relative) -> None:
    assert read_relative(words) == read


@pytest.mark.parametrize(
    "words", ["10", "half an hour", "a quarter of an hour", "10 less if she pays", "less", "no more than 10", "2 weeks"]
)
def test_a_value_of_its_own_or_a_word_more_is_not_relative(words: str) -> None:
    assert read_relative(words) is None


@pytest.mark.parametrize(
    ("parameter", "words", "before", "value"),
    [
        (EUROS, "half of it", 14900, 7450),
        (EUROS, "a third", 100, 33),
        (EUROS, "10 less", 6000, 5000),
        (EUROS, "10 dollars less", 6000, None),  # nothing is converted
        (EUROS, "60 less", 6000, None),
        (DAYS, "a week less", 30, 23),
        (DAYS, "half", 7, None),  # no whole number of days
        (DAYS, "an hour more", 7, None),
        (DAYS, "2 more", None, None),
    ],
)
def test_it_comes_to_a_value_in_the_parameters_own_unit(
    parameter: Parameter, words: str, before: int | None, value: int | None
) -> None:
    relative = read_relative(words)
    assert relative is not None
    made = apply_relative(parameter, relative, before, VerifiedSpan(words, ()))
    assert (made.value if isinstance(made, Read) else None) == value
