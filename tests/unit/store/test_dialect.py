from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from core.errors import InvalidInput
from store.dialect import DbNow, EpochMs, UtcTime
from store.rows import check_text

SQLITE = sqlite.dialect()
POSTGRESQL = postgresql.dialect()
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=zones)  # noqa: DTZ001 (hypothesis asks for naive bounds)


@given(moments)
def test_a_moment_comes_back_from_text_to_the_microsecond(at: datetime) -> None:
    kind = UtcTime()
    assert kind.process_result_value(kind.process_bind_param(at, SQLITE), SQLITE) == at


@given(moments, moments)
def test_moments_sort_as_text_as_they_do_in_time(one: datetime, other: datetime) -> None:
    texts = [UtcTime().process_bind_param(at, SQLITE) for at in (one, other)]
    assert (texts[0] < texts[1]) is (one < other)


def test_postgresql_gets_an_aware_moment_in_utc() -> None:
    at = datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    bound = UtcTime().process_bind_param(at, POSTGRESQL)
    assert (bound, bound.tzinfo) == (at, UTC)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        UtcTime().process_bind_param(datetime(2026, 1, 1), SQLITE)  # noqa: DTZ001 (what is refused)


def test_no_moment_stays_none() -> None:
    assert UtcTime().process_bind_param(None, SQLITE) is None
    assert UtcTime().process_result_value(None, SQLITE) is None


def test_the_clock_is_the_databases() -> None:
    assert "strftime" in str(select(DbNow()).compile(dialect=SQLITE))
    assert "julianday" in str(select(EpochMs()).compile(dialect=SQLITE))
    assert "clock_timestamp" in str(select(DbNow(), EpochMs()).compile(dialect=POSTGRESQL))


@pytest.mark.parametrize("text", ["\x00", "\ud800"])
def test_text_that_can_not_be_stored_everywhere_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidInput, match="note"):
        check_text({"note": text})


def test_other_text_and_bytes_are_stored_as_they_are() -> None:
    columns = {"note": "🙂\t\n\u202e", "raw": b"\x00", "n": 1, "none": None}
    assert check_text(columns) == columns
