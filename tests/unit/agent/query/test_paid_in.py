"""Money of a record that doesn't tell its currency, in an amount whose currency is known."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan
from tests.unit.museum import ask_museum


@pytest.mark.parametrize("by", ["by 5", "by 5 euros", "by 10 percent"])
async def test_money_without_a_currency_is_in_that_of_the_amount(by: str) -> None:
    made = (await ask_museum(f"raise the fee of loan 4302 {by}")).verdict
    assert isinstance(made, Plan), made
    fee = next(each for each in made.steps[0].filled if each.param == "fee")
    assert (fee.value, fee.shown) == (5500, "55.00 EUR")
    assert "50.00 EUR" in fee.source.reading
