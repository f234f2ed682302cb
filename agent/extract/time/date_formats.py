"""Date and time formats: a day or time written as its parameter asks, RFC 3339 by default, else the form its
description shows ("MM/DD/YYYY", "HH:MM")."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from functools import lru_cache
from typing import Final

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
