"""Result example: the smallest value that fits a JSON Schema, the same one every time.

Test mode returns it instead of the platform's answer. The schema is untrusted, so time and size are limited.
``NoExample`` is raised if no fitting value is found.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs

from core import canon
from core.errors import NotCanonical

MOST_NODES: Final = 2_000
"""Most parts of schemas that are read: a schema that refers to itself twice would double with each step."""
MOST_DEPTH: Final = 32
MOST_LENGTH: Final = 4_096
"""Longest string or list that a schema may require."""
MOST_BYTES: Final = 64 * 1024
_FORMATS: Final[Mapping[str, str]] = {
    "date-time": "2026-01-01T00:00:00Z", "date": "2026-01-01", "time": "00:00:00Z", "duration": "P1D",
    "email": "a@example.com", "idn-email": "a@example.com", "hostname": "example.com", "idn-hostname": "example.com",
    "ipv4": "192.0.2.1", "ipv6": "2001:db8::1", "uri": "https://example.com/", "uri-reference": "/",
    "iri": "https://example.com/", "iri-reference": "/", "uuid": "00000000-0000-4000-8000-000000000000",
    "json-pointer": "", "regex": "",
}  # fmt: skip
_WORDS: Final = ("EUR", "en", "2026-01-01", "a-1", "A-1", "a_1", "a.b", "id_1", "https://example.com/")
"""Texts that are tried for a pattern, after runs of one character."""


class NoExample(Exception):
    """No fitting value was found, or none that is small enough. The message is a clause."""


def make_example(schema: Mapping[str, Any]) -> Any:
    """Builds a value that fits ``schema``. Prefers the schema's own examples and defaults. Raises NoExample."""
    why = "no value that fits it was found"
    for own_words in (True, False):
        try:
            made = _Maker(schema, own_words).value(schema, 0)
        except NoExample as error:
            why = str(error)
            continue
        if _fits(schema, made):
            return made
    raise NoExample(why)


@dataclass
class _Maker:
    root: Mapping[str, Any]
    own_words: bool
    """Whether the schema's ``examples`` and ``default`` are used."""
    seen: int = 0

    def value(self, schema: Any, depth: int) -> Any:
        self.seen += 1
        if self.seen > MOST_NODES or depth > MOST_DEPTH:
            raise NoExample("it is too large to make an example of")
        if schema is True:
            return None
        if not isinstance(schema, Mapping):
            raise NoExample("it allows no value at all")
        if "$ref" in schema:
            there = self._resolve_reference(schema["$ref"])
            rest = {name: each for name, each in schema.items() if name != "$ref"}
            return self.value(_merge(rest, there) if rest else there, depth + 1)
        if isinstance(schema.get("allOf"), Sequence) and schema["allOf"]:
            whole: Any = {name: each for name, each in schema.items() if name != "allOf"}
            for each in schema["allOf"]:
                whole = _merge(whole, self._resolve(each, depth))
            return self.value(whole, depth + 1)
        for several in ("anyOf", "oneOf"):
            if isinstance(schema.get(several), Sequence) and schema[several]:
                return self._make_one_of(schema, several, depth)
        if "const" in schema:
            return schema["const"]
        if isinstance(schema.get("enum"), Sequence) and schema["enum"]:
            return schema["enum"][0]
        if self.own_words and isinstance(schema.get("examples"), list) and schema["examples"]:
            return schema["examples"][0]
        if self.own_words and "default" in schema:
            return schema["default"]
        return self._of_type(schema, depth)

    def _make_one_of(self, schema: Mapping[str, Any], several: str, depth: int) -> Any:
        rest = {name: each for name, each in schema.items() if name != several}
        why = NoExample("none of its alternatives can be made")
        for each in schema[several]:
            try:
                made = self.value(_merge(rest, self._resolve(each, depth)), depth + 1)
            except NoExample as error:
                why = error
                continue
            if _fits({**schema, "$defs": self.root.get("$defs", {})}, made):
                return made
        raise why

    def _resolve(self, schema: Any, depth: int) -> Any:
        """``schema`` with its references resolved, so that it can be merged."""
        for _ in range(MOST_DEPTH - depth):
            if not (isinstance(schema, Mapping) and "$ref" in schema):
                return schema
            rest = {name: each for name, each in schema.items() if name != "$ref"}
            schema = _merge(rest, self._resolve_reference(schema["$ref"]))
        raise NoExample("it refers to itself")

    def _resolve_reference(self, reference: Any) -> Any:
        if not isinstance(reference, str) or not reference.startswith("#"):
            raise NoExample("it refers outside itself")
        there: Any = self.root
        for part in reference[1:].split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(there, Mapping) and key in there:
                there = there[key]
            elif isinstance(there, list) and key.isdecimal() and int(key) < len(there):
                there = there[int(key)]
            else:
                raise NoExample("it refers to what is not there")
        return there

    def _of_type(self, schema: Mapping[str, Any], depth: int) -> Any:
        match _type_of(schema):
            case "object":
                return self._make_object(schema, depth)
            case "array":
                return self._make_array(schema, depth)
            case "string":
                return _make_string(schema)
            case "integer":
                return _make_number(schema, whole=True)
            case "number":
                return _make_number(schema, whole=False)
            case "boolean":
                return False
            case _:
                return None

    def _make_object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        properties = _read_mapping(schema.get("properties"))
        required = [each for each in schema.get("required", ()) if isinstance(each, str)]
        least = _choose_count(schema.get("minProperties"))
        names = [name for name in properties if name in required]
        names += [name for name in required if name not in properties]
        names += [name for name in properties if name not in required][: max(0, least - len(names))]
        others = schema.get("additionalProperties", True)
        return {name: self.value(properties.get(name, others), depth + 1) for name in names}

    def _make_array(self, schema: Mapping[str, Any], depth: int) -> list[Any]:
        first = schema.get("prefixItems") if isinstance(schema.get("prefixItems"), list) else []
        least = _choose_count(schema.get("minItems"))
        parts = [*first][: max(least, 0)] if first else []
        if "contains" in schema and len(parts) < max(1, least):
            parts.append(schema["contains"])
        parts += [schema.get("items", True)] * (least - len(parts))
        return [self.value(each, depth + 1) for each in parts]


def _merge(one: Any, other: Any) -> Any:
    """Merges both schemas as far as their keywords allow; what does not fit shows when the example is validated."""
    if other is True:
        return one
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    whole = {**one, **other}
    for name in ("properties", "$defs"):
        if name in one and name in other:
            whole[name] = {**_read_mapping(one[name]), **_read_mapping(other[name])}
    if "required" in one and "required" in other:
        whole["required"] = list(dict.fromkeys([*one["required"], *other["required"]]))
    if "allOf" in one and "allOf" in other:
        whole["allOf"] = [*one["allOf"], *other["allOf"]]
    for name, choose in (("minimum", max), ("minLength", max), ("minItems", max), ("maximum", min), ("maxLength", min)):
        if name in one and name in other:
            whole[name] = choose(one[name], other[name])
    return whole


def _type_of(schema: Mapping[str, Any]) -> str:
    said = schema.get("type")
    if isinstance(said, list):
        said = next((each for each in said if each != "null"), "null")
    if isinstance(said, str):
        return said
    for kind, words in (
        ("object", ("properties", "required", "minProperties", "additionalProperties")),
        ("array", ("items", "prefixItems", "minItems", "contains")),
        ("string", ("minLength", "maxLength", "pattern", "format")),
        ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
    ):
        if any(word in schema for word in words):
            return kind
    return "null"


def _make_string(schema: Mapping[str, Any]) -> str:
    least = _choose_count(schema.get("minLength"))
    if "pattern" not in schema:
        return _FORMATS.get(str(schema.get("format")), "").ljust(least, "x")
    wanted = {name: schema[name] for name in ("pattern", "minLength", "maxLength", "format") if name in schema}
    for each in _list_strings(least):
        if _fits({"type": "string", **wanted}, each):
            return each
    raise NoExample("a string of its pattern was not found; give the schema an example")


def _list_strings(least: int) -> Iterator[str]:
    yield from (word for word in (*_FORMATS.values(), *_WORDS) if len(word) >= least)
    for length in range(least, least + 13):
        yield from (letter * length for letter in "a0A")


def _make_number(schema: Mapping[str, Any], *, whole: bool) -> int | float:
    def bound(name: str) -> float | None:
        value = schema.get(name)
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None

    step, low, above = bound("multipleOf"), bound("minimum"), bound("exclusiveMinimum")
    high, below = bound("maximum"), bound("exclusiveMaximum")
    made: float = 0
    if low is not None and made < low:
        made = low
    if above is not None and made <= above:
        made = above + (step or 1)
    if high is not None and made > high:
        made = high
    if below is not None and made >= below:
        made = below - (step or 1)
    if above is not None and below is not None and not above < made < below and not whole:
        made = (above + below) / 2
    if step:
        made = math.ceil(made / step) * step
    return math.ceil(made) if whole else made


def _choose_count(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        return 0
    if value > MOST_LENGTH:
        raise NoExample("it wants something too long to make an example of")
    return value


def _read_mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _fits(schema: Mapping[str, Any], value: Any) -> bool:
    """Validates with the linear-time engine for patterns. A schema that can't be used fits nothing."""
    try:
        if len(canon.dumps(value)) > MOST_BYTES:
            return False
        return bool(
            jsonschema_rs.Draft202012Validator(
                dict(schema), validate_formats=True, offline=True, pattern_options=jsonschema_rs.RegexOptions()
            ).is_valid(value)
        )
    except (NotCanonical, ValueError, RecursionError, OverflowError, jsonschema_rs.ValidationError):
        return False
