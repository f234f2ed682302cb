"""JSON Schema 2020-12, closed and bounded: references stay within the schema, no socket is opened, and validating takes
linear time and memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, Final

import jsonschema_rs

from core.errors import InvalidInput
from registry import patterns
from registry.hints import find_nearest
from registry.json_schema.pointer import join_pointer
from registry.json_schema.schema_limits import DATA, NAMED, count_patterns, find_excesses, find_pattern_faults

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
TYPES: Final = ("array", "boolean", "integer", "null", "number", "object", "string")
MAX_FAULTS: Final = 50
MAX_MESSAGE: Final = 1_000
MAX_PATTERN_TEXT: Final = 50_000
"""Most characters of a value that is checked by a schema with patterns, because the time grows with both."""
MAX_FULL_REPORT: Final = 20_000_000
"""Largest product of the schema's and the value's length for a report of every fault. The library makes all faults
before the first can be read, each with a copy of its subject. Above this, only the first fault is reported."""


def find_schema_faults(schema: Any) -> Iterator[tuple[str, str]]:
    """(pointer, why) of what keeps ``schema`` from being used; the why is a clause."""
    for look in (find_excesses, _find_outside, find_pattern_faults):
        if told := list(islice(look(schema), MAX_FAULTS)):
            yield from told
            return
    try:
        # The dialect's own schema reports every fault. A fault that only a full reading shows (a reference to nowhere)
        # is reported one at a time.
        found = dict.fromkeys(
            (join_pointer(*each.instance_path), _describe(each)) for each in _make_validator().iter_errors(schema)
        )
        if found:
            yield from islice(found, MAX_FAULTS)
        else:
            _compile(schema)
    except jsonschema_rs.ValidationError as error:
        yield join_pointer(*error.instance_path), _describe(error)
    except (ValueError, RecursionError) as error:
        yield "", str(error).split("\n", 1)[0]


@lru_cache(maxsize=1)
def _make_validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": DIALECT}, offline=True, validate_formats=True)


def _describe(error: jsonschema_rs.ValidationError) -> str:
    """An error as a clause. The meta-schema describes 'type' by alternatives, and the library's error names none of
    them."""
    if error.instance_path[-1:] != ["type"] or "anyOf" not in error.message:
        return error.message[:MAX_MESSAGE]
    said = error.instance if isinstance(error.instance, list) else [error.instance]
    if not said:
        return f"the list of types is empty; a type is one of {', '.join(TYPES)}"
    wrong = [each for each in said if each not in TYPES]
    if not wrong:
        return "a type is named twice; name each once"
    near = find_nearest(str(wrong[0]), TYPES)
    hint = f"; did you mean {json.dumps(near)}" if near else ""
    return f"{json.dumps(wrong[0])[:100]} is no type; one is {', '.join(TYPES)}{hint}"


def explain_misfits(schema: Mapping[str, Any], definitions: Mapping[str, Any], value: Any) -> str:
    """The reasons why ``value`` doesn't fit ``schema``, or nothing. ``definitions`` are its ``#/$defs``. The schema
    must be usable."""
    whole = {**schema, "$defs": definitions} if definitions else dict(schema)
    found = next(iter(Checker(whole).faults(value, most=1)), None)
    return found.message[:MAX_MESSAGE] if found is not None else ""


class Checker:
    """Compiled validator of one schema. Raises InvalidInput for one that is over its limits, ValueError for what is no
    schema."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        fault = next(find_excesses(schema), None)
        if fault is not None:
            raise InvalidInput(f"{fault[1]}.")
        self._validator = _compile(schema)
        self._chars = len(json.dumps(schema))
        self.patterns = count_patterns(schema)

    def fits(self, value: Any) -> bool:
        if self.patterns and _count_text(value, MAX_PATTERN_TEXT) > MAX_PATTERN_TEXT:
            return False
        return bool(self._validator.is_valid(value))

    def faults(self, value: Any, *, most: int = MAX_FAULTS) -> Iterator[jsonschema_rs.ValidationError]:
        """Validates a value and answers what does not fit, in the schema's order. Raises InvalidInput for a value that
        is too long to be checked by patterns."""
        if self.patterns and _count_text(value, MAX_PATTERN_TEXT) > MAX_PATTERN_TEXT:
            raise InvalidInput(
                f"what is checked against patterns has at most {MAX_PATTERN_TEXT:,} characters; this is longer"
            )
        if self._validator.is_valid(value):
            return
        if most > 1 and self._chars * _count_text(value, MAX_FULL_REPORT) <= MAX_FULL_REPORT:
            yield from islice(self._validator.iter_errors(value), most)
            return
        try:
            self._validator.validate(value)
        except jsonschema_rs.ValidationError as error:
            yield error


def _compile(schema: Mapping[str, Any]) -> jsonschema_rs.Validator:
    """Compiles a validator: formats are asserted, patterns are matched in linear time, and a ``$ref`` to anywhere else
    is never fetched."""
    return jsonschema_rs.Draft202012Validator(
        dict(schema), validate_formats=True, offline=True, pattern_options=patterns.make_options(count_patterns(schema))
    )


def _count_text(value: Any, most: int) -> int:
    """Counts the characters of a value, names included, and one for each other part, no further than ``most``."""
    count, left = 0, [value]
    while left and count <= most:
        each = left.pop()
        count += len(each) + 1 if isinstance(each, str) else 1
        if isinstance(each, Mapping):
            count += sum(map(len, each))
            left.extend(each.values())
        elif isinstance(each, list | tuple):
            left.extend(each)
    return count


def _find_outside(value: Any, pointer: str = "", *, names: bool = False) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            here = pointer + join_pointer(key)
            if names:
                yield from _find_outside(each, here)
            elif key in ("$ref", "$dynamicRef") and not (isinstance(each, str) and each.startswith("#")):
                yield here, "it refers outside itself; copy what it refers to under $defs and write '#/$defs/…'"
            elif key == "$schema" and each != DIALECT:
                yield here, f"contracts use JSON Schema 2020-12; write {DIALECT!r} or leave it out"
            elif key in ("$id", "$vocabulary", "$dynamicAnchor", "$dynamicRef") and isinstance(each, (str, Mapping)):
                yield here, f"{key} is not supported here; leave it out"
            elif key not in DATA:
                yield from _find_outside(each, here, names=key in NAMED)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _find_outside(each, f"{pointer}/{index}")
