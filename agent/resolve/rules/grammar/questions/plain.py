"""Plain questions: without a kind ("what is overdue", "tell me about Ada"), about a date ("when was …", "since when is
…"), and about owners ("whose ticket is 7", "who is Rex's owner", "does Ada owe more than Ben")."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agent.extract.references.vocabulary import is_person, rate_person_likeness
from agent.planning.proposal import (
    Answer,
    BelongsTo,
    Find,
    First,
    Has,
    OrderByField,
    RecordsAnswer,
    StateIs,
    Test,
    TotalOf,
    YesNoAnswer,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import (
    DATES,
    TAKES_PLACE,
    find_day_of_state,
    find_line_of_arrival,
    may_lie_ahead,
)
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.phrases.conditions import count_test, list_meant, take_first
from agent.resolve.rules.grammar.phrases.fields import label_field, read_total
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase, guess
from agent.resolve.rules.grammar.phrases.places_and_deeds import is_born
from agent.resolve.rules.grammar.phrases.subjects import list_subjects
from agent.resolve.rules.grammar.questions.restrictions import BE, DO, HOLDS, read_restricted
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem
from language.text import word_set
from registry.records import Field, RecordKind

_PERSON: Final = 2
_ABOUT: Final = word_set(
    "about on of for everything all more details detail info information record profile the do we know have what show "
    "me us who who's is"
)


_BESIDE: Final = word_set("for with in at")
_EXISTS: Final = (("do", "we", "have"), ("have", "we", "got"), ("have", "we"))


def read_exists(reader: Reader, index: int) -> int:
    """Where the words end that ask whether there is something: "is there, do we have". ``index`` if they don't."""
    if reader.low(index) in BE and reader.low(index + 1) == "there":
        return index + 2
    return index + next((len(words) for words in _EXISTS if reader.lows(index, len(words)) == words), 0)


def read_told_of_things(reader: Reader, index: int, stop: int) -> Answer | None:
    """Things of the one kind that fits a condition: "what's overdue, what is due next week"."""
    if reader.low(index) == "what" and reader.low(index + 1) in DO and reader.low(index + 2) != "we":
        return take_first(reader, read_happening(reader, index + 2, stop))  # "what does Ada have on Friday"
    at = index + 1 + (reader.low(index + 1) in BE)
    at += next((len(words) for words in _EXISTS if reader.lows(at, len(words)) == words), 0)
    if reader.low(index) not in {"what", "what's"} or (at == index + 1 and reader.low(index) == "what"):
        return None
    at += reader.low(at) == "on" and at not in reader.ranges and at + 1 in reader.ranges
    at += reader.low(at) == "we"
    find = read_one_kind(reader, at, stop)
    return RecordsAnswer(records=find) if find is not None else take_first(reader, read_happening(reader, at, stop))


def read_one_kind(reader: Reader, at: int, stop: int) -> Find | None:
    """The records of the only kind that the words can be told of."""
    named = reader.noun(at) is not None or reader.low(at) in lexicon.DETERMINERS  # "what is the total of …"
    named = named and at not in reader.ranges
    found = list(_told(reader, at, stop)) if at < stop and not named else []
    own = [each for each in found if not any(isinstance(one, Has) for one in each.where)]
    found = own or found  # what is urgent itself, before who has something urgent
    told = [each for each in found if any(isinstance(one, StateIs) for one in each.where)]
    found = told if told and at not in reader.ranges else found
    if len(found) > 1:  # what is called "due", before what is so on its day
        called = [(each, reader.date_field(reader.kinds[each.record], at)) for each in found]
        found = [each for each, day in called if day is not None and reader.low(at) in label_field(day).split()]
    return found[0] if len(found) == 1 else None


def _told(reader: Reader, at: int, stop: int) -> Iterator[Find]:
    told = "out" in reader.lows(at, 2)
    others = [
        each for each in reader.kinds.values() if (told or each.relations) and rate_person_likeness(each) < _PERSON
    ]
    timed = at in reader.ranges
    for kind in list_happening(reader) if timed else others:
        where = (StateIs(state="cancelled", negated=True),) if timed and "cancelled" in kind.states else ()
        whatever = Phrase(Find(record=kind.name, where=where, pick="all"), at, at, True)
        find = read_restricted(reader, whatever, stop, told=True)
        if find is None or find.order is not None or all(isinstance(each, BelongsTo) for each in find.where):
            continue
        held = [each.related.record for each in find.where if isinstance(each, Has) and isinstance(each.related, Find)]
        if len(held) == len(set(held)):  # "open in delivery fees" is one fee, and no two
            yield find


def list_happening(reader: Reader) -> list[RecordKind]:
    """The kinds whose records take place on the day that they are ordered by: it is called just so, or they start on
    it. Else those that are due on it."""
    lines = [(each, each.field_named(each.order or "")) for each in reader.kinds.values()]
    days = [(each, label_field(line).split()[0]) for each, line in lines if line is not None and line.type in DATES]
    return [each for each, day in days if day in TAKES_PLACE] or [each for each, day in days if day == "due"]


def read_happening(reader: Reader, at: int, stop: int) -> list[Answer]:
    """What takes place on a day, perhaps for somebody or in a place, whichever of its relations the name is of: "(what
    is) in the studio on Friday, (anything) for Ada tomorrow, (what's on) this week". Of several kinds any may."""
    beside = reader.low(at) in _BESIDE and at not in reader.ranges
    begin = at + beside + (beside and reader.low(at + 1) in lexicon.DETERMINERS)
    timed = next((step for step in range(begin + beside, stop) if step in reader.ranges), stop)
    end = timed - (not beside and timed > at + 1 and reader.low(timed - 1) in HOLDS)  # "has Ada got on Friday"
    beside = beside or end < timed
    stated = any(reader.state(step, each) for step in range(begin, end) for each in reader.kinds.values())
    if timed == stop or (end > begin) is not beside or stated or reader.noun(begin) is not None:
        return []
    found: dict[str, list[Find]] = {}
    for kind in list_happening(reader):
        spent = reader.when(timed, kind.order or "")
        stands = [StateIs(state="cancelled", negated=True)][: "cancelled" in kind.states]
        owners = [each.kind for each in kind.relations if each.kind in reader.kinds] if beside else [""]
        for name in owners if spent is not None and spent[1] >= stop else ():
            whose = [BelongsTo(owner=Find(record=name, said=reader.words(begin, end)))] if beside else []
            where = (*whose, *(spent[0] if spent is not None else ()), *stands)
            found.setdefault(name, []).append(Find(record=kind.name, where=where, pick="all"))
    people_first = reader.low(at) in {"for", "with"} or end < timed
    names = sorted(found, key=lambda each: bool(each) and is_person(reader.kinds[each]) is not people_first)
    return [YesNoAnswer(tests=tuple(map(count_test, found[each])), join="any") for each in names]


def read_about_somebody(reader: Reader, index: int, stop: int) -> Answer | None:
    """The record of a named person: "(tell me) about Ada, (show me) Ada Lovelace, who is Ada"."""
    at = index
    while reader.low(at) in _ABOUT:
        at += 1
    people = reader.people()
    if people is None or at == index or at >= stop or not reader.tokens[at].capital or reader.noun(at) is not None:
        return None
    if reader.name(at, stop) < stop or reader.tokens[stop - 1].owns:
        return None
    return RecordsAnswer(records=Find(record=people.name, said=reader.words(at, stop)))


_OVER: Final = frozenset(("over", "up"))
_ONCE: Final[tuple[tuple[str, First], ...]] = (("last", "latest"), ("first", "earliest"))
"""Words before a verb that tell which of several times is meant."""
_HERE: Final = (("with", "us"), ("here",), ("on", "board"), ("join",), ("join", "us"))
"""Where somebody is who belongs to us."""
_WHEN: Final = (("when",), ("how", "long", "ago"), ("since", "when"), ("how", "long"), ("how", "old"),
    ("until", "when"), ("till", "when"))  # fmt: skip


def read_when(reader: Reader, index: int, stop: int) -> Answer | None:
    """A date: "when was INV-7 paid", "how long ago did her trial end", "since when is it overdue"."""
    at = index + next((len(lead) for lead in _WHEN if reader.lows(index, len(lead)) == lead), 0)
    if reader.low(at - 1) == "long" and reader.low(at) not in {"has", "have"}:
        return None
    if (asked := _on_what_day(reader, index)) > index:
        at = asked
    if reader.low(index) == "when's":
        at = index
    elif at == index or reader.low(at) not in BE | DO | {"will"}:
        return None
    whole = [each for each in list_subjects(reader, at + 1, stop) if each.last == stop and each.noun]
    dated: list[RecordsAnswer] = []
    for about in sorted(whole, key=lambda each: is_born(reader.kinds[each.find.record])):
        kind, noun = reader.kinds[about.find.record], reader.low(stop - 1)
        line = next((f.name for f in kind.fields if f.type in DATES and _same_deed(label_field(f), noun)), kind.order)
        state = reader.state(stop - 1, kind)
        if state is not None and isinstance(state[0], StateIs) and state[0] in about.find.where:
            day = reader.date_field(kind, stop - 1) or find_day_of_state(kind, state[0].state)
            line = day.name if day is not None else None
        if line is not None and about.find.pick == "one":
            find = about.find
            if state is not None and _is_to_come(reader, kind.field_named(line), stop):  # "will it be delivered"
                find = find.model_copy(update={"where": tuple(each for each in find.where if each != state[0])})
            if isinstance(find.order, OrderByField) and line != kind.order:
                find = find.model_copy(update={"order": find.order.model_copy(update={"by": line})})
            dated.append(RecordsAnswer(records=find, fields=(line,)))
    ends = [(list_subjects(reader, at + 1, end + 1), end) for end in (stop - 1, stop - 2, stop - 3)]
    ways = [([each.find for each in abouts if each.last == end], end) for abouts, end in ends]
    ways += [(list_meant(reader, at + 1, end), end) for _, end in ends]
    for finds, end in ways if not dated else ():
        dated = dated or [made for each in finds if (made := read_told_when(reader, each, end, stop)) is not None]
    if not dated and (reader.low(at) in BE or at == index):
        dated = _day_of_named(reader, at + 1, stop)
    if dated:
        return take_first(reader, dated)
    return None


def _is_to_come(reader: Reader, day: Field | None, stop: int) -> bool:
    """Whether a day is asked for that may still lie ahead: "when is it delivered", but not "when was it"."""
    return day is not None and may_lie_ahead(day) and lexicon.PAST.isdisjoint(reader.lows(0, stop))


def _day_of_named(reader: Reader, at: int, stop: int) -> list[RecordsAnswer]:
    """The day of an event by its name: "(when is) the Spring Gala"."""
    ways = ("name",) if at < stop and reader.tokens[at].capital else ("name", "text")
    days = {k.name: k.order or "" for k in list_happening(reader) if any(one.search in ways for one in k.fields)}
    finds = [each for each in list_meant(reader, at, stop) if each.said and each.record in days]
    return [RecordsAnswer(records=each, fields=(days[each.record],)) for each in finds]


def _on_what_day(reader: Reader, index: int) -> int:
    """Where "(on) what day, which date" ends. ``index`` if that isn't asked."""
    at = index + (reader.low(index) == "on")
    return at + 2 if reader.low(at) in {"what", "which"} and reader.low(at + 1) in {"day", "date"} else index


def _same_deed(label: str, noun: str) -> bool:
    """Whether a date field belongs to the event of a noun: "Paid" to a payment."""
    deed, named = find_base_form(stem(label.split()[0].lower())), stem(noun)
    return len(deed) > 2 and named.startswith(deed[: max(3, len(deed) - 1)])


def read_told_when(reader: Reader, about: Find, verb: int, stop: int) -> RecordsAnswer | None:
    """The day of what a verb tells of a record, or of one that belongs to it."""
    verb += 2 * (reader.low(verb + 1) == "to" and verb + 2 < stop)  # "due to leave"
    while reader.low(verb) in {"get", "gets", "got", "been", "be", "last", "first", "actually"}:
        verb += 1
    if reader.low(verb) == "next" and lexicon.PARTICLES.issuperset(reader.lows(verb + 1, stop - verb - 1)):
        return None  # a position, and nothing that is done
    once = next((first for word, first in _ONCE if reader.low(verb - 1) == word), None)
    said = [find_base_form(stem(reader.low(at))) for at in range(verb, stop)]
    if stop - verb == 1 and reader.low(verb) in _OVER:
        said = ["end"]
    finds = (about, *list_below(reader, about))
    days = [(find, each) for find in finds for each in reader.kinds[find.record].fields if each.type in DATES]
    for find, each in days:
        calls = [[find_base_form(stem(one)) for one in name.split()] for name in (label_field(each), *each.words)]
        if any(all(word in call for word in said) for call in calls):
            if once is not None and find is not about and find.order is None:
                reader.readings.append(RecordsAnswer(records=find, fields=(each.name,)))  # where it never was
                find = find.model_copy(update={"order": OrderByField(by=each.name, first=once)})
            return RecordsAnswer(records=find, fields=(each.name,))
    came = (_came_about(reader, find, verb, stop) for find in finds if said)
    return next((each for each in came if each is not None), None)


def _came_about(reader: Reader, find: Find, at: int, stop: int) -> RecordsAnswer | None:
    """The date of an event or state of a record: "(did her trial) run out, (was INV-7) refunded"."""
    kind, alone = reader.kinds[find.record], all(reader.low(step) in lexicon.PARTICLES for step in range(at + 1, stop))
    again = reader.low(at - 1) in {"last", "first"}  # what comes more than once has no one day
    if reader.lows(at, stop - at) in _HERE and kind.order is not None and is_born(kind) and not again:
        return RecordsAnswer(records=find, fields=(kind.order,))
    day = reader.date_field(kind, at) if alone else None
    if day is None and alone and not again and reader.low(at) in lexicon.ARRIVED:
        day = find_line_of_arrival(kind, reader.low(at))
    return RecordsAnswer(records=find, fields=(day.name,)) if day is not None and day.type in DATES else None


def list_below(reader: Reader, find: Find) -> list[Find]:
    """The records that belong to a record, one of each kind."""
    kinds = [kind for kind in reader.kinds.values() if kind.relation_to(find.record) is not None]
    return [Find(record=kind.name, where=(BelongsTo(owner=guess(reader, kind, find)),)) for kind in kinds]


def read_owes_more(reader: Reader, index: int, stop: int) -> Answer | None:
    """A comparison of two people's sums: "does Ada owe more than Ben"."""
    made = read_total(reader, index + 1, stop) if reader.low(index) in DO else None
    compared = reader.comparison(made[1]) if made is not None else None
    if made is None or compared is None or not isinstance(made[0].of, Find):
        return None
    at = made[1] + compared[1]
    end, find = reader.name(at, stop), made[0].of
    owner = find.where[0].owner if find.where and isinstance(find.where[0], BelongsTo) else None
    if end == at or end < stop or not isinstance(owner, Find):
        return None
    others = owner.model_copy(update={"said": reader.words(at, end)})
    right = find.model_copy(update={"where": (BelongsTo(owner=others), *find.where[1:])})
    return YesNoAnswer(tests=(Test(left=made[0], op=compared[0], right=TotalOf(field=made[0].field, of=right)),))
