"""Questions of how many and how much: counts, sums, sizes and what a field holds."""

from __future__ import annotations

from typing import Final

from rapidfuzz.distance import OSA

from agent.planning.proposal import Answer, BelongsTo, Find, RecordsAnswer, ValueAnswer
from agent.resolve.rules.grammar.phrases.conditions import subject
from agent.resolve.rules.grammar.phrases.fields import named_field
from agent.resolve.rules.grammar.phrases.totals import total_of
from agent.resolve.rules.grammar.questions.aggregates import all_told, counted
from agent.resolve.rules.grammar.questions.restrictions import BE, DO, HOLDS, TAIL
from agent.resolve.rules.grammar.questions.verb_questions import left_of
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
    return counted(reader, at, stop) or left_of(reader, at, stop)


def how_much(reader: Reader, index: int, stop: int) -> Answer | None:
    if reader.low(index) == "what" and reader.low(index + 1) in DO:
        total = total_of(reader, index + 2, stop)
        return ValueAnswer(value=total[0]) if total is not None and is_over(reader, total[1], stop) else None
    if reader.lows(index, 2) != ("how", "much"):
        return None
    at = index + 2 + (reader.low(index + 2) == "money")
    label = at
    while at < stop and reader.low(at) not in BE | DO:
        at += 1
    verb = reader.low(at)
    if at > label:
        about = subject(reader, at + 1, stop) if verb in DO else None
        if about is None or about.last + 1 < stop or reader.low(about.last) not in HOLDS | {""}:
            return None
        found = labelled_field(reader, about.find, label, at)
        return RecordsAnswer(records=found[0], fields=(found[1].name,)) if found is not None else None
    # "how much do we have open": what we did ourselves ("did we pay") is told of no record of theirs.
    held = reader.lows(at, 2) == ("do", "we") and reader.low(at + 2) in HOLDS
    told = at + 3 if held else at + 1
    if verb in BE or held:
        whole = all_told(reader, told, stop)
        if whole is not None:
            return ValueAnswer(value=whole)
    if verb in DO:
        total = total_of(reader, at + 1, stop)
        return ValueAnswer(value=total[0]) if total is not None and is_over(reader, total[1], stop) else None
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
