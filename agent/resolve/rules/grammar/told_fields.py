"""Told fields: what the name of a field says of a kind's records in a question: "(who) can drive, is at work, is
insured", where it is "insured until" a day."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Protocol

from agent.planning.proposal import AnyOf, Compare, Condition, Day, Except, Find, Word, Words
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import DATES, does
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from language.stems import is_past, stem
from language.text import word_set
from registry.records import RecordKind

_BACK: Final = word_set("back returned")
_WHERE: Final = _BACK | {"out"}


class Reader(Protocol):
    """What this module needs from a request's reader."""

    now: datetime

    def low(self, index: int, /) -> str: ...
    def lows(self, index: int, count: int, /) -> tuple[str, ...]: ...
    def words(self, first: int, last: int, /) -> Words: ...


def read_told_field(reader: Reader, index: int, kind: RecordKind) -> tuple[Condition, int] | None:
    """The condition that holds by a field's name, and its length in tokens."""
    if reader.low(index) in _WHERE and (back := find_back(kind)) is not None:
        return (back if reader.low(index) in _BACK else leave_out(kind, back)), 1
    verb = index + int(reader.low(index) == "can") + 2 * (reader.lows(index, 2) == ("able", "to"))
    does_it = verb > index or (reader.low(index - 1) == "who" and reader.low(index).endswith("s"))
    said = find_base_form(stem(reader.low(verb)))
    for each in kind.fields:
        label = tuple((each.label or each.name.replace("_", " ")).lower().split())
        if each.type == "boolean" and does_it and does(" ".join(label), said):
            return _tell(reader, each.name, index, verb + 1)
        if each.type == "boolean" and reader.lows(index, len(label)) == label:
            return _tell(reader, each.name, index, index + len(label))
        until = each.type in DATES and label[1:] and label[1] in lexicon.UNTIL and reader.low(index) == label[0]
        if until and reader.low(index + 1) not in lexicon.UNTIL:
            today = Day(date=reader.now.date().isoformat(), quote=reader.words(index, index + 1))
            return Compare(field=each.name, op=">=", value=today), 1
    return None


def find_back(kind: RecordKind) -> Condition | None:
    """What holds of the records that are back or were never out, where only a day says so that is empty until then:
    "returned on"."""
    days = [(each, (each.label or each.name.replace("_", " ")).lower().split()[0]) for each in kind.fields]
    ends = [each for each, word in days if each.type in DATES and word in _BACK]
    begins = [each for each, word in days if each.type in DATES and is_past(word) and word not in lexicon.FINISHED]
    if len(ends) != 1 or any(each.name in lexicon.STATE_FIELDS for each in kind.fields):
        return None
    given = Compare(field=ends[0].name, op="!=", value=Word(word=None))
    never = [Compare(field=each.name, op="=", value=Word(word=None)) for each in begins[:1]]
    return AnyOf(conditions=(given, *never))


def leave_out(kind: RecordKind, condition: Condition) -> Condition:
    """The records of which a condition doesn't hold."""
    return AnyOf(conditions=(Except(left_out=Find(record=kind.name, where=(condition,), pick="all")),))


def _tell(reader: Reader, field: str, index: int, stop: int) -> tuple[Condition, int]:
    flag = Word(word=True, quote=reader.words(index, stop))
    return Compare(field=field, op="=", value=flag), stop - index
