"""Parameter schemas: the part of a platform's schema that a contract can hold, as self-contained JSON Schema 2020-12.

References are written out up to a limit, and circles end in an open object. A keyword that can't be checked (a pattern
with look-around, a number beyond 2^53) is left out, because the platform checks it itself.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from core import canon
from core.errors import NotCanonical
from registry import patterns
from registry.importing.document.alternatives import MAX_FORMS, Settled, Settler
from registry.importing.document.schema_view import SchemaView
from registry.importing.drafts import words
from registry.parameter_types import BY_FORMAT

MAX_DESCRIPTION: Final = 300
MAX_INNER_DESCRIPTION: Final = 120
MAX_ENUM: Final = 500
MAX_FIELDS: Final = 200
MAX_LEVELS: Final = 5
MAX_PATTERN: Final = 200
_MAX_NUMBER: Final = 2**53 - 1
_FORMATS: Final = {*BY_FORMAT, "hostname"}
"""Formats that a draft keeps: those that declare a parameter type, and one that is only checked."""
_OF_TYPE: Final[Mapping[str, tuple[str, ...]]] = {
    "string": ("minLength", "maxLength"),
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "array": ("minItems", "maxItems"),
}
_COUNTS: Final = frozenset({"minLength", "maxLength", "minItems", "maxItems"})
_ORDER: Final = ("string", "integer", "number", "boolean", "array", "object")


class Budget:
    """Remaining number of schemas that may be written out."""

    def __init__(self, parts: int) -> None:
        self.left = parts

    def take(self) -> bool:
        self.left -= 1
        return self.left >= 0


def describe_scalar(view: SchemaView) -> dict[str, Any]:
    """The schema of a scalar, without its description."""
    made: dict[str, Any] = {}
    types = [each for each in _ORDER if each in view.types]
    if view.enum is not None:
        members = _members(view.enum)
        if members and len(members) <= MAX_ENUM:
            made["enum"] = members
        if members:
            types = [each for each in types or _ORDER[:4] if all(_is(each, member) for member in members)][:1]
    if types:
        made["type"] = types[0] if len(types) == 1 else types
    if "enum" in made:
        return made
    for each in types:
        for key in _OF_TYPE.get(each, ()):
            value = view.own.get(key)
            if _bound(key, value):
                made[key] = value
    if types == ["string"]:
        if (form := view.own.get("format")) and isinstance(form, str) and form in _FORMATS:
            made["format"] = form
        elif form == "byte":
            made["contentEncoding"] = "base64"
        pattern = view.own.get("pattern")
        if isinstance(pattern, str) and 0 < len(pattern) <= MAX_PATTERN and not patterns.explain_unusable(pattern):
            made["pattern"] = pattern
    return made


def write_out(
    settler: Settler, view: SchemaView, budget: Budget, *, level: int = 0, open_: frozenset[int] = frozenset()
) -> dict[str, Any]:
    """The schema of any value, written out. Read-only parts are left out. Below MAX_LEVELS, in a circle and beyond the
    budget only the type remains."""
    settled = settler.settled(view)
    if not budget.take() or level > MAX_LEVELS or view.key in open_:
        return {"type": settled.kind} if settled.kind in ("object", "array") else describe_scalar(settled.view)
    open_ = open_ | {view.key}
    match settled.kind:
        case "object":
            return _object(settler, settled, budget, level, open_)
        case "array":
            return _array(settler, settled.view, budget, level, open_)
        case "any":
            return _any(settler, view, budget, level, open_)
    return describe_scalar(settled.view)


def _object(settler: Settler, settled: Settled, budget: Budget, level: int, open_: frozenset[int]) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "object"}
    kept = {name: child for name, child in settled.children.items() if not child.read_only}
    if kept and len(kept) <= MAX_FIELDS:
        made["properties"] = {
            name: add_description(write_out(settler, child, budget, level=level + 1, open_=open_), child)
            for name, child in kept.items()
        }
        if required := sorted(settled.required & set(kept)):
            made["required"] = required
    elif not kept and settled.view.additional is not None and settled.view.additional.value:
        inner = settler.reader.view(settled.view.additional)
        if of := write_out(settler, inner, budget, level=level + 1, open_=open_):
            made["additionalProperties"] = of
    return made


def _array(settler: Settler, view: SchemaView, budget: Budget, level: int, open_: frozenset[int]) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "array"}
    made.update({key: view.own[key] for key in _OF_TYPE["array"] if _bound(key, view.own.get(key))})
    if view.items is not None:
        inner = settler.reader.view(view.items)
        if items := add_description(write_out(settler, inner, budget, level=level + 1, open_=open_), inner):
            made["items"] = items
    return made


def _any(settler: Settler, view: SchemaView, budget: Budget, level: int, open_: frozenset[int]) -> dict[str, Any]:
    if not 0 < len(view.variants) <= MAX_FORMS:
        return describe_scalar(view)
    shown: list[dict[str, Any]] = []
    for each in view.variants:
        form = write_out(settler, settler.reader.view(each), budget, level=level + 1, open_=open_)
        if form and form not in shown:
            shown.append(form)
    return {} if not shown else shown[0] if len(shown) == 1 else {"anyOf": shown}


def add_description(schema: dict[str, Any], view: SchemaView) -> dict[str, Any]:
    text = words.cut_text(words.to_plain_text(view.description), MAX_INNER_DESCRIPTION) if view.description else ""
    return {**schema, "description": text} if text else schema


def _members(values: list[Any]) -> list[Any]:
    made: list[Any] = []
    for each in values:
        known = any(each == there and type(each) is type(there) for there in made)
        if isinstance(each, str | int | float | bool) and not known and _exact(each):
            made.append(each)
    return made


def _is(kind: str, value: Any) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
    return False


def _bound(key: str, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return False
    if abs(value) > _MAX_NUMBER or (key == "multipleOf" and value <= 0):
        return False
    return key not in _COUNTS or (isinstance(value, int) and value >= 0)


def _exact(value: Any) -> bool:
    """Whether the value has a canonical form, so that it can be signed."""
    try:
        canon.dumps(value)
    except (NotCanonical, TypeError, ValueError):
        return False
    return True


def is_exact(value: Any) -> bool:
    return isinstance(value, str | int | float | bool) and _exact(value)
