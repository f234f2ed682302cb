"""Absences: who is away at a time ("who is off today, is Ada off on Friday"), from records that last from a day to
another one. Only what was granted is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from agent.extract.references.vocabulary import is_person
from agent.planning.proposal import (
    Answer,
    BelongsTo,
    Compare,
    Condition,
    Day,
    Find,
    RecordsAnswer,
    StateIs,
    YesNoAnswer,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import DATES
from agent.resolve.rules.grammar.phrases.conditions import count_test, list_meant
from agent.resolve.rules.grammar.phrases.fields import label_field
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem
from language.text import word_set
from registry.records import Field, RecordKind

_AWAY: Final = word_set("off away")
_IS: Final = word_set("is are was were")
_WHO: Final = word_set("who who's whos anyone anybody")
_ABSENCES: Final = frozenset(map(stem, ("off", "away", "leave", "absence", "vacation")))
"""Nouns of the records that say so."""
_GRANTED: Final = word_set("approved confirmed granted accepted")
_FROM: Final = frozenset(map(stem, ("starts", "begins", "from")))
_TO: Final = frozenset(map(stem, ("ends", "until", "to", "back")))


def asks_absence(reader: Reader, index: int, stop: int) -> bool:
    """Whether it is asked who is away, where a kind of records may say so: nothing else answers that."""
    away = next((at for at in range(index + 1, stop) if reader.low(at) in _AWAY), None)
    asked = away is not None and reader.low(index) in _WHO and reader.low(away - 1) in _IS | _WHO
    if away is None or not asked or not any(map(_names_absences, reader.kinds.values())):
        return False
    return not any(reader.state(away, each) for each in reader.kinds.values())


def read_absence(reader: Reader, index: int, stop: int) -> Answer | None:
    """Who is away at a time, or whether somebody is. None if no one kind of records says so, or if more is told."""
    kinds = [each for each in reader.kinds.values() if _names_absences(each)]
    away = next((at for at in range(index + 1, stop) if reader.low(at) in _AWAY), None)
    if len(kinds) != 1 or away is None:
        return None
    found = _list_conditions(reader, kinds[0], away + 1, stop)
    if found is None:
        return None
    first = index + (reader.low(index) in _IS)
    asked = reader.low(first) in _WHO
    last = first + 1 + (reader.low(first + 1) in _IS)
    while reader.low(last) in {"still", "currently"}:
        last += 1
    if asked and last == away:
        return RecordsAnswer(records=Find(record=kinds[0].name, where=tuple(found), pick="all"))
    relation = next(each for each in kinds[0].relations if is_person(reader.kinds[each.kind]))
    owners = [each for each in list_meant(reader, first, away) if each.record == relation.kind and each.pick == "one"]
    if asked or first == index or len(owners) != 1 or reader.low(first) in lexicon.DENYING:
        return None
    theirs = Find(record=kinds[0].name, where=(BelongsTo(owner=owners[0]), *found), pick="all")
    return YesNoAnswer(tests=(count_test(theirs),))


def _names_absences(kind: RecordKind) -> bool:
    words = {stem(word) for noun in kind.nouns for word in noun.split()}
    return not words.isdisjoint(_ABSENCES) and _find_day(kind, _FROM) is not None and _find_day(kind, _TO) is not None


def _find_day(kind: RecordKind, called: frozenset[str]) -> Field | None:
    days = [each for each in kind.fields if each.type in DATES]
    found = [each for each in days if not called.isdisjoint(map(stem, label_field(each).split()))]
    return found[0] if len(found) == 1 else None


def _list_conditions(reader: Reader, kind: RecordKind, at: int, stop: int) -> list[Condition] | None:
    """What holds of the absences that last at the time which all words from one on say: today, if there are none."""
    begin, end = _find_day(kind, _FROM), _find_day(kind, _TO)
    granted = [each for each in kind.states if each in _GRANTED]
    people = [each for each in kind.relations if each.kind in reader.kinds and is_person(reader.kinds[each.kind])]
    if begin is None or end is None or len(granted) != 1 or len(people) != 1:
        return None
    owner = reader.kinds[people[0].kind]
    where: list[Condition] = [StateIs(state=granted[0])]
    while at < stop and at not in reader.ranges:  # "off sick, off in the warehouse"
        step = at + (reader.low(at) in {"in", "on"})
        step += reader.low(step) in lexicon.DETERMINERS
        own, theirs = reader.state(step, kind), reader.state(step, owner)
        found = own or theirs
        if found is None:
            break
        team = BelongsTo(owner=Find(record=owner.name, where=(found[0],), pick="all"))
        where.append(found[0] if own is not None else team)
        at = step + found[1]
    spent, first = reader.ranges.get(at), reader.now.date()
    last = first
    if spent is not None and spent.low is not None and spent.high is not None:
        first, last = spent.low.date(), (spent.high - timedelta(seconds=1)).date()
        at = reader.end_index(spent.end)
    elif reader.low(at) in lexicon.CHANGED:
        at += 1
    if at < stop:
        return None
    return [
        *where,
        Compare(field=begin.name, op="<=", value=Day(date=last.isoformat())),
        Compare(field=end.name, op=">=", value=Day(date=first.isoformat())),
    ]
