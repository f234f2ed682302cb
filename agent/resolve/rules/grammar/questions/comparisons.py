"""Comparisons of two that are named: "which is taller, Rex or Bo", "who has more open tickets, Ada or Ben". Both values
are told, so that no order has to be believed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from agent.planning.proposal import (
    Answer,
    AnyOf,
    BelongsTo,
    Compare,
    Condition,
    CountOf,
    FieldOf,
    Find,
    First,
    OrderByField,
    RecordsAnswer,
    Test,
    ValueAnswer,
    Word,
    YesNoAnswer,
)
from agent.planning.record_links import RecordLink
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.fields import find_measure, read_superlative
from agent.resolve.rules.grammar.questions.linked_terms import PLAIN
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set
from registry.records import RecordKind

_JOINING: Final = word_set("or than")
_ASKING: Final = word_set("who who's whos which what is are does whose two one")
_MORE: Final = word_set("more fewer less")
_AFTER: Final = 2
"""Ends of "taller" and "heavier" before which the adjective stands."""


def list_compared(reader: Reader, named: Sequence[RecordLink]) -> list[Answer]:
    """The comparison that a question with two names asks for. Empty if any other word is in it."""
    if len(named) != 2 or not all(each.by_name for each in named):
        return []
    (first, last), (begin, stop) = sorted((reader.end_index(each.start), reader.end_index(each.end)) for each in named)
    joins = [at for at in range(last, begin) if reader.low(at) in _JOINING]
    made = [
        answer
        for kind in reader.kinds.values()
        if len(joins) == 1 and all(kind.name in each.kinds for each in named)
        for answer in (
            *_list_measured(reader, kind, (first, last), (begin, stop), than=reader.low(joins[0]) == "than"),
            *_list_counted(reader, kind, (first, last), (begin, stop), than=reader.low(joins[0]) == "than"),
        )
    ]
    return made if len(made) == 1 else []


def _list_measured(
    reader: Reader, kind: RecordKind, one: tuple[int, int], other: tuple[int, int], *, than: bool
) -> list[Answer]:
    """The field that an adjective compares, of both."""
    rest = _list_rest(reader, one, other)
    told = [(at, found) for at in rest if (found := _find_compared(kind, reader.low(at))) is not None]
    nouns = [at for at in rest if (noun := reader.noun(at)) is not None and noun[0] is kind]
    if len(told) != 1 or not _are_plain(reader, [at for at in rest if at != told[0][0] and at not in nouns]):
        return []
    field, upper = told[0][1]
    first, last = (Find(record=kind.name, said=reader.words(*each)) for each in (one, other))
    if than:
        asks = reader.low(min(rest)) in {"is", "are"} and one[0] < told[0][0] < other[0]
        left, right = FieldOf(field=field, of=first), FieldOf(field=field, of=last)
        return [YesNoAnswer(tests=(Test(left=left, op=">" if upper else "<", right=right),))] if asks else []
    names = [each for each in kind.fields if each.search in ("name", "number")]
    if len(names) != 1:
        return []
    called: list[Condition] = [
        Compare(field=names[0].name, op="contains", value=Word(word=words.text, quote=words))
        for words in (reader.words(*one), reader.words(*other))
    ]
    end: First = "highest" if upper else "lowest"
    both = Find(record=kind.name, where=(AnyOf(conditions=tuple(called)),), order=OrderByField(by=field, first=end))
    return [RecordsAnswer(records=both.model_copy(update={"pick": 2}), fields=(field,))]


def _list_counted(
    reader: Reader, kind: RecordKind, one: tuple[int, int], other: tuple[int, int], *, than: bool
) -> list[Answer]:
    """How many records of a kind each of both has."""
    rest = _list_rest(reader, one, other)
    more = next((at for at in rest if reader.low(at) in _MORE), None)
    if than or more is None:
        return []
    states, at = list[Condition](), more + 1
    noun = next((step for step in rest if step > more and reader.noun(step) is not None), None)
    counted = reader.noun(noun)[0] if noun is not None and reader.noun(noun) is not None else None  # type: ignore[index]
    relation = counted.relation_to(kind.name) if counted is not None else None
    if noun is None or counted is None or relation is None or counted.relates_twice(kind.name):
        return []
    while at < noun:
        found = reader.state(at, counted)
        if found is None:
            return []
        states, at = [*states, found[0]], at + found[1]
    named = counted.field_named(f"{relation.via.removesuffix('_id')}_name")
    left = [step for step in rest if step < more or step > noun]
    if named is None or not _are_plain(reader, [each for each in left if reader.noun(each) is None]):
        return []
    owners = tuple(
        BelongsTo(owner=Find(record=kind.name, said=words)) for words in (reader.words(*one), reader.words(*other))
    )
    theirs = Find(record=counted.name, where=(AnyOf(conditions=owners), *states), pick="all")
    return [ValueAnswer(value=CountOf(of=theirs), by=named.name)]


def _list_rest(reader: Reader, one: tuple[int, int], other: tuple[int, int]) -> list[int]:
    named = {*range(*one), *range(*other)}
    return [at for at in range(len(reader.tokens)) if at not in named and reader.low(at).isalpha()]


def _are_plain(reader: Reader, places: Sequence[int]) -> bool:
    return all(reader.low(at) in PLAIN | _ASKING | _JOINING for at in places)


def _find_compared(kind: RecordKind, word: str) -> tuple[str, bool] | None:
    """The field that a comparative is about, and whether it means the upper end."""
    held = read_superlative(f"{word[:-_AFTER]}est") if word.endswith("er") else None
    measured = find_measure(kind, held[0]) if held is not None else None
    if held is not None and measured is not None:
        later = measured.name in ("born", "year") or measured.type in ("date", "datetime")
        return measured.name, held[1] if not later else held[0] in ("new", "young")
    by, first = lexicon.COMPARATIVES.get(word, ("", "highest"))
    return (kind.size, first == "highest") if by == "size" and kind.size is not None else None
