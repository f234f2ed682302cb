"""Wholes: of what a parameter's number can be a part ("half of it", "all but 5")."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from registry.contract import Contract, Derive, Unit
from registry.offers.offer import Offer
from registry.records import RecordKind

_NUMBERS: Final = ("integer", "number")


def find_whole(action: Offer | Contract, name: str, kinds: Mapping[str, RecordKind]) -> Derive | None:
    """The field that holds the whole: the one that the contract says, or else the record's number of the same name.

    None if neither tells it, or if that field may be in another unit (cents and euros).
    """
    note = action.annotation(name)
    return note.derive or note.at_most or _find_namesake(action, name, kinds)


def _find_namesake(action: Offer | Contract, name: str, kinds: Mapping[str, RecordKind]) -> Derive | None:
    minor = action.annotation(name).unit is Unit.MONEY_MINOR
    found: list[Derive] = []
    for each in action.required if (action.properties.get(name) or {}).get("type") in _NUMBERS else ():
        kind = kinds.get(action.annotation(each).record or "")
        held = kind.field_named(name) if kind is not None else None
        if held is not None and held.type in (("money_minor",) if minor else _NUMBERS):
            found.append(Derive(parameter=each, field=name))
    return found[0] if len(found) == 1 else None
