"""Questions about people: "who hasn't paid, whose trial ends this week, who is looking after 7"."""

from __future__ import annotations

from agent.extract.references.vocabulary import rate_person_likeness
from agent.planning.proposal import Answer, BelongsTo, Find, Has, RecordsAnswer
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.conditions import list_subjects
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from agent.resolve.rules.grammar.questions.figures import drop_place
from agent.resolve.rules.grammar.questions.plain import list_below, read_owner_of_named, read_whose
from agent.resolve.rules.grammar.questions.restrictions import BE, read_restricted
from agent.resolve.rules.grammar.questions.verb_questions import find_doer
from agent.resolve.rules.grammar.reader import Reader
from registry.records import RecordKind


def read_who(reader: Reader, index: int, stop: int) -> Answer | None:
    low = reader.low(index)
    if low == "whose":
        at = index + 1 + (reader.low(index + 1) in BE)
        people = reader.people()
        if people is not None and (coded := read_whose(reader, at, stop)) is not None:
            return RecordsAnswer(records=Find(record=people.name, where=(BelongsTo(owner=coded),)))
        about = read_phrase(reader, at, stop, None)
        if about is not None and at in reader.telling_nouns and rate_person_likeness(reader.kinds[about.find.record]):
            held = read_restricted(reader, about, stop)
            return RecordsAnswer(records=drop_place(held)) if held is not None and not held.bare else None
        if about is None or people is None or not about.noun:
            return None
        if about.last >= stop and not about.find.where:
            owners = Find(record=people.name, where=(BelongsTo(owner=about.find),), pick=about.find.pick)
            return RecordsAnswer(records=owners)
        own = about.find.record == people.name
        led = own or reader.leads(reader.kinds[about.find.record], people)
        theirs = read_restricted(reader, about, stop) if led else None
        if theirs is None or theirs.bare or theirs.order is not None:
            return None
        if own:
            return RecordsAnswer(records=drop_place(theirs))
        return RecordsAnswer(records=Find(record=people.name, where=(Has(related=drop_place(theirs)),), pick="all"))
    if low not in {"who", "who's", "anyone", "anybody"}:
        return None
    return read_whoever(reader, index, stop)


def read_whoever(reader: Reader, index: int, stop: int) -> RecordsAnswer | None:
    """The people that the words after "who" or "anyone" tell of."""
    low, at = reader.low(index), index + 1
    if reader.low(at) in BE:
        at += 1
    named = read_phrase(reader, at, stop, None) if low == "who's" or at > index + 1 else None
    if (
        named is not None
        and named.noun
        and named.last >= stop
        and rate_person_likeness(reader.kinds[named.find.record])
    ):
        return RecordsAnswer(records=named.find) if not named.find.bare else None  # "who is our newest client"
    if reader.low(at) in lexicon.HANDLING:
        step = at + 1
        while reader.low(step) in {"on", "after", "with", "care", "of", "for", "the"}:
            step += 1
        for about in list_subjects(reader, step, stop):
            if about.noun and about.last >= stop and (about.find.said is not None or about.find.among is not None):
                doer = find_doer(reader, reader.kinds[about.find.record])
                if doer is not None:
                    return RecordsAnswer(
                        records=Find(record=doer.name, where=(BelongsTo(owner=about.find),), pick="all")
                    )
    if (owner := read_owner_of_named(reader, at, stop)) is not None:
        return RecordsAnswer(records=owner)
    people, at = reader.people(), index + 1
    if people is None:
        return None
    whoever = Phrase(Find(record=people.name, pick="all"), index, at, True)
    found = read_restricted(reader, whoever, stop, told=low == "who's")
    if found is not None and not found.bare:
        return RecordsAnswer(records=drop_place(found))
    if (others := _others_told(reader, index + 1, stop, people)) is not None:
        return RecordsAnswer(records=drop_place(others))
    for each in list_below(reader, Find(record=people.name)):  # "who leaves on Friday": whose stay does
        theirs = Phrase(Find(record=each.record, pick="all"), index, index + 1, True)
        found = read_restricted(reader, theirs, stop, told=low == "who's")
        if found is not None and not found.bare and found.order is None:
            return RecordsAnswer(records=Find(record=people.name, where=(Has(related=drop_place(found)),), pick="all"))
    return None


def _others_told(reader: Reader, at: int, stop: int, people: RecordKind) -> Find | None:
    """Another kind of people that "who" may ask for: the only one that all further words fit."""
    unread, found = reader.unread, []
    for kind in reader.kinds.values():
        if kind is people or not rate_person_likeness(kind):
            continue
        find = read_restricted(reader, Phrase(Find(record=kind.name, pick="all"), at, at, True), stop, told=True)
        if find is not None and find.where and not any(isinstance(each, Has | BelongsTo) for each in find.where):
            found.append(find)
    reader.unread = unread
    return found[0] if len(found) == 1 else None
