"""Groups of records: how many there are, or what a field comes to, for each value of another field."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Final

from agent.planning.proposal import TotalOf
from agent.query.conditions import read_quantity
from agent.query.context import Quantity
from agent.validate.records.located import LocatedRecord
from core.display_text import to_display_text
from registry.records import Field, format_field

MOST_GROUPS: Final = 20
"""The most groups that are told; the others are counted together."""


def count_by(by: Field, found: Sequence[LocatedRecord]) -> str:
    """The number of records for each value of a field: "9 high, 14 normal". In the order of an enum, otherwise most
    first."""
    groups = _grouped(by, found)
    return _told(groups, [f"{len(records)} {value}" for value, records in groups])


def write_totals(by: Field, total: TotalOf, found: Sequence[LocatedRecord]) -> str:
    """ "paid 149.00 EUR, open 19.00 EUR": the sum of a field for each value of another."""
    groups = _grouped(by, found)
    amounts = {value: [*_list_amounts(total.field, records)] for value, records in groups}
    units = {each.unit for held in amounts.values() for each in held}
    if not by.values and len(units) == 1:  # the highest first; a closed list has an order of its own
        groups = sorted(groups, key=lambda group: -sum(each.number for each in amounts[group[0]]))
    return _told(groups, [f"{value} {_sum(total.field, records)}" for value, records in groups])


def _list_amounts(name: str, found: Sequence[LocatedRecord]) -> Iterator[Quantity]:
    for each in found:
        field = each.kind.field_named(name)
        quantity = read_quantity(field, each.record.values) if field is not None else None
        if quantity is not None:
            yield quantity


def _sum(name: str, found: Sequence[LocatedRecord]) -> str:
    sums: dict[str | None, Decimal] = {}
    for each in _list_amounts(name, found):
        sums[each.unit] = sums.get(each.unit, Decimal(0)) + each.number
    return " and ".join(Quantity(number, unit).shown for unit, number in sorted(sums.items(), key=str)) or "nothing"


def _grouped(by: Field, found: Sequence[LocatedRecord]) -> list[tuple[str, Sequence[LocatedRecord]]]:
    """The records grouped by a field's value. Owners are grouped by id and shown by name."""
    groups: dict[str, list[LocatedRecord]] = {}
    for each in found:
        groups.setdefault(str(each.record.values.get(by.name)), []).append(each)
    order = {value: at for at, value in enumerate(by.values)}
    line = sorted(groups.items(), key=lambda pair: (order.get(pair[0], len(order)), -len(pair[1]), pair[0]))
    return [(_value(by, records[0]), records) for _, records in line]


def _value(by: Field, found: LocatedRecord) -> str:
    stem = by.name.removesuffix("id") if by.type == "id" else ""
    named = next((f for f in found.kind.fields if stem and f.type == "string" and f.name.startswith(stem)), by)
    shown = format_field(named, found.record.values) or "none"
    return to_display_text(shown)


def _told(groups: Sequence[tuple[str, Sequence[LocatedRecord]]], told: Sequence[str]) -> str:
    rest = sum(len(records) for _, records in groups[MOST_GROUPS:])
    return ", ".join([*told[:MOST_GROUPS], *([f"{rest} others"] if rest else [])])
