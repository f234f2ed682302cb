"""Changed numbers: a new number for an earlier call's one number, by itself ("make it 30") or by what it has ("half of
that", "10 off")."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from agent.pipeline import EarlierCall
from agent.planning.proposal import Argument, ArgumentOf, Call, Computed, ComputedArgument, Number, PlanResult, Proposal
from agent.resolve.rules.grammar.earlier_calls import keep_arguments
from agent.resolve.rules.grammar.reader import Reader
from agent.validate.proposed.relative_answers import read_relative
from registry.offers.offer import Offer

_CHANGES_BY: Final = re.compile(r"\W*(?:\w+[\s,]+){0,2}?(?:make|let|set|change|put|turn)\b", re.IGNORECASE)
_OF_VALUE: Final = re.compile(
    r"\b(?:(?:of|off)\s+(?:it|that|this)|less|fewer|lower|shorter|off|double|twice|triple|treble|more|higher|longer)\b",
    re.IGNORECASE,
)
"""What says that a part is one of the value there is, and not of what that value is a part of."""


def change_by(reader: Reader, typed: str, offer: Offer, call: EarlierCall) -> Proposal | None:
    """The call with its one number changed. None if not all words describe such a change, or if the action has several
    numbers."""
    names = list_free_numbers(offer)
    read = read_relative(typed) or read_relative(reader.text.plain)  # as typed, or as translated
    relative = read if len(names) == 1 and call.can_change else None
    if relative is None or (relative.op == "+" and not _CHANGES_BY.match(typed)):
        return None  # "5 more" adds to it, "make it 5 more" changes it
    if relative.op == "*" and names[0] in call.computed and not _OF_VALUE.search(typed):
        return None  # "a third" after "half of the bill" is a third of the bill, not of the half
    quote = reader.words(0, len(reader.tokens))
    before = ArgumentOf(argument=names[0], of=call.handle)
    by = Number(number=relative.number, unit=relative.unit, quote=quote)
    changed = ComputedArgument(expression=Computed(op=relative.op, a=before, b=by))
    arguments: dict[str, Argument] = {**keep_arguments(offer, call, {}), names[0]: changed}
    return Proposal(result=PlanResult(calls=(Call(action=offer.name, arguments=arguments),), replaces=(call.handle,)))


def list_free_numbers(offer: Offer) -> list[str]:
    """The parameters of an action that take a number of their own."""
    return [name for name, schema in offer.properties.items() if is_number(schema) and _is_free(offer, name)]


def _is_free(offer: Offer, name: str) -> bool:
    annotation = offer.annotation(name)
    return annotation.record is None and annotation.of is None and annotation.like is None


def is_number(schema: object) -> bool:
    return isinstance(schema, Mapping) and schema.get("type") in ("integer", "number")
