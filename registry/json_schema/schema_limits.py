"""Limits on JSON Schemas: size and depth with every reference expanded, computed without expanding them.

A schema of 1,000 characters can expand to 2^30 parts, if each definition refers twice to the one before it. So each
definition is counted once, and each reference adds that count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote

from registry import patterns
from registry.json_schema.pointer import join_pointer

MAX_DEPTH: Final = 24
"""Most nested schemas, including referenced ones, and most nesting of data in a schema."""
MAX_PARTS: Final = 2_000
"""Most schemas in it, including referenced ones."""
MAX_PROPERTIES: Final = 200
"""Most properties of one object."""
MAX_PATTERNS: Final = 32
MAX_DESCRIPTION: Final = 4_000
DATA: Final = frozenset({"const", "enum", "default", "examples"})
"""Keywords whose value is data, not a schema."""
NAMED: Final = frozenset(
    {"properties", "$defs", "definitions", "patternProperties", "dependentSchemas", "dependentRequired"}
)
"""Keywords whose value has names as keys, which may be the same as keywords."""


def find_excesses(schema: Any) -> Iterator[tuple[str, str]]:
    """Findings (pointer, why) that make ``schema`` too costly. The why is a clause that says what to do. Takes linear
    time."""
    if (where := _find_too_deep(schema)) is not None:
        yield where, f"it is nested deeper than {MAX_DEPTH} levels; flatten it"
        return
    found = list(_walk(schema, ""))
    if found:
        yield from found
        return
    count = sum(1 for _ in _list_patterns(schema))
    if count > MAX_PATTERNS:
        yield (
            "",
            f"it holds {count} patterns; at most {MAX_PATTERNS} are checked. List values in an enum, or bound "
            f"them with maxLength",
        )
    yield from _Expanded(schema).faults()


def count_patterns(schema: Any) -> int:
    return sum(1 for _ in _list_patterns(schema))


def find_pattern_faults(schema: Any) -> Iterator[tuple[str, str]]:
    """The patterns that can't be used, each with advice. The schema must be within its limits."""
    for pointer, pattern in _list_patterns(schema):
        if why := patterns.explain_unusable(pattern):
            yield pointer, f"the pattern {pattern[:60]!r} can't be used: {why.rstrip('.')}"


def walk_schemas(value: Any, pointer: str = "", *, names: bool = False) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every object in ``value`` that is, or could be, a schema, with its pointer. ``names``: the keys of ``value`` are
    names."""
    if isinstance(value, Mapping):
        if not names:
            yield pointer, value
        for key, each in value.items():
            if names or key not in DATA:
                yield from walk_schemas(each, pointer + join_pointer(key), names=not names and key in NAMED)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from walk_schemas(each, f"{pointer}/{index}")


def _find_too_deep(value: Any) -> str | None:
    """The place where nesting exceeds the limit: without recursion, which is what this guards."""
    left: list[tuple[Any, str, int]] = [(value, "", 0)]
    while left:
        each, pointer, depth = left.pop()
        if depth > 2 * MAX_DEPTH:  # a schema within a schema is two levels of JSON: properties, name
            return pointer
        if isinstance(each, Mapping):
            left += [(inner, pointer + join_pointer(key), depth + 1) for key, inner in each.items()]
        elif isinstance(each, list):
            left += [(inner, f"{pointer}/{index}", depth + 1) for index, inner in enumerate(each)]
    return None


def _walk(schema: Any, pointer: str) -> Iterator[tuple[str, str]]:
    for where, each in walk_schemas(schema, pointer):
        properties = each.get("properties")
        if isinstance(properties, Mapping) and len(properties) > MAX_PROPERTIES:
            yield (
                where + join_pointer("properties"),
                f"it has {len(properties)} properties; at most {MAX_PROPERTIES} are read. Split the action",
            )
        described = each.get("description")
        if isinstance(described, str) and len(described) > MAX_DESCRIPTION:
            yield (
                where + join_pointer("description"),
                f"it has {len(described)} characters; at most {MAX_DESCRIPTION} are read. Shorten it",
            )
        for key in ("$dynamicRef", "$recursiveRef"):
            if isinstance(each.get(key), str):
                yield where + join_pointer(key), f"{key} is not supported here; write $ref"


def _list_patterns(schema: Any) -> Iterator[tuple[str, str]]:
    for where, each in walk_schemas(schema):
        pattern = each.get("pattern")
        if isinstance(pattern, str):
            yield where + join_pointer("pattern"), pattern
        by_pattern = each.get("patternProperties")
        if isinstance(by_pattern, Mapping):
            for name in by_pattern:
                yield where + join_pointer("patternProperties", name), name


class _Expanded:
    """Counts the subschemas of each schema with references expanded. Each target of a reference is counted once and
    remembered."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._known: dict[str, tuple[int, int]] = {}
        self._open: set[str] = set()

    def faults(self) -> Iterator[tuple[str, str]]:
        try:
            parts, depth = self._of(self._root, "", names=False)
        except _Fault as fault:
            yield fault.pointer, fault.why
            return
        if parts > MAX_PARTS:
            what = f"{parts:,}" if parts < 10**9 else "more than a billion"
            said = f"with its references followed it has {what} parts; at most {MAX_PARTS:,} are checked"
            yield "", f"{said}. Refer to a definition less often"
        elif depth > MAX_DEPTH:
            yield (
                "",
                f"with its references followed it is nested {depth} levels deep; at most {MAX_DEPTH} are. Flatten it",
            )

    def _of(self, value: Any, pointer: str, *, names: bool) -> tuple[int, int]:
        """(schemas, levels of them)."""
        parts, depth = 0, 0
        if isinstance(value, Mapping):
            for key, each in value.items():
                if names or key not in DATA:
                    found = self._of(each, pointer + join_pointer(key), names=not names and key in NAMED)
                    parts, depth = parts + found[0], max(depth, found[1])
            if names:
                return parts, depth
            ref = value.get("$ref")
            if isinstance(ref, str):
                found = self._follow(ref, pointer + join_pointer("$ref"))
                parts, depth = parts + found[0], max(depth, found[1])
            return parts + 1, depth + 1
        if isinstance(value, list):
            for index, each in enumerate(value):
                found = self._of(each, f"{pointer}/{index}", names=False)
                parts, depth = parts + found[0], max(depth, found[1])
        return parts, depth

    def _follow(self, ref: str, pointer: str) -> tuple[int, int]:
        if not ref.startswith("#/"):
            raise _Fault(pointer, "a reference is a pointer into this schema; write '#/$defs/…'")
        if ref in self._open:
            why = (
                f"{ref} refers to itself in the end; a schema has no circles here. Write out the levels that are needed"
            )
            raise _Fault(pointer, why)
        if ref not in self._known:
            if len(self._open) > MAX_DEPTH:
                raise _Fault(
                    pointer,
                    f"more than {MAX_DEPTH} references follow one another; refer to the definition that is meant",
                )
            self._open.add(ref)
            self._known[ref] = self._of(self._find_target(ref, pointer), ref[1:], names=False)
            self._open.remove(ref)
        return self._known[ref]

    def _find_target(self, ref: str, pointer: str) -> Any:
        node = self._root
        for part in ref[2:].split("/"):
            key = unquote(part).replace("~1", "/").replace("~0", "~")
            if isinstance(node, Mapping) and key in node:
                node = node[key]
            elif isinstance(node, list) and key.isdecimal() and len(key) < 6 and int(key) < len(node):
                node = node[int(key)]
            else:
                raise _Fault(pointer, f"there is nothing at {ref}; add it under $defs")
        return node


class _Fault(Exception):
    def __init__(self, pointer: str, why: str) -> None:
        super().__init__(why)
        self.pointer = pointer
        self.why = why
