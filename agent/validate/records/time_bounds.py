"""Time bounds of a record's dates, from words: "on December 13", "overdue", "the next one"."""

from __future__ import annotations

from datetime import UTC, datetime, time

from agent.extract.reference import Reference
from agent.extract.time.time_ranges import TimeRange, read
from registry.records import Bound, Bounds, Field, Record, RecordKind, Side, is_between

Moment = datetime | None


def find_bounds(reference: Reference, kind: RecordKind, order: str | None, now: datetime) -> Bounds | None:
    """Bounds of the dates that were said; None where the kind has no ranged field that could tell."""
    line = kind.field_named(order or kind.order or "")
    made: dict[str, tuple[Bound, Bound]] = {}
    sides: dict[str, Side] = dict(reference.times)
    if reference.side is not None:
        sides[line.name if line is not None else ""] = reference.side
    for name, side in sides.items():
        field = kind.field_named(name)
        if field is None or not field.ranged:
            return None
        _narrow(made, field, *((now, None) if side == "future" else (None, now)))
    for words in reference.whens:
        window: TimeRange | None = read(words, now)
        if window is None or line is None or not line.ranged:
            return None
        _narrow(made, line, window.low, window.high)
    return made


def is_within(record: Record, between: Bounds) -> bool:
    """Whether a record's date lies within the bounds. A provider's answer is checked like any other's."""
    return all(is_between(record.values.get(name), low, high) for name, (low, high) in between.items())


def _narrow(made: dict[str, tuple[Bound, Bound]], field: Field, low: Moment, high: Moment) -> None:
    before = made.get(field.name, (None, None))
    lows = [each for each in (before[0], format_bound(field, low)) if each is not None]
    highs = [each for each in (before[1], format_bound(field, high)) if each is not None]
    made[field.name] = (max(lows, key=str, default=None), min(highs, key=str, default=None))


def format_bound(field: Field, moment: Moment) -> str | None:
    """A bound as the field's values are written: a day, or a point in time in UTC."""
    if moment is None:
        return None
    there = moment.astimezone(UTC)
    if field.type == "date" or there.time() == time(0):
        return moment.date().isoformat() if field.type == "date" else there.date().isoformat()
    return there.replace(tzinfo=None).isoformat(timespec="seconds")
