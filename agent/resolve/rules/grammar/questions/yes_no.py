"""Questions that yes or no answers: "is INV-7 overdue, does Ada owe us anything, is there anything urgent"."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from agent.extract.references.vocabulary import is_person
from agent.planning.proposal import (
    Answer,
    BelongsTo,
    Compare,
    Condition,
    CountOf,
    Day,
    Find,
    Has,
    RecordsAnswer,
    StateIs,
    Test,
    YesNoAnswer,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import find_sum_of_deed
from agent.resolve.rules.grammar.phrases.conditions import (
    NONE,
    count_test,
    list_meant,
    list_namesakes,
    read_existence,
    read_flag,
    read_owes,
    read_told,
    take_first,
    test_told,
)
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase, negate_condition
from agent.resolve.rules.grammar.phrases.placed import read_placed
from agent.resolve.rules.grammar.phrases.places_and_deeds import read_deed
from agent.resolve.rules.grammar.phrases.predicates import read_predicate_of
from agent.resolve.rules.grammar.phrases.subjects import list_subjects
from agent.resolve.rules.grammar.questions.deeds import read_did
from agent.resolve.rules.grammar.questions.groups import read_in_place
from agent.resolve.rules.grammar.questions.plain import (
    list_happening,
    read_exists,
    read_happening,
    read_one_kind,
    read_owes_more,
)
from agent.resolve.rules.grammar.questions.restrictions import BE, DO, HOLDS, is_over, read_restricted
from agent.resolve.rules.grammar.questions.who import read_whoever
from agent.resolve.rules.grammar.reader import Reader
from language.stems import is_past
from language.text import word_set
from registry.records import RecordKind

_ALL: Final = (lexicon.EVERY - {"any"}) | {"both"}
_WHOLLY: Final = word_set("all fully completely")
_MOST_WORDS: Final = 12
"""Of a name: a long request stays cheap."""
_BECOME: Final = frozenset(("get", "become"))
_THING: Final = frozenset(("anything", "something"))


def read_yes_no(reader: Reader, index: int, stop: int) -> Answer | None:
    low = reader.low(index)
    while reader.low(stop - 1) in {"yet", "already"}:
        stop -= 1
    if (at := read_exists(reader, index)) > index:
        made = read_existence(reader, at, stop, None)
        if made is not None and is_over(reader, made[1], stop):
            return YesNoAnswer(tests=(made[0],))
        if (so := _exists_so(reader, at, stop)) is not None:
            return YesNoAnswer(tests=(so,))
    if (ours := _did_we(reader, index, stop)) is not None:
        return ours
    if (some := _anything(reader, index, at, stop)) is not None or at > index or low not in BE | DO:
        return some
    if (more := read_owes_more(reader, index, stop)) is not None:
        return more
    stop -= reader.low(stop - 1) == "up" and is_past(reader.low(stop - 2))  # "paid up"
    owes = read_owes(reader, index + 1, stop) if low in DO else None
    if owes is not None and is_over(reader, owes[1], stop):
        return YesNoAnswer(tests=(owes[0],))
    ends = (step for step in range(index + 2, stop) if reader.low(step) in _WHOLLY | {"been"})
    still = (step for step in range(index + 2, stop) if reader.low(step) in _STILL)  # "the last bill | still open"
    been = min(next(ends, stop), next((step for step in still if reader.low(step - 1) not in BE | {"with"}), stop))
    # Several where a bare code may be of any kind.
    abouts = [_in_place(reader, each, stop) for each in list_subjects(reader, index + 1, been)]
    abouts += [replace(a, find=each) for a in abouts if not a.noun for each in list_namesakes(reader, a.find)]
    answers = [_tested(reader, low, about, stop) for about in abouts]
    told = sorted((each for each in answers if each is not None), key=_is_of_theirs)
    reader.readings += told[1:]
    named = _named_so(reader, index + 1, stop) if low in {"is", "are"} else None
    return told[0] if told else named


def read_without_verb(reader: Reader, index: int, stop: int) -> Answer | None:
    """Whether somebody is so, asked without a verb: "Ada Berg suspended?". Of what goes by no name of its own, a number
    or a noun must be said: "Ada paid?" asks for all that is hers."""
    made = _named_so(reader, index, stop) if reader.text.plain.rstrip().endswith("?") and not index else None
    about = made.about if isinstance(made, YesNoAnswer) else None
    kind = reader.kinds[about.record] if isinstance(about, Find) else None
    told = kind is not None and any(each.search == "name" for each in kind.fields)
    nouns = [at for at in range(index, stop) if reader.noun(at) is not None]
    numbered = any(map(str.isdigit, reader.text.plain))
    reader.readings = reader.readings if told or nouns or numbered else []
    return made if told or nouns or numbered else None


_STILL: Final = word_set("still already")


def _named_so(reader: Reader, first: int, stop: int) -> Answer | None:
    """Whether something that goes by plain words is so: "is the oak bench free"."""
    made = [
        YesNoAnswer(tests=(test_told(find, *so[0], negated=False),), about=find)
        for at in range(first + 1, min(stop, first + _MOST_WORDS))
        for find in list_meant(reader, first, at)
        if find.said is not None and find.pick == "one"
        if (so := read_predicate_of(reader, reader.kinds[find.record], at, stop)) is not None
        if so[1] >= stop and all(isinstance(each, StateIs) for each in so[0])
    ]
    return take_first(reader, made)


def _in_place(reader: Reader, about: Phrase, stop: int) -> Phrase:
    """A subject with the thing that its records belong to, where more is told of them: "(are all orders) on the north
    round (packed)"."""
    place = read_in_place(reader, about, reader.kinds[about.find.record], about.last, stop) if about.noun else None
    if place is None or place[1] >= stop:
        return about
    find = about.find.model_copy(update={"where": (*about.find.where, *place[0])})
    return replace(about, find=find, last=place[1])


def _did_we(reader: Reader, index: int, stop: int) -> Answer | None:
    """Whether something was done to a record: "did we already refund INV-7, have we closed 7 yet"."""
    verb = index + 2
    while reader.low(verb) in {"already", "ever", "actually", "really", "just", "now"}:
        verb += 1
    if reader.low(index) not in DO or reader.low(index + 1) != "we" or verb + 1 >= stop:
        return None
    finds = [each for each in list_meant(reader, verb + 1, stop, named=False) if each.pick == "one"]
    told = [(each, read_deed(reader, reader.kinds[each.record], verb, denied=False)) for each in finds]
    made = [
        YesNoAnswer(tests=(count_test(each.model_copy(update={"where": (*each.where, test)})),), about=each)
        for each, deed in told
        if (test := _was_done(reader.kinds[each.record], deed)) is not None
    ]
    return take_first(reader, made)


def _was_done(kind: RecordKind, deed: Condition | None) -> Condition | None:
    """Whether it was done, perhaps in part: by the sum that came of it, or else by the state."""
    if not isinstance(deed, StateIs):
        return None
    name = find_sum_of_deed(kind, deed.state)
    return Compare(field=name, op=">", value=NONE) if name is not None else deed


def _is_of_theirs(answer: Answer) -> bool:
    """Whether something of theirs is told, and not something of what is named itself: whose fair is confirmed, where
    the fair may be."""
    left = answer.tests[0].left if isinstance(answer, YesNoAnswer) else None
    find = left.of if isinstance(left, CountOf) else None
    about = answer.about if isinstance(answer, YesNoAnswer) else None
    below = isinstance(find, Find) and isinstance(about, Find) and find.record != about.record
    return below or (isinstance(find, Find) and bool(find.where) and isinstance(find.where[-1], Has))


def _exists_so(reader: Reader, at: int, stop: int, owner: Find | None = None) -> Test | None:
    """Whether there is any record of which the words behind its noun are told: "(has Ada got) a ticket open, anything
    open"."""
    at += reader.low(at) in {"a", "an", "any", "some"}
    if reader.low(at) in _THING:
        find = read_one_kind(reader, at + 1, stop) if owner is not None else None
    else:
        phrase = read_phrase(reader, at, stop, None)
        if phrase is None or not phrase.noun or phrase.find.said is not None or phrase.find.order is not None:
            return None
        find = read_restricted(reader, replace(phrase, find=phrase.find.model_copy(update={"pick": "all"})), stop)
        find = find if find is not None and find.where != phrase.find.where else None
    if find is None or find.order is not None:
        return None
    if owner is None:
        return count_test(find)
    kind = reader.kinds[find.record]
    if kind.name == owner.record or not reader.related(kind, reader.kinds[owner.record]):
        return None
    return count_test(find.model_copy(update={"where": (BelongsTo(owner=owner), *find.where)}))


def _anything(reader: Reader, index: int, at: int, stop: int) -> Answer | None:
    """Whether anything or anybody is so, of whatever kind: "is there anything overdue, has anybody in Oslo paid, anyone
    away today?"."""
    at += at == index and reader.low(at) in BE | DO
    if at == index and not (reader.text.plain.rstrip().endswith("?") or index == 0):
        return None
    if reader.low(at) in _THING:
        if (theirs := take_first(reader, read_happening(reader, at + 1, stop))) is not None:
            return theirs
        find = read_one_kind(reader, at + 1, stop)
    elif reader.low(at) in lexicon.EVERYONE and reader.low(at) not in lexicon.EVERY | {"people"}:
        whoever = read_whoever(reader, at, stop)
        find = whoever.records if isinstance(whoever, RecordsAnswer) and isinstance(whoever.records, Find) else None
    else:
        return None
    return YesNoAnswer(tests=(count_test(find),)) if find is not None and find.order is None else None


def _tested(reader: Reader, low: str, about: Phrase, stop: int) -> Answer | None:
    at = about.last
    while reader.low(at) in {"still", "already", "currently", "actually", "any", "also", "really", "ever"} | _WHOLLY:
        at += 1
    if low in BE and reader.low(at) == "back" and at + 1 < stop:
        return None  # the day on which it is due back doesn't say whether it is back
    if (
        low in BE
        and at + 1 == stop
        and reader.low(at) == "on"
        and "cancelled" in reader.kinds[about.find.record].states
    ):
        off = StateIs(state="cancelled", negated=True)
        on = about.find.model_copy(update={"where": (*about.find.where, off)})
        return YesNoAnswer(tests=(count_test(on),), about=about.find)
    become = reader.low(at) == "been" or (reader.low(at) in _BECOME and low not in HOLDS)
    if low in DO and not become:
        if (done := read_did(reader, about.find, at, stop)) is not None:
            return done
        had = low in {"has", "have"} and reader.low(at) == "had"
        at += reader.low(at) in HOLDS
        made = read_existence(reader, at, stop, about.find) or read_flag(reader, about.find, at)
        made = (_is_past(reader, made[0]), made[1]) if made is not None and had else made
        if (made is None or not is_over(reader, made[1], stop)) and (so := _exists_so(reader, at, stop, about.find)):
            return YesNoAnswer(tests=(so,))
        if made is None and low in {"has", "have"} and is_past(reader.low(at)):  # "has 7 shipped"
            made = read_told(reader, about.find, at, stop)
    else:
        wholly = reader.low(stop) == "up" or reader.low(at - 1) in _WHOLLY
        if wholly and is_person(reader.kinds[about.find.record]):
            return read_did(reader, about.find, at, stop)  # "is Ada all paid": whoever paid some isn't
        placed = read_placed(reader, about.find, at + become, stop)
        if placed is not None and is_over(reader, placed[1], stop):
            return YesNoAnswer(tests=placed[0], about=about.find)
        made = read_told(reader, about.find, at + become, stop)
    if made is None or not is_over(reader, made[1], stop):
        return None
    if reader.low(about.first) in _ALL:
        every = _of_every_one(reader, about.find, made[0])
        return YesNoAnswer(tests=(every,)) if every is not None else None
    return YesNoAnswer(tests=(made[0],), about=None if reader.low(about.first) in {"any", "some"} else about.find)


def _is_past(reader: Reader, test: Test) -> Test:
    """Whether there was any by now, of what takes place on a day: "has she had a visit". One to come is none."""
    find = test.left.of if isinstance(test.left, CountOf) else None
    kind = reader.kinds[find.record] if isinstance(find, Find) else None
    timed = isinstance(find, Find) and any(isinstance(each, Compare) for each in find.where)
    if not isinstance(find, Find) or kind is None or kind.order is None or timed or kind not in list_happening(reader):
        return test
    by_now = Compare(field=kind.order, op="<=", value=Day(date=reader.now.date().isoformat()))
    off = () if "cancelled" not in kind.states else (StateIs(state="cancelled", negated=True),)
    past = find.model_copy(update={"where": (*find.where, *off, by_now)})
    return test.model_copy(update={"left": CountOf(of=past)})


def _of_every_one(reader: Reader, of: Find, some: Test) -> Test | None:
    """The universal statement for what is told of some of a set: none of it isn't so. None where it can't be turned."""
    told = some.left.of if isinstance(some.left, CountOf) else None
    if not isinstance(told, Find) or not told.where:
        return None
    if some.op == "=" and some.right == NONE:
        return some  # "are all keys not lost"
    kind, held = reader.kinds[of.record], told.where[len(of.where) :]
    if told.record == of.record and told.where[: len(of.where)] == of.where and len(held) == 1:
        lacks = negate_condition(kind, held[0])
    elif isinstance(told.where[0], BelongsTo) and told.where[0].owner == of:
        lacks = Has(related=told.model_copy(update={"where": told.where[1:], "pick": "all"}), op="=", count=0)
    else:
        return None
    return count_test(of.model_copy(update={"where": (*of.where, lacks)}), "=", NONE)
