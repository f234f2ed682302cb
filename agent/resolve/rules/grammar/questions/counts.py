"""Questions of how many and how much: counts, sums, sizes and what a field holds."""

from __future__ import annotations

from typing import Final

from rapidfuzz.distance import OSA

from agent.extract.references.vocabulary import rate_person_likeness
from agent.planning.proposal import Answer, BelongsTo, FieldOf, Find, RecordsAnswer, TotalOf, ValueAnswer
from agent.resolve.rules.grammar.phrases.conditions import subject, subjects
from agent.resolve.rules.grammar.phrases.fields import named_field
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from agent.resolve.rules.grammar.phrases.totals import total_of
from agent.resolve.rules.grammar.questions.aggregates import all_told, counted
from agent.resolve.rules.grammar.questions.restrictions import BE, DO, HOLDS, TAIL, restricted
from agent.resolve.rules.grammar.questions.verb_questions import costs, left_of
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set
from registry.records import Field

HELD: Final = HOLDS | word_set("on in at from of with use uses speak speaks live lives come comes")
_NUMBER: Final = word_set("number no nr #")


def how_many(reader: Reader, index: int, stop: int) -> Answer | None:
    step = index
    while reader.low(step) in {"what", "what's", "is", "the", "total"}:
        step += 1
    if reader.low(index + 1) == "many" and OSA.distance(reader.low(index), "how") <= 1:
        at = index + 2 + (reader.low(index + 2) == "of")
    elif reader.low(step) in _NUMBER and reader.low(step + 1) == "of":
        at = step + 2
    elif reader.low(index) == "count":
        at = index + 1
    else:
        return None
    return _summed(reader, at, stop) or counted(reader, at, stop) or left_of(reader, at, stop)


def _summed(reader: Reader, at: int, stop: int) -> Answer | None:
    """ "(how many) seats does Ada's booking have, rooms are there in Corner House": the number that a field so called
    holds of one record; of several, their sum."""
    for kind in reader.kinds.values():
        held = named_field(kind, reader, at, at + 1)
        if held is None or held.type not in ("integer", "number"):
            continue
        found = restricted(reader, Phrase(Find(record=kind.name, pick="all"), at, at + 1, True), stop, told=True)
        if found is not None and found.order is None and any(not isinstance(each, BelongsTo) for each in found.where):
            return ValueAnswer(value=TotalOf(field=held.name, of=found))
        step = at + 1
        while reader.low(step) in BE | DO | HELD | {"there"}:
            step += 1
        for about in subjects(reader, step, stop):
            find, last = about.find, about.last
            if not about.noun and rate_person_likeness(kind):
                find = find.model_copy(update={"record": kind.name})
            while last < stop and reader.low(last) in HELD | {"there"}:
                last += 1
            if last >= stop and find.record == kind.name and not find.bare and find.pick == "one":
                return RecordsAnswer(records=find, fields=(held.name,))
    return None


def how_much(reader: Reader, index: int, stop: int) -> Answer | None:
    if reader.low(index) == "what" and reader.low(index + 1) in DO:
        total = total_of(reader, index + 2, stop)
        return ValueAnswer(value=total[0]) if total is not None and is_over(reader, total[1], stop) else None
    if reader.lows(index, 2) != ("how", "much"):
        return None
    full = stop
    while reader.low(stop - 1) in {"left", "remaining", "currently"}:
        stop -= 1
    at = index + 2 + (reader.low(index + 2) == "money")
    label = at
    while at < stop and reader.low(at) not in BE | DO:
        at += 1
    verb = reader.low(at)
    sized = reader.noun(label) if at > label and verb in BE else None
    if sized is not None and label + sized[1] == at and sized[0].size is not None:  # "how much rent is open"
        whatever = Phrase(Find(record=sized[0].name, pick="all"), at, at + 1, True)
        such = restricted(reader, whatever, stop, told=True)
        if such is None or not such.where or such.order is not None:
            return None
        return ValueAnswer(value=TotalOf(field=sized[0].size, of=such))
    if at > label:
        stock = left_of(reader, label, full)
        if stock is not None:
            return stock
        about = subject(reader, at + 1, stop) if verb in DO else None
        if about is None or about.last + 1 < stop or reader.low(about.last) not in HOLDS | {""}:
            return None
        found = labelled_field(reader, about.find, label, at)
        return RecordsAnswer(records=found[0], fields=(found[1].name,)) if found is not None else None
    # "how much do we have open": what we did ourselves ("did we pay") is told of no record of theirs.
    held = reader.lows(at, 2) == ("do", "we") and reader.low(at + 2) in HOLDS
    told = at + 3 if held else at + 1
    while reader.low(told) in {"still", "currently", "now"}:
        told += 1
    if verb in BE or held:
        whole = all_told(reader, told, stop)
        if whole is not None:
            return ValueAnswer(value=whole)
    if verb in DO and (made := costs(reader, at - 1, stop)) is not None:
        return made
    if verb in DO:
        total = total_of(reader, at + 1, stop)
        return ValueAnswer(value=total[0]) if total is not None and is_over(reader, total[1], stop) else None
    for about in subjects(reader, at + 1, stop) if verb in BE else ():
        size = reader.kinds[about.find.record].size
        if about.last >= stop and size is not None and about.find.pick == "one":
            return ValueAnswer(value=FieldOf(field=size, of=about.find), about=about.find)
    return None


def labelled_field(reader: Reader, find: Find, first: int, last: int) -> tuple[Find, Field] | None:
    """The field so called of what is meant, or of the one thing that belongs to it."""
    kind = reader.kinds[find.record]
    own = named_field(kind, reader, first, last)
    if own is not None:
        # "tickets" are the records themselves, whatever their number is called.
        return (find, own) if own.type != "id" or reader.noun(first) is None else None
    for other in reader.kinds.values():
        held = named_field(other, reader, first, last) if other.relation_to(kind.name) is not None else None
        if held is not None and held.type != "id":
            return Find(record=other.name, where=(BelongsTo(owner=find),)), held
    return None


def is_over(reader: Reader, at: int, stop: int) -> bool:
    return all(reader.low(step) in TAIL for step in range(at, stop))
