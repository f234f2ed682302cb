"""Days: absolute ("5 May 2023", 05/06/2023), relative ("next Friday", "in 3 days", "end of month"), and periods ("last
week", "the week of 7 December").

A span is one day, or a period with its first and last. Weeks begin on Monday. A day without a year is the nearest one;
a direction word beside it ("since", "until", "last", "next") decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import lru_cache
from typing import Final

from agent.extract.answer_words import AROUND
from agent.extract.time import date_math
from language.date_forms import DAYS, FEASTS, MONTHS, compile_forms, read_count, read_day, read_year
from language.text import Text

FIGURES: Final = 0.5
"""How surely "3/4" is a day: it may be a fraction, and its month may be either."""
_TOLD: Final = 0.7  # that of "on 24/12", which has only one reading
_ON: Final = re.compile(r"\b(?:on|from|until|till|to|by|since|before|after|between|and)\s+(?:the\s+)?$")
_NAMES_DAY: Final = re.compile(
    rf"(?:on|by|until|since|this|,|\b(?:{'|'.join(DAYS)})\s*(?:[-–]|to|till|through|and))\s*$"
)
"""What stands before "sun", "sat" and "wed" where they are days."""
_BESIDE_DAY: Final = re.compile(
    rf"\s*(?:[-–]|to|till|until|through)\s*(?:{'|'.join(DAYS)})\b"
    rf"|[.,]?\s*(?:the\s+)?(?:\d{{1,2}}(?:st|nd|rd|th)\b|\d{{1,2}}\s*(?:of\s+)?(?:{'|'.join(MONTHS)})\b|(?:{'|'.join(MONTHS)})\s+\d|\d{{1,2}}[./]\d)"
)
"""What tells that "sat" or "fri" is a day: another day or a date beside it."""
_AROUND: Final = re.compile(rf"\W*(?:\b(?:{'|'.join(sorted(AROUND))})\b\W*)*")
_DAY: Final = re.compile(r"\d{1,2}(?:st|nd|rd|th)?")
_MOST_LISTED: Final = 80  # letters of the days before the last one
_LISTED: Final = re.compile(
    rf"\b(?:on|for)\s+(?:the\s+)?(?P<days>{_DAY.pattern}(?:\s*,\s*(?:the\s+)?{_DAY.pattern}){{0,9}})\s*,?\s*(?:and|&)\s+(?:the\s+)?$"
)
_WEEK_OF: Final = re.compile(
    r"\b(?:the\s+)?(?P<unit>week(?:end)?)\s+(?P<way>of|beginning|commencing|starting)\s+(?:on\s+)?(?:the\s+)?$"
)
_PAST: Final = re.compile(r"\b(?:since|last|ago|past|previous|was|were)\s*(?:the\s+)?$")


@dataclass(frozen=True, slots=True)
class DateSpan:
    """Day or period found in a text. ``day`` is the (first) day, ``last`` the last one of a period. ``how`` tells a
    choice that was made between readings. ``whole`` is "day", "week", "month" or "year"; ``weight`` how surely these
    words mean a day. ``bare`` is a day without its month ("the 9th"), ``dated`` one that was said with it.
    ``clashes`` is one said with another day's name ("Friday the 28th" of a Saturday), which so weighs nothing."""

    start: int
    end: int
    day: date
    last: date | None = None
    how: str = ""
    whole: str = "day"
    weight: float = 0.9
    now: bool = False
    bare: bool = False
    dated: bool = False
    clashes: bool = False


@lru_cache(maxsize=512)
def find(text: Text, today: date) -> tuple[DateSpan, ...]:
    """Every day or period of the text, in order. "3/4" counts little: it may be a fraction."""
    made: list[DateSpan] = []
    for match in compile_forms().finditer(text.low):
        try:
            when = _READERS[_find_reader(match)](match, today)
        except (ValueError, OverflowError):
            continue
        if when is not None and MINYEAR < when.day.year < MAXYEAR:  # the rim's days have none before or after
            made += [*_list_days_before(text, made, when), _join_weekday(text, made, when)]
    return tuple(widen_to_weeks(text, complete_months(text, made)))


def _list_days_before(text: Text, made: Sequence[DateSpan], when: DateSpan) -> list[DateSpan]:
    """The other days of "on 1, 3 and 5 December", which are of the month that the last one is of."""
    begin = max(0, when.start - _MOST_LISTED)
    found = _LISTED.search(text.low, begin, when.start) if when.dated and text.low[when.start].isdigit() else None
    if found is None:
        return []
    listed = (each for each in _DAY.finditer(text.low, *found.span("days")))
    apart = [each for each in listed if not any(one.start <= each.start() < one.end for one in made)]
    days = [(each.start(), each.end(), read_day(each[0])) for each in apart]
    if any(not 0 < day < when.day.day for _, _, day in days):
        return []
    return [replace(when, start=start, end=end, day=when.day.replace(day=day)) for start, end, day in days]


def _join_weekday(text: Text, made: list[DateSpan], when: DateSpan) -> DateSpan:
    """ "Friday, May 5": a weekday beside its date is one day."""
    if (
        made
        and made[-1].whole == "weekday"
        and text.low[made[-1].end : when.start].strip(" ,") in {"", "the"}
        and when.whole == "day"
        and not when.now  # "it is on Monday now"
    ):
        before = made.pop()
        clashes = when.day.weekday() != before.day.weekday()
        weight = 0.0 if clashes else max(when.weight, before.weight)
        return replace(when, start=before.start, clashes=clashes, weight=weight)
    return when


def _find_reader(match: re.Match[str]) -> str:
    return next(name for name in _READERS if match.group(name) is not None)


def _find_nearest(match: re.Match[str], month: int, day: int, today: date) -> date:
    """A day without its year: the nearest one, or as the word before it directs. Raises ValueError for one that no year
    has."""
    before = match.string[max(0, match.start() - 16) : match.start()]
    found = [
        date(year, month, day)
        for year in range(today.year - 4, today.year + 5)
        if date_math.is_valid_date(year, month, day)
    ]
    if not found:
        raise ValueError(f"month {month} has no day {day}")
    if _PAST.search(before):
        return max((each for each in found if each <= today), default=found[0])
    return min(found, key=lambda each: (abs((each - today).days), each < today))


def _at(match: re.Match[str], day: date, **more: object) -> DateSpan:
    return replace(DateSpan(match.start(), match.end(), day), **more)  # type: ignore[arg-type]


def _iso(match: re.Match[str], _: date) -> DateSpan:
    return _at(match, date(int(match["iy"]), int(match["im"]), int(match["id"])), weight=0.98)


def _ymd(match: re.Match[str], _: date) -> DateSpan:
    return _at(match, date(int(match["sy"]), int(match["sm"]), int(match["sd"])), weight=0.97)


def _num(match: re.Match[str], _: date) -> DateSpan:
    first, second, year = int(match["n1"]), int(match["n2"]), read_year(match["ny"])
    return _ordered(match, first, second, year, day_first=match["sep"] == ".")


def _ordered(match: re.Match[str], first: int, second: int, year: int, *, day_first: bool) -> DateSpan:
    if first > 12 or (second <= 12 and day_first):
        return _at(match, date(year, second, first), weight=0.95)
    made = date(year, first, second)
    if second > 12 or first == second:
        return _at(match, made, weight=0.95)
    other = date(year, second, first)
    return _at(match, made, how=f"month first; day first it would be {other.isoformat()}", weight=0.7)


def _short(match: re.Match[str], today: date) -> DateSpan | None:
    first, second = int(match["s1"]), int(match["s2"])
    month, day = (second, first) if first > 12 else (first, second)
    if not date_math.is_valid_date(2000, month, day):
        return None
    near = _find_nearest(match, month, day, today)
    read = _ordered(match, first, second, near.year, day_first=False)
    told = not read.how and match.group("short") != "24/7" and _ON.search(match.string, 0, match.start())
    return replace(read, weight=_TOLD if told else FIGURES)


def _ymon(match: re.Match[str], _: date) -> DateSpan:
    return _at(match, date(int(match["yy"]), MONTHS[match["ym"]], read_day(match["yd"])), weight=0.98)


def _dmon(match: re.Match[str], today: date) -> DateSpan:
    month, day = MONTHS[match["dm"]], read_day(match["dd"])
    made = date(int(match["dy"]), month, day) if match["dy"] else _find_nearest(match, month, day, today)
    return _at(match, made, how="" if match["dy"] else "nearest year", weight=0.96, dated=True)


def _mond(match: re.Match[str], today: date) -> DateSpan:
    month, day = MONTHS[match["mm"]], read_day(match["md"])
    made = date(int(match["my"]), month, day) if match["my"] else _find_nearest(match, month, day, today)
    return _at(match, made, how="" if match["my"] else "nearest year", weight=0.96, dated=True)


def _mony(match: re.Match[str], _: date) -> DateSpan:
    first, last = date_math.find_bounds("month", date(int(match["py"]), MONTHS[match["pm"]], 1))
    return _at(match, first, last=last, whole="month", weight=0.85)


def _over(match: re.Match[str], today: date) -> DateSpan:
    return _at(match, today + timedelta(days=2 if "after" in match["over"] else -2))


def _from(match: re.Match[str], today: date) -> DateSpan | None:
    base = match["fb"]
    if match["fn"] == "a few" or match.string[: match.start()].rstrip().endswith((" for", "for the next")):
        return None  # "for two days from Friday" begins on Friday
    if base in {"now", "today"}:
        day = today
    elif base == "tomorrow":
        day = today + timedelta(days=1)
    else:
        name = base.split()[-1]
        day = date_math.find_weekday(DAYS[name], "next" if base.startswith("next") else "", today)
    return _at(match, date_math.shift(day, read_count(match["fn"]), match["fu"]))


def _ago(match: re.Match[str], today: date) -> DateSpan | None:
    return None if match["an"] == "a few" else _at(match, date_math.shift(today, -read_count(match["an"]), match["au"]))


def _ins(match: re.Match[str], today: date) -> DateSpan | None:
    return (
        None if match["inn"] == "a few" else _at(match, date_math.shift(today, read_count(match["inn"]), match["iu"]))
    )


def _span(match: re.Match[str], today: date) -> DateSpan | None:
    if match["spn"] in ("a", "an", "a few"):  # "coming a day (later)"
        return None
    count = read_count(match["spn"])
    if match["spw"] in {"next", "coming"}:
        return _at(match, today, last=date_math.shift(today, count, match["spu"]), whole="span")
    return _at(match, date_math.shift(today, -count, match["spu"]), last=today, whole="span")


def _edge(match: re.Match[str], today: date) -> DateSpan:
    unit, move = match["eu"], (match["en"] or "").strip()
    around = today
    if unit in MONTHS:
        around, unit = _find_nearest(match, MONTHS[unit], 1, today), "month"
    elif move in {"next", "last"}:
        around = date_math.move(unit, 1 if move == "next" else -1, today)
    first, last = date_math.find_bounds(unit, around)
    return _at(match, last if match["ew"] in {"end", "last day"} else first)


def _per(match: re.Match[str], today: date) -> DateSpan:
    way = {"next": 1, "coming": 1, "last": -1, "past": -1, "previous": -1}.get(match["pw"], 0)
    unit = match["pu"] or "weekend"  # "for the weekend"
    if unit == "weekend" and match["pw"] == "coming":
        way = 0
    first, last = date_math.find_bounds(unit, date_math.move(unit, way, today) if way else today)
    return _at(match, first, last=last, whole=unit)


def _wday(match: re.Match[str], today: date) -> DateSpan | None:
    name, word, week = match["wd"], match["ww"] or "", match["wk"]
    joined = word or _BESIDE_DAY.match(match.string, match.end()) is not None
    alone = match.start() > 0 and not match.string[match.end() :].strip(" .!")  # "no, sat" is no verb
    joined = joined or (alone and _AROUND.fullmatch(match.string, 0, match.start()) is not None)
    if name in {"sat", "sun", "mon", "wed", "fri", "thu", "tue"} and not joined and match.start() == 0:
        return None
    if name in {"sat", "sun", "wed"} and not joined and not _NAMES_DAY.search(match.string, 0, match.start()):
        return None
    number = DAYS[name]
    if match["wa"] or week == "week":  # "a week on Friday", "Friday week"
        return _at(match, date_math.find_weekday(number, word, today) + timedelta(days=7))
    if week:
        shift = {"next": 7, "this": 0, "last": -7}[week.split()[0]]
        day = today - timedelta(days=today.weekday()) + timedelta(days=number + shift)
        return _at(match, day)
    before = match.string[max(0, match.start() - 12) : match.start()]
    if not word and _PAST.search(before):
        word = "last"
    how = "the one of next week" if word == "next" else ""
    return _at(match, date_math.find_weekday(number, word, today), how=how, whole="weekday", weight=0.9)


def _feast(match: re.Match[str], today: date) -> DateSpan | None:
    """ "New Year's Day, before Christmas": the next one, or the last one where what has been is spoken of."""
    name = " ".join((match["fy"] or match["fp"]).split())
    if name == "boxing" and match["fd"] != "day":
        return None
    month, day = FEASTS[name]
    past = match["feast"].startswith("since") or _PAST.search(match.string[max(0, match.start() - 16) : match.start()])
    found = [
        date(year, month, day) - timedelta(days=match["fd"] == "eve") for year in range(today.year - 1, today.year + 3)
    ]
    return _at(
        match, max(each for each in found if each <= today) if past else min(each for each in found if each >= today)
    )


_HOUR_BEFORE: Final = re.compile(r"(?::\d\d|[\d\s][ap]m|\b(?:at|to|past)\s+\d{1,2})\s+$")


def _rel(match: re.Match[str], today: date) -> DateSpan | None:
    word = match["rel"]
    alone = word == match.string
    if word.startswith("this") and not (alone or _HOUR_BEFORE.search(match.string[: match.start()])):
        return None  # without its hour it says little: "it was collected this morning"
    shift = {"tomorrow": 1, "tmrw": 1, "tmr": 1, "tomorow": 1, "yesterday": -1}.get(word, 0)
    sure = 0.4 if word.endswith("now") else 0.95
    return _at(match, today + timedelta(days=shift), weight=sure, now=word.endswith("now"))


def _nth(match: re.Match[str], today: date) -> DateSpan | None:
    day = read_day(match["nd"])
    if not 1 <= day <= 31:
        return None
    where = match["nm"] or ""
    if not (where or match["nd"][0].isdigit()):
        return None
    first = today.replace(day=1)
    if where.startswith(("next", "last")):
        first = date_math.add_months(first, 1 if where.startswith("next") else -1)
        return _at(match, first.replace(day=day))
    before = match.string[max(0, match.start() - 12) : match.start()]
    step = -1 if _PAST.search(before) else 1
    for ahead in range(14):
        month = date_math.add_months(first, step * ahead)
        if date_math.is_valid_date(month.year, month.month, day):
            found = month.replace(day=day)
            if where or (found <= today if step < 0 else found >= today):
                how = "of this month" if found.month == today.month else ""
                sure = 0.9 if where or match["nth"].startswith("on") else 0.75
                return _at(match, found, how=how, weight=sure, bare=not where)
    return None


def _mon(match: re.Match[str], today: date) -> DateSpan | None:
    word = match["mon"].split()[0]
    if match["m"] in {"may", "mar", "sun", "sat", "jan"} and word in {"of", "for", "from", "before", "after"}:
        return None
    month = MONTHS[match["m"]]
    found = [date(year, month, 1) for year in (today.year - 1, today.year, today.year + 1)]
    if word in {"since", "last", "during", "for"}:
        day = max(each for each in found if each <= today)
    elif word in {"next", "until", "till", "by"}:
        day = min(each for each in found if each > today)
    else:
        day = min(found, key=lambda each: abs((each - today).days))
    first, last = date_math.find_bounds("month", day)
    return _at(match, first, last=last, whole="month", weight=0.6)


def _year_only(match: re.Match[str], _: date) -> DateSpan:
    year = int(match["y"])
    return replace(
        _at(match, date(year, 1, 1), last=date(year, 12, 31), whole="year", weight=0.4), start=match.start("y")
    )


_READERS: Final = {
    "iso": _iso, "ymd": _ymd, "num": _num, "short": _short, "ymon": _ymon, "dmon": _dmon, "mond": _mond, "mony": _mony,
    "over": _over, "from": _from, "ago": _ago, "ins": _ins, "span": _span, "edge": _edge, "per": _per, "wday": _wday,
    "feast": _feast,
    "rel": _rel, "nth": _nth, "mon": _mon, "year": _year_only,
}  # fmt: skip


_TIED: Final = re.compile(
    r"\W*+(?:(?:and|or|until|till|to|through|thru|-|–|then|back|return(?:ing)?|leaving|out|on|by|the|coming|come|check(?:ing)?)[\s,-]*+)*(?:[a-z]+[\s,]+){0,3}"
)


def complete_months(text: Text, made: list[DateSpan]) -> list[DateSpan]:
    """ "from the 8th until the 15th of May", "out on June 12 and back on the 19th": a day without its month is of the
    month beside it."""
    for at, when in enumerate(made):
        if not when.bare:
            continue
        for other, later in ((made[at + 1 : at + 2], True), (made[max(0, at - 1) : at], False)):
            if not other or other[0].bare or other[0].whole != "day" or not other[0].dated:
                continue
            near, day = other[0].day, when.day.day
            between = text.low[when.end : other[0].start] if later else text.low[other[0].end : when.start]
            if not _TIED.fullmatch(between):
                continue
            month = near if (day < near.day) == later else date_math.add_months(near.replace(day=1), -1 if later else 1)
            if date_math.is_valid_date(month.year, month.month, day):
                made[at] = replace(when, day=month.replace(day=day), how="of the month beside it", weight=0.9)
                break
    return made


def widen_to_weeks(text: Text, made: list[DateSpan]) -> list[DateSpan]:
    """ "The week of 7 December": a day stands for the week or weekend that it is in, or that begins on it."""
    wide: list[DateSpan] = []
    for when in made:
        of = _WEEK_OF.search(text.low, max(0, when.start - _MOST_LISTED), when.start)
        if of is not None and when.last is None:
            first, last = date_math.find_bounds(of["unit"], when.day)
            shift = when.day - first if of["way"] != "of" else timedelta()
            if wide and wide[-1].end > of.start():
                wide.pop()  # "for the weekend" alone would be the coming one
            when = replace(when, start=of.start(), day=first + shift, last=last + shift, whole=of["unit"])
        wide.append(when)
    return wide
