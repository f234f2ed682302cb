"""Decided kinds: other names for their records, and the field by which people name a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from core.errors import InvalidInput
from registry.importing.decisions import KindDecision
from registry.importing.kinds.drafting import NAMED_BY, KindDraft
from registry.importing.kinds.nouns import with_plurals


def decide_kind(kind: KindDraft, decision: KindDecision) -> KindDraft:
    """The draft with the decisions applied. Raises InvalidInput for a field that it doesn't have."""
    entry = dict(kind.entry)
    if decision.nouns:
        entry["nouns"] = list(dict.fromkeys((*entry["nouns"], *with_plurals(decision.nouns))))
    decide = kind.decide
    if (name := decision.named_by) is not None:
        if name not in entry["fields"]:
            known = ", ".join(entry["fields"])
            raise InvalidInput(f"The kind {kind.name} has no field {name!r} to be named by. It has {known}.")
        entry["fields"] = {**entry["fields"], name: _search_by(name, entry)}
        entry["label"] = "{" + name + "}"
        decide = tuple(each for each in decide if each != NAMED_BY)
    return replace(kind, entry=entry, decide=decide)


def _search_by(name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """The field by which people name records: a number is said whole, and a name may be said in part or misspelt."""
    field = entry["fields"][name]
    coded = field.get("type") in ("id", "integer") and "search" not in field  # an id in words is searched for already
    return {**field, "search": "number" if coded else field.get("search", "name")}
