"""Parts of sums: what is paid of a sum that is named, the rest of one, and half of what is owed."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan
from tests.unit.marina import ask
from tests.unit.nursery import NURSERY


@pytest.mark.parametrize(
    ("text", "bill", "amount"),
    [
        ("Ida Frost paid 20 of the 60", 701, 2000),  # what is left
        ("Ida Frost paid 20 of her 60 euros", 701, 2000),
        ("Karl Beck paid 15.50 of his 45", 702, 1550),
        ("Ida Frost paid the rest of 701", 701, 6000),
        ("Ida Frost paid the rest of her bill", 701, 6000),
        ("Ida Frost paid half of what is outstanding", 701, 3000),
    ],
)
async def test_a_part_is_paid_of_the_sum_that_the_record_has(text: str, bill: int, amount: int) -> None:
    verdict = (await ask(NURSERY, text)).verdict
    assert isinstance(verdict, Plan), verdict
    assert [{each.param: each.value for each in step.filled} for step in verdict.steps] == [
        {"bill_id": bill, "amount": amount}
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Ida Frost paid 20 of the 45",  # that is another's
        "Ida Frost paid 20 of the 90",  # 30 of these are paid: perhaps the 20 are among them
        "Ida Frost has paid 20 of the 60 so far",
        "Ida Frost paid 20 of the 60 for the fern tray",
        "Ida Frost paid all but 20 of the 60",
        "Ida Frost paid half of bill 701",  # of what is left, or of all
        "Ida Frost paid 20, the rest next week",
        "Ida Frost paid 20 and the rest next week",
    ],
)
async def test_a_part_of_another_sum_is_asked_about(text: str) -> None:
    assert not isinstance((await ask(NURSERY, text)).verdict, Plan)
