"""Told fields: what the name of a field says of a kind's records in a question: "(who) can drive, is at work, is
insured", where it is "insured until" a day."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from agent.planning.proposal import Compare, Condition, Day, Word, Words
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import DATES, does
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from language.stems import stem
from registry.records import RecordKind


class Reader(Protocol):
    """What this module needs from a request's reader."""

    now: datetime

    def low(self, index: int, /) -> str: ...
    def lows(self, index: int, count: int, /) -> tuple[str, ...]: ...
    def words(self, first: int, last: int, /) -> Words: ...


def read_told_field(reader: Reader, index: int, kind: RecordKind) -> tuple[Condition, int] | None:
    """The condition that holds by a field's name, and its length in tokens."""
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


def _tell(reader: Reader, field: str, index: int, stop: int) -> tuple[Condition, int]:
    flag = Word(word=True, quote=reader.words(index, stop))
    return Compare(field=field, op="=", value=flag), stop - index
