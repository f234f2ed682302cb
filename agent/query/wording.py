"""Wording of answers: records as they are listed, with what they were narrowed by, and whose they are where labels are
alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.planning.proposal import AS_LISTED, Compare, Find, OrderByField, Reference
from agent.query.arithmetic import SAID
from agent.validate.records.located import LocatedRecord
from core.display_text import to_display_text
from registry.records import Field, RecordKind, format_field

PAGE: Final = 20
"""The most records that one answer lists."""


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


def lower_label(text: str) -> str:
    return text[:1].lower() + text[1:]
