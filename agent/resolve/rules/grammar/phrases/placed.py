"""Tests of a record at a position: "Ada's last bill is overdue". Among those that are overdue, the last is another."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import Final

from agent.planning.proposal import Compare, Condition, Day, FieldOf, Find, StateIs, Test, Word, Words
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.phrases.predicates import read_predicate_of
from agent.resolve.rules.grammar.phrases.subjects import list_subjects
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set
from registry.records import RecordKind

_BE: Final = word_set("is are was were isn't aren't wasn't weren't 's")
_ADVERBS: Final = word_set("still already currently now yet really actually also")


def read_placed_test(reader: Reader, index: int, stop: int) -> tuple[Test, ...] | None:
    """The state of a record at a position: "her last bill is overdue", "it isn't paid" behind an order about such."""
    verbs = [at for at in range(index + 1, stop) if reader.low(at) in _BE][:1]
    abouts = [about for verb in verbs for about in list_subjects(reader, index, verb) if about.last == verb]
    for about in abouts or list_subjects(reader, index, stop):
        at, negated = about.last, reader.low(about.last) in lexicon.NOT
        made = read_placed(reader, about.find, at + (at in verbs), stop, negated=negated)
        if made is not None and made[1] >= stop:
            return made[0]
    return None


def read_placed(
    reader: Reader, find: Find, at: int, stop: int, *, negated: bool = False
) -> tuple[tuple[Test, ...], int] | None:
    """The tests of one record's field that together say that it is in a state, or not. None for a record at no
    position, and for what no field with a closed list of values tells."""
    if find.order is None:
        return None
    kind = reader.kinds[find.record]
    while reader.low(at) in _ADVERBS or reader.low(at) in lexicon.NOT:
        negated = negated or reader.low(at) in lexicon.NOT
        at += 1
    told = read_predicate_of(reader, kind, at, stop)
    if told is None:
        return None
    tests = _test_field(kind, find, told[0], reader.words(at, told[1]), negated=negated)
    return (tests, told[1]) if tests else None


def _test_field(
    kind: RecordKind, find: Find, told: Sequence[Condition], quote: Words, *, negated: bool
) -> tuple[Test, ...]:
    one = find.model_copy(update={"pick": "one"})
    compared = [each for each in told if isinstance(each, Compare)]
    if compared and len(compared) == len(told) and not negated:
        compared = _join_month(compared)
        return tuple(Test(left=FieldOf(field=each.field, of=one), op=each.op, right=each.value) for each in compared)
    state = told[0] if len(told) == 1 and isinstance(told[0], StateIs) else None
    fields = list(kind.states.get(state.state, {}).items()) if state is not None else []
    field = kind.field_named(fields[0][0]) if len(fields) == 1 else None
    if field is None or state is None:
        return ()
    of, values, so = FieldOf(field=field.name, of=one), [*fields[0][1]], negated is state.negated
    if so and len(values) == 1:
        return (Test(left=of, op="=", right=Word(word=values[0], quote=quote)),)
    others = [each for each in field.values if each not in values] if so else values
    return tuple(Test(left=of, op="!=", right=Word(word=each, quote=quote)) for each in others)


def _join_month(compared: list[Compare]) -> list[Compare]:
    """The two bounds of one month as that month, which is told in fewer words."""
    days = [each.value for each in compared if isinstance(each.value, Day)]
    if [each.op for each in compared] != [">=", "<="] or len(days) != 2 or compared[0].field != compared[1].field:
        return compared
    first, last = (date.fromisoformat(each.date[:10]) for each in days)
    if first.day != 1 or last != date(first.year, first.month, monthrange(first.year, first.month)[1]):
        return compared
    month = Day(date=days[0].date[:7], quote=days[0].quote)
    return [compared[0].model_copy(update={"op": "during", "value": month})]
