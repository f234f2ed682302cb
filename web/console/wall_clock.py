"""Wall clock: the time zone of the console's times and days, and the words for a moment.

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
    """A clock for one page. ``zone`` is its IANA name, and ``now`` the moment at which the page is made."""

    zone: str
    now: datetime

    def say(self, at: datetime) -> str:
        """``today 14:05``, ``28 Nov, 09:12``, ``28 Nov 2025, 09:12``. In UTC, ``UTC`` follows."""
        there, today = self.here(at), self.here(self.now).date()
        near = _NEAR.get((there.date() - today).days)
        day = near or f"{there.day} {there:%b}" + (f" {there.year}" if there.year != today.year else "")
        return f"{day}{'' if near else ','} {there:%H:%M}{self._mark}"

    def say_to_the_second(self, at: datetime) -> str:
        """``28 Nov 2026, 10:12:31 (09:12:31 UTC)``, with UTC's own day if that differs."""
        there = self.here(at)
        own = f"{there.day} {there:%b %Y, %H:%M:%S}"
        if self.zone == "UTC":
            return f"{own} UTC"
        utc = at.astimezone(UTC)
        other = "" if utc.date() == there.date() else f"{utc.day} {utc:%b}, "
        return f"{own} ({other}{utc:%H:%M:%S} UTC)"

    def count_seconds(self, until: datetime) -> int:
        """Whole seconds until then, 0 if it is past. The page counts them down itself, because the browser's clock may
        be wrong."""
        return max(0, int((until - self.now).total_seconds()))

    def here(self, at: datetime) -> datetime:
        return at.astimezone(find_zone(self.zone))

    def at_midnight(self, day: date) -> datetime:
        """The start of ``day``. Raises OverflowError for the last possible day."""
        return datetime.combine(day, time(), find_zone(self.zone)).astimezone(UTC)

    def read(self, text: str) -> datetime:
        """The moment in a date-and-time field. Raises ValueError."""
        return datetime.fromisoformat(text).replace(tzinfo=find_zone(self.zone)).astimezone(UTC)

    @property
    def day_ends(self) -> datetime:
        """The moment at which "today" is no longer true."""
        return self.at_midnight(self.here(self.now).date() + timedelta(days=1))

    @property
    def label(self) -> str:
        """The text after the label of a day field."""
        return f" ({self.zone})" if self.zone == "UTC" else ""

    @property
    def _mark(self) -> str:
        return " UTC" if self.zone == "UTC" else ""


NOWHERE: Final = WallClock("UTC", datetime.min.replace(tzinfo=UTC) + timedelta(days=1))
"""Clock of a page that shows no time."""
WALL_CLOCK: Final[ContextVar[WallClock]] = ContextVar("wall_clock", default=NOWHERE)
"""Clock of the page that is being rendered."""


def say_utc(at: datetime) -> str:
    """``24 Nov 2026, 16:51:04 UTC``."""
    there = at.astimezone(UTC)
    return f"{there.day} {there:%b %Y, %H:%M:%S} UTC"
