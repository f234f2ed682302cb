"""Tests of a condition: whether a comparison of two worked values holds."""

from __future__ import annotations

from typing import Final

from agent.query.conditions import compare
from agent.query.results import Moment, Plain, Quantity, Worked

SAID: Final = {
    "=": "is", "!=": "is not", "<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least",
    "during": "is in", "contains": "contains",
}  # fmt: skip


def test_holds(left: Worked, op: str, right: Worked) -> bool | None:
    """None where the two can't be compared: money of two currencies, a day with a name."""
    a, b = left.value, right.value
    if isinstance(a, Quantity) and isinstance(b, Quantity):
        if a.is_money and b.is_money and a.unit != b.unit:
            return None
        return compare(op, a.number, b.number)
    if isinstance(a, Moment) and isinstance(b, Moment):
        if op in ("during", "="):
            return a.text.startswith(b.text)
        size = min(len(a.text), len(b.text))
        return compare(op, a.text[:size], b.text[:size])
    if isinstance(a, Plain | Quantity) and isinstance(b, Plain | Quantity):
        held, asked = (each.shown.replace("_", " ").casefold() for each in (a, b))
        if op == "contains":
            return asked in held
        return compare(op, held, asked) if op in ("=", "!=") else None
    return None
