"""Stretches of time that the date readers don't know: "at 9 this morning", "late in March", "in 2025", "between 1 and
10 May"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final, Protocol

from agent.extract.time import dates, day_pairs, times
from agent.extract.time.date_math import shift
from agent.extract.time.time_ranges import TimeRange
from agent.planning.proposal import Compare, Condition, Day, Words
from agent.resolve.rules.grammar import lexicon
from language.date_forms import DAYS, MONTHS
from language.stems import is_past, stem
from language.text import Text, Token, read_text


class Reader(Protocol):
    """What this module needs from a request's reader."""

    text: Text
    tokens: tuple[Token, ...]
    now: datetime
    asks: bool
    hours: dict[int, times.TimeOfDay]
    dates: dict[int, dates.DateSpan]
    ranges: dict[int, TimeRange]

    def low(self, index: int, /) -> str: ...
    def lows(self, index: int, count: int, /) -> tuple[str, ...]: ...
    def words(self, first: int, last: int, /) -> Words: ...
    def end_index(self, offset: int, /) -> int: ...


_PARTS: Final[dict[str, tuple[int, int | None]]]= {
    "start": (1, 10), "beginning": (1, 10), "middle": (10, 20), "mid": (10, 20), "end": (20, None),
}  # fmt: skip


_COMING: Final = frozenset(("next", "this", "coming"))
_HALF_A_YEAR: Final = 182
_MONTH: Final = 31
_QUARTER: Final = 92
_YEAR_DIGITS: Final = 4
_YEAR: Final = re.compile(
    r"(?<!\w)(?P<way>in|during|since|before|after)\s+(?:the\s+year\s+)?(?P<year>(?:19|20)\d\d)"
    r"(?=\s*(?:$|[?!,;)]|\.(?!\d)|\s(?:and|but|or|who|that|which|with|are|is|by)\b))",
    re.IGNORECASE,
)
_LEADS: Final = re.compile(r"\b(?:between|from)\s+(?:the\s+)?$", re.IGNORECASE)


def find_stretches(text: Text, now: datetime) -> Iterator[TimeRange]:
    """Whole years, and days of one month that is said once."""
    for found in _YEAR.finditer(text.plain):
        way, year = found["way"].lower(), int(found["year"])
        begin = datetime(year, 1, 1, tzinfo=now.tzinfo)
        end = begin.replace(year=year + 1)
        low = None if way == "before" else end if way == "after" else begin
        high = begin if way == "before" else None if way in ("after", "since") else end
        yield TimeRange(*found.span(), found[0], low, high)
    for pair in day_pairs.find(text, now.date()):
        begins = _LEADS.search(text.plain, 0, pair.start)
        if begins is not None and text.plain[pair.start].isdigit():
            low, high = (datetime.combine(day, time(), now.tzinfo) for day in (pair.first, pair.last))
            words = text.plain[begins.start() : pair.end]
            yield TimeRange(begins.start(), pair.end, words, low, high + timedelta(days=1))


def is_times_own(reader: Reader, index: int) -> bool:
    """Whether a stretch of time with a possessive begins at a token: "tomorrow's (visits)", "next week's"."""
    held = reader.ranges.get(index)
    at = reader.end_index(held.end) if held is not None else 0
    return held is not None and any(
        each.owns and each.start < held.end < each.end for each in reader.tokens[at - 1 : at + 1]
    )


def read_hour(reader: Reader, index: int, field: str) -> tuple[list[Condition], int] | None:
    """An hour of a day, or of today: "at 9 this morning"."""
    held = reader.hours.get(index + 1) if reader.low(index) in {"at", "around"} else reader.hours.get(index)
    if held is None:
        return None
    last = reader.end_index(held.end)
    day = reader.dates.get(last)
    if day is not None and day.last is None:
        last = reader.end_index(day.end)
    moment = f"{write_day(day.day if day is not None else reader.now.date())}T{held.time.hour:02}"
    moment += f":{held.time.minute:02}" if held.time.minute else ""
    return [Compare(field=field, op="during", value=Day(date=moment, quote=reader.words(index, last)))], last


def read_part_of_month(reader: Reader, index: int, field: str) -> tuple[list[Condition], int] | None:
    """A third of a month: "late in March, at the end of May"."""
    at = index + 1 if reader.low(index) in {"from", "in", "at", "of"} else index
    at += reader.low(at) == "the"
    part = _PARTS.get(reader.low(at))
    if part is None or reader.low(at + 1) != "of" or at + 2 >= len(reader.tokens):
        return None
    after = "in " + reader.text.plain[reader.tokens[at + 2].start :][:30]
    whole = dates.find(read_text(after), reader.now.date())[:1]
    if not whole or whole[0].start > 3 or whole[0].whole != "month" or whole[0].last is None:
        return None
    last = reader.end_index(reader.tokens[at + 2].start + whole[0].end - 3)
    quote = reader.words(index, last)
    first = whole[0].day.replace(day=part[0])
    end = whole[0].last if part[1] is None else whole[0].day.replace(day=part[1])
    bounds: list[Condition] = [
        Compare(field=field, op=">=", value=Day(date=write_day(first), quote=quote)),
        Compare(field=field, op="<=", value=Day(date=write_day(end), quote=quote)),
    ]
    return bounds, last


def read_month_before_noun(reader: Reader, index: int, field: str) -> tuple[list[Condition], int] | None:
    """A month before a noun: "her October invoice"."""
    token = reader.tokens[index]
    if token.low not in MONTHS or len(token.low) < 3 or not (token.capital or token.low not in lexicon.OF_OTHERS):
        return None
    whole = dates.find(read_text(f"in {token.text.capitalize()}"), reader.now.date())[:1]
    if not whole or whole[0].last is None:
        return None
    quote = reader.words(index, index + 1)
    bounds: list[Condition] = [
        Compare(field=field, op=">=", value=Day(date=write_day(whole[0].day), quote=quote)),
        Compare(field=field, op="<=", value=Day(date=write_day(whole[0].last), quote=quote)),
    ]
    return bounds, index + 1


def write_day(day: date) -> str:
    return day.isoformat()


def _bring_near(month: TimeRange, now: datetime) -> TimeRange:
    """The coming month of a name where that is nearer: in November, "(booked) for December" is told of the next."""
    low, high = month.low, month.high
    if low is None or high is None or high > now - timedelta(days=_HALF_A_YEAR):
        return month
    return replace(month, low=low.replace(year=low.year + 1), high=high.replace(year=high.year + 1))


def _is_past(reader: Reader, index: int, field: str) -> bool:
    """Whether the words before a time, or the field itself, tell of what has happened: "ended (in May)", "Paid"."""
    deed, before = field.split("_")[0], reader.low(index - 1)
    if field.split("_")[-1] in lexicon.UNTIL:
        return False
    ended = is_past(before) and stem(before) in _stems(field)
    return ended or before in {"came", "arrived"} or deed in ("status", "since") or is_past(deed)


def take_back(reader: Reader, index: int, held: TimeRange, field: str) -> TimeRange:
    """The time of a name as the verb tells it. For what has happened the last month or weekday: in November, "paid in
    April" is told of this year's, "opened on Monday" of the last one, and "did we do this week" of what is over. For
    what is to happen the next month: "which end after June"."""
    said = reader.lows(index, reader.end_index(held.end) - index)
    named = not MONTHS.keys().isdisjoint(said) and not any(
        len(word) == _YEAR_DIGITS and word.isdigit() for word in said
    )
    weekday = not named and not DAYS.keys().isdisjoint(said) and said[0] != "for"
    done = not {"did", "had"}.isdisjoint(reader.lows(0, index))
    over, bound, now = _is_past(reader, index, field), held.low or held.high, reader.now
    if not reader.asks or bound is None:
        return held
    shifts = _COMING.isdisjoint(said) and (named or weekday)
    near = 0 if weekday or held.low is not None else _MONTH
    if shifts and (over or done) and bound > now + timedelta(days=near):
        held = _shift(held, weeks=-1) if weekday else _shift(held, years=-1)
    elif shifts and named and not (over or done) and held.high is None and bound < now - timedelta(days=_QUARTER):
        held = _shift(held, years=1) if stem(reader.low(index - 1)) in _stems(field) else held
    ends = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    late = held.high is None or held.high > ends
    return replace(held, high=ends) if done and not over and late else held


def _shift(held: TimeRange, *, years: int = 0, weeks: int = 0) -> TimeRange:
    def move(end: datetime | None) -> datetime | None:
        day = shift(end.date(), years, "year") + timedelta(weeks=weeks) if end is not None else None
        return datetime.combine(day, end.timetz()) if day is not None and end is not None else None

    return replace(held, low=move(held.low), high=move(held.high))


def _stems(field: str) -> frozenset[str]:
    return frozenset(map(stem, field.split("_")))


def _is_of(reader: Reader, index: int, day: date, quote: Words) -> bool:
    """Whether what is "from" a day is of that day alone: "from yesterday". What is "from Sunday" or "from 1 November"
    may have begun then."""
    dated = any(map(str.isdigit, quote.text)) or not DAYS.keys().isdisjoint(quote.text.casefold().split())
    return reader.low(index) == "from" and day < reader.now.date() and not dated


def read_when(reader: Reader, index: int, field: str) -> tuple[list[Condition], int] | None:
    """A stretch of time that begins at a token, with its preposition, as conditions on a field."""
    if (part := read_part_of_month(reader, index, field)) is not None:
        return part
    held = reader.ranges.get(index)
    if held is None:
        return read_hour(reader, index, field)
    last = reader.end_index(held.end)
    quote = reader.words(index, last)
    made: list[Condition] = []
    if reader.asks and reader.low(last - 2) == "for" and reader.low(last - 1) in MONTHS:
        held = _bring_near(held, reader.now)
    held = take_back(reader, index, held, field)
    until = reader.dates.get(index) if held.low is None and field.split("_")[-1] == reader.low(index) else None
    first = held.low.date() if held.low is not None else until.day if until is not None else None
    if first is not None:  # who is "paused until January" isn't so for a shorter time
        made.append(Compare(field=field, op=">=", value=Day(date=write_day(first), quote=quote)))
    day = reader.dates.get(index + 1) or reader.dates.get(index)
    since = reader.low(last) in {"on", "onward", "onwards"}
    if held.high is None and reader.low(index) == "from" and day is not None and day.last is not None and not since:
        made.append(Compare(field=field, op="<=", value=Day(date=write_day(day.last), quote=quote)))  # of that month
    elif held.high is None and held.low is not None and not since and _is_of(reader, index, held.low.date(), quote):
        made.append(Compare(field=field, op="<=", value=Day(date=write_day(held.low.date()), quote=quote)))
    if held.high is not None:
        high = held.high.date() - timedelta(days=1)
        made.append(Compare(field=field, op="<=", value=Day(date=write_day(high), quote=quote)))
    return made, last
