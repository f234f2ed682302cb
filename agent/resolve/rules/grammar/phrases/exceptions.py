"""Exceptions: what a phrase excludes from its records ("all of them except Ada's and the oldest")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.extract.references.vocabulary import PLACES, is_person, rate_person_likeness
from agent.planning.proposal import BelongsTo, Condition, Except, Find, OrderByField
from agent.resolve.rules.clauses import is_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.phrase_parts import (
    FIRSTS,
    Phrase,
    PhraseParts,
    ReadPhrase,
    count_placing,
    guess,
    is_code,
)
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem

MOST_LEFT_OUT: Final = 12
"""Parts of a list of what is left out."""
MOST_COUNTED: Final = 20
MOST_OWNING: Final = 3  # words
_ALL: Final = frozenset(("all", "everything"))
_NO_TEXT: Final = lexicon.NAME_STOP | lexicon.MANNER | {"one", "ones"}


def read_exceptions(reader: Reader, made: PhraseParts, at: int, stop: int, depth: int) -> int:
    """The exclusions of a phrase, each of a list: "except Ada's", "all but INV-7 and the oldest"."""
    step = _behind(reader, at, lexicon.EXCEPT)
    but = _behind(reader, at, lexicon.EXCEPT_AFTER_ALL) if not step and (made.plural or made.pick == "all") else 0
    phrase = _read(reader, made, step or but, stop, depth) if step or but else None
    if phrase is None or (but and not _stands_alone(reader, phrase)) or (depth and _names_owner(reader, phrase)):
        return 0
    if _takes_from(reader, phrase, made):
        return 0
    for _ in range(MOST_LEFT_OUT):
        find = phrase.find
        if find.said is None and find.order is None and find.pick == "one":
            find = find.model_copy(update={"pick": "all"})  # "but not Ada's": none of hers
        made.where.append(Except(left_out=find))
        further = _further_left_out(reader, made, phrase.last, stop, depth)
        if further is None:
            break
        phrase = further
    made.plural = True
    return phrase.last


def read_all_but(reader: Reader, at: int, stop: int, read: ReadPhrase) -> Phrase | None:
    """All that a noun at the end names, without some that a position tells: "all but the two newest open bills"."""
    step = _behind(reader, at + 1, (*lexicon.EXCEPT, ("but",))) if reader.low(at) in _ALL else 0
    phrase = read(reader, step, stop, None, 1) if step else None
    if phrase is None or not phrase.noun or phrase.find.order is None or phrase.find.said is not None:
        return None
    if phrase.find.among is not None or all(reader.noun(each) is None for each in range(step, phrase.last)):
        return None  # of those that were shown
    whole = Find(record=phrase.find.record, where=(*phrase.find.where, Except(left_out=phrase.find)), pick="all")
    return Phrase(whole, at, phrase.last, True)


def _names_owner(reader: Reader, phrase: Phrase) -> bool:
    """Whether only somebody is named: "(everyone with a bill) except Ada" leaves her out, and not a bill of hers."""
    theirs = isinstance(next(iter(phrase.find.where), None), BelongsTo) and phrase.find.said is None
    return theirs and not phrase.noun and not reader.tokens[phrase.last - 1].owns


def _takes_from(reader: Reader, phrase: Phrase, made: PhraseParts) -> bool:
    """Whether a number is an amount of one record, and no record itself: "everything but 5 of ticket 70-114"."""
    number = reader.tokens[phrase.last - 1].text.isdigit() and phrase.last == phrase.first + 1
    of = reader.low(phrase.last) in lexicon.OF and phrase.last + 1 < len(reader.tokens)
    return number and of and is_code(reader, phrase.last + 1, made.kind)


def _behind(reader: Reader, at: int, words: Sequence[tuple[str, ...]]) -> int:
    """Where words end that exclude what follows. 0 if there are none."""
    found = next((each for each in words if reader.lows(at, len(each)) == each), None)
    return at + len(found) if found is not None and at + len(found) < len(reader.tokens) else 0


def _stands_alone(reader: Reader, phrase: Phrase) -> bool:
    """Whether a mere "but" excludes only a name, number, position or somebody's: "all but Ada's", not "all, but ada is
    ill" or "all but tell her"."""
    first, token = phrase.first, reader.tokens[phrase.first]
    named = token.capital or any(map(str.isdigit, token.text)) or count_placing(reader, first + (token.low == "the"))
    verb = reader.noun(first + 1) is None and is_order(stem(token.low))
    told = reader.low(first + 1) in lexicon.BE | lexicon.HAVING
    owned = reader.tokens[phrase.last - 1].owns and token.low not in lexicon.SPARING
    return bool(named and not verb and not told) or owned


def _further_left_out(reader: Reader, made: PhraseParts, at: int, stop: int, depth: int) -> Phrase | None:
    """One more member of a list of exclusions. It isn't an order, which may also begin with "and"."""
    step = at
    while step < min(stop, at + 3) and (reader.joint(step) or (step > at and reader.low(step) in {"for", "of", "not"})):
        step += 1
    if step == at or step >= stop or reader.low(step) in lexicon.PRONOUNS:
        return None
    if is_order(stem(reader.low(step))) and not reader.tokens[step].capital and reader.noun(step) is None:
        return None
    return _read(reader, made, step, stop, depth)


def _read(reader: Reader, made: PhraseParts, at: int, stop: int, depth: int) -> Phrase | None:
    some = _some_of_them(reader, made, at, stop) or made.read(reader, at, stop, made.kind, depth + 1)
    return some or _told_by_text(reader, made, at, stop)


def _told_by_text(reader: Reader, made: PhraseParts, at: int, stop: int) -> Phrase | None:
    """Some of the mentioned records by a text of theirs: "the final test" among lessons."""
    first = at + 1 if reader.low(at) == "the" else at
    ends = (step for step in range(first, stop) if not reader.tokens[step].word or reader.low(step) in _NO_TEXT)
    last = next(ends, stop)
    if at == first or last == first or last - first > MOST_OWNING or is_person(made.kind):
        return None
    find = Find(record=made.kind.name, said=reader.words(first, last), where=_list_whole(reader, made))
    return Phrase(find, at, last, True)


def _list_whole(reader: Reader, made: PhraseParts) -> tuple[Condition, ...]:
    """What holds of each of the mentioned records."""
    whole = [each for each in made.where if not isinstance(each, Except)]
    if made.said is not None and not rate_person_likeness(made.kind) and (above := reader.owner_of(made.kind)):
        whole.append(BelongsTo(owner=guess(reader, made.kind, Find(record=above.name, said=made.said))))
    return tuple(whole)


def _some_of_them(reader: Reader, made: PhraseParts, at: int, stop: int) -> Phrase | None:
    """Some of the mentioned records, without their noun: "the two oldest", "the pending ones", "the 10th"."""
    step = at + 1 if reader.low(at) == "the" else at
    number = reader.numbers.get(step)
    count = (
        int(number.value) if number is not None and number.kind == "cardinal" and number.value <= MOST_COUNTED else 1
    )
    step = step + 1 if count > 1 else step
    whole, line = _list_whole(reader, made), made.kind.order or ""
    dated = reader.when(at, line) or reader.when(step, line)
    length = count_placing(reader, step)
    if dated is not None and line:
        return Phrase(Find(record=made.kind.name, where=(*whole, *dated[0]), pick="all"), at, dated[1], True)
    if length and step + length <= stop:
        position, by, descending = PLACES[" ".join(reader.lows(step, length))]
        order, step = OrderByField(first=FIRSTS[by, descending], nth=abs(position)), step + length
        find = Find(record=made.kind.name, where=whole, order=order, pick=count if count > 1 else "one")
    elif step > at and (state := reader.state(step, made.kind)) is not None:
        step += state[1]
        find = Find(record=made.kind.name, where=(*whole, state[0]), pick="all")
    else:
        return None
    ones = reader.low(step) in {"one", "ones"}
    more = step < stop and reader.tokens[step].word and reader.low(step) not in _NO_TEXT  # "the final test"
    return Phrase(find, at, step + ones, True) if ones or not more else None
