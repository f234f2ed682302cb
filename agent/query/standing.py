"""How records stand: what decides about a state that a yes/no question asks for."""

from __future__ import annotations

import re
from typing import Final

from agent.extract.references.vocabulary import is_contact
from agent.pipeline import Question
from agent.planning.proposal import (
    AnyOf,
    BelongsTo,
    Compare,
    CountOf,
    Day,
    FieldOf,
    Find,
    Has,
    StateIs,
    Test,
    YesNoAnswer,
)
from agent.query.namesakes import MOST_NAMESAKES
from agent.query.references import Query
from agent.validate.records.field_words import add_aside, tell_field
from agent.validate.records.located import LocatedRecord, RecordQuery
from registry.records import Field, RecordKind, format_field

_SLOT: Final = "answer"
_FEW: Final = 3
_PART: Final = re.compile(r"\s*(?:[,·]\s*|$)")


async def list_theirs(query: Query, asked: YesNoAnswer) -> tuple[LocatedRecord, ...]:
    """All that a question about a state may mean by somebody's record or by a name of few people: "is Ada's bill paid",
    where she has two. Empty where more is asked. Raises PlatformUnavailable."""
    find, test = asked.about, asked.tests[0]
    if not isinstance(find, Find) or find.order or len(asked.tests) > 1 or test.op != ">=":
        return ()
    told = test.left.of if isinstance(test.left, CountOf) else None
    states = told.where[len(find.where) :] if isinstance(told, Find) and told.record == find.record else ()
    kind = query.kinds.get(find.record)
    if (
        kind is None
        or not states
        or (find.said and not any(map(is_contact, kind.fields)))
        or not all(isinstance(each, StateIs) for each in states)
    ):
        return ()
    need = RecordQuery(_SLOT, _SLOT, kind, restricts=True)
    found = await query.records.find_all(need, find.model_copy(update={"pick": "all"}))
    if isinstance(found, Question) or (find.said and len(found) > MOST_NAMESAKES):
        return ()
    return found


def find_each(test: Test, asked: Question) -> FieldOf | None:
    """What each of a few records has that a question could mean: "is Ada's October bill paid", where she has two. None
    where more are meant, or no field of theirs is."""
    left = test.left
    if asked.code != "ambiguous" or len(asked.candidates) > _FEW or not isinstance(left, FieldOf):
        return None
    if not isinstance(left.of, Find) or left.of.order is not None:
        return None
    return left.model_copy(update={"of": left.of.model_copy(update={"pick": "all"})})


async def tell_held(query: Query, asked: YesNoAnswer) -> str:
    """What somebody or something has in the place of what was asked for, by what decides: the booked job of a car that
    isn't ready. Empty if that is nothing, or more than a few. Raises PlatformUnavailable."""
    find = asked.tests[0].left.of if isinstance(asked.tests[0].left, CountOf) else None
    has = find.where[-1] if isinstance(find, Find) and find.where else None
    held = has.related if isinstance(has, Has) and has.op == ">=" else None
    kind = query.kinds.get(held.record) if isinstance(held, Find) else None
    if kind is None or not isinstance(held, Find) or not isinstance(asked.about, Find):
        return ""
    theirs = Find(record=kind.name, where=(BelongsTo(owner=asked.about),), pick="all")
    found = await query.records.find_all(RecordQuery(_SLOT, _SLOT, kind, restricts=True), theirs)
    if isinstance(found, Question) or len(found) > _FEW:
        return ""
    test = asked.tests[0].model_copy(update={"left": CountOf(of=held)})
    return "; ".join(add_aside(each.label, tell_deciding(test, each)) for each in found)


def list_deciding(test: Test, kind: RecordKind) -> list[Field]:
    """The fields that decide about a state that a question asks for."""
    find = test.left.of if isinstance(test.left, CountOf) else None
    where = find.where if isinstance(find, Find) else ()
    named = isinstance(find, Find) and find.said is not None
    states = [each.state for each in where if isinstance(each, StateIs) and (named or not each.negated)]
    ends = [each for each in where if isinstance(each, Compare) and named]  # "insured until" a day
    names = {each.field for each in ends if len(ends) == 1 and each.op == ">=" and isinstance(each.value, Day)}
    days = [one for each in where if isinstance(each, AnyOf) for one in each.conditions if isinstance(one, Compare)]
    names |= {each.field for each in days if named and each.op == "!="}  # "returned on", which may be empty
    names |= {name for each in states for name in (*kind.states.get(each, ()), *kind.times.get(each, ())[:1])}
    return [each for each in kind.fields if each.name in names or not {*states}.isdisjoint(each.values)]


def tell_deciding(test: Test, found: LocatedRecord, shown: str = "") -> str:
    """What a record holds that decides about a state, unless it is ``shown``: ``overdue`` of a bill that may be
    paid."""
    told = [(each, format_field(each, found.record.values)) for each in list_deciding(test, found.kind)]
    return ", ".join(
        tell_field(each, found.kind, value)
        for each, value in told
        if value not in (*found.label.split(), *_PART.split(shown))
    )


def tell_standing(test: Test, found: LocatedRecord) -> str:
    """What its kind says of a record, and what decides."""
    detail = found.record.detail.strip()
    return " · ".join(filter(None, (detail, tell_deciding(test, found, detail))))
