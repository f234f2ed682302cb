"""Argument forms: how each argument appears in a model's answer schema, under which name, and what the prompt says
about it."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final, Literal

from agent.extract.parameter_spec import make_parameter_spec
from registry.contract import Unit
from registry.offers.offer import Offer
from registry.records import RecordKind

MAX_ENUM: Final = 64
MAX_NESTED: Final = 4
MAX_PROPERTIES: Final = 40
MAX_OTHERS: Final = 30
NUMERIC: Final = ("integer", "number")
TIMES: Final = ("date", "date-time")

Form = Literal["reference", "expression", "typed", "text"]
"""``reference`` finds a record; ``expression`` is a number, money or time that may be computed; ``typed`` is a value in
the parameter's own JSON type with its words; ``text`` is typed words or a draft."""


@dataclass(frozen=True, slots=True)
class ArgumentForm:
    """One parameter as it is offered to a model. ``schema`` is its plain JSON Schema (a local ``$ref`` followed, null
    removed)."""

    token: str
    parameter: str
    form: Form
    schema: Mapping[str, Any]
    required: bool
    record: str | None = None
    moves: bool = False
    """Whether it is a time of the day that a record has now, and that may be so much later."""


@dataclass(frozen=True, slots=True)
class ActionForm:
    """One offered action under its token, with its arguments by token."""

    token: str
    offer: Offer
    arguments: Mapping[str, ArgumentForm]


class ActionForms(dict[str, ActionForm]):
    """Offered actions by token. They are the same for many requests, and each request takes them to another process: so
    they are packed once, and unpacked there once."""

    @cached_property
    def packed(self) -> bytes:
        return pickle.dumps(dict(self))

    def __reduce__(self) -> tuple[Callable[[bytes], ActionForms], tuple[bytes]]:
        return _unpack, (self.packed,)


@lru_cache(maxsize=64)
def _unpack(packed: bytes) -> ActionForms:
    return ActionForms(pickle.loads(packed))  # noqa: S301 - of our own process, which packed it


def make_action_forms(offers: Sequence[Offer], kinds: Sequence[RecordKind]) -> ActionForms:
    """The offers by token. A token is the last part of the name if that is unique, or else the whole name."""
    made = ActionForms()
    known = frozenset(kind.name for kind in kinds)
    last = [offer.name.rpartition(".")[2] for offer in offers]
    for offer, short in zip(offers, last, strict=True):
        token = make_unique_token(short if last.count(short) == 1 else offer.name, made)
        made[token] = ActionForm(token, offer, _make_argument_forms(offer, known))
    return made


def make_other_tokens(names: Sequence[str], actions: Mapping[str, ActionForm]) -> dict[str, str]:
    """Actions of other roles, each under its own token. At most MAX_OTHERS."""
    made: dict[str, str] = {}
    for name in names[:MAX_OTHERS]:
        made[make_unique_token(name.rpartition(".")[2], (*actions, *made))] = name
    return made


def _make_argument_forms(offer: Offer, kinds: frozenset[str]) -> dict[str, ArgumentForm]:
    made: dict[str, ArgumentForm] = {}
    for parameter, raw in offer.properties.items():
        annotation = offer.annotation(parameter)
        schema = simplify_schema(raw, offer.parameters)
        if not annotation.takes_words and not annotation.compose and annotation.record is None:
            continue  # it follows from a record, so nobody says it
        form: Form = "typed"
        if annotation.record is not None and annotation.record in kinds:
            form = "reference"
        elif kinds and not list_members(schema) and (schema.get("type") in NUMERIC or schema.get("format") in TIMES):
            form = "expression"
        elif annotation.compose:
            form = "text"
        token = make_unique_token(parameter, ("action", *made))
        record = annotation.record if form == "reference" else None
        timed = form == "typed" and kinds and annotation.replaces is not None
        moves = bool(timed and make_parameter_spec(parameter, schema, annotation).kinds[:1] == ("time",))
        made[token] = ArgumentForm(token, parameter, form, schema, parameter in offer.required, record, moves)
    return made


def simplify_schema(schema: Any, root: Mapping[str, Any]) -> Mapping[str, Any]:
    """A parameter's schema with a local ``$ref`` followed and "this or null" reduced to this."""
    for _ in range(8):
        if not isinstance(schema, Mapping):
            return {}
        if isinstance(ref := schema.get("$ref"), str) and ref.startswith("#/"):
            schema = _follow_pointer(ref, root)
            continue
        branches = [
            each
            for each in schema.get("anyOf") or schema.get("oneOf") or ()
            if isinstance(each, Mapping) and each.get("type") != "null"
        ]
        if len(branches) == 1:
            schema = {**{key: schema[key] for key in ("description", "title") if key in schema}, **branches[0]}
            continue
        types = schema.get("type")
        if isinstance(types, list):
            real = [each for each in types if each != "null"]
            return {**schema, "type": real[0] if len(real) == 1 else real}
        return schema
    return {}


def _follow_pointer(ref: str, root: Mapping[str, Any]) -> Any:
    node: Any = root
    for part in ref[2:].split("/"):
        node = node.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(node, Mapping) else None
    return node


def list_members(schema: Mapping[str, Any]) -> tuple[Any, ...]:
    """The members of a closed list. Empty if the value is free or the list is too long."""
    members = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    kept = tuple(each for each in members if isinstance(each, str | int | float | bool))
    return kept if 0 < len(kept) <= MAX_ENUM else ()


def make_native_schema(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """The parameter's own type as a strict schema: bounded, every key required, null for a part that may be missing.

    Patterns, formats and bounds are left out, because strict modes reject them. They are checked afterwards.
    """
    schema = simplify_schema(schema, root)
    members = list_members(schema)
    if members:
        return _close_enum(members)
    kind = schema.get("type")
    if kind == "array":
        items = (
            make_native_schema(schema.get("items") or {}, root, depth + 1) if depth < MAX_NESTED else {"type": "string"}
        )
        return {"type": "array", "items": items}
    properties = schema.get("properties")
    if (
        kind == "object"
        and isinstance(properties, Mapping)
        and 0 < len(properties) <= MAX_PROPERTIES
        and depth < MAX_NESTED
    ):
        needed = schema.get("required") or ()
        made: dict[str, Any] = {}
        for name, each in properties.items():
            inner = make_native_schema(each, root, depth + 1)
            made[str(name)] = inner if name in needed else {"anyOf": [inner, {"type": "null"}]}
        return {"type": "object", "properties": made, "required": list(made), "additionalProperties": False}
    if kind == "object":
        return {"type": "string", "description": "a JSON object as text"}
    if isinstance(kind, str) and kind in ("integer", "number", "boolean", "string"):
        return {"type": kind}
    return {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "boolean"}]}


def read_objects(value: Any, schema: Mapping[str, Any], root: Mapping[str, Any], depth: int = 0) -> Any:
    """Reads a value in the form of ``make_native_schema``. Free-form objects are written there as JSON text. Text that
    is no JSON object stays text."""
    schema = simplify_schema(schema, root)
    if depth > MAX_NESTED:
        return value
    kind, properties = schema.get("type"), schema.get("properties")
    if isinstance(value, list) and kind == "array":
        return [read_objects(each, schema.get("items") or {}, root, depth + 1) for each in value]
    if isinstance(value, dict) and isinstance(properties, Mapping):
        return {name: read_objects(each, properties.get(name) or {}, root, depth + 1) for name, each in value.items()}
    if isinstance(value, str) and kind == "object":
        try:
            read = json.loads(value)
        except (ValueError, RecursionError):
            return value
        return read if isinstance(read, dict) else value
    return value


def _close_enum(members: Sequence[Any]) -> dict[str, Any]:
    """An enum that names its type, as strict modes demand. One enum for each type of its members."""
    typed = {bool: "boolean", int: "integer", float: "number", str: "string"}
    kinds = list(dict.fromkeys(typed[type(each)] for each in members))
    made = [{"type": kind, "enum": [each for each in members if typed[type(each)] == kind]} for kind in kinds]
    return made[0] if len(made) == 1 else {"anyOf": made}


def describe_argument(form: ArgumentForm, offer: Offer, states: Mapping[str, str], *, plain: bool = False) -> str:
    """What the prompt says about an argument's type. ``states`` writes a contract's filter in the kind's own words.

    In the ``plain`` form money is as typed. Defaults and source fields are left out, because a small model copies them.
    """
    annotation = offer.annotation(form.parameter)
    if form.form == "reference":
        only = states.get(form.parameter)
        several = ", several" if form.schema.get("type") == "array" else ""
        return f"{form.record}{several}{f', {only} only' if only else ''}"
    if annotation.unit in (Unit.MONEY, Unit.MONEY_MINOR):
        text = "money" if plain else "money in major units (20.00 is 20, whatever the description says)"
    elif annotation.unit is not None:
        text = annotation.unit.value
    else:
        text = describe_type(form.schema, offer.parameters)
    if form.form == "text":
        text = "text, yours to word where asked"
    elif form.moves and not plain:
        text = 'time "HH:MM", or by how much it moves: op on its field'
    if plain:
        return text
    if annotation.derive is not None and annotation.derive.parameter in offer.properties:
        text += f", left null: the {annotation.derive.field.replace('_', ' ')} of @{annotation.derive.parameter}"
    if form.schema.get("default") is not None:
        text += f", default {json.dumps(form.schema['default'], ensure_ascii=False)}"
    return text


def describe_type(schema: Mapping[str, Any], root: Mapping[str, Any], depth: int = 0) -> str:
    schema = simplify_schema(schema, root)
    members = list_members(schema)
    if members:
        return "|".join(each if isinstance(each, str) else json.dumps(each) for each in members)
    kind = schema.get("type")
    if kind == "boolean":
        return "true|false"
    if kind == "array":
        inner = describe_type(schema.get("items") or {}, root, depth + 1) if depth < MAX_NESTED else "…"
        return f"list of {inner}"
    if kind == "object" and isinstance(schema.get("properties"), Mapping) and depth < MAX_NESTED:
        needed = schema.get("required") or ()
        parts = [
            f"{name}{'*' if name in needed else ''}: {describe_type(each, root, depth + 1)}{_describe_schema(each)}"
            for name, each in list(schema["properties"].items())[:MAX_PROPERTIES]
        ]
        return "{" + ", ".join(parts) + "}"
    if isinstance(fmt := schema.get("format"), str):
        return f"{fmt}"
    return {"string": "text", "integer": "whole number", "number": "number", "object": "object as JSON text"}.get(
        str(kind), "value"
    )


def _describe_schema(schema: Any) -> str:
    told = schema.get("description") if isinstance(schema, Mapping) else None
    return f" ({' '.join(told.split())[:80]})" if isinstance(told, str) and told else ""


def make_hint(form: ArgumentForm, offer: Offer) -> str:
    """What the owner says of the argument, with words for its members."""
    annotation = offer.annotation(form.parameter)
    told = str(form.schema.get("description") or annotation.label or "") if form.form != "reference" else ""
    words = "; ".join(f"{value} = {', '.join(said[:4])}" for value, said in annotation.words.items() if said)
    return ". ".join(part.rstrip(". ") for part in (told, words) if part)


def make_unique_token(name: str, taken: Iterable[str]) -> str:
    """``name`` as letters, digits, ``_``, ``.`` and ``-`` (at most 64), unlike every one taken."""
    used = set(taken)
    base = re.sub(r"[^A-Za-z0-9_.-]+", "_", name)[:64].strip("_") or "item"
    made, count = base, 2
    while made in used:
        made, count = f"{base[:60]}_{count}", count + 1
    return made
