"""Fan-out: one request becomes several calls on one card ("close all of her tickets")."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from agent.validate.questions import join, quote_words
from agent.validate.records.located import LocatedRecord, format_count
from agent.validate.slots import Slots
from agent.validate.values import Read

_SHOWN = 5


def list_combinations(
    spread: Mapping[str, tuple[LocatedRecord | Read, ...]],
) -> Sequence[Mapping[str, LocatedRecord | Read]]:
    """The parameter values of every further call; the first of each parameter together make the call that exists
    already."""
    names = list(spread)
    return [dict(zip(names, each, strict=True)) for each in itertools.product(*spread.values())][1:]


def explain_unchanged(slots: Slots) -> str | None:
    """Why the call would change nothing, as a sentence; None where it would. Only for contracts that say which fields
    they replace."""
    same: list[str] = []
    for name in slots.filled:
        replaces = slots.annotation(name).replaces
        if replaces is None:
            continue
        found = slots.records.get(replaces.parameter, ())
        if not found or found[0].record.values.get(replaces.field) != slots.filled[name].value:
            return None
        same.append(f"{found[0].label}: {slots.label(name)} is {slots.filled[name].shown} already.")
    return same[0] if same else None


def explain_each(slots: Slots) -> Iterator[str]:
    """Why such calls wait for a person, whatever the contract's policy: how many, and which."""
    for name, values in slots.spread.items():
        words = slots.words(name)
        found = [each for each in values if isinstance(each, LocatedRecord)]
        shown = [each.label for each in found] or [each.shown for each in values if isinstance(each, Read)]
        what = format_count(len(found), found[0].kind) if found else f"{len(values)} values of {slots.label(name)}"
        more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
        which = f"{', '.join(shown[:_SHOWN])}{more}" if more else join(shown, "and")
        opening = f"{quote_words(words.text)} means" if words is not None else "That means"
        yield f"{opening} {what}, with a call for each: {which}."
