"""Questions of when: "when was …", "how long ago did …", "since when is …", "how long has …"."""

from __future__ import annotations

from typing import Final

from agent.planning.proposal import Answer, BelongsTo, Find, OrderByField, RecordsAnswer, StateIs
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.deeds import DATES, day_of_state
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.conditions import subjects
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from agent.resolve.rules.grammar.questions.restrictions import BE, DO
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem

_WHEN: Final = (("when",), ("how", "long", "ago"), ("since", "when"), ("how", "long"), ("how", "old"))


def when(reader: Reader, index: int, stop: int) -> Answer | None:
    """ "when was INV-7 paid", "how long ago did her trial end", "since when is it overdue"."""
    at = index + next((len(lead) for lead in _WHEN if reader.lows(index, len(lead)) == lead), 0)
    if reader.low(at - 1) == "long" and reader.low(at) not in {"has", "have"}:
        return None
    if at == index or reader.low(at) not in BE | DO | {"will"}:
        return None
    whole = [each for each in subjects(reader, at + 1, stop) if each.last == stop and each.noun]
    for about in whole:
        kind, noun = reader.kinds[about.find.record], reader.low(stop - 1)
        line = next(
            (f.name for f in kind.fields if f.type in DATES and _same_deed(f.label or f.name, noun)), kind.order
        )
        state = reader.state(stop - 1, kind)
        if state is not None and isinstance(state[0], StateIs) and state[0] in about.find.where:
            day = reader.date_field(kind, stop - 1) or day_of_state(kind, state[0].state)
            line = day.name if day is not None else None
        if line is not None and about.find.pick == "one":
            find = about.find
            if isinstance(find.order, OrderByField) and line != kind.order:
                find = find.model_copy(update={"order": find.order.model_copy(update={"by": line})})
            return RecordsAnswer(records=find, fields=(line,))
    if reader.low(at - 1) == "old":
        return _since_it_came(reader, at, stop)
    for length in (1, 2, 3):
        for about in subjects(reader, at + 1, stop - length + 1):
            made = _told_when(reader, about, stop) if about.last + length == stop else None
            if made is not None:
                return made
    return None


def _same_deed(label: str, noun: str) -> bool:
    """Whether a day is that of what a noun names: "Paid" of a payment."""
    deed, named = find_base_form(stem(label.split()[0].lower())), stem(noun)
    return len(deed) > 2 and named.startswith(deed[: max(3, len(deed) - 1)])


def _told_when(reader: Reader, about: Phrase, stop: int) -> Answer | None:
    verb = about.last
    while reader.low(verb) in {"get", "gets", "got", "been", "be", "last", "first", "actually"}:
        verb += 1
    said = [find_base_form(stem(reader.low(at))) for at in range(verb, stop)]
    for find in (about.find, *below(reader, about.find)):
        kind = reader.kinds[find.record]
        for each in kind.fields:
            labels = [
                find_base_form(stem(word)) for word in (each.label or each.name).lower().replace("_", " ").split()
            ]
            if each.type in DATES and all(word in labels for word in said):
                return RecordsAnswer(records=find, fields=(each.name,))
        if said and (since := _came_about(reader, find, verb, stop)) is not None:
            return since
    return None


def _since_it_came(reader: Reader, at: int, stop: int) -> Answer | None:
    """ "(how old) is ticket 7": when it came to be."""
    for about in subjects(reader, at + 1, stop) if reader.low(at) in BE else ():
        line = reader.kinds[about.find.record].order
        if about.last == stop and line is not None:
            return RecordsAnswer(records=about.find, fields=(line,))
    return None


def _came_about(reader: Reader, find: Find, at: int, stop: int) -> Answer | None:
    """When what a verb or a state tells of a record came about: "(did her trial) run out, (was INV-7) refunded"."""
    kind, alone = reader.kinds[find.record], all(reader.low(step) in lexicon.PARTICLES for step in range(at + 1, stop))
    state = reader.state(at, kind)
    if state is not None and isinstance(state[0], StateIs):
        day = day_of_state(kind, state[0].state) if at + state[1] >= stop else None
        if day is None:
            return None
        return RecordsAnswer(records=find.model_copy(update={"where": (*find.where, state[0])}), fields=(day.name,))
    itself = reader.noun(at + (reader.low(at) in lexicon.DETERMINERS))
    if itself is not None and itself[0].name == kind.name and kind.order is not None:  # "been a client"
        return RecordsAnswer(records=find, fields=(kind.order,))
    day = reader.date_field(kind, at) if alone else None
    again = reader.low(at - 1) in {"last", "first"}  # what comes more than once has no one day
    if day is None and alone and not again and reader.low(at) in lexicon.ARRIVED:
        day = kind.field_named(kind.order or "")
    return RecordsAnswer(records=find, fields=(day.name,)) if day is not None and day.type in DATES else None


def below(reader: Reader, find: Find) -> list[Find]:
    """What belongs to a record, one of each kind."""
    kinds = [kind for kind in reader.kinds.values() if kind.relation_to(find.record) is not None]
    return [Find(record=kind.name, where=(BelongsTo(owner=find),)) for kind in kinds]
