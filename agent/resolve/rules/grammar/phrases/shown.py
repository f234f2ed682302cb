"""Anaphora to shown records: "the newest one", "two of them", "the unpaid ones" stand for some of those that the thread
showed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from agent.extract.references.vocabulary import PLACES
from agent.pipeline import Turn
from agent.planning.proposal import AS_SHOWN, BelongsTo, Condition, Except, Find, Has, OrderByField
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.phrase_parts import FIRSTS, Phrase, count_placing
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set

_SET: Final = word_set("those them these")
_ALL: Final = word_set("all everything")
PARTITIVE: Final = word_set("of among")
_THINGS: Final = word_set("it that this they them")
_PEOPLE: Final = word_set("he she him her")
_ITS: Final = word_set("its")
_THEIRS: Final = word_set("his her")
_PAIR: Final = 2
_TELLS: Final = lexicon.RELATIVES | word_set("on with in at from of about under over above below without whose")
_BEHIND: Final = word_set("to please again too and for now then only")
_ONE: Final = word_set("one ones")
_MOST_BEFORE: Final = 4  # words
_PLACES_SHOWN: Final = word_set("last final first")
_UNCLEAR: Final = word_set("next previous original")


def find_standing(reader: Reader, thread: Sequence[Turn]) -> Mapping[int, Find]:
    """Where a word stands for records of the kind that was spoken of last, and for which: those shown, or all others of
    the person whose record it was ("resend Ada's bill", "and the October one")."""
    records = next((turn.records for turn in reversed(thread) if turn.records), ())
    shown = next((reader.shown[each.kind] for each in reversed(records) if each.kind in reader.shown), None)
    if shown is not None:
        last = reader.last_set
        return stand_for(reader, last if last is not None and last.record == shown.record else shown)
    people = reader.people()
    for each in records if people is not None else ():
        kind = reader.kinds.get(each.kind)
        if people is not None and kind is not None and kind.relation_to(people.name) is not None:
            here = Find(record=kind.name, among=each.handle)
            owner = Find(record=people.name, where=(Has(related=here),))
            base = Find(record=kind.name, where=(BelongsTo(owner=owner), Except(left_out=here)))
            return {at: base for at in range(len(reader.tokens)) if _stands(reader, at, frozenset())}
    return {}


def stand_for(reader: Reader, shown: Find) -> Mapping[int, Find]:
    """Where a word stands for some of these records. "All" does where no records of another kind are spoken of."""
    nouns = {noun[0].name for at in range(len(reader.tokens)) if (noun := reader.noun(at)) is not None}
    words = _list_set_words(shown) | (_ALL if nouns <= {shown.record} else frozenset())
    return {at: shown for at in range(len(reader.tokens)) if _stands(reader, at, words)}


def _list_set_words(shown: Find) -> frozenset[str]:
    return _SET | {"two"} if shown.pick == _PAIR else _SET


def _stands(reader: Reader, at: int, sets: frozenset[str]) -> bool:
    low = reader.low(at)
    if low in _ALL:
        return low in sets and _is_narrowed(reader, at)
    if sets and _count_of_places(reader, at):  # "close the first three"
        return (reader.is_mark(at + 1) or reader.low(at + 1) in _BEHIND) and reader.noun(at + 1) is None
    if low in PLACES and sets:  # "close the two oldest"
        ends = reader.is_mark(at + 1) or reader.low(at + 1) in _BEHIND
        begin = next((step for step in (at - 1, at - 2) if reader.low(step) == "the"), 0)
        if begin == 0 and reader.joint(at - 1) and reader.low(at - 2) in PLACES:
            begin = next((step for step in range(at - 2, 0, -1) if reader.low(step) == "the"), 0)  # "the 3rd and 5th"
        aside = begin > 0 and reader.is_mark(begin - 1)  # "close 7, the oldest"
        return ends and reader.noun(at + 1) is None and reader.low(begin) == "the" and not aside
    if low == "two":
        return low in sets and reader.lows(at - 2, 2) == ("of", "the") and reader.noun(at + 1) is None
    if low in sets:
        told = low != "them" or reader.low(at - 1) in PARTITIVE or _is_narrowed(reader, at)
        return told and reader.noun(at + 1) is None
    if reader.low(at + 1) in PARTITIVE and reader.low(at + 2) in _SET:
        return low == "ones"
    return low == "ones" or (low == "one" and "the" in reader.lows(at - _MOST_BEFORE, _MOST_BEFORE))


def _is_narrowed(reader: Reader, at: int) -> bool:
    """Whether some are left out right behind a word for all: "them except 7", "all but 7"."""
    return any(reader.lows(at + 1, len(each)) == each for each in (*lexicon.EXCEPT, *lexicon.EXCEPT_AFTER_ALL))


def _count_of_places(reader: Reader, at: int) -> int:
    """How many a number behind "the first" or "the newest" is of. 0 for anything else, and for "the first one"."""
    end = reader.low(at - 2) == "the" and abs(PLACES.get(reader.low(at - 1), (0,))[0]) == 1
    number = reader.numbers.get(at) if end else None
    return int(number.value) if number is not None and number.value > 1 else 0


def read_spoken(reader: Reader, index: int, *, owns: bool = False) -> Phrase | None:
    """What a pronoun of a question means in the thread: "who has it?", "what do they owe?". ``owns``: "its state"."""
    low = reader.low(index)
    things, people = (_ITS, _THEIRS) if owns else (_THINGS, _PEOPLE)
    find = reader.thing if low in things else reader.person if low in people else None
    if low in lexicon.PLURALS:
        find = reader.last_set or find
    if find is None or (find not in reader.remembered and find is not reader.last_set):
        return None
    if not owns and _is_of_noun(reader, index):
        return None
    return Phrase(find, index, index + 1, True)


def _is_of_noun(reader: Reader, index: int) -> bool:
    """Whether a noun follows a pronoun, so that it says whose that is: "her last two open bills"."""
    at = index + 1
    while at < len(reader.tokens) and reader.noun(at) is None:
        states = [each[1] for kind in reader.kinds.values() if (each := reader.state(at, kind)) is not None]
        step = count_placing(reader, at) or max(states, default=0) or int(at in reader.numbers)
        if not step or reader.low(index) not in lexicon.OWNERS:
            return False
        at += step
    return reader.noun(at) is not None


def read_place(said: str) -> OrderByField | None:
    """The place in which something was shown: "the first", "the second", "the last". None for words that say more than
    a place, such as "the oldest"."""
    position, by, _ = PLACES.get(said, (1, None, False))
    if said not in _PLACES_SHOWN and (by != "order" or position <= 1):
        return None
    return OrderByField(by=AS_SHOWN, first="earliest" if position > 0 else "latest", nth=abs(position))


def find_shown(reader: Reader, find: Find, index: int, noun: int, last: int) -> Find | None:
    """The shown records that a phrase from ``index`` to ``last`` describes, whose noun stands for them. Any one of
    them, which is asked about, where the words leave open which.

    "The first" and "the second" go by the places in which they were shown. None if nothing was shown that has places.
    """
    shown = reader.standing[noun]
    if last == noun + 1 and reader.low(last) in _TELLS:
        return None  # what tells which of them isn't read
    if index == noun and reader.low(noun) in _ONE and reader.low(noun - 1) not in lexicon.DETERMINERS:
        return None  # words before it tell which, and weren't read
    said = next(
        (" ".join(reader.lows(at, size)) for at in range(index, noun) if (size := count_placing(reader, at))),
        reader.low(noun),
    )
    position, by, descending = PLACES.get(said, (1, None, False))
    part = index == noun and reader.low(noun - 1) in PARTITIVE  # "some of them"
    part = part or (find.pick == "all" and any(at in reader.numbers for at in range(index, noun)))  # "half of them"
    if part or said in _UNCLEAR or position < -1 or (shown.said is not None and find.said is not None):
        return shown.model_copy(update={"pick": "one"})
    order = find.order
    if order is None and by is not None:
        order = OrderByField(first=FIRSTS[by, descending], nth=abs(position))
    if (place := read_place(said)) is not None:
        if find.record not in reader.shown:
            return None
        shown, order = reader.shown[find.record], place
    pick = _count_of_places(reader, noun) or find.pick
    where = (*shown.where, *(_leave_out_of(shown, each) for each in find.where))
    changed = {"said": find.said or shown.said, "where": where, "order": order, "pick": pick}
    return shown.model_copy(update=changed)


def _leave_out_of(shown: Find, condition: Condition) -> Condition:
    """An exception by its place, as the one among the records shown: "all of them but the oldest"."""
    left_out = condition.left_out if isinstance(condition, Except) else None
    if not isinstance(left_out, Find) or left_out.record != shown.record or left_out.order is None:
        return condition
    changed = {"where": (*shown.where, *left_out.where), "among": left_out.among or shown.among}
    return Except(left_out=left_out.model_copy(update=changed))
