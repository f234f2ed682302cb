"""Groups of records: how many there are, or what a field comes to, for each value of another field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Final

from agent.planning.proposal import AnyOf, Find, StateIs, TotalOf
from agent.query.conditions import DATES, read_quantity
from agent.query.context import Quantity
from agent.validate.questions import join
from agent.validate.records.located import LocatedRecord
from core.clock import write_day
from core.display_text import to_display_text
from registry.records import Field, format_field

Group = tuple[str, Sequence[LocatedRecord]]
_PAID: Final = frozenset(("paid", "amount paid", "paid so far", "already paid"))
MOST_GROUPS: Final = 20
"""The most groups that are told; the others are counted together."""


def count_by(by: Field, found: Sequence[LocatedRecord], zone: tzinfo) -> str:
    """The number of records for each value of a field: "9 high, 14 normal". In the order of an enum, the latest month
    first, otherwise most first."""
    groups = _grouped(by, found, zone)
    inside = "in " if by.type in DATES else ""
    return _told(groups, [f"{len(records)} {inside}{value}" for value, records in groups])


def write_totals(by: Field, total: TotalOf, found: Sequence[LocatedRecord], zone: tzinfo) -> str:
    """ "paid 149.00 EUR, open 19.00 EUR": the sum of a field for each value of another. By currency the sum and of how
    many it is."""
    groups = _grouped(by, found, zone)
    if by.type == "currency":
        return _told(groups, [f"{_sum(total.field, records)} in {len(records)}" for _, records in groups])
    if by.type in DATES:
        return _told(groups, [f"{month}: {_sum(total.field, records)}" for month, records in groups], "; ")
    if not by.values:  # a closed list has an order of its own
        groups = _put_highest_first(groups, {value: _add_up(total.field, records) for value, records in groups})
    return _told(groups, [f"{value} {_sum(total.field, records)}" for value, records in groups])


def tell_paid(total: TotalOf, found: Sequence[LocatedRecord]) -> str:
    """What is paid of a sum over records of some state, where they hold that beside it."""
    kind = found[0].kind
    paid = [each for each in kind.fields if each.type == "money_minor" and (each.label or each.name).lower() in _PAID]
    stated = isinstance(total.of, Find) and any(isinstance(each, AnyOf | StateIs) for each in total.of.where)
    if not stated or total.average or total.field != kind.size or len(paid) != 1:
        return ""
    summed, sums = _add_up(total.field, found), _add_up(paid[0].name, found)
    if not all(unit in summed for unit in sums):
        return ""
    parts = ((unit, part) for unit, part in sums.items() if part and part != summed[unit])
    told = [(Quantity(part, unit), Quantity(summed[unit] - part, unit)) for unit, part in parts]
    return "".join(f" {part.shown} of it is paid, {left.shown} is left." for part, left in told)


def _put_highest_first(groups: Sequence[Group], sums: Mapping[str, Mapping[str | None, Decimal]]) -> list[Group]:
    """The highest sums first, those of the commonest currency before others. Of each currency the highest are among
    those that are told, as none is more than another's."""
    common = [unit for unit, _ in Counter(unit for held in sums.values() for unit in held).most_common()]
    lines = [
        sorted((each for each in groups if unit in sums[each[0]]), key=lambda each: -sums[each[0]][unit])
        for unit in common
    ]
    share = MOST_GROUPS // max(1, len(lines))
    firsts = [each for line in lines for each in line[:share]]
    made = dict([*firsts, *(each for line in lines for each in line), *groups])
    return [*made.items()]


def _list_amounts(name: str, found: Sequence[LocatedRecord]) -> Iterator[Quantity]:
    for each in found:
        field = each.kind.field_named(name)
        quantity = read_quantity(field, each.record.values) if field is not None else None
        if quantity is not None:
            yield quantity


def add_up(name: str, found: Sequence[LocatedRecord]) -> str:
    """The sum of a field in words. Empty if it comes to nothing."""
    return join(
        [Quantity(each, unit).shown for unit, each in sorted(_add_up(name, found).items(), key=str) if each], "and"
    )


def _sum(name: str, found: Sequence[LocatedRecord]) -> str:
    sums = sorted(_add_up(name, found).items(), key=str)
    return join([Quantity(number, unit).shown for unit, number in sums], "and") or "nothing"


def _add_up(name: str, found: Sequence[LocatedRecord]) -> dict[str | None, Decimal]:
    """The sum of a field in each unit."""
    sums: dict[str | None, Decimal] = {}
    for each in _list_amounts(name, found):
        sums[each.unit] = sums.get(each.unit, Decimal(0)) + each.number
    return sums


def _grouped(by: Field, found: Sequence[LocatedRecord], zone: tzinfo) -> list[Group]:
    """The records grouped by a field's value, days by their month in the ``zone``. Owners are grouped by id and shown
    by name."""
    if by.type in DATES:
        return _grouped_by_month(by, found, zone)
    groups: dict[str, list[LocatedRecord]] = {}
    for each in found:
        groups.setdefault(str(each.record.values.get(by.name)), []).append(each)
    order = {value: at for at, value in enumerate(by.values)}
    line = sorted(groups.items(), key=lambda pair: (order.get(pair[0], len(order)), -len(pair[1]), pair[0]))
    return [(_value(by, records[0]), records) for _, records in line]


def _grouped_by_month(by: Field, found: Sequence[LocatedRecord], zone: tzinfo) -> list[Group]:
    """The latest month first, and last what has no day."""
    groups: dict[str, list[LocatedRecord]] = {}
    for each in found:
        held = each.record.values.get(by.name)
        moment = datetime.fromisoformat(held) if isinstance(held, str) else None
        moment = moment.astimezone(zone) if moment is not None and moment.tzinfo is not None else moment
        groups.setdefault(f"{moment:%Y-%m}" if moment is not None else "", []).append(each)
    return [(write_day(month) or "without a day", groups[month]) for month in sorted(groups, reverse=True)]


def _value(by: Field, found: LocatedRecord) -> str:
    stem = by.name.removesuffix("id") if by.type == "id" else ""
    named = next((f for f in found.kind.fields if stem and f.type == "string" and f.name.startswith(stem)), by)
    shown = format_field(named, found.record.values) or "none"
    return to_display_text(shown)


def _told(groups: Sequence[Group], told: Sequence[str], comma: str = ", ") -> str:
    rest = sum(len(records) for _, records in groups[MOST_GROUPS:])
    return comma.join([*told[:MOST_GROUPS], *([f"{rest} others"] if rest else [])])
