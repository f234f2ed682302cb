"""Moments in people's words, on the clock of the workspace."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from web.console.wall_clock import WallClock, say_utc

NOW = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
MADRID, HOME = WallClock("Europe/Madrid", NOW), WallClock("UTC", NOW)


@pytest.mark.parametrize(
    ("at", "there", "in_utc"),
    [
        ("2026-11-24T23:05:09Z", "today 00:05", "today 23:05 UTC"),
        ("2026-11-24T22:59:00Z", "yesterday 23:59", "today 22:59 UTC"),
        ("2026-11-26T08:00:00Z", "tomorrow 09:00", "26 Nov, 08:00 UTC"),
        ("2026-07-01T09:12:00+02:00", "1 Jul, 09:12", "1 Jul, 07:12 UTC"),
        ("2025-12-31T23:30:00Z", "1 Jan, 00:30", "31 Dec 2025, 23:30 UTC"),
    ],
)
def test_a_moment_is_said_as_people_there_say_it(at: str, there: str, in_utc: str) -> None:
    assert MADRID.say(datetime.fromisoformat(at)) == there
    assert HOME.say(datetime.fromisoformat(at)) == in_utc


def test_to_the_second_a_moment_has_its_utc_beside_it() -> None:
    assert MADRID.say_to_the_second(NOW) == "25 Nov 2026, 00:30:00 (24 Nov, 23:30:00 UTC)"
    assert MADRID.say_to_the_second(NOW.replace(hour=9)) == "24 Nov 2026, 10:30:00 (09:30:00 UTC)"
    assert HOME.say_to_the_second(NOW) == say_utc(NOW) == "24 Nov 2026, 23:30:00 UTC"


def test_a_day_begins_when_it_begins_there_also_where_the_clock_is_set() -> None:
    assert MADRID.at_midnight(date(2026, 3, 29)) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert MADRID.at_midnight(date(2026, 3, 30)) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert MADRID.day_ends == datetime(2026, 11, 25, 23, tzinfo=UTC)
    assert MADRID.read("2026-07-01T09:30") == datetime(2026, 7, 1, 7, 30, tzinfo=UTC)


def test_the_seconds_left_are_whole_and_never_fewer_than_none() -> None:
    now = MADRID.now
    for left, counted in ((90.9, 90), (0.5, 0), (0, 0), (-7, 0)):
        assert MADRID.count_seconds(now + timedelta(seconds=left)) == counted
