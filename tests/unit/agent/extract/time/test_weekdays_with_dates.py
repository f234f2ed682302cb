"""Weekdays with dates: "fri 11th" is one day, which a wrong weekday makes doubtful."""

from __future__ import annotations

from datetime import date

import pytest

from agent.extract.time import dates
from language.text import read_text

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("text", "said", "day"),
    [
        ("by friday 11th", "friday 11th", date(2026, 12, 11)),
        ("by fri 11th", "fri 11th", date(2026, 12, 11)),
        ("thu 26th please", "thu 26th", date(2026, 11, 26)),
        ("sat 5th", "sat 5th", date(2026, 12, 5)),
        ("fri the 11th", "fri the 11th", date(2026, 12, 11)),
        ("thurs 3rd dec", "thurs 3rd dec", date(2026, 12, 3)),
    ],
)
def test_a_weekday_and_the_number_of_its_day_are_one_day(text: str, said: str, day: date) -> None:
    (found,) = dates.find(read_text(text), TUESDAY)
    assert (text[found.start : found.end], found.day, found.clashes) == (said, day, False)


def test_a_weekday_that_the_date_does_not_fall_on_is_no_sure_day() -> None:
    (found,) = dates.find(read_text("by friday 12th"), TUESDAY)
    assert found.clashes
    assert found.weight == 0.0


@pytest.mark.parametrize("text", ["friday 4", "wed 25 lamps"])
def test_a_bare_number_behind_a_weekday_is_no_day(text: str) -> None:
    assert all(found.end <= len("friday") for found in dates.find(read_text(text), TUESDAY))
