"""Differences between two documents, or between contracts and a newer document: what changed, and what it breaks.

A change is compatible if a request as it is sent today is still understood. Accepting less, requiring more, or
disappearing is incompatible.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from registry.importing.document.alternatives import Settler
from registry.importing.document.description import Operation
from registry.importing.document.digests import Digests
from registry.importing.document.references import Documents
from registry.importing.document.schema_view import SchemaReader, SchemaView
from registry.importing.drafts.drafting import ROOMS
from registry.importing.drafts.endpoints import choose_content
from registry.importing.drafts.slot_schema import CannotDraft, Slot
from registry.importing.drafts.slots import read_slots
from registry.importing.formats import read_description

Change = Literal["added", "removed", "compatible", "incompatible"]
_BOUNDS: Final[Mapping[str, int]] = {  # keyword → the direction in which it accepts less
    "minLength": 1, "minimum": 1, "exclusiveMinimum": 1, "minItems": 1, "maxLength": -1, "maximum": -1,
    "exclusiveMaximum": -1, "maxItems": -1,
}  # fmt: skip
_MAX_LEVELS: Final = 8
_NO_VIEW: Final = SchemaView(key=0)


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed operation. ``details`` are clauses for people."""

    operation: str
    change: Change
    details: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return {"operation": self.operation, "change": self.change, "details": list(self.details)}


@dataclass(frozen=True, slots=True)
class Suspension:
    """A contract that its upstream API no longer fits."""

    contract: str
    version: int
    difference: Difference

    def as_json(self) -> dict[str, Any]:
        return {"contract": self.contract, "version": self.version, **self.difference.as_json()}


class Surveyed:
    """One document with what is needed to compare its operations."""

    def __init__(self, documents: Documents) -> None:
        self.documents = documents
        self.digests = Digests(documents)
        self.settler = Settler(SchemaReader(documents))
        self.operations = {each.key: each for each in read_description(documents).operations}

    def digest(self, operation: Operation) -> str:
        return self.digests.of(operation)

    def slots(self, operation: Operation) -> tuple[dict[tuple[str, str], Slot], str]:
        """The operation's parameters by place and wire name, and why there are none."""
        if operation.trouble:
            return {}, operation.trouble
        try:
            found = read_slots(operation, choose_content(operation), self.settler, ROOMS[0])
        except CannotDraft as error:
            return {}, str(error)
        return {(each.place, each.key): each for each in found}, ""


def find_differences(old: Documents, new: Documents) -> list[Difference]:
    """Every operation that was added, removed or changed, in the new document's order. Removed ones come last."""
    before, after = Surveyed(old), Surveyed(new)
    found: list[Difference] = []
    for key, operation in after.operations.items():
        was = before.operations.get(key)
        if was is None:
            found.append(Difference(key, "added", ()))
        elif before.digest(was) != after.digest(operation):
            found.append(_changed(key, before.slots(was), after.slots(operation)))
    gone = [Difference(key, "removed", ()) for key in before.operations if key not in after.operations]
    return [*found, *gone]


def find_suspensions(contracts: Sequence[Mapping[str, Any]], new: Documents) -> list[Suspension]:
    """The ``contracts`` (as signed) whose pinned operation changed in the new document, with the differences from what
    they send."""
    after = Surveyed(new)
    made: list[Suspension] = []
    for contract in contracts:
        upstream = contract.get("upstream")
        if not isinstance(upstream, Mapping) or contract.get("endpoint", {}).get("type") != "http":
            continue
        key = str(upstream.get("operation"))
        operation = after.operations.get(key)
        name, version = str(contract.get("name")), int(contract.get("version") or 1)
        if operation is None:
            made.append(Suspension(name, version, Difference(key, "removed", ("the operation is gone",))))
        elif after.digest(operation) != upstream.get("schema_digest"):
            slots, why = after.slots(operation)
            made.append(Suspension(name, version, _sent_differently(key, contract, slots, why)))
    return made


def _changed(
    key: str, before: tuple[dict[tuple[str, str], Slot], str], after: tuple[dict[tuple[str, str], Slot], str]
) -> Difference:
    (was, _), (now, why) = before, after
    if why:
        return Difference(key, "incompatible", (f"it can't be drafted any more: {why}",))
    if not was:
        was = {}
    breaking = [*_gone(was, now), *_asked(was, now)]
    harmless = [
        f"the optional {_told(slot)} is new" for place, slot in now.items() if place not in was and not slot.required
    ]
    for place in was.keys() & now.keys():
        narrower, wider = _compared(was[place], now[place])
        breaking += narrower
        harmless += wider
    if breaking:
        return Difference(key, "incompatible", tuple(sorted(breaking) + sorted(harmless)))
    said = sorted(harmless) or ["its definition changed, but nothing that is sent"]
    return Difference(key, "compatible", tuple(said))


def _gone(was: Mapping[tuple[str, str], Slot], now: Mapping[tuple[str, str], Slot]) -> Iterator[str]:
    for place, slot in was.items():
        if place not in now and not _elsewhere(slot, now):
            yield f"{_told(slot)} is gone"


def _asked(was: Mapping[tuple[str, str], Slot], now: Mapping[tuple[str, str], Slot]) -> Iterator[str]:
    for place, slot in now.items():
        if slot.required and (place not in was or not was[place].required) and not _elsewhere(slot, was):
            yield f"{_told(slot)} is required now"


def _elsewhere(slot: Slot, others: Mapping[tuple[str, str], Slot]) -> bool:
    """Whether the value is at another level of nesting: in an object that is kept whole there, or split into
    parameters."""
    if slot.place != "body" or not slot.key.startswith("/"):
        return False
    keys = [key for place, key in others if place == "body"]
    return any(slot.key.startswith(f"{key}/") or key.startswith(f"{slot.key}/") for key in keys)


def _compared(was: Slot, now: Slot) -> tuple[list[str], list[str]]:
    """What the new parameter accepts less than the old one, and what it accepts more."""
    narrower: list[str] = []
    wider: list[str] = []
    told = _told(now)
    if was.required and not now.required:
        wider.append(f"{told} is optional now")
    if was.form != now.form:
        narrower.append(f"{told} is written in another form ({was.form or 'plain'} → {now.form or 'plain'})")
    less, more = _schemas(told, was.schema, now.schema)
    return narrower + less, wider + more


def _schemas(told: str, was: Mapping[str, Any], now: Mapping[str, Any], level: int = 0) -> tuple[list[str], list[str]]:
    """Like ``_compared``, for two schemas and their parts."""
    narrower: list[str] = []
    wider: list[str] = []
    if was == now or level > _MAX_LEVELS:
        return narrower, wider
    old_types, new_types = _types(was), _types(now)
    if old_types != new_types:
        change = f"{told} takes {_either(new_types)} instead of {_either(old_types)}"
        (wider if _covers(new_types, old_types) else narrower).append(change)
    lost, more = _members(was, now)
    narrower += [f"{told} no longer takes {each!r}" for each in lost[:10]]
    wider += [f"{told} also takes {each!r}" for each in more[:10]]
    for keyword, direction in _BOUNDS.items():
        old, new = was.get(keyword), now.get(keyword)
        if old == new:
            continue
        tighter = new is not None and (old is None or (new - old) * direction > 0)
        (narrower if tighter else wider).append(f"{told}: {keyword} is {_or_none(new)} instead of {_or_none(old)}")
    for keyword in ("pattern", "format"):
        old, new = was.get(keyword), now.get(keyword)
        if old != new:
            (narrower if new is not None else wider).append(f"{told}: its {keyword} is {_or_none(new)}")
    if was.get("anyOf") != now.get("anyOf"):
        narrower.append(f"{told} has other alternatives")
    for less, others in _within(told, was, now, level):
        narrower += less
        wider += others
    return narrower, wider


def _within(
    told: str, was: Mapping[str, Any], now: Mapping[str, Any], level: int
) -> Iterator[tuple[list[str], list[str]]]:
    old, new = was.get("properties") or {}, now.get("properties") or {}
    for name in {**old, **new} if old and new else ():
        inner = f"{told}.{name}"
        if name not in new:
            yield [f"{inner} is gone"], []
        elif name not in old:
            yield [], [f"{inner} is new"]
        else:
            yield _schemas(inner, old[name], new[name], level + 1)
    for name in sorted(set(now.get("required") or ()) - set(was.get("required") or ())):
        yield [f"{told}.{name} is required now"], []
    for keyword in ("items", "additionalProperties"):
        before, after = was.get(keyword), now.get(keyword)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield _schemas(f"{told}[]", before, after, level + 1)


def _either(types: frozenset[str]) -> str:
    return " or ".join(sorted(types)) or "anything"


def _sent_differently(
    key: str, contract: Mapping[str, Any], slots: Mapping[tuple[str, str], Slot], why: str
) -> Difference:
    """The differences between what a contract sends and what the operation now accepts."""
    if why:
        return Difference(key, "incompatible", (f"it can't be drafted any more: {why}",))
    sent = dict(_sent(contract))
    breaking: list[str] = []
    harmless: list[str] = []
    properties = contract.get("parameters", {}).get("properties", {})
    required = contract.get("parameters", {}).get("required", [])
    for (place, name), parameter in sent.items():
        slot = slots.get((place, name))
        if slot is None:
            stand_in = Slot(place, name, (), required=False, schema={}, view=_NO_VIEW)
            if not _elsewhere(stand_in, slots):
                breaking.append(f"{_told(stand_in)}, which the contract sends, is gone")
        elif parameter is not None and isinstance(properties.get(parameter), Mapping):
            was = Slot(
                place, name, slot.words, parameter in required, dict(properties[parameter]), slot.view, form=slot.form
            )
            narrower, wider = _compared(was, slot)
            breaking += narrower
            harmless += wider
    for place_and_key, slot in slots.items():
        if place_and_key in sent or slot.key.lower() == str(contract["endpoint"].get("idempotency_header", "")).lower():
            continue
        if slot.required and not any(_holds(other, slot) for other in sent):
            breaking.append(f"{_told(slot)} is required now, and the contract doesn't send it")
        else:
            harmless.append(f"the optional {_told(slot)} is not sent")
    if breaking:
        return Difference(key, "incompatible", tuple(breaking))
    return Difference(key, "compatible", tuple(harmless[:20]) or ("its definition changed, but nothing that is sent",))


def _holds(sent: tuple[str, str], slot: Slot) -> bool:
    place, key = sent
    return place == slot.place == "body" and (slot.key.startswith(f"{key}/") or key.startswith(f"{slot.key}/"))


def _sent(contract: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], str | None]]:
    """(place, wire name) → the parameter sent there. None for a constant."""
    endpoint = contract["endpoint"]
    body = endpoint.get("body") or {}
    members = (("path", "path"), ("query", "query"), ("header", "headers"))
    for place, member in members:
        for name, value in (endpoint.get(member) or {}).items():
            yield (place, name), value.get("parameter")
    for name, value in (body.get("fields") or {}).items():
        yield ("body", name), value.get("parameter")
    if "value" in body:
        yield ("body", ""), body["value"].get("parameter")


def _told(slot: Slot) -> str:
    where = {"body": "the field", "path": "the path parameter", "query": "the query parameter", "header": "the header"}
    return f"{where[slot.place]} {slot.key}" if slot.key else "the body"


def _types(schema: Mapping[str, Any]) -> frozenset[str]:
    given = schema.get("type")
    if given is None:
        return frozenset(type(each).__name__ for each in schema.get("enum", ())) if "enum" in schema else frozenset()
    return frozenset(given if isinstance(given, list) else [given])


def _covers(new: frozenset[str], old: frozenset[str]) -> bool:
    if not new:
        return True
    return bool(old) and (old - new <= ({"integer"} if "number" in new else set()))


def _members(was: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[list[Any], list[Any]]:
    old, new = was.get("enum"), now.get("enum")
    if old is None and new is None:
        return [], []
    if new is None:
        return [], ["anything"]
    if old is None:
        return ["anything else than " + ", ".join(map(str, new[:6]))], []
    return [each for each in old if each not in new], [each for each in new if each not in old]


def _or_none(value: Any) -> str:
    return "none" if value is None else str(value)
