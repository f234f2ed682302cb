"""Completed values: which of several actions that set the same field is meant, by what each of them needs besides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.planning.proposal import Argument
from agent.resolve.rules.grammar.orders.interpretation import Interpretation
from registry.offers.offer import Offer

Field = tuple[str | None, str]
"""The kind of record that has a field, and the field's name."""


def list_set_fields(offer: Offer) -> dict[str, Field]:
    """The parameters by which an action sets fields of the records that it takes."""
    notes = offer.annotations
    held = ((name, note.replaces) for name, note in notes.items())
    return {name: (notes[one.parameter].record, one.field) for name, one in held if one and one.parameter in notes}


def complete_lacking(read: Sequence[Interpretation]) -> list[Interpretation]:
    """The interpretations, with an action that has all it needs for one that lacks a value and sets the same fields to
    the same values: "move 7 to 4 pm" gives it another time, where a move needs a day."""
    whole = {each.offer.name: each for each in read if each.complete}
    lacking = set[str]()
    for each in read:
        given = _list_set(each) if each.missing else []
        meant = next((one for one in whole.values() if any(given) and _list_set(one) == given), None)
        if meant is None:
            continue
        lacking.add(each.offer.name)
        if meant.evidence < each.evidence:
            score = max(each.score, meant.score)
            whole[meant.offer.name] = replace(meant, evidence=each.evidence, score=score, clash=each.clash)
    return [whole.get(each.offer.name, each) for each in read if each.offer.name not in lacking]


def _list_set(read: Interpretation) -> list[dict[Field, Argument]]:
    """The fields that each call sets, with their new values."""
    fields = list_set_fields(read.offer)
    return [{field: call[name] for name, field in fields.items() if name in call} for call in read.calls]
