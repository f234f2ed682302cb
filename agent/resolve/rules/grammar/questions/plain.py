"""Questions that name no kind: "what's overdue", "is anything due this week", "tell me about Ada"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.planning.proposal import Answer, BelongsTo, Find, RecordsAnswer, YesNoAnswer
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.conditions import count_test, subjects
from agent.resolve.rules.grammar.phrases.fields import label_of
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from agent.resolve.rules.grammar.questions.restrictions import BE, DO, restricted
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set

_PERSON: Final = 2
_ABOUT: Final = word_set("about on of for everything all more details detail info information record profile the")
_LIVING: Final = word_set("from live lives based located come comes")
_PLACES: Final = word_set("country city town place location region")
_ANYTHING: Final = word_set("anything something everything stuff things")


def told_of_things(reader: Reader, index: int, stop: int) -> Answer | None:
    """ "what's overdue, what is due next week, is anything overdue for Ada": things of the one kind that this can be
    told of."""
    if reader.low(index) in BE and reader.low(index + 1) in _ANYTHING:
        find = _one_kind(reader, index + 2, stop)
        return YesNoAnswer(tests=(count_test(find),)) if find is not None else None
    at = index + 1 + (reader.low(index + 1) in BE)
    if reader.low(index) not in {"what", "what's"} or (at == index + 1 and reader.low(index) == "what"):
        return None
    find = _one_kind(reader, at, stop)
    return RecordsAnswer(records=find) if find is not None else None


def _one_kind(reader: Reader, at: int, stop: int) -> Find | None:
    named = reader.noun(at) is not None or reader.low(at) in lexicon.DETERMINERS  # "what is the total of …"
    found = list(_told(reader, at, stop)) if at < stop and not named else []
    return found[0] if len(found) == 1 else None


def _told(reader: Reader, at: int, stop: int) -> Iterator[Find]:
    for kind in reader.kinds.values():
        if not kind.relations or rate_person_likeness(kind) == _PERSON:
            continue
        whatever = Phrase(Find(record=kind.name, pick="all"), at, at, True)
        find = restricted(reader, whatever, stop, told=True)
        if find is not None and find.order is None and any(not isinstance(each, BelongsTo) for each in find.where):
            yield find


def about_somebody(reader: Reader, index: int, stop: int) -> Answer | None:
    """ "(tell me) about Ada, (show me) Ada Lovelace, who is Ada": the record of whoever is called so."""
    at = index
    if reader.low(at) == "who" and reader.low(at + 1) in BE:
        at += 2
    elif reader.low(at) == "who's":
        at += 1
    while reader.low(at) in _ABOUT | {"do", "we", "know", "have", "what", "show", "me", "us"}:
        at += 1
    people = reader.people()
    if people is None or at == index or at >= stop or not reader.tokens[at].capital or reader.noun(at) is not None:
        return None
    if reader.name(at, stop) < stop or reader.tokens[stop - 1].owns:
        return None
    return RecordsAnswer(records=Find(record=people.name, said=reader.words(at, stop)))


def what_about(reader: Reader, index: int, stop: int) -> Answer | None:
    """ "what is ticket 7 about, what's INV-7 for": the text that a record holds."""
    if reader.low(index) not in {"what", "what's"} or reader.low(stop - 1) not in {"about", "for"}:
        return None
    at = index + 1 + (reader.low(index + 1) in BE)
    for about in subjects(reader, at, stop - 1):
        kind = reader.kinds[about.find.record]
        text = next((each for each in kind.fields if each.search == "text"), None)
        if about.last == stop - 1 and about.noun and text is not None and about.find.pick == "one":
            return RecordsAnswer(records=about.find, fields=(text.name,))
    return None


def where_from(reader: Reader, index: int, stop: int) -> Answer | None:
    """ "where is Ada from, where does she live": the place that is held of somebody."""
    if reader.low(index) != "where" or reader.low(index + 1) not in BE | DO:
        return None
    end = stop
    while end > index + 2 and reader.low(end - 1) in _LIVING:
        end -= 1
    for about in subjects(reader, index + 2, end) if end < stop or reader.low(index + 1) in BE else ():
        kind = reader.kinds[about.find.record]
        held = [each.name for each in kind.fields if not _PLACES.isdisjoint(label_of(each).split())]
        if about.last == end and held:
            return RecordsAnswer(records=about.find, fields=(held[0],))
    return None
