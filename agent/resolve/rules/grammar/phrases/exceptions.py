"""Exceptions: what a phrase excludes from its records ("all of them except Ada's and the oldest")."""

from __future__ import annotations

from typing import Final

from agent.extract.references.vocabulary import PLACES, rate_person_likeness
from agent.planning.proposal import BelongsTo, Except, Find, OrderByField
from agent.resolve.rules.clauses import is_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.phrase_parts import FIRSTS, Phrase, PhraseParts, count_placing, guess
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem

MOST_LEFT_OUT: Final = 12
"""Parts of a list of what is left out."""
MOST_COUNTED: Final = 20
MOST_OWNING: Final = 3  # words


def read_exceptions(reader: Reader, made: PhraseParts, at: int, stop: int, depth: int) -> int:
    """The exclusions of a phrase, each of a list: "except Ada's", "all but INV-7 and the oldest"."""
    step = _behind_except(reader, at) or (_behind_but(reader, at) if made.plural or made.pick == "all" else 0)
    phrase = _read(reader, made, step, stop, depth) if step else None
    if phrase is None or (depth and _names_owner(reader, phrase)):
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


def _names_owner(reader: Reader, phrase: Phrase) -> bool:
    """Whether only somebody is named: "(everyone with a bill) except Ada" leaves her out, and not a bill of hers."""
    theirs = isinstance(next(iter(phrase.find.where), None), BelongsTo) and phrase.find.said is None
    return theirs and not phrase.noun and not reader.tokens[phrase.last - 1].owns


def _behind_except(reader: Reader, at: int) -> int:
    """Where words end that exclude what follows. 0 if there are none."""
    found = next((words for words in lexicon.EXCEPT if reader.lows(at, len(words)) == words), None)
    return at + len(found) if found is not None else 0


def _behind_but(reader: Reader, at: int) -> int:
    """The same for words that exclude only a name, number or position right after them: "all but Ada's"."""
    found = next((words for words in lexicon.EXCEPT_AFTER_ALL if reader.lows(at, len(words)) == words), None)
    step = at + len(found) if found is not None else 0
    if not step or step >= len(reader.tokens):
        return 0
    token = reader.tokens[step]
    named = token.capital or any(map(str.isdigit, token.text)) or count_placing(reader, step + (token.low == "the")) > 0
    verb = reader.noun(step + 1) is None and is_order(stem(token.low))
    told = reader.low(step + 1) in lexicon.BE | lexicon.HAVING  # "but ada is ill"
    return step if (named and not verb and not told) or _owns_next(reader, step) else 0


def _owns_next(reader: Reader, at: int) -> bool:
    """Whether a possessive of at most three words begins here, in whatever case: "(all but) ada berg's"."""
    if reader.low(at) in lexicon.SPARING:
        return False
    for step in range(at, min(at + MOST_OWNING, len(reader.tokens))):
        if not reader.tokens[step].word or (step > at and reader.low(step) in lexicon.NAME_STOP):
            return False
        if reader.tokens[step].owns:
            return reader.low(step).removesuffix("'s") not in lexicon.PRONOUNS
    return False


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
    return _some_of_them(reader, made, at, stop) or made.read(reader, at, stop, made.kind, depth + 1)


def _some_of_them(reader: Reader, made: PhraseParts, at: int, stop: int) -> Phrase | None:
    """Some of the mentioned records, without their noun: "the two oldest", "the pending ones"."""
    step = at + 1 if reader.low(at) == "the" else at
    number = reader.numbers.get(step)
    count = (
        int(number.value) if number is not None and number.kind == "cardinal" and number.value <= MOST_COUNTED else 1
    )
    step = step + 1 if count > 1 else step
    whole = [each for each in made.where if not isinstance(each, Except)]
    if made.said is not None and not rate_person_likeness(made.kind) and (above := reader.owner_of(made.kind)):
        whole.append(BelongsTo(owner=guess(reader, made.kind, Find(record=above.name, said=made.said))))
    length = count_placing(reader, step)
    if length and step + length <= stop:
        _, by, descending = PLACES[" ".join(reader.lows(step, length))]
        order, step = OrderByField(first=FIRSTS[by, descending]), step + length
        find = Find(record=made.kind.name, where=tuple(whole), order=order, pick=count if count > 1 else "one")
    elif step > at and (state := reader.state(step, made.kind)) is not None:
        step += state[1]
        find = Find(record=made.kind.name, where=(*whole, state[0]), pick="all")
    else:
        return None
    ones = reader.low(step) in {"one", "ones"}
    return Phrase(find, at, step + ones, True) if ones or reader.noun(step) is None else None
