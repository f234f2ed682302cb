"""Words that say when something lies → from when until when."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent.extract.time.time_ranges import find, find_stretches
from language.text import read_text

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def day(moment: datetime | None) -> str:
    return moment.date().isoformat() if moment is not None else ""


@pytest.mark.parametrize(
    ("text", "words", "low", "high"),
    [
        ("the only flight on December 13", "on December 13", "2026-12-13", "2026-12-14"),
        ("tickets opened since October 1", "since October 1", "2026-10-01", ""),
        ("loans between November 6 and November 21", "between November 6 and November 21", "2026-11-06", "2026-11-22"),
        ("tasks due before Friday", "before Friday", "", "2026-11-27"),
        ("everything until next Friday", "until next Friday", "", "2026-12-05"),
        ("invoices in the last 2 weeks", "in the last 2 weeks", "2026-11-10", "2026-11-25"),
        ("drafts older than 30 days", "older than 30 days", "", "2026-10-25"),
        ("who hasn't answered in 6 weeks", "in 6 weeks", "", "2026-10-14"),
        ("tickets opened before November", "before November", "", "2026-11-01"),
        ("tickets opened after september", "after september", "2026-10-01", ""),
        ("meetings next week", "next week", "2026-11-30", "2026-12-07"),
    ],
)
def test_a_stretch_of_time_has_its_words_and_its_bounds(text: str, words: str, low: str, high: str) -> None:
    (made,) = find(read_text(text), NOW)
    assert (made.words, day(made.low), day(made.high)) == (words, low, high)


def test_what_shall_happen_in_six_weeks_lies_ahead() -> None:
    (made,) = find(read_text("meet in 6 weeks"), NOW)
    assert day(made.low) == "2027-01-05"


def test_a_denied_stretch_keeps_its_not() -> None:
    assert [words for _, _, words in find_stretches(read_text("customers that haven't paid in 6 weeks"))] == [
        "not in 6 weeks"
    ]


@pytest.mark.parametrize("text", ["the Year-End Review", "Health & Wellness Expo", "call May about it"])
def test_names_are_no_dates(text: str) -> None:
    assert find(read_text(text), NOW) == ()


@pytest.mark.parametrize("day_said", ["9999-12-31", "0001-01-01"])
def test_a_day_at_the_rim_of_the_calendar_bounds_nothing(day_said: str) -> None:
    """No day comes after it, or before it in another zone."""
    assert find(read_text(f"tickets opened until {day_said}"), NOW) == ()
