"""Values in questions: the bound that one passes, and what the rest of an order would do."""

from __future__ import annotations

import pytest

from agent.pipeline import Question
from tests.unit.own_worlds import read_words, world


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("renew loan 502 by 90 days", "“Days” must be at most 60, not 90. What shall it be?"),
        ("renew loan 502 by 0 days", "“Days” must be at least 1, not 0. What shall it be?"),
        # The record says what it is, and the amount says its currency.
        (
            "waive F-231 on Sunday in vouchers",
            "You also wrote ‘on Sunday in vouchers’, and I can't do that part. "
            "Shall I do the rest: Waive a fine – Fine: F-231; Amount: 9.00 EUR?",
        ),
        (
            "renew loan 502 by 9 days in vouchers",
            "You also wrote ‘in vouchers’, and I can't do that part. "
            "Shall I do the rest: Renew a loan – loan 502: Tile cutter; Days: 9?",
        ),
    ],
)
async def test_a_question_tells_values_as_people_write_them(text: str, said: str) -> None:
    asked = await read_words(text, world("lending"))
    assert isinstance(asked, Question)
    assert asked.text == said
