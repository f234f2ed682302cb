"""Coverage of a question: whether its answer has a place for the words that change what is asked.

A word that restricts, measures or dates what is asked must be in the query. If one isn't, the question isn't
understood, so that what is known is told in the place of another figure.
"""

from __future__ import annotations

from typing import Final

from agent.planning.proposal import (
    Answer,
    Compare,
    Computed,
    FieldOf,
    Find,
    Has,
    OrderByField,
    RecordsAnswer,
    StateIs,
    TotalOf,
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
    said, nodes = {*reader.lows(0, len(reader.tokens))}, [*walk(answer)]
    kinds = [reader.kinds[name] for name in {each.record for each in nodes if isinstance(each, Find)}]
    names = {*answer.fields} if isinstance(answer, RecordsAnswer) else {getattr(answer, "by", None)}
    names |= {each.field for each in nodes if isinstance(each, TotalOf | Compare | FieldOf)}
    names |= {each.by for each in nodes if isinstance(each, OrderByField)}
    figures = [each for kind in kinds for each in kind.fields if each.name in names and each.type in NUMERIC]
    held = [each for each in nodes if isinstance(each, Has)]
    if not _ONLY.isdisjoint(said) and any(each.op != "=" for each in held):
        return False
    if not _REMAINING.isdisjoint(said) and "how" in said:
        stated = any(isinstance(each, StateIs) and not each.negated for each in nodes)
        whole = [each for kind in kinds for each in list_capacities(kind)[0]]
        if not stated and all(each in whole for each in figures):
            return False  # a size or a text, and nothing that tells of a rest
    worked = any(isinstance(each, Computed) for each in nodes)
    return (worked or _measures(reader, kinds, figures)) and all(_stands_now(reader, each) for each in held)


def _measures(reader: Reader, kinds: list[RecordKind], figures: list[Field]) -> bool:
    """Whether a quantity that a kind holds, and of which the question speaks, is among those that are looked up."""
    told = {label_field(each) for each in figures}
    for at in range(len(reader.tokens)):
        low = reader.low(at)
        if reader.lows(at - 2, 2) == ("how", "many") and low.endswith("s") and stem(low) in UNITS and not figures:
            return False
        held = [each for kind in kinds for each in kind.fields if label_field(each) == low]
        quantity = held and all(each.type in NUMERIC for each in held) and low not in _SUMMING | _REMAINING | told
        other = at in reader.ranges or any(low in kind.nouns for kind in reader.kinds.values())
        if quantity and not other and all(reader.state(at, kind) is None for kind in kinds):
            return False
    return True


def list_capacities(kind: RecordKind) -> tuple[list[Field], list[Field]]:
    """The counts of which a kind also holds a used part, and those parts: places, beside places taken."""
    counts = [each for each in kind.fields if each.type in ("integer", "number")]
    gone = [each for each in counts if is_past(label_field(each).split()[0])]
    return [each for each in counts if gone and each not in gone], gone


def _stands_now(reader: Reader, has: Has) -> bool:
    """Whether things that last for days, and that somebody is on now, are those of some day: "on leave"."""
    find, said = has.related, reader.lows(0, len(reader.tokens))
    if not isinstance(find, Find) or _AWAY.isdisjoint(said) or lexicon.BE.isdisjoint(said):
        return True
    kind = reader.kinds[find.record]
    days = {each.name for each in kind.fields if each.type in DATES}
    dated = any(isinstance(each, Compare) and each.field in days for each in walk(find))
    return dated or len({each for each in days if each.startswith(("start", "end"))}) < 2
