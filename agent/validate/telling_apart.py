"""Telling records apart: the field by which several of one label or name are known, in brackets behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.extract.references.vocabulary import is_contact, is_person
from agent.pipeline import Candidate
from agent.validate.records.field_words import tell_field
from agent.validate.records.located import LABEL_CHARS
from core.display_text import to_display_text
from registry.records import Record, RecordKind, format_field

_WORDS_CHARS: Final = 120


def name_apart(records: Sequence[Record], kind: RecordKind) -> list[str]:
    """The label of each record, with the field in brackets that best tells them apart."""
    telling = find_telling_field(records, [each.label for each in records], kind)
    return [to_display_text(each.label, limit=LABEL_CHARS) + describe_aside(each, kind, telling) for each in records]


def tell_choices_apart(choices: Sequence[Candidate], named: Sequence[str]) -> tuple[Candidate, ...]:
    """The choices, labelled as they are ``named`` where two have the same label: a label is read alone on a button and
    by programs."""
    if len({each.label for each in choices}) == len(choices):
        return tuple(choices)
    return tuple(each.model_copy(update={"label": name}) for each, name in zip(choices, named, strict=True))


def find_telling_field(records: Sequence[Record], shown: Sequence[str], kind: RecordKind) -> str | None:
    """The field that best tells these records apart and that what is ``shown`` of each doesn't say: one that people
    know them by. A telephone number, what somebody owes or an id only where nothing else tells them apart."""
    ranks = {"number": 1, "name": 2, "text": 3, "email": 5}
    best: tuple[int, int, int] | None = None
    telling: str | None = None
    apart, people = len(set(shown)) == len(shown), is_person(kind)
    for place, each in enumerate(kind.fields):
        values = [format_field(each, record.values) for record in records]
        by_email = "email" in (each.type, each.search)
        private = (is_contact(each) and not by_email) or (people and each.type in ("money_minor", "currency"))
        own_id = each.name == kind.id_field
        if each.name.endswith("_id") or not all(values) or (apart and (own_id or private)):
            continue
        if each.type == "boolean" and len(set(values)) < len(values):
            continue
        if any(value in text for value, text in zip(values, shown, strict=True)):
            continue
        other = 5 if by_email else 6 if people and each.type in _BARE else 4  # nobody is known by a day or a figure
        known = 7 if private else 8 if own_id else ranks.get(each.search or "", other)
        rank = (-len(set(values)), known, place)
        if len(set(values)) > 1 and (best is None or rank < best):
            best, telling = rank, each.name
    return telling


_BARE: Final = ("boolean", "integer", "number", "date", "datetime")
"""Types whose value says nothing without its field's name."""


def describe_aside(record: Record, kind: RecordKind, telling: str | None) -> str:
    """What tells a record apart, in brackets with a space before them. Empty if nothing does."""
    each = kind.field_named(telling) if telling else None
    if each is None:
        return ""
    told = to_display_text(format_field(each, record.values), limit=_WORDS_CHARS)
    if each.type in _BARE:
        told = tell_field(each, kind, told)
    return f" ({told})"
