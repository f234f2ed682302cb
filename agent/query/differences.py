"""Differences: what is so of a record that exists, instead of what was said of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from agent.planning.proposal import AnyOf, BelongsTo, Compare, Condition, Day, Find, Has, Number, StateIs, Word
from agent.query.arithmetic import make_quantity
from agent.query.conditions import filter_by_field
from agent.query.context import Moment, Plain, Value
from agent.query.wording import compare_words
from agent.validate.records.field_words import add_aside, tell_field_of
from agent.validate.records.located import LocatedRecord, name_kind
from core.display_text import begin_sentence, to_display_text
from language.text import with_article
from registry.records import Field, Kinds, Record, RecordKind, format_field


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


def tell_conditions(where: Sequence[Condition], found: LocatedRecord, kinds: Kinds, *, so: bool) -> str:
    """What a record holds that decides whether conditions are so of it: "the country of Ada Berg is SE", "Ada Berg has
    no pro plan". Empty if no field of the record tells, and no state of a record of its own."""
    told: list[str] = []
    for each in where:
        alike = each.conditions if isinstance(each, AnyOf) else (each,)
        names = {one.field for one in alike if isinstance(one, Compare)}
        field = found.kind.field_named(names.pop()) if len(names) == 1 else None
        own = each.related if isinstance(each, Has) and isinstance(each.related, Find) else None
        states = [one.state for one in own.where if isinstance(one, StateIs) and not one.negated] if own else []
        kind = kinds.get(own.record) if own is not None and len(states) == len(own.where) == 1 else None
        if field is not None and (held := format_field(field, found.record.values)):
            shown = tell_field_of(field, found.kind, to_display_text(held), found.label)
            aside = shown.removeprefix(f"{found.label}: ")
            told.append(add_aside(found.label, aside) if aside != shown else shown)
        elif kind is not None:
            noun = f"{states[0].replace('_', ' ')} {name_kind(kind)}"
            told.append(f"{found.label} has {with_article(noun) if so else f'no {noun}'}")
        else:
            return ""
    return "; ".join(dict.fromkeys(told))


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
