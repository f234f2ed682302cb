"""Wording of answers: records as they are listed, with what they were narrowed by, and whose they are where labels are
alike; a count or a sum by the values of a field, as a group-by tells it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from agent.planning.proposal import AS_LISTED, Compare, Find, OrderByField, Reference, TotalOf
from agent.query.arithmetic import SAID
from agent.query.conditions import read_quantity
from agent.query.context import Quantity
from agent.validate.records.located import LocatedRecord
from core.display_text import to_display_text
from registry.records import Field, RecordKind, format_field

PAGE: Final = 20
"""The most records that one answer lists."""
FIRST_LISTED: Final = f"The first {PAGE} of them are listed."


def deny(op: str) -> str:
    """ "is not more than": how a comparison that doesn't hold is said."""
    said = SAID[op]
    if op == "!=":
        return SAID["="]
    return said.replace("is", "is not", 1) if said.startswith("is") else f"does not {said.removesuffix('s')}"


def measured_by(reference: Reference, kind: RecordKind) -> Field | None:
    """The number that the biggest of several is the biggest by."""
    order = reference.order if isinstance(reference, Find) else None
    if not isinstance(order, OrderByField) or order.first not in ("highest", "lowest"):
        return None
    return kind.field_named(kind.size or "" if order.by == AS_LISTED else order.by)


def asked_by(reference: Reference, kind: RecordKind) -> list[Field]:
    """The fields that a list was narrowed by, which its records' labels may not show."""
    where = reference.where if isinstance(reference, Find) else ()
    names = dict.fromkeys(each.field for each in where if isinstance(each, Compare))
    return [each for name in names if (each := kind.field_named(name)) is not None and f"{{{name}}}" not in kind.label]


def owner_name(kind: RecordKind) -> Field | None:
    """The field that says whose a record is ("customer_name" beside "customer_id"), where its label holds nothing by
    which it is told from others."""
    if any(f"{{{each.name}}}" in kind.label for each in kind.fields if each.search or each.name == kind.id_field):
        return None
    stems = tuple(relation.via.removesuffix("id") for relation in kind.relations)
    return next((each for each in kind.fields if each.type == "string" and stems and each.name.startswith(stems)), None)


def list_records(found: Sequence[LocatedRecord], fields: Sequence[Field] = ()) -> str:
    """The records' labels; with ``fields`` also what each has there, and whose it is where labels
    are alike."""
    shown = [with_fields(each, fields) if fields else each.label for each in found[:PAGE]]
    more = f" and {len(found) - PAGE} more" if len(found) > PAGE else ""
    return "; ".join(shown) + more


def with_fields(found: LocatedRecord, fields: Sequence[Field]) -> str:
    values, owner = found.record.values, owner_name(found.kind)
    told = [
        f"{lower_label(each.label or each.name.replace('_', ' '))} {format_field(each, values) or 'nothing'}"
        for each in fields
    ]
    whose = format_field(owner, values) if owner is not None else ""
    return f"{found.label} ({to_display_text(', '.join([whose, *told] if whose else told))})"


def introduce(found: LocatedRecord) -> str:
    """ "Adam Novak. adam@example.com · active.": a record's label and what is known of it, as far as its kind says."""
    return f"{found.label}. {found.record.detail}." if found.record.detail.strip() else f"{found.label}."


def lower_label(text: str) -> str:
    return text[:1].lower() + text[1:]


MOST_GROUPS: Final = 20
"""The most groups that are told; the others are counted together."""


def count_by(by: Field, found: Sequence[LocatedRecord]) -> str:
    """ "9 high, 14 normal": how many records have each value of a field: an enum's values in their order, else most
    first."""
    groups = _grouped(by, found)
    return _told(groups, [f"{len(records)} {value}" for value, records in groups])


def total_by(by: Field, total: TotalOf, found: Sequence[LocatedRecord]) -> str:
    """ "paid 149.00 EUR, open 19.00 EUR": the sum of a field for each value of another."""
    groups = _grouped(by, found)
    return _told(groups, [f"{value} {_sum(total.field, records)}" for value, records in groups])


def _sum(name: str, found: Sequence[LocatedRecord]) -> str:
    sums: dict[str | None, Decimal] = {}
    for each in found:
        field = each.kind.field_named(name)
        quantity = read_quantity(field, each.record.values) if field is not None else None
        if quantity is not None:
            sums[quantity.unit] = sums.get(quantity.unit, Decimal(0)) + quantity.number
    return " and ".join(Quantity(number, unit).shown for unit, number in sorted(sums.items(), key=str)) or "nothing"


def _grouped(by: Field, found: Sequence[LocatedRecord]) -> list[tuple[str, Sequence[LocatedRecord]]]:
    """The records by what they have in the field; owners by their id, called by their name."""
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
    return to_display_text(shown.replace("_", " ") if by.values else shown)


def _told(groups: Sequence[tuple[str, Sequence[LocatedRecord]]], told: Sequence[str]) -> str:
    rest = sum(len(records) for _, records in groups[MOST_GROUPS:])
    return ", ".join([*told[:MOST_GROUPS], *([f"{rest} others"] if rest else [])])
