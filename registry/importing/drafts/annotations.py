"""Annotations of a draft's parameters: units, and the records that they name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from registry.importing.decisions import OperationDecision
from registry.importing.document.description import Operation
from registry.importing.drafts.body_roles import BodyRoles
from registry.importing.drafts.money import find_currency
from registry.importing.drafts.slot_schema import Slot
from registry.importing.drafts.slots import is_money
from registry.importing.kinds.bindings import derive_from_records, guess_records
from registry.importing.kinds.drafting import KindDraft

_CURRENCIES: Final = ("currency", "currencyCode", "currency_code", "Currency", "CurrencyCode")


def write_annotations(
    operation: Operation,
    slots: Sequence[Slot],
    decision: OperationDecision,
    kinds: Sequence[KindDraft],
    roles: BodyRoles,
) -> dict[str, Any]:
    by_name = {each.name: each for each in kinds}
    records = {name: str(each.record) for name, each in decision.parameters.items() if each.record is not None}
    made: dict[str, Any] = derive_from_records(
        operation, slots, records, by_name, repeats=operation.key in roles.repeats
    )
    guessed = guess_records(operation, slots, kinds, repeats=operation.key in roles.repeats) if records else {}
    by_path = {(slot.place, slot.words): slot for slot in slots}
    for slot in slots:
        found: dict[str, Any] = {}
        choice = decision.parameters.get(slot.name)
        if is_money(slot):
            found["unit"] = "money_minor"
            beside = next(
                (by_path[key] for key in ((slot.place, (*slot.words[:-1], w)) for w in _CURRENCIES) if key in by_path),
                None,
            )
            if beside is not None:
                found["currency_from"] = beside.name
            elif (currency := find_currency(slot.view.description)) is not None:
                found["currency"] = currency
        if choice is not None and choice.record in by_name:
            kind, field = guessed.get(slot.name, ("", None))
            found["label"] = by_name[choice.record].entry["title"]
            if choice.record == kind and field is not None:
                found["field"] = field
            if slot.place != "path" and (within := _owner(by_name[choice.record], records)) is not None:
                found["of"] = within
        if _renames(operation, slot, slots):
            found["label"] = f"New {slot.name.removeprefix('body_').replace('_', ' ')}"
        if choice is not None:
            said = choice.annotation()
            if "currency" in said or said.get("unit", "money") not in ("money", "money_minor"):
                found = {key: each for key, each in found.items() if not key.startswith("currency")}
            found.update(said)
        if found:
            made[slot.name] = {**made.get(slot.name, {}), **found}
    return made


def _renames(operation: Operation, slot: Slot, slots: Sequence[Slot]) -> bool:
    """Whether a body's member has the name of what the path names its record by: what that shall be from now on."""
    return slot.place == "body" and any(
        slot.name == f"body_{each.name}" and operation.path.rstrip("/").endswith("{" + each.key + "}")
        for each in slots
        if each.place == "path"
    )


def _owner(kind: KindDraft, records: Mapping[str, str]) -> str | None:
    """The parameter that names the owner of a kind's records."""
    owner = next(iter(kind.entry.get("scope", {}).values()), None)
    return next((name for name, record in records.items() if owner is not None and record == owner), None)
