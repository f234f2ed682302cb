"""Open records: a condition about the record of its own call is about one that is open to the call's action, where
several fit."""

from __future__ import annotations

from agent.planning.proposal import AnyOf, Call, Compare, FieldOf, Find, RecordArgument, Test, Word
from registry.contract import Contract


def narrow_to_open(test: Test, call: Call, contract: Contract) -> Test | None:
    """The test with its record narrowed to those that the action takes. None if it isn't about the call's record, or
    the action takes any."""
    of = test.left.of if isinstance(test.left, FieldOf) else None
    same = (
        name
        for name, each in call.arguments.items()
        if isinstance(each, RecordArgument) and each.reference == of and name in contract.properties
    )
    taken = contract.annotation(name).filter if (name := next(same, None)) is not None else {}
    if not taken or not isinstance(of, Find) or not isinstance(test.left, FieldOf):
        return None
    fits = tuple(
        AnyOf(conditions=tuple(Compare(field=field, op="=", value=Word(word=value)) for value in values))
        for field, values in taken.items()
    )
    narrowed = of.model_copy(update={"where": (*of.where, *fits)})
    return test.model_copy(update={"left": test.left.model_copy(update={"of": narrowed})})
