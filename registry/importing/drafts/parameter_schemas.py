"""Schemas of a draft's parameters: a slot's schema, with its description, default and example."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.importing.drafts import json_schemas, words
from registry.importing.drafts.slot_schema import Slot
from registry.json_schema.schemas import explain_misfits


def write_parameter(slot: Slot, method: str) -> dict[str, Any]:
    """The slot's schema with its description, default and example."""
    made = dict(slot.schema)
    default = slot.view.own.get("default")
    only = made["enum"][0] if len(made.get("enum", ())) == 1 and slot.required else None
    said = [words.to_plain_text(slot.description)]
    if only is not None:
        made["default"] = only
    elif json_schemas.is_exact(default):
        if slot.required and not slot.whole:
            made["default"] = default
        elif method != "PATCH":
            said.append(f"Without it: {words.cut_text(str(default), 60)}.")
    text = words.cut_text(" ".join(each for each in said if each), json_schemas.MAX_DESCRIPTION)
    if slot.whole:
        text = f"{text.rstrip()} (JSON)" if text else "As JSON."
    if text:
        made["description"] = text
    example = slot.example if slot.example is not None else slot.view.own.get("example")
    if isinstance(example, str | int | float) and not isinstance(example, bool) and "enum" not in made:
        shown = words.cut_text(words.to_plain_text(str(example)), 60)
        if shown and json_schemas.is_exact(example) and not slot.whole and shown == str(example):
            made["examples"] = [example]
    if "default" in made and not _fits(made):
        del made["default"]
    if "type" not in made and "enum" not in made and "anyOf" not in made:
        made.setdefault("description", "Any JSON value.")
    return made


def take_number(schema: dict[str, Any]) -> None:
    """Allows numbers for an id that a document declares as text: in many records it is a number, and the record's own
    type is sent."""
    if not {"enum", "format", "pattern", "default"} & set(schema):
        schema["type"] = ["string", "integer"]


def let_stay_empty(slot: Slot, schema: dict[str, Any]) -> None:
    """Gives a new record's required list the default ``[]`` if the list may be empty."""
    if not slot.required or slot.place != "body" or "default" in schema:
        return
    kind = schema.get("type")
    if kind == "array" and not schema.get("minItems"):
        schema["default"] = []


def _fits(schema: Mapping[str, Any]) -> bool:
    try:
        return not explain_misfits(
            {key: each for key, each in schema.items() if key != "default"}, {}, schema["default"]
        )
    except ValueError:
        return False
