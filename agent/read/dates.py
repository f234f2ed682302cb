"""Days: absolute ("5 May 2023", 05/06/2023), relative ("next Friday", "in 3 days", "end of month"), and periods ("last week").

A When is one day, or a period with its first and last day. Weeks begin on Monday. A day named without a year is the nearest one; a
direction word beside it ("since", "until", "last", "next") decides.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from agent.read.text import Text

_MONTHS: Final = {
    **{name.lower(): number for number, name in enumerate(calendar.month_name) if name},
    **{name.lower(): number for number, name in enumerate(calendar.month_abbr) if name},
    "sept": 9,
}
_DAYS: Final = {
    **{name: number for number, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])},
    **{name: number for number, name in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])},
    "tues": 1, "weds": 2, "thur": 3, "thurs": 3,
}  # fmt: skip
_MONTH: Final = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY: Final = "|".join(sorted(_DAYS, key=len, reverse=True))
_NUMBER: Final = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|a couple of|couple of|a few|an?|\\d{1,4}"
)
_COUNTS: Final = {
    **{word: value for value, word in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"])},
    "a": 1, "an": 1, "a couple of": 2, "couple of": 2,
}  # fmt: skip
_ORDINAL_DAY: Final = {
    word: value
    for value, word in enumerate(
        (
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
            + "sixteenth seventeenth eighteenth nineteenth twentieth"
        ).split(" "),
        start=1,
    )
} | {f"twenty-{word}": 20 + value for value, word in enumerate(["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth"], start=1)} | {
    "thirtieth": 30, "thirty-first": 31,
}  # fmt: skip
_ORD: Final = "|".join(sorted(_ORDINAL_DAY, key=len, reverse=True))
_D: Final = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{_ORD})"

_FORMS: Final = (
    r"(?<![\w-])(?P<iso>(?P<iy>\d{4})-(?P<im>\d{1,2})-(?P<id>\d{1,2})(?=t\d|\b)(?!-?\d))"
    r"|(?<![\w/])(?P<ymd>(?P<sy>\d{4})[/.](?P<sm>\d{1,2})[/.](?P<sd>\d{1,2}))(?![\w/])"
    r"|(?<![\w/.-])(?P<num>(?P<n1>\d{1,2})(?P<sep>[/.-])(?P<n2>\d{1,2})(?P=sep)(?P<ny>\d{4}|\d{2}))(?![\w/-]|\.\d)"
    r"|(?<![\w/.-])(?P<short>(?P<s1>\d{1,2})/(?P<s2>\d{1,2}))(?![\w/]|\.\d)"
    rf"|\b(?P<ymon>(?P<yy>\d{{4}}),?\s+(?P<ym>{_MONTH})\.?\s+(?P<yd>{_D})\b)"
    rf"|\b(?P<dmon>(?:the\s+)?(?P<dd>{_D})(?:\s+of)?[\s-]+(?P<dm>{_MONTH})\b\.?(?:,?[\s-]+(?:of\s+)?(?P<dy>\d{{4}})\b)?)"
    rf"|\b(?P<mond>(?P<mm>{_MONTH})\.?\s+(?:the\s+)?(?P<md>{_D})(?![\w:]|\s*[ap]\.?m\b)(?:(?:st|nd|rd|th)?,?\s+(?:of\s+)?(?P<my>\d{{4}})\b(?!:))?)"
    rf"|\b(?P<mony>(?:in\s+|of\s+)?(?P<pm>{_MONTH})\.?,?\s+(?:of\s+)?(?P<py>\d{{4}}))\b"
    r"|\b(?P<over>(?:the\s+)?day\s+(?:after\s+tomorrow|before\s+yesterday))\b"
    rf"|\b(?P<from>(?P<fn>{_NUMBER})\s+(?P<fu>day|week|month|year)s?\s+(?P<fw>from|after)\s+(?P<fb>now|today|tomorrow|next\s+(?:{_DAY})|(?:{_DAY})))\b"
    rf"|\b(?P<ago>(?P<an>{_NUMBER})\s+(?P<au>day|week|fortnight|month|year)s?\s+ago)\b"
    rf"|\b(?P<ins>(?:in|within)\s+(?P<inn>{_NUMBER})\s+(?P<iu>day|week|fortnight|month|year)s?(?:'\s+time)?)\b"
    rf"|\b(?P<span>(?:the\s+|over\s+the\s+|for\s+the\s+)?(?P<spw>past|last|previous|next|coming)\s+(?P<spn>{_NUMBER})\s+(?P<spu>day|week|month|year)s?)\b"
    r"|\b(?P<edge>(?:the\s+)?(?P<ew>end|beginning|start|first(?:\s+day)?|last\s+day)\s+of\s+(?:the\s+|this\s+)?"
    rf"(?P<en>next\s+|last\s+|current\s+)?(?P<eu>week|month|quarter|year|day|{_MONTH}))\b"
    r"|\b(?P<per>(?P<pw>this|next|last|past|previous|current|coming)\s+(?P<pu>week(?:end)?|month|quarter|year))\b"
    rf"|\b(?P<wday>(?:(?P<ww>next|last|this|coming|past|previous)\s+)?(?P<wd>{_DAY})\b(?:\s+(?P<wk>next\s+week|this\s+week|last\s+week))?)(?!')"
    r"|\b(?P<rel>today|tonight|tomorrow|tmrw|tomorow|yesterday|now|right\s+now)\b"
    rf"|\b(?P<nth>(?:the|on)\s+(?:the\s+)?(?P<nd>\d{{1,2}}(?:st|nd|rd|th)|{_ORD})(?:\s+of\s+(?P<nm>(?:next|this|last)\s+month|the\s+month))?)\b(?!\s+(?:of\s+)?(?:{_MONTH})\b)"
    rf"|\b(?P<mon>(?:in|since|during|for|of|from|until|by|next|last|this)\s+(?P<m>{_MONTH}))\b(?!\s+\d)"
    rf"|\b(?P<year>(?:in|since|from|year|of|for|during)\s+(?P<y>(?:19|20)\d{{2}}))\b(?![-/:])(?!,?\s+(?:{_MONTH})\b)"
)
_PAST: Final = re.compile(r"\b(?:since|last|ago|past|previous|was|were|from)\s*(?:the\s+)?$")
_FUTURE: Final = re.compile(r"\b(?:until|till|by|due|next|coming|before|to|for|schedule|on)\s*(?:the\s+)?$")


@dataclass(frozen=True, slots=True)
class When:
    """``day`` is the (first) day, ``last`` the last one of a period. ``how`` tells a choice that was made between readings.
    ``whole`` is "day", "week", "month" or "year"; ``weight`` how surely these words mean a day."""

    start: int
    end: int
    day: date
    last: date | None = None
    how: str = ""
    whole: str = "day"
    weight: float = 0.9
    now: bool = False


@lru_cache(maxsize=1)
def _forms() -> re.Pattern[str]:
    # Compiled at first use: it costs tens of milliseconds that a start should not pay.
    return re.compile(_FORMS)


def find(text: Text, today: date) -> tuple[When, ...]:
    """Every day or period of the text, in order. "3/4" counts little: it may be a fraction."""
    return _find(text, today)


@lru_cache(maxsize=512)
def _find(text: Text, today: date) -> tuple[When, ...]:
    made: list[When] = []
    for match in _forms().finditer(text.low):
        kind = _kind(match)
        try:
            when = _READERS[kind](match, today)
        except (ValueError, OverflowError):
            continue
        if when is not None:
            made.append(_joined(text, made, when))
    return tuple(made)


def _joined(text: Text, made: list[When], when: When) -> When:
    """ "Friday, May 5": a weekday beside its date is one day."""
    if (
        made
        and made[-1].whole == "weekday"
        and text.low[made[-1].end : when.start].strip(" ,") in {"", "the"}
        and when.whole == "day"
    ):
        before = made.pop()
        return replace(when, start=before.start)
    return when


def _kind(match: re.Match[str]) -> str:
    return next(name for name in _READERS if match.group(name) is not None)


def _year(written: str) -> int:
    return int(written) if len(written) == 4 else 2000 + int(written) if int(written) < 70 else 1900 + int(written)


def _day(written: str) -> int:
    return _ORDINAL_DAY.get(written) or int(re.sub(r"\D", "", written))


def _near(match: re.Match[str], month: int, day: int, today: date) -> date:
    """A day without its year: the nearest one, or as the word before it directs."""
    before = match.string[max(0, match.start() - 16) : match.start()]
    found = [date(year, month, day) for year in range(today.year - 4, today.year + 5) if _valid(year, month, day)]
    if _PAST.search(before):
        return max((each for each in found if each <= today), default=found[0])
    return min(found, key=lambda each: (abs((each - today).days), each < today))


def _valid(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def add_months(day: date, months: int) -> date:
    """The same day of another month, or its last one."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _shift(day: date, count: int, unit: str) -> date:
    if unit in {"day", "week", "fortnight"}:
        return day + timedelta(days=count * {"day": 1, "week": 7, "fortnight": 14}[unit])
    return add_months(day, count * (12 if unit == "year" else 1))


def _count(written: str) -> int:
    return int(written) if written.isdigit() else _COUNTS[written]


def _bounds(unit: str, around: date) -> tuple[date, date]:
    """The first and last day of the week, month, quarter or year around a day."""
    if unit == "week":
        first = around - timedelta(days=around.weekday())
        return first, first + timedelta(days=6)
    if unit == "weekend":
        first = (
            around + timedelta(days=5 - around.weekday())
            if around.weekday() < 5
            else around - timedelta(days=around.weekday() - 5)
        )
        return first, first + timedelta(days=1)
    if unit == "quarter":
        first = date(around.year, 3 * ((around.month - 1) // 3) + 1, 1)
        return first, add_months(first, 3) - timedelta(days=1)
    if unit == "year":
        return date(around.year, 1, 1), date(around.year, 12, 31)
    if unit == "day":
        return around, around
    return around.replace(day=1), around.replace(day=calendar.monthrange(around.year, around.month)[1])


def _at(match: re.Match[str], day: date, **more: object) -> When:
    return replace(When(match.start(), match.end(), day), **more)  # type: ignore[arg-type]


def _iso(match: re.Match[str], _: date) -> When:
    return _at(match, date(int(match["iy"]), int(match["im"]), int(match["id"])), weight=0.98)


def _ymd(match: re.Match[str], _: date) -> When:
    return _at(match, date(int(match["sy"]), int(match["sm"]), int(match["sd"])), weight=0.97)


def _num(match: re.Match[str], _: date) -> When:
    first, second, year = int(match["n1"]), int(match["n2"]), _year(match["ny"])
    return _ordered(match, first, second, year, day_first=match["sep"] == ".")


def _ordered(match: re.Match[str], first: int, second: int, year: int, *, day_first: bool) -> When:
    if first > 12 or (second <= 12 and day_first):
        return _at(match, date(year, second, first), weight=0.95)
    made = date(year, first, second)
    if second > 12 or first == second:
        return _at(match, made, weight=0.95)
    other = date(year, second, first)
    return _at(match, made, how=f"month first; day first it would be {other.isoformat()}", weight=0.7)


def _short(match: re.Match[str], today: date) -> When | None:
    first, second = int(match["s1"]), int(match["s2"])
    month, day = (second, first) if first > 12 else (first, second)
    if not _valid(2000, month, day):
        return None
    near = _near(match, month, day, today)
    return replace(_ordered(match, first, second, near.year, day_first=False), weight=0.5)


def _ymon(match: re.Match[str], _: date) -> When:
    return _at(match, date(int(match["yy"]), _MONTHS[match["ym"]], _day(match["yd"])), weight=0.98)


def _dmon(match: re.Match[str], today: date) -> When:
    month, day = _MONTHS[match["dm"]], _day(match["dd"])
    made = date(int(match["dy"]), month, day) if match["dy"] else _near(match, month, day, today)
    return _at(match, made, how="" if match["dy"] else "nearest year", weight=0.96)


def _mond(match: re.Match[str], today: date) -> When:
    month, day = _MONTHS[match["mm"]], _day(match["md"])
    made = date(int(match["my"]), month, day) if match["my"] else _near(match, month, day, today)
    return _at(match, made, how="" if match["my"] else "nearest year", weight=0.96)


def _mony(match: re.Match[str], _: date) -> When:
    first, last = _bounds("month", date(int(match["py"]), _MONTHS[match["pm"]], 1))
    return _at(match, first, last=last, whole="month", weight=0.85)


def _over(match: re.Match[str], today: date) -> When:
    return _at(match, today + timedelta(days=2 if "after" in match["over"] else -2))


def _from(match: re.Match[str], today: date) -> When | None:
    base = match["fb"]
    if match["fn"] == "a few":
        return None
    if base in {"now", "today"}:
        day = today
    elif base == "tomorrow":
        day = today + timedelta(days=1)
    else:
        name = base.split()[-1]
        day = _weekday(_DAYS[name], "next" if base.startswith("next") else "", today)
    return _at(match, _shift(day, _count(match["fn"]), match["fu"]))


def _ago(match: re.Match[str], today: date) -> When | None:
    return None if match["an"] == "a few" else _at(match, _shift(today, -_count(match["an"]), match["au"]))


def _ins(match: re.Match[str], today: date) -> When | None:
    return None if match["inn"] == "a few" else _at(match, _shift(today, _count(match["inn"]), match["iu"]))


def _span(match: re.Match[str], today: date) -> When | None:
    if match["spn"] == "a few":
        return None
    count = _count(match["spn"])
    if match["spw"] in {"next", "coming"}:
        return _at(match, today, last=_shift(today, count, match["spu"]), whole="span")
    return _at(match, _shift(today, -count, match["spu"]), last=today, whole="span")


def _edge(match: re.Match[str], today: date) -> When:
    unit, move = match["eu"], (match["en"] or "").strip()
    around = today
    if unit in _MONTHS:
        around, unit = _near(match, _MONTHS[unit], 1, today), "month"
    elif move in {"next", "last"}:
        around = _move(unit, 1 if move == "next" else -1, today)
    first, last = _bounds(unit, around)
    return _at(match, last if match["ew"] in {"end", "last day"} else first)


def _move(unit: str, way: int, today: date) -> date:
    if unit in {"week", "weekend"}:
        return today + timedelta(days=7 * way)
    if unit == "day":
        return today + timedelta(days=way)
    return add_months(today.replace(day=1), way * {"month": 1, "quarter": 3, "year": 12}[unit])


def _per(match: re.Match[str], today: date) -> When:
    way = {"next": 1, "coming": 1, "last": -1, "past": -1, "previous": -1}.get(match["pw"], 0)
    if match["pu"] == "weekend" and match["pw"] == "coming":
        way = 0
    first, last = _bounds(match["pu"], _move(match["pu"], way, today) if way else today)
    return _at(match, first, last=last, whole=match["pu"])


def _weekday(number: int, word: str, today: date) -> date:
    monday = today - timedelta(days=today.weekday())
    if word == "next":
        return monday + timedelta(days=7 + number)
    if word in {"last", "past", "previous"}:
        return today - timedelta(days=(today.weekday() - number - 1) % 7 + 1)
    return today + timedelta(
        days=(number - today.weekday() - 1) % 7 + 1 if word != "this" else (number - today.weekday()) % 7
    )


def _wday(match: re.Match[str], today: date) -> When | None:
    name, word, week = match["wd"], match["ww"] or "", match["wk"]
    if name in {"sat", "sun", "mon", "wed", "fri", "thu", "tue"} and not word and match.start() == 0:
        return None
    if (
        name in {"sat", "sun", "wed"}
        and not word
        and not re.search(r"(?:on|by|until|since|this|,)\s*$", match.string[: match.start()])
    ):
        return None
    number = _DAYS[name]
    if week:
        shift = {"next": 7, "this": 0, "last": -7}[week.split()[0]]
        day = today - timedelta(days=today.weekday()) + timedelta(days=number + shift)
        return _at(match, day)
    before = match.string[max(0, match.start() - 12) : match.start()]
    if not word and _PAST.search(before):
        word = "last"
    how = "the one of next week" if word == "next" else ""
    return _at(match, _weekday(number, word, today), how=how, whole="weekday", weight=0.9)


def _rel(match: re.Match[str], today: date) -> When:
    word = match["rel"]
    shift = {"tomorrow": 1, "tmrw": 1, "tomorow": 1, "yesterday": -1}.get(word, 0)
    sure = 0.4 if word.endswith("now") else 0.95
    return _at(match, today + timedelta(days=shift), weight=sure, now=word.endswith("now"))


def _nth(match: re.Match[str], today: date) -> When | None:
    day = _day(match["nd"])
    if not 1 <= day <= 31:
        return None
    spelled = not match["nd"][0].isdigit()
    where = match["nm"] or ""
    if spelled and not where:
        return None
    first = today.replace(day=1)
    if where.startswith(("next", "last")):
        first = add_months(first, 1 if where.startswith("next") else -1)
        return _at(match, first.replace(day=day))
    before = match.string[max(0, match.start() - 12) : match.start()]
    step = -1 if _PAST.search(before) else 1
    for ahead in range(14):
        month = add_months(first, step * ahead)
        if _valid(month.year, month.month, day):
            found = month.replace(day=day)
            if where or (found <= today if step < 0 else found >= today):
                return _at(match, found, how="of this month" if found.month == today.month else "", weight=0.75)
    return None


def _mon(match: re.Match[str], today: date) -> When | None:
    word = match["mon"].split()[0]
    if match["m"] in {"may", "mar", "sun", "sat", "jan"} and word in {"of", "for", "from"}:
        return None
    month = _MONTHS[match["m"]]
    found = [date(year, month, 1) for year in (today.year - 1, today.year, today.year + 1)]
    if word in {"since", "last", "during", "for"}:
        day = max(each for each in found if each <= today)
    elif word in {"next", "until", "by"}:
        day = min(each for each in found if each > today)
    else:
        day = min(found, key=lambda each: abs((each - today).days))
    first, last = _bounds("month", day)
    return _at(match, first, last=last, whole="month", weight=0.6)


def _year_only(match: re.Match[str], _: date) -> When:
    year = int(match["y"])
    return replace(
        _at(match, date(year, 1, 1), last=date(year, 12, 31), whole="year", weight=0.4), start=match.start("y")
    )


_READERS: Final = {
    "iso": _iso, "ymd": _ymd, "num": _num, "short": _short, "ymon": _ymon, "dmon": _dmon, "mond": _mond, "mony": _mony, "over": _over,
    "from": _from, "ago": _ago, "ins": _ins, "span": _span, "edge": _edge, "per": _per, "wday": _wday, "rel": _rel, "nth": _nth,
    "mon": _mon, "year": _year_only,
}  # fmt: skip
