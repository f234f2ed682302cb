"""Takings: what came in or was charged over a time, told by a noun or a verb alone: "revenue in May", "how much did we
bill this month"."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from agent.extract.references.vocabulary import is_person
from agent.planning.proposal import Compare, Condition, Find, Has, Number, StateIs, TotalOf
from agent.resolve.rules.grammar.dated_verbs import (
    DATES,
    find_day_of_state,
    find_owing,
    find_sum,
    find_sum_of_deed,
    goes_on,
)
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from agent.resolve.rules.grammar.phrases.places_and_deeds import read_deed
from agent.resolve.rules.grammar.questions.restrictions import is_over, read_restricted
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem
from language.text import word_set
from registry.records import Field, RecordKind

_TAKINGS: Final = word_set("revenue revenues turnover takings earnings income")
_COME_IN: Final = (("came", "in"), ("come", "in"), ("comes", "in"), ("coming", "in"))
_PAID: Final = "paid"
_BEING: Final = word_set("still currently now out waiting")


def read_sum_of_ours(reader: Reader, verb: int, stop: int) -> TotalOf | None:
    """What came of a deed of ours, where a kind holds that: the sum of October's refunds."""
    if (charged := _sum_of_charged(reader, verb, stop)) is not None:
        return charged
    found: list[tuple[RecordKind, str, tuple[Condition, ...]]] = []
    for kind in reader.kinds.values() if verb < stop else ():
        own, told = find_sum_of_deed(kind, reader.low(verb)), read_deed(reader, kind, verb, denied=False)
        if own is None or not isinstance(told, StateIs):
            continue
        day = find_day_of_state(kind, told.state)
        spent = reader.when(verb + 1, day.name) if day is not None and verb + 1 < stop else None
        if spent is not None and is_over(reader, spent[1], stop):
            found.append((kind, own, (told, *spent[0])))
        elif is_over(reader, verb + 1, stop):
            none = Number(number=Decimal(0), quote=reader.words(verb, verb + 1))
            found.append((kind, own, (Compare(field=own, op=">", value=none),)))
    if len(found) != 1:
        return None
    kind, own, where = found[0]
    return TotalOf(field=own, of=Find(record=kind.name, where=where, pick="all"))


def _sum_of_charged(reader: Reader, verb: int, stop: int) -> TotalOf | None:
    """What we charged, where the verb is the noun of records with a sum: "(how much did we) bill in May"."""
    said = find_base_form(stem(reader.low(verb)))
    charged = [each for each in _list_summed(reader) if said in {find_base_form(stem(noun)) for noun in each.nouns}]
    return _over_time(reader, charged[0], charged[0].order, verb + 1, stop) if len(charged) == 1 else None


def read_takings(reader: Reader, at: int, stop: int) -> TotalOf | None:
    """What was paid to us: "revenue in May", "(how much) came in in pounds". None if no one kind of records tells
    that."""
    at += reader.low(at) == "total"
    came_in = reader.lows(at, 2) in _COME_IN
    length = 2 - (at + 1 in reader.ranges) if came_in else int(reader.low(at) in _TAKINGS)  # "came | in this month"
    paid = [each for each in _list_summed(reader) if _PAID in each.states] if length else []
    if len(paid) != 1 or reader.noun(at) is not None or goes_on(paid[0]):
        return None
    kind, after = paid[0], at + length
    state: Condition = StateIs(state=_PAID)
    money = _read_currency(reader, kind, after)
    held, after = ((money[0],), money[1]) if money is not None else ((), after)
    if is_over(reader, after, stop):
        return TotalOf(field=kind.size or "", of=Find(record=kind.name, where=(state, *held), pick="all"))
    day = _find_day_called(kind, _PAID)
    since = day or find_day_of_state(kind, _PAID)
    made = _over_time(reader, kind, since.name, after, stop) if since is not None else None
    if made is None or not isinstance(made.of, Find):
        return None
    where = (*((state,) if day is None else ()), *held, *made.of.where)
    return made.model_copy(update={"of": made.of.model_copy(update={"where": where})})


def _read_currency(reader: Reader, kind: RecordKind, at: int) -> tuple[Condition, int] | None:
    """A currency behind a sum: "in pounds"."""
    found = reader.state(at + 1, kind) if reader.low(at) == "in" else None
    held = kind.field_named(found[0].field) if found is not None and isinstance(found[0], Compare) else None
    return (found[0], at + 1 + found[1]) if found is not None and held is not None and held.type == "currency" else None


def read_total_of_all(reader: Reader, step: int, stop: int) -> TotalOf | None:
    """A sum over all records that fit a condition, if only one kind can."""
    at = step + (reader.low(step) in {"still", "currently"} and reader.low(step + 1) == "out")
    out = reader.low(at) == "out"  # money that is out is still to come in
    found = []
    for kind in reader.kinds.values() if step < stop else ():
        owing = (find_owing(kind),) if out else ()
        where = tuple(each for each in owing if each is not None)
        whatever = Phrase(Find(record=kind.name, where=where, pick="all"), at + out, at + out, True)
        size = kind.field_named(kind.size or "")
        money = size is not None and size.type == "money_minor"  # "how much": no grams, no guests
        money = money and len(where) == len(owing)
        find = read_restricted(reader, whatever, stop, told=True) if money else None
        if find is not None and is_person(kind) and any(isinstance(each, Has) for each in find.where):
            continue  # what people earn who have something approved
        found += [(kind, find)] if find is not None and find.where and find.order is None else []
    field = find_sum(*found[0]) if len(found) == 1 else None
    return TotalOf(field=field, of=found[0][1]) if field is not None else None


def read_sum_within(reader: Reader, at: int, stop: int) -> TotalOf | None:
    """The sum over a phrase that is told as a place: "(how much is still waiting) in unpaid bills, out in fees"."""
    step = at
    while reader.low(step) in _BEING:
        step += 1
    phrase = read_phrase(reader, step + 1, stop, None) if reader.low(step) == "in" else None
    if phrase is None or not phrase.noun or phrase.find.pick != "all":
        return None
    kind = reader.kinds[phrase.find.record]
    find, owing = (
        read_restricted(reader, phrase, stop),
        find_owing(kind) if "out" in reader.lows(at, step - at) else None,
    )
    if find is None or find.said is not None or find.order is not None or not (find.where or owing is not None):
        return None
    if owing is not None:
        find = find.model_copy(update={"where": (*find.where, *((owing,) if owing not in find.where else ()))})
    field = find_sum(kind, find) if kind in _list_summed(reader) else None
    return TotalOf(field=field, of=find) if field is not None else None


def _list_summed(reader: Reader) -> list[RecordKind]:
    sizes = ((each, each.field_named(each.size or "")) for each in reader.kinds.values())
    return [each for each, size in sizes if size is not None and size.type == "money_minor"]


def _find_day_called(kind: RecordKind, deed: str) -> Field | None:
    days = (each for each in kind.fields if each.type in DATES)
    return next((each for each in days if stem(deed) in map(stem, (each.label or each.name).lower().split())), None)


def _over_time(reader: Reader, kind: RecordKind, day: str | None, at: int, stop: int) -> TotalOf | None:
    """The sum of a kind's records that have this day in a stretch of time, which all further words say."""
    spent = reader.when(at, day) if day is not None and at < stop else None
    if spent is None or not is_over(reader, spent[1], stop):
        return None
    return TotalOf(field=kind.size or "", of=Find(record=kind.name, where=tuple(spent[0]), pick="all"))
