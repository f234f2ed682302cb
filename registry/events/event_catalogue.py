"""Event catalogue: the universal events, whose names mean the same on every platform, each with its JSON Schema and a
sample.

The files in ``registry/events`` are the catalogue; ``docs/reference/events.md`` lists it. Custom names are welcome
beside it and carry any JSON object. A schema lists the required fields and the types of the known ones; further fields
are always allowed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.errors import Finding
from registry.json_schema import pointer

if TYPE_CHECKING:
    from jsonschema_rs import Validator

CATEGORIES: Final = (
    "billing", "subscriptions", "customers", "tickets", "orders", "licences", "chat", "security", "opsiq",
)  # fmt: skip
_MOST_CHARS: Final = 100
_LONG_CHARS: Final = 10
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_SIGNS: Final = re.compile(r"[^a-z0-9]+")
OWN: Final = "opsiq"
"""Category of OpsIQ's own events, which nobody else can fire."""


@dataclass(frozen=True, slots=True)
class EventType:
    """``schema`` (JSON Schema 2020-12) describes ``data`` alone; ``sample`` is a ``data`` that fits it."""

    name: str
    category: str
    title: str
    description: str
    schema: Mapping[str, Any]
    sample: Mapping[str, Any]


def name_category(category: str) -> str:
    """The name of a category for people: ``billing``, ``OpsIQ``."""
    return "OpsIQ" if category == OWN else category


@cache
def load_event_types() -> Mapping[str, EventType]:
    """All universal events by name, in the catalogue's order."""
    made: dict[str, EventType] = {}
    for category in CATEGORIES:
        held = json.loads(files("registry").joinpath("events", f"{category}.json").read_text(encoding="utf-8"))
        for each in held["types"]:
            made[each["name"]] = EventType(category=category, **each)
    return made


def get(name: str) -> EventType | None:
    """The event type of this name, None for a custom one."""
    return load_event_types().get(name)


def list_needed(name: str) -> tuple[str, ...]:
    """The data that a universal event always has. Empty for a custom one."""
    known = get(name)
    return tuple(known.schema.get("required", ())) if known is not None else ()


def is_own(name: str) -> bool:
    """Whether only OpsIQ itself publishes this event."""
    known = get(name)
    return known is not None and known.category == OWN


def find_meant(name: str) -> str | None:
    """The universal event that an unknown name may mean: the same words with other separators (``orderShipped``), or a
    typo away. None for a known name, and if nothing is near."""
    if len(name) > _MOST_CHARS or get(name) is not None:
        return None
    spoken = _HUMP.sub(".", name).lower()
    plain = _SIGNS.sub(".", spoken).strip(".")
    offered = _load_plain_names()
    slips = 2 if len(plain) >= _LONG_CHARS else 1
    found = process.extractOne(plain, offered, scorer=OSA.distance, score_cutoff=slips)
    return offered[found[0]] if found is not None else None


@cache
def _load_plain_names() -> Mapping[str, str]:
    """The names that others may publish, with one separator between their words."""
    return {_SIGNS.sub(".", each.name): each.name for each in load_event_types().values() if each.category != OWN}


def suggest(name: str) -> str:
    """`` Did you mean order.shipped?`` to append to a sentence about a name. Empty if nothing is near."""
    meant = find_meant(name)
    return "" if meant is None else f" Did you mean {meant}?"


def find_misfits(name: str, data: Mapping[str, Any]) -> Sequence[Finding]:
    """Findings where ``data`` breaks the schema of this universal event, with pointers from the body. Empty for a
    custom name."""
    if get(name) is None:
        return ()
    return [
        Finding(pointer.join_pointer("data", *fault.instance_path), "schema", fault.message[:200])
        for fault in _make_validator(name).iter_errors(dict(data))
    ]


@lru_cache(maxsize=256)
def _make_validator(name: str) -> Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(
        dict(load_event_types()[name].schema), validate_formats=True, offline=True
    )
