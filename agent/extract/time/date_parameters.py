"""Date readers: days, times and date-times of a text as values of a parameter, in the form that it asks for: RFC 3339
by default, else the one its description shows ("MM/DD/YYYY", "HH:MM")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final

from agent.extract.context import PREPOSITIONS, rate_affinity, rate_label
from agent.extract.parameter_spec import ParameterSpec
from agent.extract.reading import Candidate
from agent.extract.time import dates, durations, times
from agent.extract.time.day_pairs import LAST_DAYS
from language.stems import EMPTY
from language.text import Text, word_set

_PARTS: Final = re.compile(r"YYYY|yyyy|%Y|YY|yy|DD|dd|%d|MM|mm|%m|%M|HH|hh|%H|SS|ss|%S")


def write(moment: datetime | date | time, form: str | None, *, zone: bool) -> str:
    """``moment`` in ``form``; ``zone`` says that RFC 3339 wants its offset ("Z" for UTC)."""
    if form is None:
        if isinstance(moment, datetime):
            written = moment.isoformat(timespec="seconds")
            if not zone:
                return written[:19]
            return written.removesuffix("+00:00") + "Z" if written.endswith("+00:00") else written
        if isinstance(moment, time):
            return moment.strftime("%H:%M:%S") if zone else moment.strftime("%H:%M")
        return moment.isoformat()
    made: list[str] = []
    last = 0
    hour_seen = False
    for match in _PARTS.finditer(form):
        made.append(form[last : match.start()].replace("'", ""))
        part = match.group()
        made.append(_part(moment, part, hour_seen))
        hour_seen = hour_seen or part in {"HH", "hh", "%H"}
        last = match.end()
    made.append(form[last:].replace("'", ""))
    return "".join(made)


def _part(moment: datetime | date | time, part: str, hour_seen: bool) -> str:
    if part in {"YYYY", "yyyy", "%Y"}:
        return f"{moment.year:04d}" if isinstance(moment, date) else ""
    if part in {"YY", "yy"}:
        return f"{moment.year % 100:02d}" if isinstance(moment, date) else ""
    if part in {"DD", "dd", "%d"}:
        return f"{moment.day:02d}" if isinstance(moment, date) else ""
    minutes = part == "%M" or (part in {"MM", "mm"} and hour_seen)
    if part in {"MM", "mm", "%m"} and not minutes:
        return f"{moment.month:02d}" if isinstance(moment, date) else ""
    if isinstance(moment, date) and not isinstance(moment, datetime):
        return "00"
    if part in {"HH", "hh", "%H"}:
        return f"{moment.hour:02d}"
    return f"{moment.minute:02d}" if minutes else f"{moment.second:02d}"


@lru_cache(maxsize=1024)
def has_day(form: str) -> bool:
    return bool(re.search(r"[yYdD]", form))


@lru_cache(maxsize=1024)
def has_time(form: str) -> bool:
    return bool(re.search(r"[hH]", form))


_STAMP: Final = re.compile(
    r"(?<![\w-])\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:?\d{2})?(?![\w:])",
    re.IGNORECASE,
)
_LINKS: Final = word_set("at on by the , @ around from - of in")


def find_days(text: Text, spec: ParameterSpec, now: datetime) -> list[Candidate]:
    """Days."""
    made: list[Candidate] = []
    found = dates.find(text, now.date())
    for index, when in enumerate(found):
        day = _choose_day(text, spec, when)
        form = spec.form if spec.form and has_day(spec.form) else None
        if spec.schema.get("format") in {"date", "date-time"}:
            form = None
        weight = (
            when.weight
            - 0.25
            + 0.5 * rate_label(text, when.start, when.end, spec)
            + _rate_way(text, spec, when, index, len(found))
        )
        if when.weight <= dates.FIGURES and when.how:
            weight = min(weight, when.weight - 0.25)  # a word beside it doesn't tell the day from the month
        written = write(day, form, zone=False)
        made.append(Candidate(when.start, when.end, written, _write_date(text, when, written), day.isoformat(), weight))
    return made


def _choose_day(text: Text, spec: ParameterSpec, when: dates.DateSpan) -> date:
    """The last day of a period for a parameter that ends something, else its first. "Before the 10th" is the 9th for
    what is due."""
    before = [each.low for each in text.before(when.start, 2) if each.low != "the"]
    if before[:1] == ["before"] and not LAST_DAYS.isdisjoint(spec.name.casefold().split("_")):
        return when.day - timedelta(days=1)
    ends = "end" in spec.roles and "start" not in spec.roles
    return when.last if ends and when.last is not None else when.day


def _rate_way(text: Text, spec: ParameterSpec, when: dates.DateSpan, index: int, count: int) -> float:
    """Where two days stand, the first begins and the second ends."""
    made = rate_affinity(text, when.start, spec)
    if count > 1 and index < 2 and {"start", "end"} & spec.roles:
        if "start" in spec.roles and "end" not in spec.roles:
            made += 0.12 if index == 0 else -0.12
        elif "end" in spec.roles and "start" not in spec.roles:
            made += 0.12 if index == 1 else -0.12
    return made


def _write_date(text: Text, when: dates.DateSpan, written: str) -> str:
    said = text.plain[when.start : when.end]
    if said == written:
        return ""
    return f"{said} → {written}" + (f" ({when.how})" if when.how else "")


def find_clock_times(text: Text, spec: ParameterSpec, now: datetime) -> list[Candidate]:
    made: list[Candidate] = []
    form = spec.form if spec.form and has_time(spec.form) and not has_day(spec.form) else None
    twelve = "12-hour" in spec.description.lower() or "am/pm" in spec.description.lower()
    days = dates.find(text, now.date())
    found = [
        each
        for each in times.find(text)
        if not (each.bare and any(one.start <= each.start < one.end for one in days))
        if not (spec.schema.get("pattern") and _is_one_of_two(text, each, days))
    ]
    for index, each in enumerate(found):
        moment = _shift_hour(text, each)
        told = not each.bare or _is_set(text, each, spec, days)
        weight = (0.65 if told else 0.3) + 0.5 * rate_label(text, each.start, each.end, spec)
        weight += rate_affinity(text, each.start, spec) * 0.7
        if len(found) > 1 and "end" in spec.roles and "start" not in spec.roles:
            weight += 0.1 if index == 1 else -0.1
        if spec.schema.get("format") == "time":
            written = write(datetime.combine(now.date(), moment, now.tzinfo), None, zone=True)[11:]
        elif twelve:
            written = moment.strftime("%I:%M %p").lstrip("0")
        else:
            written = write(moment, form, zone=False)
        said = text.plain[each.start : each.end]
        made.append(
            Candidate(each.start, each.end, written, "" if said == written else f"{said} → {written}", written, weight)
        )
    return made


def _is_set(text: Text, each: times.TimeOfDay, spec: ParameterSpec, days: Sequence[dates.DateSpan]) -> bool:
    """Whether a number tells a time and counts nothing: "at 10", "at 10 on Monday", "on Monday 9.30", or "to 10" for
    what replaces another time."""
    before, after = text.before(each.start, 1), text.after(each.end, 2)
    sets = before and before[0].low in ({"at", "@", "to"} if spec.annotation.replaces is not None else {"at", "@"})
    sets = sets or ("." in text.low[each.start : each.end] and any(one.end + 1 == each.start for one in days))
    follows = len(after) > 1 and after[0].low in _FOLLOWING  # "at 11 with Ada", but not "at 11 with"
    ends = not after or not after[0].word or after[0].low == "instead" or follows
    return bool(sets and (ends or any(one.start == after[0].start for one in days)))


def _is_one_of_two(text: Text, each: times.TimeOfDay, days: Sequence[dates.DateSpan]) -> bool:
    """Whether a time is an end of a range ("10am-11am"), a choice, of another day than is said ("on Friday at 8
    tonight"), or behind the day by which something is told ("her lesson on Thursday to 11")."""
    if _RANGE_AFTER.match(text.low, each.end) or _RANGE_BEFORE.search(text.low[: each.start][-_NEAR:]):
        return True
    near = [one for one in days if one.start <= each.end + 1 and each.start < one.end]
    other = [one for one in days if one not in near]
    if near and any(one.day != near[0].day for one in other):
        return True
    told = _TO_BEFORE.search(text.low[: each.start][-_NEAR:])
    start = each.start - len(told[0]) if told is not None else -1
    return any(one.end == start and _ON.search(text.low[: one.start][-_NEAR:]) for one in other)


def _shift_hour(text: Text, each: times.TimeOfDay) -> time:
    """An hour that may be of either half of the day takes the part of the day said right before it ("tonight at 8").
    Nobody means three at night by "at 3"."""
    if each.open and each.time.hour < _NOON and (each.time.hour < _MORNING or _says_later(text, each)):
        return each.time.replace(hour=each.time.hour + _NOON)
    return each.time


def _says_later(text: Text, each: times.TimeOfDay) -> bool:
    near = text.low[max(0, each.start - 28) : each.start]
    return any(word in near for word in ("tonight", "evening", "afternoon"))


def find_guessed_hours(text: Text) -> Iterator[str]:
    """The words for an hour that may be of either half of the day. From ten to twelve, the day is meant."""
    for each in times.find(text):
        if each.open and each.time.hour < _DAY and not _says_later(text, each):
            yield text.plain[each.start : each.end]


_FOLLOWING: Final = (EMPTY | PREPOSITIONS) - {"of"}
_RANGE_AFTER: Final = re.compile(r"\s?[-–/]\s?\d")
_RANGE_BEFORE: Final = re.compile(r"\d(?:\s?[ap]\.?m\.?)?\s?[-–/]\s?$")
_TO_BEFORE: Final = re.compile(r"\s+to\s+$")
_ON: Final = re.compile(r"\bon\s+(?:the\s+)?$")
_NEAR: Final = 28
"""Characters before a time that are looked at."""
_MORNING: Final = 7
_DAY: Final = 10
_NOON: Final = 12


def find_date_times(text: Text, spec: ParameterSpec, now: datetime, *, epoch: bool = False) -> list[Candidate]:
    """A day with a time beside it; a day alone is its midnight, a time alone today's, each weakly."""
    made: list[Candidate] = []
    whens = dates.find(text, now.date())
    clocks = list(times.find(text))
    used: set[int] = set()
    for match in _STAMP.finditer(text.plain):
        stamp = _stamp(match.group(), now)
        if stamp is not None:
            near = 0.5 * rate_label(text, *match.span(), spec) + rate_affinity(text, match.start(), spec)
            made.append(_make_moment(text, spec, *match.span(), stamp, 0.9 + near, epoch=epoch, how=""))
    stamps = [(each.start, each.end) for each in made]
    whens = tuple(each for each in whens if not any(start <= each.start < end for start, end in stamps))
    for index, when in enumerate(whens):
        beside = _beside(text, when, clocks)
        if beside is None and when.now:
            moment = now.replace(microsecond=0)
            made.append(_make_moment(text, spec, when.start, when.end, moment, 0.6, epoch=epoch, how=when.how))
            continue
        day = _choose_day(text, spec, when)
        way = _rate_way(text, spec, when, index, len(whens)) + 0.5 * rate_label(text, when.start, when.end, spec)
        if beside is not None:
            used.add(clocks.index(beside))
            start, end = min(when.start, beside.start), max(when.end, beside.end)
            moment = datetime.combine(day, _shift_hour(text, beside), now.tzinfo)
            weight = 0.75 if not beside.bare else 0.65
            made.append(_make_moment(text, spec, start, end, moment, weight + way, epoch=epoch, how=when.how))
        else:
            moment = datetime.combine(day, time(0), now.tzinfo)
            how = f"{when.how}; midnight" if when.how else "midnight"
            made.append(_make_moment(text, spec, when.start, when.end, moment, 0.4 + way, epoch=epoch, how=how))
    for index, clock in enumerate(clocks):
        if index not in used and not clock.bare:
            moment = datetime.combine(now.date(), _shift_hour(text, clock), now.tzinfo)
            made.append(_make_moment(text, spec, clock.start, clock.end, moment, 0.35, epoch=epoch, how="today"))
    for length in durations.find(text):
        made += _from_now(text, spec, length, now, epoch=epoch)
    return made


def _stamp(written: str, now: datetime) -> datetime | None:
    """RFC 3339; without an offset it is of the zone of ``now``."""
    try:
        stamp = datetime.fromisoformat(written.upper().replace("Z", "+00:00"))
    except ValueError:
        return None
    return stamp if stamp.tzinfo is not None else stamp.replace(tzinfo=now.tzinfo)


def _from_now(
    text: Text, spec: ParameterSpec, length: durations.Duration, now: datetime, *, epoch: bool
) -> list[Candidate]:
    """ "in two hours", "30 minutes ago": to the second, from now."""
    if length.seconds >= 86400:
        return []
    before = text.before(length.start, 1)
    after = text.after(length.end, 2)
    if before and before[0].low in {"in", "within"} and not (after and after[0].low == "ago"):
        start, end, way = before[0].start, length.end, 1
    elif after and after[0].low == "ago":
        start, end, way = length.start, after[0].end, -1
    elif len(after) > 1 and after[0].low == "from" and after[1].low == "now":
        start, end, way = length.start, after[1].end, 1
    else:
        return []
    # Hours that pass are counted in UTC: where the clock is set forward or back, its face shows another number of them.
    passed = now.replace(microsecond=0).astimezone(UTC) + way * timedelta(seconds=float(length.seconds))
    moment = passed.astimezone(now.tzinfo)
    return [_make_moment(text, spec, start, end, moment, 0.75, epoch=epoch, how="")]


def _beside(text: Text, when: dates.DateSpan, clocks: list[times.TimeOfDay]) -> times.TimeOfDay | None:
    """The time that belongs to a day: around it, or right after it or before it, over "at", "on", a comma."""
    for clock in clocks:
        first, second = (when.end, clock.start) if clock.start >= when.end else (clock.end, when.start)
        if clock.start <= when.start and when.end <= clock.end:
            return clock  # "7 this evening"
        if second - first < 0 or second - first > 14:
            continue
        between = text.low[first:second].replace(",", " , ").split()
        if all(word in _LINKS or word == "t" for word in between):
            return clock
    return None


def _make_moment(
    text: Text, spec: ParameterSpec, start: int, end: int, moment: datetime, weight: float, *, epoch: bool, how: str
) -> Candidate:
    said = text.plain[start:end]
    value: str | int
    if epoch:
        value = int(moment.timestamp()) * (1000 if "millisecond" in spec.description.lower() else 1)
    else:
        form = None if spec.schema.get("format") == "date-time" else spec.form
        if form is not None and not has_day(form):
            form = None
        value = write(moment, form, zone=spec.schema.get("format") == "date-time" or form is None)
    told = "" if said == value else f"{said} → {value}" + (f" ({how})" if how else "")
    return Candidate(start, end, value, told, moment.isoformat(sep=" ", timespec="minutes"), weight)


def find_months(text: Text, spec: ParameterSpec, now: datetime) -> list[Candidate]:
    """The number of a month that was named, alone or in a date."""
    made: list[Candidate] = []
    for when in dates.find(text, now.date()):
        if when.whole in {"day", "month"}:
            value = str(when.day.month) if spec.types[:1] == ("string",) else when.day.month
            said = text.plain[when.start : when.end]
            made.append(
                Candidate(when.start, when.end, value, f"{said} → month {value}", str(value), when.weight - 0.2)
            )
    return made
