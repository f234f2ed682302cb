"""A card of records that no words name says which set they are of."""

from __future__ import annotations

import pytest

from agent.pipeline import Plan, RecordSource
from tests.unit.marina import ask
from tests.unit.playhouse import PLAYHOUSE


@pytest.mark.parametrize(
    ("text", "reading", "count"),
    [
        ("suspend everyone without a locker", "the only patron with no lockers", 1),
        ("suspend all patrons without a cancelled booking", "all 2 patrons with no cancelled bookings", 2),
    ],
)
async def test_each_value_says_by_what_its_record_was_chosen(text: str, reading: str, count: int) -> None:
    made = (await ask(PLAYHOUSE, text)).verdict
    assert isinstance(made, Plan), made
    sources = [step.filled[0].source for step in made.steps]
    assert [each.reading for each in sources if isinstance(each, RecordSource)] == [reading] * count
