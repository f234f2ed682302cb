"""Relative changes: "half of that", "10 off that", "5 more" said of the value that an earlier call has."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from agent.pipeline import EarlierCall
from agent.planning.proposal import (
    Argument,
    ArgumentOf,
    Call,
    Computed,
    ComputedArgument,
    Number,
    PlanResult,
    Proposal,
)
from agent.resolve.rules.grammar.earlier_calls import as_before
from agent.resolve.rules.grammar.reader import Reader
from agent.validate.proposed.relative_answers import read_relative
from registry.offers.offer import Offer

_CHANGES: Final = re.compile(r"\W*(?:\w+[\s,]+){0,2}?(?:make|let|set|change|put|turn)\b", re.IGNORECASE)


def change_by(reader: Reader, typed: str, offer: Offer, call: EarlierCall) -> Proposal | None:
    """The call anew with its one number changed by what is said; None where the words, all of them, say no such change,
    or the action has several numbers."""
    names = [name for name, schema in offer.properties.items() if _is_number(schema) and _is_free(offer, name)]
    relative = read_relative(typed) if len(names) == 1 and call.waits else None
    if relative is None or (relative.op == "+" and not _CHANGES.match(typed)):
        return None  # "5 more" comes on top of it, "make it 5 more" changes it
    quote = reader.words(0, len(reader.tokens))
    before = ArgumentOf(argument=names[0], of=call.handle)
    by = Number(number=relative.number, unit=relative.unit, quote=quote)
    changed = ComputedArgument(expression=Computed(op=relative.op, a=before, b=by))
    arguments: dict[str, Argument] = {**as_before(offer, call, {}), names[0]: changed}
    return Proposal(result=PlanResult(calls=(Call(action=offer.name, arguments=arguments),), replaces=(call.handle,)))


def _is_number(schema: object) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") in ("integer", "number")


def _is_free(offer: Offer, name: str) -> bool:
    annotation = offer.annotation(name)
    return annotation.record is None and annotation.of is None and annotation.like is None
