"""JSON Schema 2020-12, closed: what a schema refers to stands in it, so that checking one never opens a socket."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

import jsonschema_rs

from registry.pointer import at

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")
_DATA: Final = frozenset({"const", "enum", "default", "examples"})
"""Keywords whose value is data, not a schema."""


def schema_faults(schema: Any) -> Iterator[tuple[str, str]]:
    """(pointer, why) of what keeps ``schema`` from being used; the why is a clause."""
    outside = list(_outside(schema, ""))
    if outside:
        yield from outside
        return
    try:
        # The dialect's own schema tells every fault; what only a reading in full shows (a reference to nowhere) is told one at a time.
        found = dict.fromkeys((at(*each.instance_path), _told(each)) for each in _dialect().iter_errors(schema))
        if found:
            yield from found
        else:
            jsonschema_rs.Draft202012Validator(schema, offline=True)
    except jsonschema_rs.ValidationError as error:
        yield at(*error.instance_path), _told(error)
    except (ValueError, RecursionError) as error:
        yield "", str(error).split("\n", 1)[0]


@lru_cache(maxsize=1)
def _dialect() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": DIALECT}, offline=True, validate_formats=True)


def _told(error: jsonschema_rs.ValidationError) -> str:
    """A clause. The dialect says 'type' by alternatives, of which the library names none."""
    if error.instance_path[-1:] != ["type"] or "anyOf" not in error.message:
        return error.message
    said = error.instance if isinstance(error.instance, list) else [error.instance]
    if not said:
        return f"the list of types is empty; a type is one of {', '.join(TYPES)}"
    wrong = [each for each in said if each not in TYPES]
    if not wrong:
        return "a type is named twice; name each once"
    near = difflib.get_close_matches(str(wrong[0]), TYPES, n=1)
    hint = f"; did you mean {json.dumps(near[0])}" if near else ""
    return f"{json.dumps(wrong[0])} is no type; one is {', '.join(TYPES)}{hint}"


def misfits(schema: Mapping[str, Any], definitions: Mapping[str, Any], value: Any) -> str:
    """Why ``value`` does not fit ``schema`` (whose ``#/$defs`` are ``definitions``); empty if it does. The schema
    must be usable."""
    whole = {**schema, "$defs": definitions} if definitions else dict(schema)
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True, offline=True)
    found = next(iter(validator.iter_errors(value)), None)
    return found.message if found is not None else ""


def _outside(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            here = pointer + at(key)
            if key in ("$ref", "$dynamicRef") and not (isinstance(each, str) and each.startswith("#")):
                yield here, "it refers outside itself; copy what it refers to under $defs and write '#/$defs/…'"
            elif key == "$schema" and each != DIALECT:
                yield here, f"contracts use JSON Schema 2020-12; write {DIALECT!r} or leave it out"
            elif key in ("$id", "$vocabulary", "$dynamicAnchor", "$dynamicRef") and isinstance(each, (str, Mapping)):
                yield here, f"{key} is not supported here; leave it out"
            elif key not in _DATA:
                yield from _outside(each, here)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _outside(each, f"{pointer}/{index}")
