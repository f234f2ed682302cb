"""Records that are waited for: those that are past their day, or that nobody has taken on, and not finished, as their
state says. "Which parcels are overdue" asks for none that is delivered, "which tickets are unassigned" for none that is
closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from agent.planning.proposal import Answer, AnyOf, Compare, Condition, Day, Find, Has, StateIs
from agent.planning.quotes import walk
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.dated_verbs import DATES, find_owing
from agent.resolve.rules.grammar.earlier_calls import exchange
from agent.resolve.rules.grammar.phrases.fields import label_field
from language.text import word_set
from registry.records import Field, RecordKind

_OVERDUE: Final = "overdue"
_UNASSIGNED: Final = "unassigned"
_HANDED: Final = word_set("received delivered returned collected back paid lost sold")
"""Finished for whoever sent or paid it, while somebody may still have to see to it."""


def leave_out_finished(answer: Answer, kinds: Mapping[str, RecordKind], today: str) -> Answer:
    """The answer, in which nothing finished is overdue, still falls due or is nobody's. Where a state is asked for
    beside it, that alone tells."""
    for find in [each for each in walk(answer) if isinstance(each, Find)]:
        kind = kinds[find.record]
        waited = [_is_overdue(each) or _is_nobodys(each, kind) or _falls_due(each, kind, today) for each in find.where]
        others = [each for each, waits in zip(find.where, waited, strict=True) if not waits]
        if len(others) == len(find.where) or any(tells_stage(each, kind) for each in others):
            continue
        due = any(_falls_due(each, kind, today) for each in find.where)
        nobodys = any(_is_nobodys(each, kind) for each in find.where)
        over = [each for each in list_finished(kind) if not (nobodys and each in _HANDED)]
        off = list_waiting(kind) if due else [StateIs(state=each, negated=True) for each in over]
        answer = exchange(answer, find, find.model_copy(update={"where": (*find.where, *off)}))
    return answer


def leave_out_later(answer: Answer, kinds: Mapping[str, RecordKind]) -> Answer:
    """The answer with "not confirmed yet" as what comes before it in the order of its field's values: what is called
    off won't be confirmed any more."""
    for find in [each for each in walk(answer) if isinstance(each, Find)]:
        kind = kinds[find.record]
        for each in [each for each in find.where if isinstance(each, StateIs) and each.negated]:
            own = {one.name: (each.state,) for one in kind.fields if each.state in one.values}
            held = kind.states.get(each.state) or own
            name, values = next(iter(held.items()), ("", ()))
            field = kind.field_named(name)
            if field is None or name not in lexicon.STATE_FIELDS:
                continue
            before = field.values[: min((field.values.index(str(one)) for one in values), default=0)]
            told = [StateIs(state=one) for one in before]
            if told:
                answer = exchange(answer, each, told[0] if len(told) == 1 else AnyOf(conditions=tuple(told)))
    return answer


def list_waiting(kind: RecordKind) -> Sequence[Condition]:
    """What holds of the records that something is still to come of: they are to be paid, where nothing but that is
    waited for, or aren't finished."""
    owing, over = find_owing(kind), list_finished(kind)
    stages = {value for each in kind.fields if each.name in lexicon.STATE_FIELDS for value in each.values}
    due = owing.conditions if isinstance(owing, AnyOf) else (owing,)
    owed = {each.state for each in due if isinstance(each, StateIs)}
    owed |= {str(one) for each in owed for values in kind.states.get(each, {}).values() for one in values}
    if owing is not None and stages - owed <= lexicon.FINISHED:
        return [owing]
    return [StateIs(state=each, negated=True) for each in over if owing is None or each not in _HANDED]


def is_due(each: Field) -> bool:
    return each.type in DATES and "due" in label_field(each).split()


def _is_overdue(condition: Condition) -> bool:
    """Whether it says that a day is past, by a word for it of the kind's own or the common one."""
    if isinstance(condition, Compare):
        day = condition.value
        quote = day.quote if isinstance(day, Day) else None
        return condition.op == "<" and quote is not None and quote.text.casefold() == _OVERDUE
    return isinstance(condition, StateIs) and condition.state.casefold() == _OVERDUE and not condition.negated


def _falls_due(condition: Condition, kind: RecordKind, today: str) -> bool:
    """Whether it says that something is due by or on a day that isn't over."""
    day = condition.value if isinstance(condition, Compare) else None
    field = kind.field_named(condition.field) if isinstance(condition, Compare) else None
    if field is None or not isinstance(day, Day) or not is_due(field):
        return False
    assert isinstance(condition, Compare)
    return condition.op in ("=", "<", "<=", "during") and day.date >= today[: len(day.date)]


def _is_nobodys(condition: Condition, kind: RecordKind) -> bool:
    """Whether it says that nobody handles a record."""
    match condition:
        case StateIs(state=state, negated=False):
            return state.casefold() == _UNASSIGNED
        case Has(related=Find(record=name, where=(), said=None), op="=", count=0):
            return kind.relation_to(name) is not None
    return False


def tells_stage(condition: Condition, kind: RecordKind) -> bool:
    if not isinstance(condition, StateIs):
        return False
    held = kind.states.get(condition.state) or [each.name for each in kind.fields if condition.state in each.values]
    return not lexicon.STATE_FIELDS.isdisjoint(held)


def list_finished(kind: RecordKind) -> Iterable[str]:
    """The states in which a record is finished. None where being overdue is a state of its own."""
    stages = [each for each in kind.fields if each.name in lexicon.STATE_FIELDS]
    values = [value for each in stages for value in each.values]
    own = [state for state, held in kind.states.items() if lexicon.STATE_FIELDS.issuperset(held)]
    if _OVERDUE in (*own, *values):
        return ()
    covered = [{*held} for state in own for held in kind.states[state].values() if state in lexicon.FINISHED]
    return [
        *(state for state in own if state in lexicon.FINISHED),
        *(each for each in values if each in lexicon.FINISHED and not any(each in held for held in covered)),
    ]
