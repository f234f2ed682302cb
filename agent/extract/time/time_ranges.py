"""When something must lie: "since October 1", "on December 13", "in the last two weeks", "not in 6 weeks" → from when
until when."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Literal

from agent.extract.time import date_math, dates
from language.number_words import CARDINALS, TO_TWELVE
from language.text import Text, read_text

_SURE: Final = 0.55
_BEFORE: Final = 64
"""Characters before a day that are searched for its preposition."""
_ANY_DAY: Final = date(2000, 1, 1)
Way = Literal["from", "after", "before", "until", "in", "not in"]
_WAYS: Final[dict[str, Way]] = {
    **dict.fromkeys(("since", "from", "starting", "starting from", "beginning"), "from"),
    "after": "after",
    **dict.fromkeys(("before", "prior to", "earlier than"), "before"),
    **dict.fromkeys(("until", "till", "by", "up to", "through"), "until"),
    **dict.fromkeys(("on", "in", "for", "at", "during", "dated", "of"), "in"),
}  # fmt: skip
_WAY: Final = re.compile(rf"(?<!\w)(?P<way>{'|'.join(sorted(_WAYS, key=len, reverse=True))})\s+(?:the\s+)?$")
_AND: Final = re.compile(r"\s*(?:and|to|-|until|till|through)\s*")
_BETWEEN: Final = re.compile(r"(?<!\w)(?:between|from)\s+$")
_NUMBER: Final = rf"(?P<count>\d{{1,3}}|an?|{'|'.join(TO_TWELVE)})"
# "haven't answered in 6 weeks", "not for over a month", "older than 30 days", "more than two weeks ago".
_NOT_FOR: Final = re.compile(
    rf"(?<!\w)(?:in|for|within)\s+(?:over\s+|more\s+than\s+|at\s+least\s+)?{_NUMBER}\s+(?P<unit>day|week|fortnight|month|year)s?(?!\w)"
)
_OLDER: Final = re.compile(
    rf"(?<!\w)(?:older\s+than|more\s+than|over)\s+{_NUMBER}\s+(?P<unit>day|week|fortnight|month|year)s?(?:\s+(?:ago|old))?(?!\w)"
)
_SENTENCE: Final = re.compile(r"[.!?;]\s")
_NEVER: Final = re.compile(r"(?<!\w)(?:not|never|(?:have|has|had|did|do|was|were|are|is)n't|no)(?!\w)")


@dataclass(frozen=True, slots=True)
class TimeRange:
    """From ``low`` (inclusive) until ``high`` (exclusive), each None where it is open. ``words`` are those that say it,
    at ``start`` to ``end`` of the text."""

    start: int
    end: int
    words: str
    low: datetime | None
    high: datetime | None


def find(text: Text, now: datetime) -> tuple[TimeRange, ...]:
    """The stretches of a text that say when, with their prepositions, in order. Days are those of the zone of
    ``now``."""
    made: list[TimeRange] = []
    for match in (*_OLDER.finditer(text.low), *_not_for(text)):
        ago = _make_midnight(date_math.shift(now.date(), -_read_count(match["count"]), match["unit"]), now)
        # What is older than 30 days has no day of them; what hasn't happened in 30 days may have happened right before.
        until = ago if match.re is _OLDER else ago + timedelta(days=1)
        made.append(_make_window(text, *match.span(), None, until))
    whens = [each for each in dates.find(text, now.date()) if each.weight >= _SURE]
    skip = 0
    for at, when in enumerate(whens):
        if at < skip or any(each.start < when.end and when.start < each.end for each in made):
            continue
        last = whens[at + 1] if at + 1 < len(whens) else None
        between = _BETWEEN.search(text.low, max(0, when.start - _BEFORE), when.start)
        if between is not None and last is not None and _AND.fullmatch(text.low[when.end : last.start]):
            made.append(_make_window(text, between.start(), last.end, _make_midnight(when.day, now), _after(last, now)))
            skip = at + 2
            continue
        way = _WAY.search(text.low, max(0, when.start - _BEFORE), when.start)
        start = way.start() if way is not None else when.start
        said: Way = _WAYS[way["way"]] if way is not None else "in"
        # What is "in the last week" began then and lasts; "since" and the like may also be a part of the words of the
        # day itself.
        said = _find_inner(text.low[when.start : when.end], said)
        if text.low.startswith("within", when.start):  # "within 60 days": at any time until then
            made.append(_make_window(text, when.start, when.end, _make_midnight(now.date(), now), _after(when, now)))
            continue
        low = (
            _make_midnight(when.day, now) if said in ("from", "in") else _after(when, now) if said == "after" else None
        )
        high = (
            _make_midnight(when.day, now)
            if said == "before"
            else _after(when, now)
            if said in ("until", "in")
            else None
        )
        made.append(_make_window(text, start, when.end, low, high))
    return tuple(sorted(made, key=lambda each: each.start))


def find_stretches(text: Text) -> list[tuple[int, int, str]]:
    """Where a text says when, whatever the present is: start, end and the words, with a "not" where the sentence said
    it before."""
    denied = {match.span() for match in _not_for(text)}
    return [
        (each.start, each.end, f"not {each.words}" if (each.start, each.end) in denied else each.words)
        for each in find(text, datetime.combine(_ANY_DAY, time(0), UTC))
    ]


def read(words: str, now: datetime) -> TimeRange | None:
    """The one window that words say."""
    found = find(read_text(words), now)
    return found[0] if len(found) == 1 else None


def _not_for(text: Text) -> list[re.Match[str]]:
    """Only where the sentence says not."""
    begins = [0, *(found.end() for found in _SENTENCE.finditer(text.low))]
    return [
        match
        for match in _NOT_FOR.finditer(text.low)
        if _NEVER.search(text.low, begins[bisect_right(begins, match.start()) - 1], match.start())
    ]


def _find_inner(words: str, said: Way) -> Way:
    first = words.split()[0] if words else ""
    return _WAYS[first] if first in ("since", "from", "until", "till", "by", "before", "after") else said


def _make_window(text: Text, start: int, end: int, low: datetime | None, high: datetime | None) -> TimeRange:
    return TimeRange(start, end, text.plain[start:end], low, high)


def _make_midnight(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time(0), now.tzinfo)


def _after(when: dates.DateSpan, now: datetime) -> datetime:
    return _make_midnight((when.last or when.day) + timedelta(days=1), now)


def _read_count(written: str) -> int:
    return int(written) if written.isdigit() else 1 if written in ("a", "an") else CARDINALS[written]
