from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.clock import find_machine_zone, format_iso, from_iso, write_day

ZONES = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=ZONES | st.just(UTC))  # noqa: DTZ001 (zones are given)


@given(MOMENTS)
def test_a_moment_is_written_in_utc_with_microseconds_and_read_back(at: datetime) -> None:
    written = format_iso(at)
    assert written == at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"
    assert from_iso(written) == at
    assert from_iso(written).tzinfo is UTC


@given(MOMENTS, MOMENTS)
def test_what_is_written_sorts_as_the_moments_do(one: datetime, other: datetime) -> None:
    assert (format_iso(one) < format_iso(other)) == (one < other)


def test_a_moment_of_another_zone_or_of_none_that_is_told_is_read_as_utc() -> None:
    noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
    assert from_iso("2026-11-26T13:00:00+01:00") == from_iso("2026-11-26T12:00:00") == noon
    assert from_iso("2026-11-26T13:00:00+01:00").tzinfo is UTC


@pytest.mark.parametrize(
    ("named", "zone"),
    [(":Asia/Tokyo", "Asia/Tokyo"), ("Etc/UTC", "UTC"), ("CET-1CEST", "UTC"), ("/etc/passwd", "UTC")],
)
def test_the_zone_of_a_machine_is_one_by_name_or_utc(named: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", named)
    assert find_machine_zone() == zone


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026", "2026"), ("2026-09", "September 2026"), ("2026-09-02", "2 Sep 2026"), ("2026-13-02", "2026-13-02"),
        ("2026-09-02T09:30", "2 Sep 2026, 09:30"), ("2026-09-02 09:30:00", "2 Sep 2026, 09:30"),
        ("2026-09-02T09:30:00Z", "2 Sep 2026, 09:30 UTC"), ("2026-09-02T09:30:00+00:00", "2 Sep 2026, 09:30 UTC"),
        ("2026-09-02T09:30:00+02:00", "2 Sep 2026, 09:30 UTC+02:00"), ("INV-2026-09-02", "INV-2026-09-02"),
    ],
)  # fmt: skip
def test_days_are_written_as_people_write_them(text: str, said: str) -> None:
    assert write_day(text) == said


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "yesterday"])
def test_a_moment_outside_the_calendar_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"calendar|isoformat"):
        from_iso(text)
