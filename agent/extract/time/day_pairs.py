"""Day pairs: from which day until which, as in "12-13 December", "12 to 13 Dec", "Thursday to Saturday" or "from Monday
for 3 days"."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from agent.extract.time import date_math, dates, durations
from language.date_forms import DAYS, MONTHS
from language.text import Text, read_text, word_set
from registry.contract import Annotation

_MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
_DAY: Final = r"\d{1,2}(?:st|nd|rd|th)?"
_TO: Final = r"(?:\s*[-–]\s*|\s+(?:to|until|till|through)\s+)(?:the\s+)?"
# Only "between … and …" is a stretch, or one day and the next; "on the 1st and the 3rd" is two days.
_AND: Final = r"\s+and\s+(?:the\s+)?"
_BETWEEN: Final = re.compile(r"\bbetween\s+(?:the\s+)?$")
# Two days of one month, which is said once.
_ONE_MONTH: Final = (
    rf"(?P<before>{_MONTH})\.?\s+(?P<a>{_DAY})(?:{_TO}|{_AND})(?P<b>{_DAY})",
    rf"(?P<c>{_DAY})(?:{_TO}|{_AND})(?P<d>{_DAY})\s+(?:of\s+)?(?P<behind>{_MONTH})",
    rf"(?P<e>\d{{1,2}})\.{_TO}(?P<f>\d{{1,2}})\.(?P<of>\d{{1,2}})\.?",
)
_FIGURES: Final = rf"(?<![\w/.-])(\d{{1,2}})/(\d{{1,2}}){_TO}(\d{{1,2}})/(\d{{1,2}})(?![\w/-]|\.\d)"
_LENGTHS: Final = frozenset(("week", "fortnight", "month"))
_FRIDAY: Final = 5
_FOR: Final = re.compile(r",?\s+for\s+(?:the\s+next\s+)?")
_STARTING: Final = re.compile(r",?\s+(?:from|starting(?:\s+(?:on|from))?|beginning(?:\s+on)?)\s+(?:the\s+)?")
_SURE: Final = 0.55
_STARTS: Final = word_set("from start starts starting begin begins beginning first arrival arrive arrives out")
LAST_DAYS: Final = word_set("due deadline until till")
"""Words of a parameter that takes the last day on which something can be done: "before the 10th" is the 9th."""
ENDS: Final = word_set("to until till end ends ending last due return returns back departure leave leaves")


@dataclass(frozen=True, slots=True)
class DayPair:
    """The first and last day, and where both are said."""

    start: int
    end: int
    first: date
    last: date


@lru_cache(maxsize=512)
def find(text: Text, today: date) -> tuple[DayPair, ...]:
    """The joined days of a text. Two that don't follow each other are no pair."""
    lead, joined, figures = _compile()
    made: list[DayPair] = []
    for found in lead.finditer(text.low):
        month = found["before"] or found["behind"]
        days = [found[one] or found[other] or found[third] for one, other, third in ("ace", "bdf")]
        year = found["year"] or ""
        written = [f"{day} {month} {year}" if month else f"{today.year}-{found['of']}-{day}" for day in days]
        whens = [dates.find(read_text(each.strip()), today)[:1] for each in written]
        if all(whens):
            said = DayPair(*found.span(), whens[0][0].day, whens[1][0].day)
            stretch = "and" not in found[0].split() or _BETWEEN.search(text.low, 0, found.start())
            made += [said] if stretch or _is_next(said) else []
    made += (each for found in figures.finditer(text.low) if (each := _read_figures(found, today)) is not None)
    single = [each for each in dates.find(text, today) if each.weight >= _SURE]
    for one, other in itertools.pairwise(single):
        if joined.fullmatch(text.low, one.end, other.start) is None or any(
            each.start < other.end and one.start < each.end for each in made
        ):
            continue
        joined_days = text.low[one.end : other.start].split()[:1] == ["and"]
        pair = DayPair(one.start, other.end, one.day, _find_last(text, one, other))
        if not joined_days or _BETWEEN.search(text.low, 0, one.start) or _is_next(pair):
            made.append(pair)
    return tuple(each for each in made if each.first <= each.last)


_MOST_COUNTED: Final = 400


def find_counted(text: Text, today: date) -> Iterator[DayPair]:
    """The days of a stretch that its first day and its length tell: "from Monday for 3 days" ends on Wednesday. Days
    over a weekend may be working days, so they tell nothing."""
    for when in (each for each in dates.find(text, today) if each.weight >= _SURE and each.last is None):
        for each in durations.find(text):
            behind = _FOR.fullmatch(text.low, when.end, each.start)
            if not behind and not _STARTING.fullmatch(text.low, each.end, when.start):
                continue
            if not 1 <= each.count <= _MOST_COUNTED:
                continue  # no stretch that people mean, and none that a calendar may hold
            unit, count = each.unit.rstrip("s"), int(each.count)
            if count == each.count and (unit in _LENGTHS or (unit == "day" and when.day.weekday() + count <= _FRIDAY)):
                last = date_math.shift(when.day, count, unit) - timedelta(days=1)
                yield DayPair(min(when.start, each.start), max(when.end, each.end), when.day, last)


def find_of(text: Text, today: date, last: Collection[str]) -> tuple[DayPair, ...]:
    """The joined days for two parameters. ``last`` are the words that name the second one. A length tells it only where
    it is called the last day: what is due back after 3 days may be so on the fourth."""
    return find(text, today) or (tuple(find_counted(text, today)) if "last" in last else ())


def find_periods(text: Text, today: date) -> tuple[DayPair, ...]:
    """The first and last days of weeks and weekends: "(for) the weekend"."""
    found = dates.find(text, today)
    return tuple(
        DayPair(each.start, each.end, each.day, each.last)
        for each in found
        if each.last is not None and each.whole in ("week", "weekend")
    )


def _is_next(pair: DayPair) -> bool:
    """Whether the second day is the one after the first: "on Monday and Tuesday"."""
    return pair.last - pair.first == timedelta(days=1)


def _find_last(text: Text, one: dates.DateSpan, other: dates.DateSpan) -> date:
    """The last day. A weekday without more is the first such day from the first one on; the same weekday said twice is
    a week later."""
    number = DAYS.get(text.low[other.start : other.end])
    if number is None:
        return other.last or other.day
    ahead = (number - one.day.weekday()) % 7
    return one.day + timedelta(days=7 if not ahead and one.whole == "weekday" else ahead)


def _read_figures(found: re.Match[str], today: date) -> DayPair | None:
    """ "24/12 to 3/1": a pair in figures, if only one order of day and month gives two days that follow each other."""
    made = []
    a, b, c, d = map(int, found.groups())
    for one, other in (((a, b), (c, d)), ((b, a), (d, c))):
        try:
            first = min(
                (date(today.year + ahead, *one) for ahead in (-1, 0, 1)), key=lambda day: abs((day - today).days)
            )
            last = date(first.year, *other)
            made.append((first, last if last >= first else date(first.year + 1, *other)))
        except ValueError:
            continue
    return DayPair(*found.span(), *made[0]) if len(made) == 1 or (len(made) == 2 and made[0] == made[1]) else None


@lru_cache(maxsize=1)
def _compile() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    # On first use: it takes milliseconds.
    lead = rf"(?<![\w.])(?:the\s+)?(?:{'|'.join(_ONE_MONTH)})(?:,?\s+(?P<year>\d{{4}}))?(?![\w-])"
    return re.compile(lead), re.compile(f"{_TO}|{_AND}"), re.compile(_FIGURES)


def find_day_parameters(
    properties: Mapping[str, Any], annotation: Callable[[str], Annotation]
) -> tuple[str, str] | None:
    """The two parameters for the first and last day, if these are an action's only days."""
    dated = [name for name, each in properties.items() if isinstance(each, Mapping) and each.get("format") == "date"]
    if len(dated) != 2:
        return None
    said = [name_day(name, annotation(name)) for name in dated]
    for one, other in ((0, 1), (1, 0)):
        if said[one] & _STARTS and said[other] & ENDS and not said[one] & ENDS:
            return dated[one], dated[other]
    return None


def name_day(name: str, annotation: Annotation) -> frozenset[str]:
    """The words of a parameter's name and label."""
    return frozenset((*name.split("_"), *(annotation.label or "").casefold().split()))


def find_eves(days: Iterable[dates.DateSpan], named: Iterable[str], value: object) -> dict[int, tuple[str]]:
    """Where a day begins whose day before is the value, in a parameter for the last day ("before the 10th" is due on
    the 9th), with the word that says so. ``named`` are the words of its name and label."""
    last = not LAST_DAYS.isdisjoint(named)
    eves = (each for each in days if last and str(value)[:10] == (each.day - timedelta(days=1)).isoformat())
    return {each.start: ("before",) for each in eves}
