"""Found records: which records of a list fit a query, in which order, and whether its pages were complete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from registry.records import Query, Record, is_between


@dataclass(slots=True)
class Found:
    """The result of one list: the fitting records from the ``start``-th on. ``complete``: no others fit. ``ordered``:
    they came in the query's order. ``dropped``: the platform's own filter let others through."""

    start: int
    ordered: bool
    records: list[Record] = field(default_factory=list)
    complete: bool = True
    dropped: bool = False


def fits(record: Record, query: Query) -> bool:
    """Whether a row fits. Ids are compared as text, because a platform's may be integers."""
    held = record.values
    return all(str(held.get(name)) in {str(value) for value in values} for name, values in query.where.items()) and all(
        is_between(held.get(name), low, high) for name, (low, high) in query.between.items()
    )


def is_settled(totals: Sequence[Any], read: int, *, ended: bool) -> bool:
    """Whether a list gives its total, the same on each page, and that many came."""
    total = totals[0]
    if not isinstance(total, int) or isinstance(total, bool) or any(each != total for each in totals):
        return False
    return read == total if ended else read <= total


def follows(last: Any, key: Any, descending: bool) -> bool:
    """Whether a value may follow another in this order. Text compares by code points, whatever the platform's
    collation, so other orders are merely sorted again."""
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
