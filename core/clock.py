"""Clock: time is a value that is passed in, so that tests set it instead of sleeping."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Returns the present as an aware UTC datetime."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@lru_cache(maxsize=64)
def find_zone(name: str) -> tzinfo:
    """The time zone of an IANA name (``Europe/Madrid``). Raises ValueError for an unknown name."""
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone that this machine knows") from error


def find_machine_zone() -> str:
    """The IANA name of this machine's time zone. UTC if it has no name."""
    named = os.environ.get("TZ", "").lstrip(":") or os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    if not named or named.startswith("Etc/"):
        return "UTC"
    try:
        find_zone(named)
    except ValueError:
        return "UTC"
    return named


def format_iso(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds, as stored and shown: ``2026-11-24T15:43:04.120000Z``."""
    u = at if at.tzinfo is UTC else at.astimezone(UTC)
    # Takes half the time of isoformat, which asks the zone. Some of these are written with every row.
    return "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ" % (u.year, u.month, u.day, u.hour, u.minute, u.second, u.microsecond)  # noqa: UP031


_WHOLE_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?", re.ASCII)
_DAY: Final = re.compile(
    r"(?P<month>\d{4}-\d\d)(?:-(?P<day>\d\d)(?:[T ](?P<clock>\d\d:\d\d)(?::[\d.]+)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?)?",
    re.A,
)


def format_day(at: date) -> str:
    """``24 Nov 2026``."""
    return f"{at.day} {at:%b %Y}"


def format_moment(at: datetime) -> str:
    """``24 Nov 2026, 15:43 UTC``."""
    there = at.astimezone(UTC)
    return f"{format_day(there)}, {there:%H:%M} UTC"


def write_day(text: str) -> str:
    """A day or a moment of ISO 8601 as people write it, as precisely as it is known: ``September 2026``, ``22 Sep
    2026``, ``22 Sep 2026, 09:30``. Other text is unchanged."""
    found = _DAY.fullmatch(text)
    try:
        day = date.fromisoformat(f"{found['month']}-{found['day'] or '01'}") if found is not None else None
    except ValueError:
        day = None
    if found is None or day is None:
        return text
    if found["day"] is None:
        return f"{day:%B %Y}"
    zone = found["zone"] or ""
    after = "" if not zone else " UTC" if zone.strip("Z+-0:") == "" else f" UTC{zone}"
    return format_day(day) + (f", {found['clock']}{after}" if found["clock"] else "")


def from_iso(text: str) -> datetime:
    """Parses ISO 8601, in UTC without an offset. Raises ValueError, also if the offset moves it out of the calendar."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is UTC:
        return at
    try:
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text} lies outside the calendar in UTC") from error


def write_weekday(value: object, zone: str) -> str:
    """A day or a moment of RFC 3339 with its weekday: ``Friday, 4 Dec 2026``, or ``Friday, 4 Dec 2026, 09:00`` on the
    clock of ``zone``. Empty for any other value."""
    if not isinstance(value, str) or not _WHOLE_DAY.fullmatch(value):
        return ""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return ""
    there = at.astimezone(find_zone(zone)) if at.tzinfo is not None else at
    clock = f", {there:%H:%M}" + (f":{there:%S}" if there.second else "") if len(value) > len("2026-12-04") else ""
    return f"{there:%A}, {format_day(there)}{clock}" + (" UTC" if clock and zone == "UTC" and at.tzinfo else "")
