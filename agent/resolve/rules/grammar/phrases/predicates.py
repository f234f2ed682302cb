"""Predicates: what is said of a kind's records behind a verb, or in a clause without "that"."""

from __future__ import annotations

from agent.planning.proposal import Condition, OrderByCount, OrderByField
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.modifiers import read_after, read_predicate, read_relative
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import PhraseParts
from agent.resolve.rules.grammar.reader import Reader
from registry.records import RecordKind


def read_predicate_of(reader: Reader, kind: RecordKind, at: int, stop: int) -> tuple[tuple[Condition, ...], int] | None:
    """The conditions of a predicate on records of a kind, and its end: "overdue", "low priority", "on the pro plan"."""
    made = PhraseParts(kind, read_phrase)
    step = at
    while step < stop and reader.low(step) in {"on", "in", "a", "an", "the"} and reader.state(step, kind) is None:
        step += 1
    last = read_predicate(reader, made, step, stop, 0)
    if not last or made.order is not None:
        return None
    noun = reader.noun(last)
    if noun is not None and noun[0].name == kind.name:
        last += noun[1]
    return tuple(made.where), last


def read_related_clause(
    reader: Reader, kind: RecordKind, at: int, stop: int, line: str | None = None
) -> tuple[tuple[Condition, ...], int, OrderByField | OrderByCount | None] | None:
    """A clause about records without "that" or "who": "(which customers) have open tickets". ``line`` is the date that
    a bare time is about."""
    made = PhraseParts(kind, read_phrase, line=line)
    last = read_relative(reader, made, at, stop, 0) or read_after(reader, made, at, stop, 0)
    if last <= at and reader.low(at) in lexicon.AUXILIARIES:
        last = read_predicate(reader, made, at + 1, stop, 0)
    return (tuple(made.where), last, made.order) if last > at and made.said is None else None
