"""Superlatives over the records that an action is open to: the last invoice that is paid need not be the last one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.planning.proposal import OrderByCount, OrderByField
from agent.validate.records.located import LABEL_CHARS, Outcome
from agent.validate.records.ranking import sort_by_field
from core.display_text import to_display_text
from registry.records import Record


def tell_passed_over(
    order: OrderByField | OrderByCount, made: Outcome, records: Sequence[Record], fitting: Sequence[Record]
) -> Outcome:
    """The one record that was picked by its place, which now also tells of a record that comes before it and that the
    action isn't open to. ``records`` are all that were meant, ``fitting`` those that it is open to."""
    one = made[0] if isinstance(made, tuple) and len(made) == 1 else None
    if one is None or not isinstance(order, OrderByField) or order.nth > 1 or one.kind.order is None:
        return made
    if order.first not in ("latest", "earliest") or len(fitting) == len(records):
        return made
    line = sort_by_field(records, one.kind.order, descending=order.first == "latest")
    if not line or line[0] in fitting:
        return made
    label = to_display_text(line[0].label, limit=LABEL_CHARS)
    comes = "newer" if order.first == "latest" else "earlier"
    return (replace(one, reading=f"{one.reading} that this can be done with; {label} is {comes}"),)
