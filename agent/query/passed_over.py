"""Superlatives that need a word more: the last invoice that is paid need not be the last one, and "the biggest" says
not by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from agent.pipeline import Question
from agent.planning.proposal import OrderByCount, OrderByField
from agent.validate.questions import MAX_CANDIDATES, ask_between, join
from agent.validate.records.located import Outcome, RecordQuery, name_kinds
from agent.validate.records.ranking import sort_by_field
from registry.records import Record

_MEASURED: Final = ("money_minor", "number", "integer", "date", "datetime")
_MOST_NAMED: Final = 4


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
    comes = "a newer" if order.first == "latest" else "an earlier"
    return (replace(one, reading=f"{one.reading}; {comes} one can't be used for this"),)


def ask_by_what(need: RecordQuery, records: Sequence[Record]) -> Question:
    """Asks by what a kind without a size or day of its own should be put in order. Names the records if they are few
    enough to choose from."""
    if len(records) <= MAX_CANDIDATES:
        return ask_between(need.slot, need.param, need.kind, records, "can't be put in that order")
    measured = [each.label or each.name.replace("_", " ") for each in need.kind.fields if each.type in _MEASURED]
    kinds = name_kinds(need.kind).capitalize()
    if not measured:
        return need.ask(f"{kinds} have no order. Say which you mean.", code="ambiguous")
    by = join([f"“{each}”" for each in measured[:_MOST_NAMED]], "or")
    return need.ask(f"By what? {kinds} can be put in order by {by}.", code="ambiguous")
