"""Linked words: what each word of a question is in declared kinds and live data.

It is a name that live data knows, a noun, state, value or field of a kind, somebody's or something's deed, a time, or a
small word that asks for nothing of its own.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Final, Literal

from agent.extract.references.vocabulary import is_person
from agent.planning.proposal import AnyOf, BelongsTo, Compare, Condition, Find, Word, Words
from agent.planning.record_links import RecordLink
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import DATES, TAKES_PLACE, find_line_ahead, takes_place
from agent.resolve.rules.grammar.phrases.fields import label_field
from agent.resolve.rules.grammar.questions.linked_terms import (
    FEWEST,
    INSIDE,
    PLACE,
    PLAIN,
    PREPOSITIONS,
    STATE,
    Reading,
    find_inside,
    read_term,
)
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set
from registry.records import RecordKind

_WAYS: Final = frozenset(("to", "from"))
_NOW: Final[tuple[tuple[str, ...], ...]] = (
    ("at", "the", "moment"), ("right", "now"), ("just", "now"), ("at", "present"),
)  # fmt: skip
_NEEDS: Final = word_set("need needs")
_SAYS: Final = word_set("say says read reads")
_BALANCES: Final = word_set("credit balance allowance budget")
"""What a sum is called that is used up: how much of it is left is that sum."""
_BACK_YET: Final = frozenset(("back", "yet"))
TELLS: Final = 2
"""How much must tell of it."""


def list_roles(
    reader: Reader, kind: RecordKind, named: Sequence[RecordLink]
) -> Iterator[tuple[tuple[RecordLink, RecordKind], ...]]:
    """The ways in which each name is one of the kind's own or of what its records belong to."""
    options = [
        [
            (each, reader.kinds[name])
            for name in each.kinds
            if name == kind.name or reader.leads(kind, reader.kinds[name])
        ]
        for each in named
    ]
    for roles in itertools.product(*options):
        if sum(held is kind and not each.held for each, held in roles) <= 1:
            yield roles


def read_words(
    reader: Reader, kind: RecordKind, roles: Sequence[tuple[RecordLink, RecordKind]], first: int, asked: str
) -> Reading | None:
    """What all words say of a kind's records. None if one says nothing of them."""
    ends = {reader.end_index(each.start): reader.end_index(each.end) for each, _ in roles}
    made = Reading(kind, asked, _find_head(reader, ends.get(first, first)))
    made.names = tuple(ends)
    if any(_is_doubtful(reader, made, each, held) for each, held in roles):
        return None
    for each, held in roles:
        _add_name(reader, made, each, held)
    at = first
    while at < len(reader.tokens):
        step = ends.get(at, 0) or _skip_now(reader, at) or read_term(reader, made, at)
        if not step and not reader.is_mark(at) and not _is_plain(reader, made, at):
            return None
        at = max(step, at + 1)
    return made if _add_times(reader, made) else None


def _is_doubtful(reader: Reader, made: Reading, each: RecordLink, held: RecordKind) -> bool:
    """Whether a name may say something else here: another direction ("to Heathrow"), or what was told of somebody."""
    first = reader.end_index(each.start)
    before = reader.low(first - 1 - (reader.low(first - 1) in lexicon.DETERMINERS))
    if made.asked.startswith("who") and reader.low(first - 1) in lexicon.BE and not is_person(held):
        return True
    if not each.held:
        return held is made.kind and before in _WAYS and reader.low(first - 2) != "left"
    short = any(len(reader.low(at)) < FEWEST for at in range(first, reader.end_index(each.end)))
    owned = reader.low(first - 1) in lexicon.HAVING | {"in", "on", "at", "to", "the", "a"}
    return short or (made.asked.startswith("who") and not owned)


def _find_head(reader: Reader, first: int) -> int:
    for at in range(first, len(reader.tokens)):
        if reader.noun(at) is not None:
            return at
        described = any(reader.state(at, kind) is not None for kind in reader.kinds.values())
        if not described and reader.low(at) not in lexicon.DETERMINERS:
            break
    return -1


def _is_plain(reader: Reader, made: Reading, at: int) -> bool:
    """Whether a word asks for nothing of its own. A preposition without its noun says where or how something is."""
    low, ends = reader.low(at), at + 1 >= len(reader.tokens) or reader.is_mark(at + 1) or _skip_now(reader, at + 1) > 0
    named = made.said is not None or any(isinstance(each, BelongsTo) for each in made.where)
    dated = bool(made.times) or reader.when(at + 1, "") is not None
    there = low == INSIDE and made.asked in ("who", "is") and dated and takes_place(made.kind, "")
    if low == INSIDE and dated and not there:
        return False  # since when somebody is in is not known
    if there or low == "here" or (ends and low in PREPOSITIONS):
        of_head = made.asked in ("what", "which") and made.head not in (None, made.kind)  # "what course is Ada on"
        return there or made.first is not None or of_head  # "who is in today, when is Ada next in"
    held = {word for each in made.fields for word in label_field(each).split()}
    if low in _SAYS and any(each.type == "string" for each in made.fields):
        return True  # what a note says
    if low == "left" and not _BALANCES.isdisjoint(held):
        return True
    if low == "left" and made.asked in ("what", "much", "many", "does", "has") and reader.low(at + 1) != "to":
        return False  # of what has no rest
    if low in _NEEDS and made.asked == "many":
        return False  # so many are needed, and not there
    if low == "with" and any(at < start <= at + 2 for start in made.names):
        return False  # "an evening with Ada"
    handles = (made.asked == "when" and low in TAKES_PLACE and takes_place(made.kind, "")) or (
        made.asked in ("what", "which") and named and low in lexicon.HANDLING | {"drive"}
    )
    return (
        low in PLAIN
        or handles
        or any(low in noun.split() for noun in made.kind.nouns)  # "days off", of what is called "time off"
        or (named and low in lexicon.OWNERS)
        or (low in _BACK_YET and made.asked == "is")
        or reader.tokens[at].text in "'’"
    )


def _add_name(reader: Reader, made: Reading, each: RecordLink, held: RecordKind) -> None:
    words = reader.words(first := reader.end_index(each.start), reader.end_index(each.end))
    where: tuple[Condition, ...] = _list_holders(reader, each, held, first, words) if each.held else ()
    if held is not made.kind:
        said = None if each.held else words
        pick: Literal["one", "all"] = "one" if said is not None else "all"  # of two namesakes none
        made.where.append(BelongsTo(owner=Find(record=held.name, said=said, where=where, pick=pick)))
    elif each.held:
        made.where += where
    else:
        made.said = words
    before = reader.low(first - 1 - (reader.low(first - 1) in lexicon.DETERMINERS))
    near = made.kind.relation_to(held.name) is not None
    there = find_inside(made.kind) is not None or any(each.search == "name" for each in made.kind.fields)
    there = there if before == INSIDE else before == "on"  # what is charged to a room is not in it
    made.placed = made.placed or (near and there and not is_person(held))
    made.rate += STATE if held is made.kind else PLACE * near + STATE * made.placed


def _list_holders(
    reader: Reader, each: RecordLink, held: RecordKind, first: int, words: Words
) -> tuple[Condition, ...]:
    """The condition that a field holds the words: the one that the word before them is of ("to" York), or any."""
    fields = [one for name in each.held.get(held.name, ()) if (one := held.field_named(name)) is not None]
    before = reader.low(first - 1 - (reader.low(first - 1) in lexicon.DETERMINERS))
    fields = [one for one in fields if before in label_field(one).split()] or fields
    told = [Compare(field=one.name, op="contains", value=Word(word=words.text, quote=words)) for one in fields]
    return (AnyOf(conditions=tuple(told)) if len(told) > 1 else told[0],) if told else ()


def _skip_now(reader: Reader, at: int) -> int:
    return next((at + len(each) for each in _NOW if reader.lows(at, len(each)) == each), 0)


def _add_times(reader: Reader, made: Reading) -> bool:
    """Adds the time of the records: on the day that a word tells, or on which they take place. Whether there is one."""
    days = [*dict.fromkeys(each for each in made.fields if each.type in DATES)]
    if not made.times:
        return True
    line = find_line_ahead(made.kind)
    placed = line is not None and (takes_place(made.kind, "") or made.rate > STATE)
    day = days[0] if len(days) == 1 else line if not days and placed else None
    if day is None or len(made.times) > 1:
        return False
    when = reader.when(made.times[0], day.name)
    made.where += when[0] if when is not None else []
    made.fields = [each for each in made.fields if each is not day]
    made.days = days or made.days
    made.rate += PLACE * (bool(days) or takes_place(made.kind, ""))
    return when is not None
