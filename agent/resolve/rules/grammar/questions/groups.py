"""Groups and places in questions: "of those on leave, lives in Corner House, out of date, in the billing section"."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from agent.planning.proposal import (
    BelongsTo,
    Compare,
    Condition,
    Day,
    Find,
    Has,
    Number,
    StateIs,
    Word,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.fields import label_field, list_stock_fields
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase, PhraseParts, read_named_owner
from agent.resolve.rules.grammar.phrases.places_and_deeds import read_object
from agent.resolve.rules.grammar.reader import Reader
from language.stems import is_past, stem
from language.text import word_set
from registry.records import RecordKind

Restriction = tuple[tuple[Condition, ...], int]
"""Conditions, and the token after the last one that says them."""
_LIVING: Final = word_set("live lives living stay stays staying")


def read_of_those(reader: Reader, kind: RecordKind, at: int) -> Restriction | None:
    """A state of the group asked about: "(who) of the active ones, of those on leave, among the new lot"."""
    step = at + 1
    while reader.low(step) in lexicon.DETERMINERS:
        step += 1
    state = reader.state(step, kind) if reader.low(at) in {"of", "among"} and step > at + 1 else None
    if state is None:
        return None
    last = step + state[1]
    return (state[0],), last + (reader.low(last) in {"ones", "lot", "people", "crowd", "group", "bunch"})


def read_lives_in(reader: Reader, kind: RecordKind, at: int, stop: int) -> Restriction | None:
    """A place or thing that they belong to: "(who) lives in Corner House, (anyone) at Mill Lane 4"."""
    step = at + (reader.low(at) in _LIVING)
    if reader.low(step) not in {"in", "at", "on"}:
        return None
    step += 1 + (reader.low(step + 1) == "the")
    place = read_named_owner(reader, kind, step, stop) if step < stop else None
    return ((BelongsTo(owner=place[0]),), place[1]) if place is not None else None


def read_used_up(reader: Reader, kind: RecordKind, at: int) -> Restriction | None:
    """A stock of none: "(which parts are) out of stock, sold out, (what is it that we are) out of"."""
    sold = reader.lows(at, 2) == ("sold", "out")
    stocks = list_stock_fields([kind]) if sold or reader.lows(at, 2) == ("out", "of") else []
    last = at + 2 + (reader.low(at + 2) == "stock")
    if len(stocks) != 1 or not (sold or reader.is_mark(last) or last > at + 2):
        return None
    none = Number(number=Decimal(0), quote=reader.words(at, last))
    return (Compare(field=stocks[0][1].name, op="=", value=none),), last


def read_told_text(reader: Reader, kind: RecordKind, at: int, stop: int) -> Restriction | None:
    """What a text field says of them, by the verb that it is called: "(who) speaks Danish", for "Speaks"."""
    first = end = at + 1 + (reader.low(at + 1) == "the")
    while end < stop and end not in reader.numbers and reader.low(end) not in lexicon.NAME_STOP:
        end += 1
    called = [each for each in kind.fields if each.type == "string" and label_field(each).endswith("s")]
    field = next((each for each in called if stem(label_field(each)) == stem(reader.low(at))), None)
    if field is not None and (state := reader.state(first, kind)) is not None and end > first:
        return (state[0],), first + state[1]  # a group of them: "(who) plays brass"
    if (
        field is None
        or end <= first
        or reader.low(first) in lexicon.DENYING
        or not reader.ranges.keys().isdisjoint(range(first, end))
        or not reader.dated.isdisjoint(range(first, stop))  # of another day it may not be so
    ):
        return None
    words = reader.words(first, end)
    return (Compare(field=field.name, op="contains", value=Word(word=words.text, quote=words)),), end


def read_in_place(reader: Reader, phrase: Phrase, kind: RecordKind, at: int, stop: int) -> Restriction | None:
    """A thing with its noun that the named records belong to: "(which repairs are) on shelf K4"."""
    own = (reader.noun(step) for step in range(phrase.first, phrase.last))
    if reader.low(at) not in {"in", "on", "at"} or not any(each is not None and each[0] is kind for each in own):
        return None
    step = at + 1 + (reader.low(at + 1) == "the")
    there = read_phrase(reader, step, stop, None, 1) if step < stop else None
    if there is None or not there.noun or there.find.said is None or kind.relation_to(there.find.record) is None:
        return None
    return (BelongsTo(owner=there.find),), there.last


def read_dated_of_theirs(reader: Reader, kind: RecordKind, at: int, stop: int) -> Restriction | None:
    """A day or thing of what belongs to them, by its verb: "(which dogs) arrive on Friday", by their stays, "(who)
    ordered a ladder"."""
    found = []
    passive = is_past(reader.low(at)) and reader.low(at - 1) in lexicon.BE
    for other in reader.kinds.values() if reader.date_field(kind, at) is None and not passive else ():
        day = reader.date_field(other, at) if other.relation_to(kind.name) is not None else None
        told = day is not None and reader.low(at) not in lexicon.NAME_STOP
        thing = read_object(reader, PhraseParts(kind, read_phrase), other, at + 1, stop, 0) if told else None
        last = thing[1] if thing is not None else at + 1
        spent = reader.when(last, day.name) if day is not None else None
        if spent is None and thing is not None and day is not None and is_past(reader.low(at)):  # it has been done
            today = Day(date=reader.now.date().isoformat(), quote=reader.words(at, at + 1))
            spent = [Compare(field=day.name, op="<=", value=today)], last
        if spent is not None:
            stands = "cancelled" in other.states and not is_past(reader.low(at))
            where = (
                *(thing[0] if thing is not None else ()),
                *spent[0],
                *([StateIs(state="cancelled", negated=True)] if stands else []),
            )
            found.append(((Has(related=Find(record=other.name, where=where, pick="all")),), spent[1]))
    return found[0] if len(found) == 1 else None


def read_called_in(reader: Reader, kind: RecordKind, at: int, stop: int) -> Restriction | None:
    """One word of a text field, before that field's label: "(articles) in the billing section"."""
    if reader.low(at) not in {"in", "from", "of", "under"}:
        return None
    step = at + 1
    while reader.low(step) in lexicon.DETERMINERS | {"our"}:
        step += 1
    for each in kind.fields:
        label = tuple((each.label or each.name).lower().replace("_", " ").split())
        if each.type != "string" or step >= stop or reader.lows(step + 1, len(label)) != label:
            continue
        words = reader.words(step, step + 1)
        return (Compare(field=each.name, op="=", value=Word(word=words.text, quote=words)),), step + 1 + len(label)
    return None
