"""Values in questions: the bound that one passes, and what the rest of an order would do."""

from __future__ import annotations

import pytest

from agent.pipeline import GivenSource, ParameterValue, Plan, PromptSource, Question
from agent.validate.payload import preview
from tests.unit.agent.validate.fake_platform import contract
from tests.unit.own_worlds import read_words, world


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("renew loan 502 by 90 days", "“Days” must be at most 60, not 90. What should it be?"),
        (
            "charge Ines Duarte a fine of 20000 euros for the saw",
            "“Amount” must be at most 10,000.00 EUR, not 20,000.00 EUR. What should it be?",
        ),
        ("renew loan 502 by 0 days", "“Days” must be at least 1, not 0. What should it be?"),
        # The record says what it is, and the amount says its currency.
        (
            "waive F-231 on Sunday in vouchers",
            "You also wrote ‘on Sunday in vouchers’, and I can't do that part. "
            "Should I do the rest: Waive a fine – Fine: F-231; Amount: 9.00 EUR?",
        ),
        (
            "renew loan 502 by 9 days in vouchers",
            "You also wrote ‘in vouchers’, and I can't do that part. "
            "Should I do the rest: Renew a loan – loan 502: Tile cutter; Days: 9?",
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


def test_a_preview_writes_amounts_and_days_as_people_do_and_leaves_what_was_typed() -> None:
    said = "You get 1200.00 EUR by 2026-12-04"
    shape = {"amount": {"type": "integer"}, "day": {"type": "string", "format": "date"}, "text": {"type": "string"}}
    credit = contract(
        parameters={"type": "object", "properties": shape},
        annotations={"amount": {"unit": "money_minor", "currency": "EUR"}},
        preview="Credit {{ params.amount }} on {{ params.day }}: {{ params.text }}",
    )
    source = GivenSource(by="api", ref="key", pointer="/x")
    told = {"amount": (120000, "1,200.00 EUR"), "day": ("2026-12-04", "4 Dec 2026"), "text": (said, said)}
    filled = {
        name: ParameterValue(param=name, label=name, value=value, shown=shown, source=source)
        for name, (value, shown) in told.items()
    }
    assert preview(credit, filled, {}) == f"Credit 1,200.00 EUR on 4 Dec 2026: {said}"
