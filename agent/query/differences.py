"""Differences: what is so of a record that exists, instead of what was said of it."""

from __future__ import annotations

from datetime import tzinfo

from agent.planning.proposal import BelongsTo, Compare, Condition, Day, Find, Number, Word
from agent.query.arithmetic import make_quantity
from agent.query.conditions import filter_by_field
from agent.query.context import Moment, Plain, Value
from agent.query.wording import compare_words
from agent.validate.records.field_words import tell_field_of
from core.display_text import begin_sentence, to_display_text
from registry.records import Field, Record, RecordKind, format_field


def tell_difference(condition: Condition, record: Record, kind: RecordKind, zone: tzinfo) -> str:
    """What a record's field holds where a condition says otherwise: "The maker of teak oil is Nordlack, not Danlac."
    Empty if the condition holds, or if no field of the record tells."""
    field, op, value = _read(condition, kind)
    if field is None or value is None or not (held := format_field(field, record.values)):
        return ""
    by = filter_by_field(field, op, value, zone)
    if by is None or by.keeps(record):
        return ""
    label, shown = to_display_text(record.label), to_display_text(held)
    asked = f"not {compare_words(op, value)}"
    if f"{{{field.name}}}" in kind.label:
        return f"That is {label}, {asked}."
    told = tell_field_of(field, kind, shown, label)
    return f"{begin_sentence(told)}, {asked}."


def _read(condition: Condition, kind: RecordKind) -> tuple[Field | None, str, Value | None]:
    """The field that a condition is about, the comparison, and the value that was said."""
    match condition:
        case Compare(field=name, op=op, value=Word(word=word)):
            return kind.field_named(name), op, Plain(word)
        case Compare(field=name, op=op, value=Day(date=text)):
            return kind.field_named(name), op, Moment(text)
        case Compare(field=name, op=op, value=Number(number=number, unit=unit)):
            return kind.field_named(name), op, make_quantity(number, unit)
        case BelongsTo(owner=Find(said=said) as owner) if said is not None:
            relation = kind.relation_to(owner.record)
            via = relation.via.removesuffix("_id") if relation is not None else ""
            return kind.field_named(f"{via}_name"), "contains", Plain(said.text)
    return None, "", None
