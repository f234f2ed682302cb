"""Values in questions: the bound that one passes, and what the rest of an order would do."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, PromptSource, Question
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


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("hotel", "booking 5004 stays until friday", ("27 Nov 2026", "friday → 27 Nov 2026")),
        ("vet", "move visit 703 to the 4th of december", ("4 Dec 2026", "the 4th of december → 4 Dec 2026")),
    ],
)
async def test_a_card_tells_a_day_and_how_it_was_read_as_people_write_it(
    name: str, text: str, told: tuple[str, str]
) -> None:
    made = await read_words(text, world(name))
    assert isinstance(made, Plan)
    day = made.steps[0].filled[1]
    assert isinstance(day.source, PromptSource)
    assert (day.shown, day.source.reading) == told
    assert made.steps[0].preview.endswith(f": {told[0]}")
