"""Lists of records: each with whose it is, its sum, its day and its state, as far as nothing else says so."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from agent.extract.references.vocabulary import is_person
from agent.planning.proposal import Compare, Expression, Find, Reference
from agent.planning.proposal import Day as DayValue
from agent.query.conditions import DATES
from agent.query.day_words import MONTH
from agent.validate.records.field_words import add_aside, add_ended, name_field, tell_field
from agent.validate.records.located import LocatedRecord
from agent.validate.telling_apart import describe_aside, find_telling_field
from core.display_text import begin_sentence, to_display_text
from language.stems import is_past
from registry.records import Field, RecordKind, format_field

PAGE: Final = 20
"""The most records that one answer lists."""
FIRST_LISTED: Final = f"The first {PAGE} of them are listed."


_PART: Final = " · "
_JOINT: Final = re.compile(r",? (?:(?:of|for|by) )?$")
"""Before whose or for whom a record is, at the end of its label."""


def list_asked_fields(reference: Reference, kind: RecordKind) -> list[Field]:
    """The fields by which a list was narrowed, if its records may differ in them. Their labels may not show them."""
    said: dict[str, dict[str, Expression]] = {}
    for condition in reference.where if isinstance(reference, Find) else ():
        if isinstance(condition, Compare):
            said.setdefault(condition.field, {})[condition.op] = condition.value
    names = [name for name, values in said.items() if not _is_one_value(values) and f"{{{name}}}" not in kind.label]
    asked = [each for name in names if (each := kind.field_named(name)) is not None]
    return [each for each in asked if each.type != "boolean"]


def _is_one_value(values: Mapping[str, Expression]) -> bool:
    """Whether comparisons, by operator, leave a single value: one day."""
    day, ends = values.get("during"), [values.get(">="), values.get("<=")]
    if "=" in values or (isinstance(day, DayValue) and len(day.date) > MONTH):
        return True
    dates = {each.date for each in ends if isinstance(each, DayValue)}
    return None not in ends and len(dates) == 1 and all(isinstance(each, DayValue) for each in ends)


def count_past(reference: Reference, found: Sequence[LocatedRecord], today: str) -> str:
    """How many of a list up to a day that comes have theirs behind them, in words: who asks what ends before Friday may
    not mean those. Empty for what is told as done, or if that is so of none or all."""
    ends = [each for each in reference.where if isinstance(each, Compare)] if isinstance(reference, Find) else []
    field = found[0].kind.field_named(ends[0].field) if len(ends) == 1 and ends[0].op in ("<", "<=") else None
    value = ends[0].value if ends else None
    if field is None or field.type not in DATES or is_past(name_field(field, found[0].kind).split()[0].casefold()):
        return ""
    if not isinstance(value, DayValue) or value.date <= today:
        return ""
    past = sum(str(each.record.values.get(field.name) or today)[:10] < today for each in found)
    return f"{past} of them before today" if 0 < past < len(found) else ""


def find_owner_field(kind: RecordKind) -> Field | None:
    """The field that says whose a record is. None if its label says it."""
    field = _find_owner_name(kind)
    return None if field is None or f"{{{field.name}}}" in kind.label else field


def _find_owner_name(kind: RecordKind) -> Field | None:
    """The name beside the id of whose a record is: "customer_name". None for people, who are nobody's."""
    stems = tuple(relation.via.removesuffix("id") for relation in kind.relations)
    held = (each for each in kind.fields if each.type == "string" and stems and each.name.startswith(stems))
    return None if is_person(kind) else next(held, None)


def is_told_by_label(kind: RecordKind) -> bool:
    """Whether a label holds what identifies its record."""
    return any(f"{{{each.name}}}" in kind.label for each in kind.fields if each.search or each.name == kind.id_field)


def list_facts(kind: RecordKind, fields: Sequence[Field] = ()) -> list[Field]:
    """The fields that a list tells of each record besides ``fields``: of what belongs to somebody its sum, its day and
    its state."""
    size, day = kind.field_named(kind.size or ""), kind.field_named(kind.order or "")
    shown = [each for each in kind.fields if each in fields or f"{{{each.name}}}" in kind.label]
    dated = day is None or day.type not in DATES or any(each.type in DATES for each in shown)
    paid = any(each.type == "money_minor" for each in fields)  # two sums of one record would be mixed up
    made = [size] if size is not None and size.type == "money_minor" and not paid else []
    made += [] if dated or day is None else [day]
    made += [each for each in kind.fields if each.type == "enum" and each.name in ("status", "state", "stage")]
    belongs = bool(kind.relations) and not is_person(kind)
    return [each for each in made if belongs and each not in shown]


def find_owner(found: LocatedRecord) -> str:
    """Whose a record is, if its label doesn't say it."""
    field = find_owner_field(found.kind)
    whose = to_display_text(format_field(field, found.record.values)) if field is not None else ""
    return "" if whose in found.label else whose


def list_records(
    found: Sequence[LocatedRecord], fields: Sequence[Field] = (), told: str = "", *, asked: bool = False
) -> str:
    """The records in words, without what was ``told`` before them. ``fields`` are told of each in any case, and alone
    if they were ``asked`` for."""
    listed = [_leave_out_owner(each, told) for each in found[:PAGE]]
    facts = [*fields, *(() if asked else list_facts(found[0].kind, fields))] if found else []
    if found and all(any(_holds(told, value) for value in _list_days(each)) for each in listed):
        facts = [each for each in facts if each in fields or each.type not in DATES]  # the day is said already
    apart = _tell_alike(listed, facts)
    every = [{find_owner(each), *_tell_values(each, facts)} for each in listed]
    said = {each for each in set.intersection(*every) if _holds(told, each)} if every else set[str]()
    shown = [with_fields(each, facts, aside, said) for each, aside in zip(listed, apart, strict=True)]
    return "; ".join(shown) + (f" and {len(found) - PAGE} more" if len(found) > PAGE else "")


def _leave_out_owner(found: LocatedRecord, told: str) -> LocatedRecord:
    """The record without whose it is at the end of its label, if that was ``told`` before: "bill 7" of Ada's."""
    name, label = _find_labelled_owner(found), found.record.label
    if not name or not _holds(told, name):
        return found
    return replace(found, record=replace(found.record, label=_JOINT.sub("", label.removesuffix(name))))


def _find_labelled_owner(found: LocatedRecord) -> str:
    """Whose a record is according to the end of its label: "Ada Shah" of "bill 7 of Ada Shah"."""
    field, label = _find_owner_name(found.kind), found.kind.label
    ends = field is not None and label.count("{") > 1 and label.endswith(f" {{{field.name}}}")
    return format_field(field, found.record.values) if field is not None and ends else ""


def _list_days(found: LocatedRecord) -> Iterator[str]:
    dated = (each for each in found.kind.fields if each.type in DATES)
    yield from filter(None, (format_field(each, found.record.values) for each in dated))


def _holds(text: str, words: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE) is not None


def _tell_alike(found: Sequence[LocatedRecord], fields: Sequence[Field]) -> list[str]:
    """For each record what tells it apart from others of the same label. Empty for a label that stands alone, and if
    whose they are and their ``fields`` tell all apart."""
    labels, kinds = [each.label for each in found], {each.kind.name for each in found}
    shown = [with_fields(each, fields) for each in found]
    if len({*labels}) == len(labels) or len(kinds) > 1 or len({*shown}) == len(shown):
        return ["" for _ in found]
    telling = find_telling_field([each.record for each in found], shown, found[0].kind)
    asides = (describe_aside(each.record, each.kind, telling).strip(" ()") for each in found)
    return [aside if labels.count(label) > 1 else "" for label, aside in zip(labels, asides, strict=True)]


def with_fields(found: LocatedRecord, fields: Sequence[Field], apart: str = "", said: Collection[str] = ()) -> str:
    """A record with whose it is, what tells it ``apart``, the values of ``fields`` that don't stand in its label and
    aren't ``said`` of all, and the state of what has ended. Whose it is leads if the label says nothing of which one it
    is."""
    whose, label = find_owner(found), found.label
    whose = "" if whose in said else whose
    told = ["" if apart in label else apart, *_tell_values(found, fields)]
    beside = [each for each in dict.fromkeys(told) if each and each not in said]
    if whose and not is_told_by_label(found.kind):
        return add_aside(whose, to_display_text(", ".join([label, *beside])))
    return add_aside(label, to_display_text(", ".join(filter(None, (whose, *beside)))))


def _tell_values(found: LocatedRecord, fields: Sequence[Field]) -> list[str]:
    values = found.record.values
    shown = [(each, format_field(each, values)) for each in add_ended(fields, found.kind, values)]
    return [tell_field(each, found.kind, value) for each, value in shown if not value or not _holds(found.label, value)]


def tell_found(found: LocatedRecord, asked: Sequence[Field], measure: Field | None = None) -> str:
    """The one record that answers, with what was ``asked`` of it, as far as its label doesn't say it, and with the
    ``measure`` by which it is the first of several. Without either with what its kind says about it."""
    values, kind, whose = found.record.values, found.kind, find_owner(found)
    leads = None if is_told_by_label(kind) else find_owner_field(kind)
    first = tell_field(measure, kind, format_field(measure, values)) if measure and values.get(measure.name) else ""
    if not asked and (measure is None or measure.type in DATES or format_field(measure, values) in found.record.detail):
        about = [each for each in found.record.detail.strip().split(_PART) if leads is None or each != whose]
        about += [first] if first and first not in found.record.detail else []
        told = _PART.join(filter(None, about))
        return introduce(whose, _PART.join([found.label, told])) if leads and whose else introduce(found.label, told)
    parts, added = found.label.split(_PART), [*asked, *([measure] if measure and measure not in asked else [])]
    more: list[str] = []
    named = False
    for each in list_telling(added, found):
        value = format_field(each, values)
        said = bool(value) and any(f"{part} ".startswith(f"{value} ") for part in parts)
        named |= (owner := each == _find_owner_name(kind) and bool(value) and _holds(found.label, value))
        more += [] if each == leads or owner or (said and _PART in kind.label) else [tell_field(each, kind, value)]
    # "cancelled" says nothing beside "cancelled 3 Nov 2026"
    label = _PART.join([part for part in parts if not any(each.startswith(f"{part} ") for each in more)] or parts)
    if leads and whose:
        text = f"{whose}: {add_aside('; '.join(more), label) if more else label}"
    elif more:
        text = f"{label}: {'; '.join(more)}"
    else:
        return introduce(found.label, "" if named else found.record.detail)
    return f"{begin_sentence(to_display_text(text))}."


def list_telling(fields: Sequence[Field], found: LocatedRecord) -> list[Field]:
    """The fields that say more than the record's label, or a sum of money beside its currency."""
    values = found.record.values
    paid = any(each.type == "money_minor" for each in fields)
    return [
        each for each in fields if format_field(each, values) != found.label and not (paid and each.name == "currency")
    ]


def introduce(label: str, detail: str) -> str:
    """Introduces a record by its label and what its kind says about it: "Adam Novak (adam@example.com, active)."."""
    return f"{add_aside(label, detail.strip().replace(' · ', ', '))}."
