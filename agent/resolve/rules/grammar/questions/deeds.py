"""Deeds in questions: what somebody did with records of theirs, and when ("has Ada paid for May, did she pay her June
bill, when did Ada pay INV-7")."""

from __future__ import annotations

from typing import Final

from agent.planning.proposal import (
    AS_LISTED,
    Answer,
    BelongsTo,
    Compare,
    Condition,
    Day,
    Find,
    OrderByField,
    RecordsAnswer,
    StateIs,
    Test,
    YesNoAnswer,
)
from agent.planning.quotes import walk
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import find_day_of_deed, find_left, find_line_ahead
from agent.resolve.rules.grammar.earlier_calls import exchange
from agent.resolve.rules.grammar.phrases.conditions import NONE, ONE, count_test
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.places_and_deeds import read_deed
from agent.resolve.rules.grammar.questions.restrictions import is_over
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.grammar.time_stretches import read_month_before_noun
from language.stems import is_past
from registry.records import RecordKind

_SOMETHING: Final = frozenset(("anything", "something"))
_AGES: Final = frozenset(("oldest", "newest", "older", "newer"))
_ANY: Final = frozenset(("a", "an", "any", "another"))


def order_by_deed(answer: Answer, reader: Reader) -> Answer:
    """The answer, in which the last of what is cancelled is what was cancelled last: in line by the day of that deed,
    where the kind holds it. The oldest of it has been there for longest, and the last that there was is over."""
    if not _AGES.isdisjoint(reader.lows(0, len(reader.tokens))):
        return answer
    was = not lexicon.PAST.isdisjoint(reader.lows(0, len(reader.tokens)))
    for find in [each for each in walk(answer) if isinstance(each, Find)]:
        kind, order = reader.kinds[find.record], find.order
        told = [each.state for each in find.where if isinstance(each, StateIs) and not each.negated]
        days = [find_day_of_deed(kind, each, alike=False) for each in told if is_past(each)]
        if isinstance(order, OrderByField) and order.by in (AS_LISTED, kind.order) and len(days) == 1 and days[0]:
            line = order.model_copy(update={"by": days[0].name})
            answer = exchange(answer, find, find.model_copy(update={"order": line}))
            continue
        ahead = find_line_ahead(kind) if isinstance(order, OrderByField) and order.first == "latest" else None
        if not was or ahead is None or ahead.name != kind.order:  # no day by which what there was is due
            continue
        if isinstance(order, OrderByField) and order.by in (AS_LISTED, ahead.name):
            past = Compare(field=ahead.name, op="<=", value=Day(date=reader.now.date().isoformat()))
            answer = exchange(answer, find, find.model_copy(update={"where": (*find.where, past)}))
    return answer


def read_did(reader: Reader, whose: Find, verb: int, stop: int) -> Answer | None:
    """Whether somebody did something with records of theirs. With all of them that are spoken of, so that one that is
    still to come isn't passed over; any is enough if "anything", "ever a …" or a time of the deed is said."""
    found: list[tuple[Test, ...]] = []
    ever = reader.low(verb - 1) == "ever"
    for kind in _below(reader, whose):
        done = read_deed(reader, kind, verb, denied=False, by_day=True) if verb < stop else None
        due = read_deed(reader, kind, verb, denied=True) if done is not None else None
        if done is None or due is None:
            continue
        theirs = Find(record=kind.name, where=(BelongsTo(owner=whose),), pick="all")
        step = verb + 1 + (reader.low(verb + 1) in {"us", "me"})
        some = step + (reader.low(step) in _SOMETHING)
        day = reader.date_field(kind, verb)
        spent = reader.when(some, day.name) if day is not None and reader.low(step) != "for" else None
        part = find_left(kind) if some > step and spent is None and is_over(reader, some, stop) else None
        if part is not None and kind.size is not None and isinstance(done, StateIs):
            return RecordsAnswer(records=theirs, fields=(kind.size, part))  # a part may be paid of what is still open
        if (some > step or spent is not None) and is_over(reader, spent[1] if spent is not None else some, stop):
            where = tuple(spent[0]) if spent is not None else (done,)
            found.append((_count(theirs, *where),))
        elif (meant := _told_apart(reader, kind, theirs, step, stop)) is not None:
            all_done = () if ever or reader.low(step) in _ANY else (_count(meant, due, none=True),)
            found.append((_count(meant, done), *all_done))
    return YesNoAnswer(tests=found[0]) if len(found) == 1 else None


def _below(reader: Reader, whose: Find) -> list[RecordKind]:
    return [each for each in reader.kinds.values() if each.relation_to(whose.record) is not None]


def _count(find: Find, *where: Condition, none: bool = False) -> Test:
    return count_test(
        find.model_copy(update={"where": (*find.where, *where)}), "=" if none else ">=", NONE if none else ONE
    )


def _told_apart(reader: Reader, kind: RecordKind, theirs: Find, at: int, stop: int) -> Find | None:
    """Which of their records are meant: "(paid) her October bill, the October one, INV-7, for this month", or all."""
    if is_over(reader, at, stop):
        return theirs
    line, step = kind.order, at + (reader.low(at) == "for")
    while reader.low(step) in lexicon.DETERMINERS | lexicon.OWNERS and step not in reader.ranges:
        step += 1
    spent = reader.when(at, line) or reader.when(step, line) if line is not None and step > at else None
    if spent is None and line is not None and step < stop:
        spent = read_month_before_noun(reader, step, line)
    if spent is not None:
        end = spent[1] + (reader.low(spent[1]) in {"one", "ones"} or reader.noun(spent[1]) == (kind, 1))
        return theirs.model_copy(update={"where": (*theirs.where, *spent[0])}) if is_over(reader, end, stop) else None
    person, reader.person = reader.person, None
    phrase = read_phrase(reader, at + (reader.low(at) in lexicon.OWNERS), stop, kind)
    reader.person = person
    if phrase is None or phrase.find.record != kind.name or not is_over(reader, phrase.last, stop):
        return None
    if not phrase.noun and phrase.find.said is None:
        return None  # "(did Ada pay) late": nobody is called so
    return phrase.find.model_copy(update={"where": (*theirs.where, *phrase.find.where)})
