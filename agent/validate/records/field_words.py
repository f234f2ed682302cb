"""Words for fields: what people call a field, and what it holds, in words that can be read aloud."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from core.display_text import begin_sentence, within_sentence
from language.measures import find_measure
from language.stems import is_past
from language.text import singularize, word_set
from language.wordnet import is_word
from registry.records import Field, RecordKind

_TOLD_BY_VALUE: Final = {
    "date": ("day", "date"), "email": ("email", "e-mail"), "enum": ("status", "state"), "money_minor": ("amount",),
    "string": ("text",),
}  # fmt: skip
"""Labels of fields whose value alone says what it is, by type."""
ENDED: Final = word_set("left closed cancelled canceled archived inactive")
"""States of what is kept only for the record."""
_A_UNIT: Final = re.compile(r" (?:per|an?)\b")
"""Of how much there is in each, as in "meals a day"."""
_WITH_UNIT: Final = re.compile(r"(?P<label>[^()]+?)[ (]+(?P<unit>[^\W\d_]+)\)?")


_BOUND: Final = re.compile(r"\A(from|until|since|by|before|after) (?:on|at)\Z", re.IGNORECASE)
"""The label of ``from_on``, which nobody says."""
_NO_NOUN: Final = re.compile(
    r"due|owed|open|left|paid|unpaid|outstanding|spent|from|until|since|.* (?:at|by|due|in|left|on|out|since|until)"
)
"""Labels of which nobody says "the due of invoice 7 is …"."""


def name_field(field: Field, kind: RecordKind) -> str:
    """What people call a field inside a sentence. The id of a related record, and a name beside it, are called as that
    record: "leader" of ``leader_id`` and ``leader_name``."""
    label = field.label or field.name.replace("_", " ")
    if field.name.endswith("_name") and kind.field_named(f"{field.name.removesuffix('_name')}_id") is not None:
        label = label.removesuffix(" name").removesuffix(" Name")
    if not field.label and any(each.via == field.name for each in kind.relations):
        label = label.removesuffix(" id")
    return within_sentence(_BOUND.sub(r"\1", label))


def tell_field(field: Field, kind: RecordKind, value: str) -> str:
    """A field and its value as it is shown: ``leader Will Marsh``, ``due on 4 Dec 2026``, ``8 hours``, ``height 168
    cm``, ``insured: yes``. A day, an address and a state need no label: ``28 Nov 2026``, ``in repair``. Nor does what
    begins with it: ``court 2``."""
    label = name_field(field, kind)
    if field.type == "boolean" or not value:
        return f"{label}: {value or 'none'}"
    if field.type == "string" and value[-1] in ".!?":  # whole sentences
        value = f"‘{value.removesuffix('.')}’"
    if label in _TOLD_BY_VALUE.get(field.type, ()) or f"{value} ".casefold().startswith(f"{label} ".casefold()):
        return value
    if field.type not in ("integer", "number"):
        return f"{label} {value}"
    if _is_plural(label):
        return f"{value} {singularize(label) if value == '1' else label}"
    found = _WITH_UNIT.fullmatch(label)
    if found is not None and find_measure(found["unit"]) is not None and not _A_UNIT.search(found["label"]):
        return f"{found['label']} {value} {found['unit']}"
    return f"{label} {value}"


def tell_sum(field: Field, kind: RecordKind, value: str) -> str:
    """A sum with what it is the sum of: ``11 hours``, ``Outstanding: 380.00 EUR``, but ``9.00 EUR`` of a total."""
    label, told = name_field(field, kind), tell_field(field, kind, value)
    if told != f"{label} {value}":
        return told
    return value if label == "total" else f"{begin_sentence(label)}: {value}"


def add_ended(fields: Sequence[Field], kind: RecordKind, values: Mapping[str, Any]) -> list[Field]:
    """The fields to tell of a record, with its state if it has ended: whoever "left" passes for nobody who is there."""
    states = [each for each in kind.fields if each.name in _TOLD_BY_VALUE["enum"] and values.get(each.name) in ENDED]
    return [*fields, *(each for each in states if each not in fields)]


def is_noun(label: str) -> bool:
    """Whether people say "the … of": "fee", but not "due on" or "issued"."""
    return _NO_NOUN.fullmatch(label.lower()) is None and not is_past(label.lower())


def tell_field_of(field: Field, kind: RecordKind, value: str, whose: str) -> str:
    """What a record's field holds: ``the plan of Ada Berg is pro``, but ``loan 7: due on 4 Dec 2026``."""
    name, told = name_field(field, kind), tell_field(field, kind, value)
    if told == f"{name} {value}" and is_noun(name):
        return f"the {name} of {whose} is {value}"
    return f"{whose}: {told}"


def add_aside(label: str, told: str) -> str:
    """A label with what is told of it, if anything: ``Dana Novak (cleaner)``, ``delivery 8 (desk), 26 Nov 2026``."""
    if not told:
        return label
    return f"{label}, {told}" if label.endswith(")") else f"{label} ({told})"


def _is_plural(label: str) -> bool:
    """Whether a number can stand before the label: "square metres", but not "in boxes"."""
    words = label.split()
    one = singularize(words[-1])
    known = is_word(one) or find_measure(one) is not None
    return one != words[-1] and known and all(each.isalpha() for each in words) and words[0] not in _BEFORE


_BEFORE: Final = frozenset(("in", "on", "per", "no", "of", "at", "by", "for", "to", "number"))
