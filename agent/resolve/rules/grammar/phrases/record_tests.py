"""Tests of what is told of a record: how many there are, a state of the one at a place in line, a yes-or-no field."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.planning.proposal import Compare, Comparison, CountOf, Find, Number, Test, Word
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import does
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem
from language.text import word_set

_AT_PRESENT: Final = word_set("now today currently")
ONE: Final = Number(number=Decimal(1))
NONE: Final = Number(number=Decimal(0))


def count_test(find: Find, op: Comparison = ">=", number: Number = ONE) -> Test:
    return Test(left=CountOf(of=find.model_copy(update={"pick": "all", "order": None})), op=op, right=number)


def namesakes(reader: Reader, find: Find) -> list[Find]:
    """The same name as that of another kind's record: of a colleague, not of a customer; last of a thing."""
    kinds = [kind for kind in reader.kinds.values() if rate_person_likeness(kind) and kind.name != find.record]
    kinds.sort(key=rate_person_likeness, reverse=True)
    return [find.model_copy(update={"record": kind.name}) for kind in kinds if find.said is not None and not find.where]


def flagged(reader: Reader, find: Find, at: int, *, negated: bool = False) -> tuple[Test, int] | None:
    """What a yes-or-no field tells of a record: "(is Ada) at work, allowed pets, (does she) drive"."""
    flag = _flag(reader, find, at)
    if flag is None:
        return None
    told = find.model_copy(update={"where": (*find.where, flag[0])})
    return (count_test(told, "=", NONE) if negated else count_test(told)), flag[1]


def _flag(reader: Reader, find: Find, at: int) -> tuple[Compare, int] | None:
    """A yes-or-no field by its label: "at work"."""
    for each in reader.kinds[find.record].fields:
        label = tuple((each.label or each.name.replace("_", " ")).lower().split())
        if each.type != "boolean":
            continue
        length = len(label) if reader.lows(at, len(label)) == label or does(label[-1], reader.low(at)) else 0
        telling = [stem(word) for word in label if word not in lexicon.NAME_STOP]
        if not length and [stem(reader.low(at))] == telling:  # "working", where it is called "at work"
            length = 1
        if length:
            last = at + length
            return Compare(field=each.name, op="=", value=Word(word=True)), last + (reader.low(last) in _AT_PRESENT)
    return None
