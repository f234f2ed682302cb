"""Positions in a line of records, before their noun: "next", "heaviest", "last", "second cheapest", "older"."""

from __future__ import annotations

from typing import Final

from agent.extract.references.vocabulary import PLACES
from agent.planning.proposal import AS_LISTED, Compare, Day, OrderByField, StateIs
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import DATES, find_line_ahead
from agent.resolve.rules.grammar.phrases.fields import find_measure, read_superlative
from agent.resolve.rules.grammar.phrases.phrase_parts import FIRSTS, PhraseParts, count_placing, read_quantity
from agent.resolve.rules.grammar.reader import Reader
from agent.validate.records.field_words import name_field
from language.stems import is_past
from registry.records import RecordKind

_AHEAD: Final = frozenset(("next", "upcoming", "future"))
_AGES: Final = frozenset(("oldest", "newest", "youngest"))


def read_order(reader: Reader, made: PhraseParts, at: int, noun: int) -> int:
    """Reads the position that begins at a token into the phrase. Returns how many tokens give it."""
    if reader.low(at) in _AHEAD and (ahead := from_now(reader, made.kind, at)) is not None:
        made.where.append(ahead)
        told = isinstance(made.where[0], StateIs) or any(reader.state(step, made.kind) for step in range(at + 1, noun))
        off = reader.asks and not told and "cancelled" in made.kind.states
        made.where += [StateIs(state="cancelled", negated=True)] if off else []
        if reader.low(at) == "next":
            line = ahead.field if ahead.field != made.kind.order else AS_LISTED
            made.order = OrderByField(by=line, first="earliest")
        return 1
    if (measured := read_measured_order(reader, made.kind, at)) is not None:
        made.order = measured
        return 1
    length, size = count_placing(reader, at), made.kind.field_named(made.kind.size or "")
    if reader.low(at) == "longest" and size is not None and size.type == "money_minor":
        return 0  # the dearest is not the longest
    if length and at + length <= noun:
        position, by, _ = PLACES[" ".join(reader.lows(at, length))]
        if position > 1 and by == "order" and (further := read_order(reader, made, at + length, noun)):
            assert made.order is not None
            made.order = made.order.model_copy(update={"nth": position})  # "second cheapest"
            return length + further
        made.order = read_place(reader, made.kind, at, length)
        return length
    compared = lexicon.COMPARATIVES.get(reader.low(at))
    if compared is not None:
        made.order, made.single = OrderByField(first=compared[1]), made.counted is None
        return 1
    return 0


def read_place(reader: Reader, kind: RecordKind, at: int, length: int) -> OrderByField:
    """The place in a line of records that some words say: "last", "second biggest", "oldest"."""
    position, by, descending = PLACES[" ".join(reader.lows(at, length))]
    born = _find_birthday(kind) if reader.low(at + length - 1) in _AGES else None
    return OrderByField(by=born or AS_LISTED, first=FIRSTS[by, descending], nth=abs(position))


def _find_birthday(kind: RecordKind) -> str | None:
    """The field of the day since which a kind's records exist, if they are listed by another one: a task is as old as
    the day on which it was filed, whenever it is due. None if not exactly one day goes by such a deed. One that is a
    state of the kind ends something."""
    deeds = {each.name: name_field(each, kind).lower().split()[0] for each in kind.fields if each.type in DATES}
    states = {*kind.states, *(value for each in kind.fields for value in each.values)}
    begun = [name for name, deed in deeds.items() if is_past(deed) and deed not in states]
    return begun[0] if len(begun) == 1 and kind.order in deeds and not is_past(deeds[kind.order]) else None


def read_measured_order(reader: Reader, kind: RecordKind, at: int) -> OrderByField | None:
    """A position by what an adjective measures, if the kind has just that field: "heaviest, oldest"."""
    found = read_superlative(reader.low(at))
    field = find_measure(kind, found[0]) if found is not None else None
    if found is None or field is None:
        return None
    if field.type in ("date", "datetime"):
        return OrderByField(by=field.name, first="latest" if found[1] else "earliest")
    return OrderByField(by=field.name, first="highest" if found[1] else "lowest")


def read_which(reader: Reader, made: PhraseParts, at: int, stop: int) -> int:
    """Where the words end that tell which of an owner's records are meant: "(the) last (Hamlet)", "both (Hamlets)"."""
    while at < stop and (reader.starts(at) or not reader.tokens[at].capital):  # "The Two Ronnies" is a name
        counts = at not in reader.numbers or reader.low(at - 1) == "the"
        step = (read_quantity(reader, made, at, stop) if counts else 0) or read_order(reader, made, at, stop)
        if not step:
            break
        at += step
    return at


def from_now(reader: Reader, kind: RecordKind, at: int) -> Compare | None:
    """The condition "from now on" on the kind's main date: "the next …"."""
    line = find_line_ahead(kind) or kind.field_named(kind.order or "")
    if line is None or line.type not in DATES:
        return None
    now = reader.now.strftime("%Y-%m-%d" if line.type == "date" else "%Y-%m-%dT%H:%M")
    return Compare(field=line.name, op=">=", value=Day(date=now, quote=reader.words(at, at + 1)))
