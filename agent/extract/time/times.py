"""Times of day: "3pm", "15:30", "half past three", "quarter to five", "noon", "6 in the evening", "at 10"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from functools import lru_cache
from typing import Final

from language.number_words import CARDINALS, TO_TWELVE
from language.text import Text

_HOURS: Final = {word: CARDINALS[word] for word in TO_TWELVE}
_MINUTES: Final = {"five": 5, "ten": 10, "twenty": 20, "twenty-five": 25, "quarter": 15, "half": 30}
_HOUR: Final = "|".join(_HOURS)
_HALF_DAY: Final = (
    r"(?:\s*(?P<ap>a\.?m\b\.?|p\.?m\b\.?)"
    r"|(?:\s+in the|\s+at|\s+this)?\s+(?P<part>morning|afternoon|evening|night|tonight)\b)"
)
_CLOCK: Final = (
    r"(?:(?<![\w:/$€£.-])(?P<h>[01]?\d|2[0-4])(?P<joint>[:.h])(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d)(?:\.\d+)?)?(?![\d:/-]|\.\d)"
    r"|(?<![\w:/$€£.,-])(?P<h2>1[0-2]|0?[1-9])(?![\d:/.,-]\d)"
    rf"|\b(?P<h3>{_HOUR})(?:\s+(?P<m3>fifteen|thirty|forty-five))?)"
    rf"(?P<clock>\s+o'?\s?clock\b)?(?:{_HALF_DAY})?"
)
_PAST: Final = (
    rf"\b(?P<m>half|(?:a\s+)?quarter|five|ten|twenty(?:-five)?|\d{{1,2}})(?:\s+minutes?)?\s+(?P<way>past|after|to|before|till)\s+"
    rf"(?P<h>{_HOUR}|1[0-2]|[1-9])\b(?!\s*[%$€£:])(?:{_HALF_DAY})?"
)
_NAMED: Final = re.compile(r"\b(noon|midday|midnight)\b")
_BARE: Final = re.compile(
    rf"\b(?:at|@|around|by|until|till|from|between|to|and|before|after)\s+(?P<h>1\d|2[0-3]|\d|{_HOUR})\b(?![-:/.,]?\d|\s*[%$€£])"
)
_BEFORE: Final = re.compile(r"\b(morning|afternoon|evening|tonight|night)\s+(?:at\s+|around\s+|by\s+)?$")
_NOON: Final = 12
_FORTY_FIVE: Final = {"fifteen": 15, "thirty": 30, "forty-five": 45}


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """Time of day found in a text. ``bare`` says that only a number was said, after a preposition or with minutes ("at
    10", "9.30"): a time only where a time is asked for. ``open`` says that it may be of either half of the day ("at 4",
    "half past 4"; not "04:30")."""

    start: int
    end: int
    time: time
    bare: bool = False
    open: bool = False


@lru_cache(maxsize=4)
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@lru_cache(maxsize=512)
def find(text: Text) -> tuple[TimeOfDay, ...]:
    low = text.low
    if not any(char.isdigit() for char in low) and not _WORDY.search(low):
        return ()
    made: list[TimeOfDay] = []
    for match in _compile(_PAST).finditer(low):
        minutes = _read_number(match.group("m").removeprefix("a ").strip(), _MINUTES)
        hour = _read_number(match.group("h"), _HOURS)
        if match.group("way") in {"to", "before", "till"}:
            if match.group("m") == "half" or (
                match.group("m").isdigit() and match.group("part") is None and match.group("ap") is None
            ):
                continue
            hour, minutes = hour - 1, 60 - minutes
        halved = match.group("ap") or match.group("part")
        _add(made, match, _read_half(match, hour), minutes, open_=not halved)
    for match in _compile(_CLOCK).finditer(low):
        told = match.group("ap") or match.group("part") or match.group("clock")
        if not match.group("h") and not told:
            continue
        hour = _read_number(match.group("h") or match.group("h2") or match.group("h3"), _HOURS)
        minute = int(match.group("m") or _FORTY_FIVE.get(match.group("m3") or "", 0))
        if match.group("joint") == "." and not told:  # an amount, unless a time is asked for
            if match.group("s") is None:
                _add(made, match, hour, minute, open_=True, bare=True)
            continue
        half = _read_half(match, hour)
        before = _BEFORE.search(low[max(0, match.start() - 24) : match.start()])
        start = match.start()
        if before and half == hour:
            start = max(0, match.start() - 24) + before.start()
            half = _read_day_part(before.group(1), hour)
        halved = match.group("ap") or match.group("part") or start < match.start() or match.group().startswith("0")
        _add(made, match, half, minute, int(match.group("s") or 0), start, open_=not halved)
    for match in _NAMED.finditer(low):
        _add(made, match, 0 if match.group(1) == "midnight" else 12, 0)
    for match in _BARE.finditer(low):
        start = match.start("h")
        if any(each.start <= start < each.end for each in made):
            continue
        hour = _read_number(match.group("h"), _HOURS)
        made.append(TimeOfDay(start, match.end(), time(hour % 24), bare=True, open=hour <= _NOON))
    return tuple(sorted(made, key=lambda each: each.start))


def find_hours(text: Text) -> Iterator[TimeOfDay]:
    """The times of day without those that are written like an amount: "9.30"."""
    return (each for each in find(text) if not (each.bare and "." in text.low[each.start : each.end]))


_WORDY: Final = re.compile(rf"\b(?:noon|midday|midnight|o'?clock|half|quarter|{_HOUR})\b")


def _read_number(word: str, names: dict[str, int]) -> int:
    return int(word) if word.isdigit() else names[word]


def _read_half(match: re.Match[str], hour: int) -> int:
    mark = match.group("ap")
    if mark:
        return _read_day_part("evening" if mark.startswith("p") else "morning", hour)
    part = match.group("part")
    return _read_day_part(part, hour) if part else hour


def _read_day_part(part: str, hour: int) -> int:
    if part == "morning":
        return 0 if hour == 12 else hour
    if part in {"night", "tonight"} and (hour == 12 or hour < 5):
        return 0 if hour == 12 else hour
    return hour + 12 if hour < 12 else hour


def _add(
    made: list[TimeOfDay],
    match: re.Match[str],
    hour: int,
    minute: int,
    second: int = 0,
    start: int | None = None,
    *,
    open_: bool = False,
    bare: bool = False,
) -> None:
    begin = match.start() if start is None else start
    if hour == 24 and minute == 0:
        hour = 0
    if not (0 <= hour < 24 and minute < 60) or any(each.start < match.end() and begin < each.end for each in made):
        return
    made.append(TimeOfDay(begin, match.end(), time(hour, minute, second), bare, open_ and hour <= _NOON))
