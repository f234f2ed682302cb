"""What is told of records: a predicate ("overdue", "on the pro plan"), a clause without its pronoun."""

from __future__ import annotations

from agent.planning.proposal import Condition, OrderByCount, OrderByField
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.modifiers import predicate, read_after, relative
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import PhraseParts
from agent.resolve.rules.grammar.reader import Reader
from registry.records import RecordKind


def predicate_of(reader: Reader, kind: RecordKind, at: int, stop: int) -> tuple[tuple[Condition, ...], int] | None:
    """The conditions that a predicate puts on records of a kind, and where it ends: "overdue", "low priority",
    "on the pro plan"."""
    made = PhraseParts(kind, read_phrase)
    step = at
    while step < stop and reader.low(step) in {"on", "in", "a", "an", "the"} and reader.state(step, kind) is None:
        step += 1
    last = predicate(reader, made, step, stop, 0)
    if not last or made.order is not None:
        return None
    noun = reader.noun(last)
    if noun is not None and noun[0].name == kind.name:
        last += noun[1]
    while last < stop:
        after = read_after(reader, made, last, stop, 0)
        if after == last:
            break
        last = after
    return tuple(made.where), last


def related_clause(
    reader: Reader, kind: RecordKind, at: int, stop: int, line: str | None = None
) -> tuple[tuple[Condition, ...], int, OrderByField | OrderByCount | None] | None:
    """What is told of records of a kind without "that" or "who": "(which customers) have open tickets". ``line`` is the
    day that a bare time is of."""
    made = PhraseParts(kind, read_phrase, line=line)
    last = relative(reader, made, at, stop, 0) or read_after(reader, made, at, stop, 0)
    if last <= at and reader.low(at) in lexicon.AUXILIARIES:
        last = predicate(reader, made, at + 1, stop, 0)
    return (tuple(made.where), last, made.order) if last > at and made.said is None else None
