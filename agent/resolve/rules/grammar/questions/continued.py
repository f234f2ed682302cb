"""Continued questions: follow up on what was shown or asked ("which of those are open?", "only the unpaid ones", "and
Ada?")."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.extract.references.vocabulary import PLACES
from agent.pipeline import Turn
from agent.planning.proposal import (
    Answer,
    Compare,
    Condition,
    CountOf,
    Day,
    Except,
    Find,
    OrderByField,
    RecordsAnswer,
    StateIs,
    TotalOf,
    ValueAnswer,
    Words,
)
from agent.planning.quotes import walk
from agent.resolve.rules.grammar.dated_verbs import find_sum
from agent.resolve.rules.grammar.earlier_calls import drop_places, exchange
from agent.resolve.rules.grammar.phrases.phrase_parts import FIRSTS, Phrase, count_placing
from agent.resolve.rules.grammar.phrases.shown import read_place
from agent.resolve.rules.grammar.questions.restrictions import BE, read_restricted
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set
from registry.records import RecordKind

_SET: Final = word_set("those them these they")
_ONLY: Final = re.compile(
    r"^\W*(?:(?:and|but|ok|okay|now|please|no|show|me)\b[\s,]*)*(?:(?:only|just)\s+|(?=(?:the\s+ones|those)\s))",
    re.IGNORECASE,
)
_INSTEAD: Final = re.compile(
    r"^\W*(?:(?:ok|okay|so)\b[\s,]*)*(?:and|what\s+about|how\s+about|and\s+what\s+about|same\s+for|and\s+for|and\s+in)\b\s*",
    re.IGNORECASE,
)
_OPENS: Final = word_set("the those ones what that which are is with who")
_LEADS: Final = _OPENS | word_set("and so one of them please show me")
_BEHIND: Final = word_set("them those these please")
_ONES: Final = word_set("ones one those them")
_BEFORE_VALUES: Final = word_set("from which are is the what")
_IN: Final = "in "
_FIGURES: Final = word_set(
    "and so how what what's is are do does that those they them this there the in of to come be all"
)
_SUMS: Final = word_set("much total sum altogether together overall combined worth add up")
_MEANS: Final = word_set("average mean")
ELSE: Final = re.compile(r"^\W*(?:and\W+|so\W+)*(?:what|who|which|any)\s+(?P<else>else|other)\b", re.IGNORECASE)
MOST_TOKENS: Final = 10


def read_shown_set(reader: Reader, at: int, stop: int) -> Phrase | None:
    """The records of the latest request: "(which of) those"."""
    which = reader.low(at - 1) == "which"
    at += reader.low(at) == "of"
    one = which and reader.low(at) in {"one", "ones"} and reader.low(at + 1) != "of"
    if reader.last_set is None or at >= stop or not (one or reader.low(at) in _SET):
        return None
    return Phrase(reader.last_set, at, at + 1, True)


def leave_out_before(reader: Reader, answer: Answer, turn: Turn) -> Answer | None:
    """The records of an answer besides those of the kind that the latest request spoke of: "what else has she?". None
    if it spoke of none."""
    records = answer.records if isinstance(answer, RecordsAnswer) else None
    if not isinstance(answer, RecordsAnswer) or not isinstance(records, Find) or records.pick != "all":
        return None
    asked = (
        [each for each in _finds(turn.answered) if each.record == records.record] if turn.answered is not None else []
    )
    spoken = reader.spoken.get(records.record)
    before = drop_places(asked[0]) if asked else spoken if spoken in reader.remembered else None
    if before is None:
        return None
    where = (*records.where, Except(left_out=before))
    return answer.model_copy(update={"records": records.model_copy(update={"where": where})})


def read_continued(reader: Reader, thread: Sequence[Turn]) -> Answer | None:
    """The continuation of the latest question. None if the words stand alone."""
    if not thread or len(reader.tokens) > MOST_TOKENS:
        return None
    return _narrowed(reader, thread[-1]) or _figure(reader, thread[-1]) or _instead(reader, thread[-1])


def _figure(reader: Reader, turn: Turn) -> Answer | None:
    """A figure about the latest question: "how many?, how much is that in total?, and the oldest?". "The second" goes
    by the places in which the records were shown."""
    find, stop = reader.last_set, _end(reader)
    if find is None or turn.answered is None or turn.calls or find.order is not None:
        return None
    kind = reader.kinds[find.record]
    nouns = {at for at in range(stop) if (noun := reader.noun(at)) is not None and noun == (kind, 1)}
    lows = {reader.low(at) for at in range(stop) if at not in nouns or reader.low(at + 1) not in {"is", "are"}}
    if ("how", "many") in (reader.lows(0, 2), reader.lows(1, 2)) and lows <= _FIGURES | {"many"}:
        return ValueAnswer(value=CountOf(of=find))
    field = find_sum(kind, find)
    if field is not None and lows <= _FIGURES | _SUMS | _MEANS and lows & (_SUMS | _MEANS):
        return ValueAnswer(value=TotalOf(field=field, of=find, average=bool(lows & _MEANS)))
    if (counted := _counted(reader, find, stop)) is not None:
        return counted
    at = 0
    while at < stop and reader.low(at) in _LEADS:
        at += 1
    if reader.low(at) == "how" and reader.low(at + 2) in BE:  # "how old is the oldest, how much is the last one"
        at += 3 + (reader.low(at + 3) == "the")
    length = count_placing(reader, at)
    further = count_placing(reader, at + length) if length and PLACES[" ".join(reader.lows(at, length))][0] > 1 else 0
    whole = length + further
    last = at + whole + (reader.low(at + whole) in {"one", "of"}) if length else 0
    if not length or any(reader.low(step) not in _BEHIND for step in range(last, stop)):
        return None
    said = " ".join(reader.lows(at, length))
    if not further and (place := read_place(said)) is not None and find.record in reader.shown:
        return RecordsAnswer(records=reader.shown[find.record].model_copy(update={"order": place, "pick": "one"}))
    position, by, descending = PLACES[said]
    if further:  # "the second biggest"
        _, by, descending = PLACES[" ".join(reader.lows(at + length, further))]
    order = OrderByField(first=FIRSTS[by, descending], nth=abs(position))
    line = _find_line(turn.answered) or find
    return RecordsAnswer(records=line.model_copy(update={"order": order, "pick": "one"}))


def _find_line(answer: Answer) -> Find | None:
    """The records of which the latest answer was the one in some place: "and the second biggest?" is of the same."""
    one = answer.records if isinstance(answer, RecordsAnswer) else None
    if not isinstance(one, Find) or one.order is None or one.pick != "one" or _handled(answer):
        return None
    return one.model_copy(update={"order": None, "pick": "all"})


def _counted(reader: Reader, find: Find, stop: int) -> Answer | None:
    """How many of those something is true of: "how many are open, and how many are from Peru"."""
    at = int(reader.low(0) in {"and", "so"})
    if reader.lows(at, 2) != ("how", "many") or reader.low(at + 2) not in BE or find.pick != "all":
        return None
    part = read_restricted(reader, Phrase(find, at + 3, at + 3, True), stop, told=True)
    return ValueAnswer(value=CountOf(of=part)) if part is not None and part != find and part.order is None else None


def _narrowed(reader: Reader, turn: Turn) -> Answer | None:
    """A part of what was shown: "only the unpaid ones, just those from October"."""
    found = _ONLY.match(reader.text.plain)
    if found is None or reader.last_set is None or turn.calls:
        return None
    at, stop = reader.end_index(found.end()), _end(reader)
    while reader.low(at) in _OPENS and at < stop:
        at += 1
    while stop > at and reader.low(stop - 1) in _ONES:
        stop -= 1
    if at >= stop:
        return None
    find = read_restricted(reader, Phrase(reader.last_set, at, at, True), stop, told=True)
    return RecordsAnswer(records=find) if find is not None and find.where else None


def _end(reader: Reader) -> int:
    stop = len(reader.tokens)
    while stop and reader.is_mark(stop - 1):
        stop -= 1
    return stop


def _instead(reader: Reader, turn: Turn) -> Answer | None:
    """The same question with one part replaced: "and Ada?, what about last month?"."""
    found = _INSTEAD.match(reader.text.plain)
    if found is None or turn.answered is None or turn.calls or _handled(turn.answered):
        return None
    before = drop_places(turn.answered)
    at, stop = reader.end_index(found.end()), _end(reader)
    at += reader.low(at) in {"the", "for", "in", "on"} and at not in reader.ranges
    if at >= stop:
        return None
    finds = list(_finds(before))
    return _other_time(reader, before, finds, at, stop) or _other_value(reader, before, finds, at, stop)


def _handled(answer: Answer) -> bool:
    return any(each.among is not None for each in _finds(answer)) or '"handle"' in answer.model_dump_json()


def _other_time(reader: Reader, before: Answer, finds: Sequence[Find], at: int, stop: int) -> Answer | None:
    timed = [each for each in finds if any(_is_day(one) for one in each.where)]
    if len(timed) != 1:
        return None
    old = timed[0]
    fields = {each.field for each in old.where if isinstance(each, Compare) and _is_day(each)}
    if len(fields) != 1:
        return None
    (field,) = fields
    when = reader.when(at, field) or reader.when(at - 1, field) or _read_bare_time(reader, at, stop, field)
    if when is None or when[1] < stop:
        return None
    kept = tuple(each for each in old.where if not _is_day(each))
    return _with(before, old, old.model_copy(update={"where": (*kept, *when[0])}))


def _read_bare_time(reader: Reader, at: int, stop: int, field: str) -> tuple[list[Condition], int] | None:
    """A month or a year without its preposition: "and January?"."""
    start, end = reader.tokens[at].start, reader.tokens[stop - 1].end

    def place(first: int, last: int) -> Words:
        return reader.place(max(first - len(_IN), 0) + start, last - len(_IN) + start)

    alone = Reader(f"{_IN}{reader.text.plain[start:end]}", tuple(reader.kinds.values()), reader.now, place)
    alone.asks = True
    made = alone.when(0, field)
    return (made[0], stop) if made is not None and made[1] == len(alone.tokens) else None


def _other_value(reader: Reader, before: Answer, finds: Sequence[Find], at: int, stop: int) -> Answer | None:
    """The same with another value of a field, or with one where none was said: "and in GBP?, and from Peru?"."""
    inner = [each for each in walk(finds[0]) if isinstance(each, Find)] if finds else []
    old = finds[0] if len(inner) == len(finds) > 0 else None  # all others are within it
    kind = reader.kinds[old.record] if old is not None else None
    while reader.low(at) in _BEFORE_VALUES:
        at += 1
    stop -= reader.low(stop - 1) in _ONES
    if old is None or kind is None:
        return None
    found = reader.state(at, kind)
    told = (found[0], at + found[1]) if found is not None else reader.country(at, kind)
    if told is None or told[1] != stop:
        return None
    kept = tuple(each for each in old.where if _list_fields(each, kind).isdisjoint(_list_fields(told[0], kind)))
    return _with(before, old, old.model_copy(update={"where": (*kept, told[0])}))


def _list_fields(condition: Condition, kind: RecordKind) -> set[str]:
    """The fields that a condition is about. A state may be a value of a closed field."""
    states = [each.state for each in walk(condition) if isinstance(each, StateIs)]
    closed = {each.name for each in kind.fields if not set(each.values or ()).isdisjoint(states)}
    compared = {each.field for each in walk(condition) if isinstance(each, Compare)}
    return compared.union(closed, *(kind.states.get(each, {}) for each in states))


def _is_day(condition: Condition) -> bool:
    return isinstance(condition, Compare) and isinstance(condition.value, Day)


def _finds(answer: Answer) -> list[Find]:
    """Every query of an answer, outer ones first."""
    return [each for each in walk(answer) if isinstance(each, Find)]


def _with(answer: Answer, old: Find | Words, new: Find | Words) -> Answer:
    changed: Answer = exchange(answer, old, new)
    return changed
