"""Coverage of a question: whether its answer has a place for the words that change what is asked.

A word that restricts, measures or dates what is asked must be in the query. If one isn't, the question isn't
understood, so that what is known is told in the place of another figure.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from agent.planning.proposal import (
    Answer,
    Compare,
    Computed,
    Find,
    Has,
    OrderByField,
    RecordsAnswer,
    StateIs,
    TotalOf,
    ValueAnswer,
)
from agent.planning.quotes import walk
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import DATES
from agent.resolve.rules.grammar.phrases.fields import NUMERIC, label_field
from agent.resolve.rules.grammar.reader import Reader
from agent.validate.coverage.weighty_patterns import UNITS
from language.stems import is_past, stem
from language.text import word_set
from registry.records import Field, RecordKind

_ONLY: Final = word_set("only solely exclusively merely")
_REMAINING: Final = word_set("left remaining")
_SUMMING: Final = word_set("total amount sum value price number count")
_AWAY: Final = word_set("on off")


def accounts_for(reader: Reader, answer: Answer) -> bool:
    """Whether what restricts, measures or dates a question is in its answer's query."""
    said = reader.lows(0, len(reader.tokens))
    finds = [each for each in walk(answer) if isinstance(each, Find)]
    return (
        (_ONLY.isdisjoint(said) or all(each.op == "=" for each in walk(answer) if isinstance(each, Has)))
        and _measures(reader, answer, finds)
        and _tells_rest(reader, answer, finds)
        and all(_stands_now(reader, each) for each in walk(answer) if isinstance(each, Has))
    )


def _list_told(answer: Answer, kinds: dict[str, RecordKind]) -> Iterator[Field]:
    """The fields that a query tells, sums up, compares or puts in order."""
    names = {*answer.fields} if isinstance(answer, RecordsAnswer) else set[str]()
    names |= {each.field for each in walk(answer) if isinstance(each, TotalOf | Compare)}
    names |= {each.by for each in walk(answer) if isinstance(each, OrderByField)}
    names |= {answer.by} if isinstance(answer, ValueAnswer) and answer.by else set()
    yield from (each for kind in kinds.values() for each in kind.fields if each.name in names)


def _measures(reader: Reader, answer: Answer, finds: list[Find]) -> bool:
    """Whether a quantity that a kind holds, and of which the question speaks, is what the query is about."""
    kinds = {each.record: reader.kinds[each.record] for each in finds}
    told = {label_field(each) for each in _list_told(answer, kinds)}
    worked = any(isinstance(each, Computed) for each in walk(answer))
    for at in range(len(reader.tokens)):
        low = reader.low(at)
        units = reader.lows(at - 2, 2) == ("how", "many") and stem(low) in UNITS
        if units and not worked and not any(each.type in NUMERIC for each in _list_told(answer, kinds)):
            return False
        held = [each for kind in kinds.values() for each in kind.fields if label_field(each) == low]
        quantity = held and all(each.type in NUMERIC for each in held) and low not in _SUMMING | _REMAINING
        other = at in reader.ranges or any(low in kind.nouns for kind in reader.kinds.values())
        other = other or any(reader.state(at, kind) is not None for kind in kinds.values())
        if quantity and not (other or worked or low in told):
            return False
    return True


def _tells_rest(reader: Reader, answer: Answer, finds: list[Find]) -> bool:
    """Whether what is left is asked of a sum, stock or state that says so, and of no size or text."""
    said = reader.lows(0, len(reader.tokens))
    if _REMAINING.isdisjoint(said) or "how" not in said:
        return True
    kinds = {each.record: reader.kinds[each.record] for each in finds}
    figures = [each for each in _list_told(answer, kinds) if each.type in NUMERIC]
    whole = {each.name for kind in kinds.values() for each in _list_capacities(kind)}
    stated = any(isinstance(each, StateIs) and not each.negated for each in walk(answer))
    return stated or any(each.name not in whole for each in figures)


def _list_capacities(kind: RecordKind) -> list[Field]:
    """The counts beside which a kind holds how many of them are gone: places, of which some are taken."""
    counts = [each for each in kind.fields if each.type in ("integer", "number")]
    gone = [each for each in counts if is_past(label_field(each).split()[0])]
    return [each for each in counts if gone and each not in gone]


def _stands_now(reader: Reader, has: Has) -> bool:
    """Whether things that last for days, and that somebody is on now, are those of some day: "on leave"."""
    find, said = has.related, reader.lows(0, len(reader.tokens))
    if not isinstance(find, Find) or _AWAY.isdisjoint(said) or lexicon.BE.isdisjoint(said):
        return True
    kind = reader.kinds[find.record]
    days = {each.name for each in kind.fields if each.type in DATES}
    dated = any(isinstance(each, Compare) and each.field in days for each in walk(find))
    return dated or len({each for each in days if each.startswith(("start", "end"))}) < 2
