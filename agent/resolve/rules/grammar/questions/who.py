"""Questions about people: "who hasn't paid, whose trial ends this week, who is looking after 7"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.extract.references.vocabulary import is_person, rate_person_likeness
from agent.planning.proposal import Answer, BelongsTo, Find, Has, OrderByField, RecordsAnswer, StateIs
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import does, may_lie_ahead
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.conditions import list_meant, take_first
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from agent.resolve.rules.grammar.questions.figures import drop_place
from agent.resolve.rules.grammar.questions.groups import read_told_text
from agent.resolve.rules.grammar.questions.plain import list_below, list_happening
from agent.resolve.rules.grammar.questions.restrictions import BE, DO, HOLDS, read_restricted
from agent.resolve.rules.grammar.reader import Reader
from language.stems import is_past, stem
from language.text import word_set
from registry.records import RecordKind

_BESIDE: Final = word_set("on after with care of for to charge out the")
_IN: Final = frozenset(("in", "here"))
_FEWEST: Final = 5  # letters
_ASSIGNED: Final = word_set("assigned allocated given")
_PAY: Final = find_base_form(stem("paid"))
_MADE: Final = frozenset(find_base_form(stem(word)) for word in ("ordered", "booked", "placed", "made", "bought"))


def read_who(reader: Reader, index: int, stop: int) -> Answer | None:
    low = reader.low(index)
    if low == "whose":
        at = index + 1 + (reader.low(index + 1) in BE)
        if (owners := _tell_owners(reader, at, stop, named=False)) is not None:
            return owners
        people, about = reader.people(), read_phrase(reader, at, stop, None)
        if about is None or people is None or not about.noun:
            return _tell_owners(reader, at, stop, named=True)
        own = about.find.record == people.name
        own = own or (at in reader.telling_nouns and rate_person_likeness(reader.kinds[about.find.record]) > 0)
        led = own or reader.leads(reader.kinds[about.find.record], people)
        theirs = read_restricted(reader, about, stop) if led else None
        if theirs is not None and theirs.order is not None and not own and theirs.order.kind == "field":
            return RecordsAnswer(records=drop_place(theirs))  # "whose pass ends first": that pass
        if theirs is None or theirs.bare or theirs.order is not None:
            noun = reader.noun(at)
            is_named = theirs is None and noun is not None and reader.low(at + noun[1]) in BE  # "whose dog is Rex"
            return _tell_owners(reader, at, stop, named=True) if is_named else None
        if own:
            return RecordsAnswer(records=drop_place(theirs))
        return RecordsAnswer(records=Find(record=people.name, where=(Has(related=drop_place(theirs)),), pick="all"))
    if low not in {"who", "who's", "anyone", "anybody"}:
        return None
    return read_whoever(reader, index, stop)


def read_whoever(reader: Reader, index: int, stop: int) -> Answer | None:
    """The people that the words after "who" or "anyone" tell of."""
    low, at = reader.low(index), index + 1
    if reader.low(at) in {"of", "among"} and (group := read_phrase(reader, at + 1, stop, None)) is not None:
        some = group.noun and group.find.said is None and rate_person_likeness(reader.kinds[group.find.record])
        of_group = read_restricted(reader, group, stop) if some else None
        return RecordsAnswer(records=drop_place(of_group)) if of_group is not None and not of_group.bare else None
    if reader.low(at) in BE:
        at += 1
    if reader.low(stop - 1) in {"owner", "holder"} and reader.tokens[stop - 2].owns:  # "who is Rex's owner"
        return _tell_owners(reader, at, stop - 1, named=True)
    named = read_phrase(reader, at, stop, None) if low == "who's" or at > index + 1 else None
    if (
        named is not None
        and named.noun
        and named.last >= stop
        and rate_person_likeness(reader.kinds[named.find.record])
    ):
        return RecordsAnswer(records=named.find) if not named.find.bare else None  # "who is our newest client"
    people = reader.people()
    told = read_told_text(reader, people, at, stop) if people is not None else None
    if told is None and (doer := _who_does(reader, at, stop, named=False)) is not None:
        return doer
    at = index + 1
    if people is None:
        return None
    whoever = Phrase(Find(record=people.name, pick="all"), index, at, True)
    found = read_restricted(reader, whoever, stop, told=low == "who's")
    if found is not None and not found.bare:
        return _tell_nearest(reader, people, drop_place(found))
    if (busy := _tell_busy(reader, people, index + 1 + (reader.low(index + 1) in BE), stop)) is not None:
        return busy
    if (others := _others_told(reader, index + 1, stop, people)) is not None:
        return RecordsAnswer(records=drop_place(others))
    if (last := _tell_last(reader, people, index + 1, stop)) is not None:
        return last
    for each in list_below(reader, Find(record=people.name)):  # "who leaves on Friday": whose stay does
        theirs = Phrase(Find(record=each.record, pick="all"), index, index + 1, True)
        found = read_restricted(reader, theirs, stop, told=low == "who's")
        if found is not None and not found.bare and found.order is None and not _tells_of_others(reader, found):
            if (low == "who's" or reader.low(index + 1) in BE) and all(
                isinstance(one, BelongsTo) for one in found.where
            ):
                continue  # who is in a place is told by what is there now
            whoever_has = Find(record=people.name, where=(Has(related=drop_place(found)),), pick="all")
            return _tell_nearest(reader, people, whoever_has)
    return _who_does(reader, index + 1 + (reader.low(index + 1) in BE), stop, named=True)


def _tell_last(reader: Reader, people: RecordKind, verb: int, stop: int) -> RecordsAnswer | None:
    """Whose deed was the last or first of all: "who paid last"."""
    end = {"last": "latest", "first": "earliest"}.get(reader.low(stop - 1))
    below = [reader.kinds[each.record] for each in list_below(reader, Find(record=people.name))]
    days = [(kind, day) for kind in below if (day := reader.date_field(kind, verb)) is not None]
    if verb + 2 != stop or end is None or len(days) != 1 or not is_past(reader.low(verb)):
        return None
    kind, day = days[0]
    relation = kind.relation_to(people.name)
    own = next((each for each in kind.fields if each.search == "name"), None)
    name = own or (kind.field_named(f"{relation.via.removesuffix('_id')}_name") if relation is not None else None)
    if may_lie_ahead(day) or name is None:
        return None
    state = reader.state(verb, kind)
    order = OrderByField(by=day.name, first="latest" if end == "latest" else "earliest")
    where = (state[0],) if state is not None else ()
    fields = (day.name,) if name is own else (name.name, day.name)
    return RecordsAnswer(records=Find(record=kind.name, where=where, order=order, pick="one"), fields=fields)


def _tells_of_others(reader: Reader, find: Find) -> bool:
    """Whether what is told is so of other people, who may be meant themselves: "who at the mill is invited"."""
    held = [each.related for each in find.where if isinstance(each, Has)]
    return any(isinstance(each, Find) and is_person(reader.kinds[each.record]) for each in held)


def _tell_nearest(reader: Reader, people: RecordKind, found: Find) -> RecordsAnswer | None:
    """The people that something is told of: the pupil of a lesson, and not whoever pays for the pupil. None for a
    denial of such people: their own records would tell, and not those of whom they belong to."""
    has = found.where[0] if len(found.where) == 1 and isinstance(found.where[0], Has) else None
    if has is None or not isinstance(has.related, Find) or found.record != people.name:
        return RecordsAnswer(records=found)
    held = reader.kinds[has.related.record]
    near = [held, *(reader.kinds[each.kind] for each in held.relations if each.kind in reader.kinds)]
    meant = next((each for each in near if is_person(each) and each.relation_to(people.name) is not None), None)
    if meant is None:
        return RecordsAnswer(records=found)
    if (has.op, has.count) != (">=", 1):
        return None
    return RecordsAnswer(records=has.related if meant is held else found.model_copy(update={"record": meant.name}))


def _tell_busy(reader: Reader, people: RecordKind, at: int, stop: int) -> Answer | None:
    """Who does on a day what records of theirs are called ("(who is) moving tomorrow", whose move is then), or is in
    for what takes place on it."""
    said, happening = stem(reader.low(at)), list_happening(reader) if reader.low(at) in _IN else []
    for each in list_below(reader, Find(record=people.name)):
        kind = reader.kinds[each.record]
        told = len(said) >= _FEWEST and any(noun.startswith(said) for noun in kind.nouns)
        called = kind in happening or told or said in {stem(noun) for noun in kind.nouns}
        abouts = list_meant(reader, at + 2, stop) if told and reader.low(at + 1) in lexicon.ABOUT else []
        for about in [one for one in abouts if one.record != people.name and kind.relation_to(one.record) is not None]:
            of = Find(record=kind.name, where=(BelongsTo(owner=about),), pick="all")  # "complained about the lift"
            return RecordsAnswer(records=Find(record=people.name, where=(Has(related=of),), pick="all"))
        days = [reader.when(step, kind.order) for step in (at, at + 1)] if called and kind.order is not None else []
        spent = next((each for each in days if each is not None and each[1] == stop), None)
        if spent is not None:
            stands = [StateIs(state="cancelled", negated=True)][: "cancelled" in kind.states]
            theirs = Find(record=kind.name, where=(*spent[0], *stands), pick="all")
            return _tell_nearest(reader, people, Find(record=people.name, where=(Has(related=theirs),), pick="all"))
    return None


def _tell_owners(reader: Reader, at: int, stop: int, *, named: bool) -> Answer | None:
    """Whose a record is by its number, or by its name (``named``): "(whose) is 7, ticket is 7"."""
    noun = reader.noun(at)
    at += noun[1] if noun is not None and reader.low(at + noun[1]) in BE else 0
    finds = list_meant(reader, at + (reader.low(at) in BE), stop, named=named)
    return _tell_people(reader, [each for each in finds if noun is None or each.record == noun[0].name], "")


def _tell_people(reader: Reader, finds: Sequence[Find], verb: str) -> Answer | None:
    told = [(_find_role(reader, reader.kinds[each.record], verb), each) for each in finds if each.said or each.among]
    told = [each for each in told if verb != "on" or not _has_takers(reader, each[1].record)]
    paid = [StateIs(state="paid")] if find_base_form(stem(verb)) == _PAY else []
    held = [(kind, find, paid if paid and "paid" in reader.kinds[find.record].states else []) for kind, find in told]
    people = [
        Find(
            record=kind.name,
            pick="all",
            where=(BelongsTo(owner=find.model_copy(update={"where": (*find.where, *so)})),),
        )
        for kind, find, so in held
        if kind is not None
    ]
    return take_first(reader, [RecordsAnswer(records=each) for each in people])


def _who_does(reader: Reader, at: int, stop: int, *, named: bool) -> Answer | None:
    """Who handles a record, or whose it is: "(who) has 7, is leading the spring walk, ordered 7, is 7 for". ``named``:
    the record may also go by a name alone."""
    ends = stop - (reader.low(stop - 1) == "for") - 2 * (reader.lows(stop - 2, 2) == ("belong", "to"))
    at += ends < stop - 1 and reader.low(at) in DO
    for step in range(at + (ends == stop), min(at + 5, ends)):
        said = reader.lows(at, step - at)
        if not _BESIDE.issuperset(said[1:]) or (said and not lexicon.BE.isdisjoint(reader.lows(step, ends - step))):
            break  # "who at the mill is ill" asks for no one who handles it
        finds = list_meant(reader, step, ends, named=named)
        if (told := _tell_people(reader, finds, "".join(said[:1]))) is not None:
            return told
    return None


def _has_takers(reader: Reader, thing: str) -> bool:
    """Whether records tell of people that they take part in a thing, which is nobody's: "(who is) on the course"."""
    people = reader.people()
    joins = (each for each in reader.kinds.values() if each.relation_to(thing) is not None)
    alone = people is not None and reader.kinds[thing].relation_to(people.name) is None
    return people is not None and alone and any(each.relation_to(people.name) is not None for each in joins)


def _find_role(reader: Reader, kind: RecordKind, verb: str) -> RecordKind | None:
    """The kind of people that do this with records of a kind: whose role or noun names the doer of the verb ("leader"
    leads, a "teacher" teaches), or those that handle them. Without a verb, or if it makes the record ("order") or pays
    it: whose it is."""
    people = [each for each in kind.relations if each.kind in reader.kinds and is_person(reader.kinds[each.kind])]
    base, doers = find_base_form(stem(verb)), [each.name for each in reader.doers(kind)]
    handles = verb in (lexicon.HANDLING - _IN) | _ASSIGNED or verb == "on"  # who is in a room doesn't see to it
    if not verb or (not handles and base in _MADE | {_PAY} | {find_base_form(stem(noun)) for noun in kind.nouns}):
        roles = [each for each in people if each.kind not in doers]
    else:
        named = [(each, (each.via.removesuffix("_id"), *reader.kinds[each.kind].nouns)) for each in people]
        roles = [each for each, names in named if any(does(name, base) for name in names)]
    if handles and not roles:
        alone = len(people) == 1 and (verb in HOLDS or people[0].via != f"{people[0].kind}_id")
        roles = [each for each in people if each.kind in doers] or (people if alone else [])
    return reader.kinds[roles[0].kind] if len(roles) == 1 else None  # of two, it isn't looked up which it is


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
