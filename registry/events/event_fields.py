"""Event fields: the fields of a pattern's events, from the catalogue's schemas and from recent events.

People choose from these when they write a condition, map a parameter or word an instruction. So a field has one name
everywhere: its ``path`` (``data.amount``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from registry.events import event_catalogue
from registry.events.event_names import fits

Kind = Literal["text", "number", "truth", "list"]
MAX_DEPTH: Final = 3
MAX_FIELDS: Final = 200
_WORD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_RESERVED: Final = frozenset({"true", "false", "null", "in"})
_KINDS: Final[Mapping[str, Kind]] = {
    "string": "text", "integer": "number", "number": "number", "boolean": "truth", "array": "list",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventField:
    """One field. ``kinds`` are the possible types of its value, in no order. ``required``: every such event has it.
    ``values`` are its possible words, if the schema lists them."""

    path: str
    kinds: frozenset[Kind]
    description: str = ""
    required: bool = False
    values: tuple[str, ...] = ()

    @property
    def pointer(self) -> str:
        """JSON Pointer (RFC 6901), as parameters are mapped: ``/data/amount``."""
        return "/" + self.path.replace(".", "/")


ENVELOPE: Final = (
    EventField("name", frozenset({"text"}), "The event's name.", True),
    EventField("occurred_at", frozenset({"text"}), "When it happened, RFC 3339 in UTC.", True),
    EventField("id", frozenset({"text"}), "The event's id.", True),
)
"""Fields that every event has besides its data."""


def list_schema_fields(schema: Mapping[str, Any]) -> list[EventField]:
    """The fields of a schema in its order, nested objects flattened."""
    return list(_walk(schema, "data", 1))


def list_data_fields(data: Mapping[str, Any]) -> list[EventField]:
    """The fields of one event's data, with the kinds of their values."""
    return list(_list_seen(data, "data", 1))


def list_pattern_fields(pattern: str, carried: Iterable[Mapping[str, Any]] = ()) -> Sequence[EventField]:
    """The fields of all matching events, the catalogue's first. ``carried`` are the data of recent ones. A field that
    only some of them have is not required."""
    types = [each for name, each in event_catalogue.load_event_types().items() if fits(pattern, name)]
    groups = [list_schema_fields(each.schema) for each in types]
    made: dict[str, EventField] = {}
    for group in (*groups, *map(list_data_fields, carried)):
        for each in group:
            there = made.get(each.path)
            made[each.path] = (
                each
                if there is None
                else replace(
                    there, kinds=there.kinds | each.kinds, values=there.values if there.values == each.values else ()
                )
            )
    everywhere = [{each.path for each in group if each.required} for group in groups]
    fields = [
        replace(each, required=bool(everywhere) and all(each.path in paths for paths in everywhere))
        for each in made.values()
    ]
    return (*fields[:MAX_FIELDS], *ENVELOPE)


def _walk(schema: Mapping[str, Any], above: str, depth: int) -> Iterable[EventField]:
    required = schema.get("required", ())
    for name, each in schema.get("properties", {}).items():
        if not _speakable(name):
            continue
        path = f"{above}.{name}"
        if each.get("type") == "object" and depth < MAX_DEPTH:
            yield from _walk(each, path, depth + 1)
            continue
        types = each.get("type", ())
        kinds = frozenset(_KINDS[one] for one in ([types] if isinstance(types, str) else types) if one in _KINDS)
        values = tuple(one for one in each.get("enum", ()) if isinstance(one, str))
        yield EventField(path, kinds, each.get("description", ""), name in required, values)


def _list_seen(data: Mapping[str, Any], above: str, depth: int) -> Iterable[EventField]:
    for name, value in data.items():
        if not _speakable(name):
            continue
        path = f"{above}.{name}"
        if isinstance(value, Mapping):
            if depth < MAX_DEPTH:
                yield from _list_seen(value, path, depth + 1)
        else:
            yield EventField(path, _kinds_of(value))


def _kinds_of(value: Any) -> frozenset[Kind]:
    match value:
        case bool():
            return frozenset({"truth"})
        case int() | float():
            return frozenset({"number"})
        case str():
            return frozenset({"text"})
        case list():
            return frozenset({"list"})
        case _:
            return frozenset()


def _speakable(name: str) -> bool:
    """Whether a condition can name it with a dot."""
    return _WORD.fullmatch(name) is not None and name not in _RESERVED
