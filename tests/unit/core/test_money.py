"""Money as people read it."""

from __future__ import annotations

import pytest

from agent.validate.slots import Parameter, format_parameter
from core.money import format_major
from registry.contract import Annotation


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (12.5, "EUR", "12.50 EUR"),
        (1200.0, "EUR", "1,200.00 EUR"),
        (1200, "JPY", "1,200 JPY"),
        (0.105, "EUR", "0.105 EUR"),
        (7, "KWD", "7.000 KWD"),
        (1e20, "EUR", "100,000,000,000,000,000,000.00 EUR"),
    ],
)
def test_an_amount_in_major_units_has_the_decimals_of_its_currency_and_none_is_dropped(
    amount: float, currency: str, shown: str
) -> None:
    assert format_major(amount, currency) == shown
    annotation = Annotation.model_validate({"unit": "money", "currency": currency})
    assert format_parameter(Parameter("paid", "Paid", {"type": "number"}, annotation, currency), amount) == shown
