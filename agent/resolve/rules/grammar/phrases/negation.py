"""Negation: what is told of a record of which a condition is denied."""

from __future__ import annotations

from agent.planning.proposal import AnyOf, Compare, Condition, Except, Find, StateIs, Word
from registry.records import RecordKind


def opposite(kind: RecordKind, condition: Condition) -> Condition:
    """What is told of a record of which a condition is denied. The platform's own word for the opposite goes before all
    that merely isn't so: "not paid" is unpaid, where a refunded bill is neither."""
    if isinstance(condition, StateIs):
        un = f"un{condition.state}"
        if un in kind.states:
            return condition.model_copy(update={"state": un})
        return condition.model_copy(update={"negated": True})
    if isinstance(condition, Compare) and isinstance(condition.value, Word) and isinstance(condition.value.word, bool):
        value = condition.value.model_copy(update={"word": not condition.value.word})
        return condition.model_copy(update={"value": value})
    if isinstance(condition, Compare) and condition.op == "=":
        return condition.model_copy(update={"op": "!="})
    # As one of the ways to be meant, for which nothing need be there to be left out.
    return AnyOf(conditions=(Except(left_out=Find(record=kind.name, where=(condition,), pick="all")),))
