"""Wall clock: the time zone in which the console shows times and takes days, and the words for a moment.

Every page shows moments as people say them ("today 14:05", "28 Nov, 09:12"), on one clock for everybody: that of
OPSIQ_TIME_ZONE, which also applies to the words of requests. The exact moment in UTC is shown beside each.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from core.clock import find_zone

_NEAR: Final = {-1: "yesterday", 0: "today", 1: "tomorrow"}


@dataclass(frozen=True, slots=True)
class WallClock:
    """``zone`` by its IANA name; ``now`` is the moment at which the page is made."""

    zone: str
    now: datetime

    def say(self, at: datetime) -> str:
        """``today 14:05``, ``28 Nov, 09:12``, ``28 Nov 2025, 09:12``; in UTC with ``UTC`` behind it."""
        there, today = self.here(at), self.here(self.now).date()
        near = _NEAR.get((there.date() - today).days)
        day = near or f"{there.day} {there:%b}" + (f" {there.year}" if there.year != today.year else "")
        return f"{day}{'' if near else ','} {there:%H:%M}{self._mark}"

    def say_to_the_second(self, at: datetime) -> str:
        """``28 Nov 2026, 10:12:31 (09:12:31 UTC)``; with UTC's own day where that is another."""
        there = self.here(at)
        own = f"{there.day} {there:%b %Y, %H:%M:%S}"
        if self.zone == "UTC":
            return f"{own} UTC"
        utc = at.astimezone(UTC)
        other = "" if utc.date() == there.date() else f"{utc.day} {utc:%b}, "
        return f"{own} ({other}{utc:%H:%M:%S} UTC)"

    def count_seconds(self, until: datetime) -> int:
        """How many whole seconds are left, none once it is past. A page counts them down by itself: the browser's clock
        may be wrong."""
        return max(0, int((until - self.now).total_seconds()))

    def here(self, at: datetime) -> datetime:
        return at.astimezone(find_zone(self.zone))

    def at_midnight(self, day: date) -> datetime:
        """When ``day`` begins. Raises OverflowError for the last that can be written."""
        return datetime.combine(day, time(), find_zone(self.zone)).astimezone(UTC)

    def read(self, text: str) -> datetime:
        """What a field of date and time holds. Raises ValueError."""
        return datetime.fromisoformat(text).replace(tzinfo=find_zone(self.zone)).astimezone(UTC)

    @property
    def day_ends(self) -> datetime:
        """When "today" stops being true."""
        return self.at_midnight(self.here(self.now).date() + timedelta(days=1))

    @property
    def label(self) -> str:
        """What stands behind the name of a field of a day."""
        return f" ({self.zone})" if self.zone == "UTC" else ""

    @property
    def _mark(self) -> str:
        return " UTC" if self.zone == "UTC" else ""


NOWHERE: Final = WallClock("UTC", datetime.min.replace(tzinfo=UTC) + timedelta(days=1))
"""For a page that shows no time."""
WALL_CLOCK: Final[ContextVar[WallClock]] = ContextVar("wall_clock", default=NOWHERE)
"""That of the page which is being rendered."""


def say_utc(at: datetime) -> str:
    """``24 Nov 2026, 16:51:04 UTC``."""
    there = at.astimezone(UTC)
    return f"{there.day} {there:%b %Y, %H:%M:%S} UTC"
