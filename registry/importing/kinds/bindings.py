"""Bindings: which parameters of an operation name a record, and which values follow from that record.

A guess decides nothing: it is proposed, and a person accepts it. What follows is derived: a record inside another
identifies it, and a PUT keeps what nobody mentioned.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from language.text import singularize
from registry.importing.document.description import Operation
from registry.importing.drafts import words
from registry.importing.drafts.slot_schema import Slot
from registry.importing.drafts.transport_headers import is_tag
from registry.importing.drafts.wrappers import strip_wrappers
from registry.importing.kinds.aliases import makes_record_of_name
from registry.importing.kinds.candidates import shape
from registry.importing.kinds.drafting import KindDraft
from registry.importing.kinds.finding import find_by_schema

_SUFFIX: Final = re.compile(r"(?P<stem>.+)_(?P<part>id|ids|uuid|pk|key|slug|code|name|number)\Z")
_SCALARS: Final = frozenset({"string", "integer", "number"})
_KEPT: Final = frozenset({"string", "integer", "number", "boolean", "id", "enum", "email", "currency", "json",
                           "money_minor"})  # fmt: skip


def guess_records(
    operation: Operation, slots: Sequence[Slot], kinds: Sequence[KindDraft], *, repeats: bool = False
) -> dict[str, tuple[str, str | None]]:
    """Parameter → (kind, sent field; None: the id), if its name or place tells the kind."""
    by_shape = {shape(each.path): each for each in kinds}
    names = {each.name: each for each in kinds} | {words.to_snake_case(each.noun): each for each in kinds}
    by_schema = find_by_schema(kinds)
    made: dict[str, tuple[str, str | None]] = {}
    outer: set[str] = set()
    named_anew = makes_record_of_name(operation, kinds)
    for slot in reversed(_order_by_path(operation, slots)):
        upto = operation.path.split("{" + slot.key + "}")[0] + "{" + slot.key + "}"
        kind = by_shape.get(shape(upto)) or _by_name(slot, names)
        if kind is not None and shape(kind.path) != shape(upto) and _is_of_others(operation.path, slot, kind):
            continue
        if kind is None or slot.name in outer or (named_anew and shape(upto) == shape(operation.path)):
            continue
        made[slot.name] = (kind.name, kind.own_field or None)
        if (above := _outer(operation, slot, kind)) is not None:
            outer |= {each.name for each in slots if each.place == "path" and each.key == above}
    whole = by_shape.get(shape(operation.path)) if operation.method == "PUT" else None
    creates = operation.method == "POST" and {shape(each.path).rpartition("/{}")[0]: each for each in kinds}.get(
        shape(operation.path)
    )
    for slot in slots:
        if slot.place == "path" or slot.whole or not _is_scalar(slot) or (repeats and slot.place == "body"):
            continue
        if whole is not None and _inner_key(slot, whole) in whole.held:
            continue  # it stays unchanged
        referred = by_schema.get(slot.refers)
        kind = referred or _by_name(slot, names)
        if kind is None or (creates and creates.name == kind.name and referred is None):
            continue
        if "scope" in kind.entry:  # its own part of the id means one record only if the call names the owner
            if slot.place == "body" and _lies_beside(operation, kind):
                made[slot.name] = (kind.name, kind.own_field)
        elif slot.place in ("body", "query"):
            made[slot.name] = (kind.name, _sent(slot, kind) if referred is None else None)
    for name in outer:
        made.pop(name, None)
    return made


def _order_by_path(operation: Operation, slots: Sequence[Slot]) -> list[Slot]:
    """Sorts path parameters from the outer to the inner, because documents declare them in any order."""
    placed = [slot for slot in slots if slot.place == "path"]
    return sorted(placed, key=lambda each: operation.path.find("{" + each.key + "}"))


def _is_of_others(path: str, slot: Slot, kind: KindDraft) -> bool:
    """Whether a placeholder follows another collection whose noun ends like the kind's: ``/api-tokens/{token}`` if the
    kind is a user's tokens."""
    before = path.split("{" + slot.key + "}")[0].rstrip("/").rpartition("/")[2]
    said = [singularize(each) for each in words.split_words(before)]
    return len(said) > 1 and said[-1] == kind.noun.rpartition(" ")[2] and " ".join(said) not in kind.entry["nouns"]


def _lies_beside(operation: Operation, kind: KindDraft) -> bool:
    """Whether an operation's address lies in the record that contains the kind's records."""
    above = shape(kind.path).rpartition("/{}")[0].rpartition("/{}")[0] + "/{}"
    return "{" in kind.path and shape(operation.path).startswith(f"{above}/") and above.count("{}") == 1


def _is_scalar(slot: Slot) -> bool:
    types: str | list[str] = slot.schema.get("type", [])
    return bool(types) and _SCALARS.issuperset([types] if isinstance(types, str) else types)


def _part(slot: Slot) -> str:
    found = _SUFFIX.fullmatch(words.to_snake_case(slot.words[-1]) if slot.words else "")
    return found["part"] if found else ""


def _by_name(slot: Slot, names: Mapping[str, KindDraft]) -> KindDraft | None:
    """``customer_id``, ``customerId``, ``/customer/id``, and ``customer`` if it can mean no other word."""
    last = words.to_snake_case(slot.words[-1]) if slot.words else ""
    if last == "id" and len(slot.words) > 1:
        return names.get(words.to_snake_case(slot.words[-2]))
    found = _SUFFIX.fullmatch(last)
    if found is None:
        kind = names.get(last)
        is_id = slot.place == "path" or slot.schema.get("type") == "integer" or slot.schema.get("format") == "uuid"
        return kind if is_id else None
    kind = names.get(found["stem"])
    if kind is None or found["part"] == "ids":
        return None
    part, held = found["part"], kind.entry["fields"]
    if part in ("id", "pk") or kind.entry["id"] == part:
        # A numeric id can't be an id that is a name.
        named = kind.entry["id"] in ("name", "title", "slug") and kind.entry["id"] != part
        return None if named else kind
    return kind if slot.place == "path" and part in held else None


def _sent(slot: Slot, kind: KindDraft) -> str | None:
    part = _part(slot)
    return part if part in kind.entry["fields"] and part != kind.entry["id"] else None


def _outer(operation: Operation, slot: Slot, kind: KindDraft) -> str | None:
    """The placeholder before a slot that the record's owner fills: ``/projects/{p}/features/{f}``."""
    if not kind.scope_field:
        return None
    before = re.findall(r"\{([^{}]+)\}", operation.path.split("{" + slot.key + "}")[0])
    return before[-1] if before else None


def derive_from_records(
    operation: Operation,
    slots: Sequence[Slot],
    records: Mapping[str, str],
    kinds: Mapping[str, KindDraft],
    *,
    repeats: bool = False,
) -> dict[str, dict[str, Any]]:
    """Parameter → annotation, for parameters that follow from another parameter's record. ``repeats``: the body is the
    record itself, which stays unchanged except for the requested values."""
    made: dict[str, dict[str, Any]] = {}
    by_key = {slot.key: slot for slot in slots if slot.place == "path"}
    for slot in slots:
        kind = kinds.get(records.get(slot.name, ""))
        if kind is None or slot.place != "path":
            continue
        above = by_key.get(_outer(operation, slot, kind) or "")
        if above is not None and above.name not in records:
            made[above.name] = {"derive": {"parameter": slot.name, "field": kind.scope_field}, "sources": ["record"]}
    if operation.method in ("PUT", "PATCH") or repeats:
        kept = dict(_kept(operation, slots, records, kinds, repeats=repeats))
        masked = any(words.to_snake_case(slot.key) == "update_mask" for slot in slots if slot.place == "query")
        needed = {slot.name for slot in slots if slot.required or masked or operation.method == "PUT"}
        if masked:  # rewriting a state may trigger something
            needed -= {slot.name for slot in slots if "enum" in slot.schema and not slot.required}
        made |= {name: each for name, each in kept.items() if name in needed}
    return made | derive_tags(operation, slots, records, kinds)


def derive_tags(
    operation: Operation, slots: Sequence[Slot], records: Mapping[str, str], kinds: Mapping[str, KindDraft]
) -> dict[str, dict[str, Any]]:
    """``If-Match`` → annotation, if the record that the call is about has a field with its tag."""
    inner = _order_by_path(operation, slots)[-1:]
    kind = kinds.get(records.get(inner[0].name, "")) if inner else None
    fields = kind.entry["fields"] if kind is not None else {}
    tag = next((each for each in fields if each.replace("_", "").endswith("etag")), None)
    if tag is None:
        return {}
    derive = {"derive": {"parameter": inner[0].name, "field": tag}, "sources": ["record"]}
    return {slot.name: derive for slot in slots if is_tag(slot) and slot.required}


def _inner_key(slot: Slot, kind: KindDraft) -> str:
    """The place of a body's member in the record. A JSON:API record has its ``attributes`` too."""
    path = tuple(slot.key.lstrip("/").split("/"))
    bare = strip_wrappers(path, kind.name)
    within = "/" + "/".join(path[path.index("attributes") :]) if "attributes" in path else ""
    known = {str(said.get("at")) for said in kind.entry["fields"].values()} | kind.held
    return within if within in known else "/" + "/".join(bare)


def list_lost(
    operation: Operation,
    slots: Sequence[Slot],
    records: Mapping[str, str],
    kinds: Mapping[str, KindDraft],
    kept: Iterable[str],
) -> list[Slot]:
    """Values that a PUT would delete from a record unasked: the record has them, and the call doesn't keep them."""
    inner = _order_by_path(operation, slots)[-1:]
    kind = kinds.get(records.get(inner[0].name, "")) if inner and operation.method == "PUT" else None
    if kind is None or not operation.path.rstrip("/").endswith("{" + inner[0].key + "}"):
        return []
    return [
        slot
        for slot in slots
        if slot.place == "body" and _inner_key(slot, kind) in kind.held and slot.name not in {*kept}
    ]


def _kept(
    operation: Operation,
    slots: Sequence[Slot],
    records: Mapping[str, str],
    kinds: Mapping[str, KindDraft],
    *,
    repeats: bool,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Keeps the record's values that nobody mentioned, because a PUT writes the whole record. So does a PATCH for its
    required values, or for all values if only a mask would say what stays."""
    inner = _order_by_path(operation, slots)[-1:]
    kind = kinds.get(records.get(inner[0].name, "")) if inner else None
    if kind is None or not (repeats or operation.path.rstrip("/").endswith("{" + inner[0].key + "}")):
        return
    held = {
        said["at"]: name
        for name, said in kind.entry["fields"].items()
        if "at" in said and said.get("type", "string") in _KEPT
    }
    for slot in slots:
        field = held.get(_inner_key(slot, kind)) if slot.place == "body" else None
        if field is not None and slot.whole and kind.entry["fields"][field].get("type") != "json":
            field = None
        if field is None and slot.place == "body" and words.to_snake_case(slot.key.lstrip("/")) == kind.name:
            field = kind.own_field or kind.entry["id"]  # the record's own name has its kind's name
        if field is not None and slot.name not in records:
            yield (
                slot.name,
                {
                    "derive": {"parameter": inner[0].name, "field": field},
                    # A default would overwrite a value that the record has and its list doesn't show.
                    "sources": ["prompt", "record", *(["default"] if slot.required else [])],
                },
            )
