"""Found records of a list: which fit a query, in which order, and whether its pages told of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from registry.records import Query, Record, is_between


@dataclass(slots=True)
class Found:
    """What one list gave: the records that fit, from the ``start``-th on. ``complete``: nothing that fits is beyond
    them. ``ordered``: they came in the query's order. ``dropped``: the platform's own sieve let others through."""

    start: int
    ordered: bool
    records: list[Record] = field(default_factory=list)
    complete: bool = True
    dropped: bool = False


def fits(record: Record, query: Query) -> bool:
    """Compares ids as text: a platform's may be integers, ours are strings."""
    held = record.values
    return all(str(held.get(name)) in {str(value) for value in values} for name, values in query.where.items()) and all(
        is_between(held.get(name), low, high) for name, (low, high) in query.between.items()
    )


def is_settled(totals: Sequence[Any], read: int, *, ended: bool) -> bool:
    """Whether a list tells how many records it has, the same on each page, and so many came."""
    total = totals[0]
    if not isinstance(total, int) or isinstance(total, bool) or any(each != total for each in totals):
        return False
    return read == total if ended else read <= total


def follows(last: Any, key: Any, descending: bool) -> bool:
    """Whether a value may come after another in this order: text by its code points, whatever a platform's collation
    is, so names out of it are merely sorted again."""
    if last is None:
        return True
    try:
        return bool(last >= key) if descending else bool(last <= key)
    except TypeError:
        return False


def _sorting(value: Any) -> tuple[bool, Any]:
    """Numbers before text, each in its own order."""
    return isinstance(value, str), value


def sort_records(records: Sequence[Record], query: Query) -> list[Record]:
    """Sorted by the query's order, stable, those without a value last."""
    if query.order is None:
        return list(records)
    name = query.order
    held = [each for each in records if each.values.get(name) is not None]
    rest = [each for each in records if each.values.get(name) is None]
    return sorted(held, key=lambda each: _sorting(each.values[name]), reverse=query.descending) + rest
