"""Days and times. Now is Tuesday 2026-11-24, 15:43 UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from agent.extract.parameter_reader import read_exact, scan
from agent.extract.time import dates, times
from language.text import read_text
from registry.contract import Annotation

NOW = datetime(2026, 11, 24, 15, 43, tzinfo=UTC)
PLAIN = Annotation()


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-12-01", "2026-12-01"),
        ("2026/12/01", "2026-12-01"),
        ("5 May 2023", "2023-05-05"),
        ("May 5, 2023", "2023-05-05"),
        ("the 5th of May 2023", "2023-05-05"),
        ("May 5th", "2027-05-05"),
        ("Oct 4", "2026-10-04"),
        ("2023 April 21st", "2023-04-21"),
        ("5-May-2023", "2023-05-05"),
        ("13/06/2023", "2023-06-13"),
        ("05/06/2023", "2023-05-06"),
        ("05.06.2023", "2023-06-05"),
        ("today", "2026-11-24"),
        ("tomorrow", "2026-11-25"),
        ("yesterday", "2026-11-23"),
        ("the day after tomorrow", "2026-11-26"),
        ("Friday", "2026-11-27"),
        ("this Friday", "2026-11-27"),
        ("next Friday", "2026-12-04"),
        ("last Friday", "2026-11-20"),
        ("Tuesday", "2026-12-01"),
        ("Friday, May 5", "2027-05-05"),
        ("in 3 days", "2026-11-27"),
        ("in two weeks", "2026-12-08"),
        ("two weeks ago", "2026-11-10"),
        ("a month ago", "2026-10-24"),
        ("a week from Friday", "2026-12-04"),
        ("3 days from now", "2026-11-27"),
        ("end of month", "2026-11-30"),
        ("the end of the year", "2026-12-31"),
        ("the first of next month", "2026-12-01"),
        ("last day of February", "2027-02-28"),
        ("the beginning of next week", "2026-11-30"),
        ("the 30th", "2026-11-30"),
        ("the 11th", "2026-12-11"),
    ],
)
def test_a_day_is_read_from_now(words: str, day: str) -> None:
    (found,) = dates.find(read_text(words), NOW.date())
    assert found.day == date.fromisoformat(day)
    assert words[found.start : found.end] == words


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("last week", "2026-11-16", "2026-11-22"),
        ("this month", "2026-11-01", "2026-11-30"),
        ("next quarter", "2027-01-01", "2027-03-31"),
        ("the past two weeks", "2026-11-10", "2026-11-24"),
        ("March 2024", "2024-03-01", "2024-03-31"),
        ("last year", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_period_has_a_first_and_a_last_day(words: str, first: str, last: str) -> None:
    (found,) = dates.find(read_text(words), NOW.date())
    assert (found.day, found.last) == (date.fromisoformat(first), date.fromisoformat(last))


def test_since_looks_back() -> None:
    assert dates.find(read_text("since Sunday"), NOW.date())[0].day == date(2026, 11, 22)


@pytest.mark.parametrize("before", ["last", "since", "which was", ""])
def test_a_day_that_no_year_has_is_none_whatever_stands_before_it(before: str) -> None:
    assert dates.find(read_text(f"{before} November 31"), NOW.date()) == ()


def test_an_ambiguous_day_is_noted_and_weighs_less() -> None:
    (either,) = dates.find(read_text("05/06/2023"), NOW.date())
    (clear,) = dates.find(read_text("13/06/2023"), NOW.date())
    assert "2023-06-05" in either.how
    assert either.weight < clear.weight


@pytest.mark.parametrize("words", ["31/02/2023", "2023-13-45", "the second item", "may I ask", "sat down", "march on"])
def test_what_is_no_day_is_not_read_as_one(words: str) -> None:
    assert dates.find(read_text(words), NOW.date()) == ()


@pytest.mark.parametrize(
    ("words", "clock"),
    [
        ("3pm", "15:00"),
        ("3:15 p.m.", "15:15"),
        ("12am", "00:00"),
        ("12 pm", "12:00"),
        ("15:30", "15:30"),
        ("half past three", "03:30"),
        ("half past three in the afternoon", "15:30"),
        ("quarter to five", "04:45"),
        ("ten past six", "06:10"),
        ("noon", "12:00"),
        ("midnight", "00:00"),
        ("six in the evening", "18:00"),
        ("6 o'clock", "06:00"),
        ("morning 11:30", "11:30"),
    ],
)
def test_a_time_of_day_is_read(words: str, clock: str) -> None:
    (found,) = times.find(read_text(words))
    assert found.time.strftime("%H:%M") == clock
    assert words[found.start : found.end] == words


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({"type": "string", "format": "date"}, "2026-12-04"),
        ({"type": "string", "description": "Date format is MM/DD/YYYY."}, "12/04/2026"),
        ({"type": "string", "description": "The day, as DD.MM.YYYY"}, "04.12.2026"),
        ({"type": "string", "description": "Due date, e.g. 2024-01-31"}, "2026-12-04"),
        ({"type": "string", "description": "Due date"}, "2026-12-04"),
    ],
)
def test_a_day_is_written_as_the_parameter_asks(schema: dict[str, str], written: str) -> None:
    reading = read_exact("next Friday", name="due_date", schema=schema, annotation=PLAIN, now=NOW)
    assert reading is not None
    assert reading.value == written
    assert reading.how.startswith(f"next Friday → {written}")


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("tomorrow at 3pm", "2026-11-25T15:00:00Z"),
        ("3pm tomorrow", "2026-11-25T15:00:00Z"),
        ("on December 19 at 10", "2026-12-19T10:00:00Z"),
        ("December 20 at 3", "2026-12-20T15:00:00Z"),
        ("tonight at 8", "2026-11-24T20:00:00Z"),
        ("in two hours", "2026-11-24T17:43:00Z"),
        ("30 minutes ago", "2026-11-24T15:13:00Z"),
        ("2026-12-01T10:00:00Z", "2026-12-01T10:00:00Z"),
        ("2026-12-01T10:00:00+02:00", "2026-12-01T10:00:00+02:00"),
        ("2026-12-01 10:00", "2026-12-01T10:00:00Z"),
        ("now", "2026-11-24T15:43:00Z"),
    ],
)
def test_a_day_with_its_time_is_one_moment(words: str, moment: str) -> None:
    schema = {"type": "string", "format": "date-time"}
    reading = read_exact(words, name="starts_at", schema=schema, annotation=PLAIN, now=NOW)
    assert reading is not None
    assert reading.value == moment


def test_days_are_those_of_the_zone_of_now() -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC).astimezone(timezone(timedelta(hours=2)))
    reading = read_exact(
        "tomorrow", name="due_date", schema={"type": "string", "format": "date"}, annotation=PLAIN, now=late
    )
    assert reading is not None
    assert reading.value == "2026-11-26"


def test_hours_that_pass_are_not_those_of_a_clock_that_is_set_meanwhile() -> None:
    night = datetime(2026, 10, 25, 0, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Madrid"))
    schema = {"type": "string", "format": "date-time"}
    soon = read_exact("in three hours", name="starts_at", schema=schema, annotation=PLAIN, now=night)
    morning = read_exact("tomorrow at 9am", name="starts_at", schema=schema, annotation=PLAIN, now=night)
    assert soon is not None
    assert morning is not None
    assert (soon.value, morning.value) == ("2026-10-25T04:30:00+01:00", "2026-10-26T09:00:00+01:00")


def test_a_timestamp_is_seconds_since_the_epoch() -> None:
    schema = {"type": "integer", "description": "Unix timestamp of the start"}
    reading = read_exact("2026-12-01T00:00:00Z", name="start", schema=schema, annotation=PLAIN, now=NOW)
    assert reading is not None
    assert reading.value == 1796083200


def test_of_two_days_the_first_begins_and_the_second_ends() -> None:
    text = "show visits from March 3 to March 9"
    schema = {"type": "string", "format": "date"}
    starts = scan(text, name="start_date", schema=schema, annotation=PLAIN, now=NOW)
    ends = scan(text, name="end_date", schema=schema, annotation=PLAIN, now=NOW)
    assert (starts[0].value, ends[0].value) == ("2027-03-03", "2027-03-09")


def test_a_period_gives_its_last_day_to_what_ends() -> None:
    schema = {"type": "string", "format": "date"}
    assert (
        scan("export last month", name="start_date", schema=schema, annotation=PLAIN, now=NOW)[0].value == "2026-10-01"
    )
    assert scan("export last month", name="end_date", schema=schema, annotation=PLAIN, now=NOW)[0].value == "2026-10-31"


@pytest.mark.parametrize(
    ("description", "written"), [("HH:MM", "14:05"), ("in HH:MM:SS", "14:05:00"), ("12-hour clock", "2:05 PM")]
)
def test_a_time_is_written_as_the_parameter_asks(description: str, written: str) -> None:
    schema = {"type": "string", "description": f"The time of the visit, {description}"}
    assert scan("come at 2:05 pm", name="time", schema=schema, annotation=PLAIN, now=NOW)[0].value == written


_CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}


@pytest.mark.parametrize(
    ("words", "written"), [("10", "10:00"), ("at 4", "16:00"), ("quarter to 1", "12:45"), ("6 o'clock", "18:00")]
)
def test_a_pattern_of_clock_times_is_read_as_a_time(words: str, written: str) -> None:
    read = read_exact(words, name="start", schema=_CLOCK, annotation=PLAIN, now=NOW)
    assert read is not None
    assert read.value == written


@pytest.mark.parametrize("text", ["come at 3 sites", "come at 4 December"])
def test_a_number_that_counts_or_dates_is_hardly_a_time(text: str) -> None:
    assert all(each.confidence < 0.4 for each in scan(text, name="start", schema=_CLOCK, annotation=PLAIN, now=NOW))


def test_a_pattern_of_minutes_is_no_time_of_day() -> None:
    schema = {"type": "string", "pattern": "^[0-5][0-9]:[0-5][0-9]$"}
    assert read_exact("half past 4", name="pace", schema=schema, annotation=PLAIN, now=NOW) is None


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("from the 8th until the 15th of May 2027", "2027-05-08", "2027-05-15"),
        ("out on June 12 2027 and back on the 19th", "2027-06-12", "2027-06-19"),
        ("from the 28th to the 3rd of April 2027", "2027-03-28", "2027-04-03"),
        ("leaving on June 28 2027, coming back on the 2nd", "2027-06-28", "2027-07-02"),
    ],
)
def test_a_day_without_its_month_is_of_the_month_beside_it(text: str, start: str, end: str) -> None:
    assert [each.day.isoformat() for each in dates.find(read_text(text), date(2026, 11, 24))] == [start, end]


def test_a_day_of_this_month_is_as_sure_as_one_with_its_name() -> None:
    (found,) = dates.find(read_text("on the 4th of this month"), date(2026, 11, 24))
    assert (found.day, found.weight) == (date(2026, 11, 4), 0.9)


@pytest.mark.parametrize(("text", "days"), [("12th until the 15th", [12, 15]), ("the rack 12th", [])])
def test_two_ordinals_are_days_where_one_leads_to_the_other(text: str, days: list[int]) -> None:
    assert [each.day.day for each in dates.find(read_text(text), date(2026, 12, 1))] == days


def test_a_day_of_the_month_is_surer_with_its_preposition() -> None:
    ((one,), (other,)) = (dates.find(read_text(each), date(2026, 12, 1)) for each in ("on the 8th", "the 8th"))
    assert one.weight > other.weight


def test_a_length_of_time_behind_coming_is_no_stretch_of_days() -> None:
    assert not dates.find(read_text("Ada is coming a week later"), date(2026, 12, 1))


@pytest.mark.parametrize("words", ["tonights rehearsal", "tonight's rehearsal", "tomorrows rehearsal"])
def test_a_day_may_have_its_owner_s_ending_without_the_apostrophe(words: str) -> None:
    (found,) = dates.find(read_text(words), NOW.date())
    assert found.day in (NOW.date(), NOW.date() + timedelta(days=1))
