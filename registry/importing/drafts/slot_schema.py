"""Slot: one value of a request, and the schema that a contract gives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from registry.importing.document.alternatives import Settled, Settler
from registry.importing.document.schema_view import SchemaView
from registry.importing.drafts import json_schemas
from registry.importing.drafts.json_schemas import Budget

MAX_PARAMETERS: Final = 190
"""Most parameters of a drafted contract. The linter allows 200."""
JOINED_FORMS: Final = {"form": "comma_separated", "simple": "comma_separated", "spaceDelimited": "space_separated",
                  "pipeDelimited": "pipe_separated"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Room:
    """Size limit of a draft. Nested objects are split into at most ``parameters`` parameters. A value that is kept
    whole is described by at most ``parts`` parts of its schema."""

    parameters: int
    parts: int


class CannotDraft(Exception):
    """Why an operation can't become a contract, as a sentence for the reader of the report."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One value of a request. ``key`` is its name on the wire, or in a JSON body its pointer. ``form`` is its format in
    the endpoint. ``whole``: it is given as JSON, because it is an object, a list of objects or a value of several
    types."""

    place: str
    key: str
    words: tuple[str, ...]
    required: bool
    schema: dict[str, Any]
    view: SchemaView
    description: str = ""
    form: str | None = None
    whole: bool = False
    name: str = ""
    example: Any = None
    inside: tuple[str, ...] = field(default=())
    """Fields of the document that a whole value contains, one level deep."""
    file: bool = False
    """An optional file or cookie, which is therefore never sent."""
    several: str = ""
    """Place in a single object, if a list of such objects is accepted too."""
    refers: int = 0
    """Key of the schema of the record whose id this is, if the document says so."""


def give_schema(slot: Slot, settled: Settled, settler: Settler, room: Room) -> Slot:
    """The slot with its schema."""
    if settled.view.is_binary and not slot.key.startswith("/"):
        return _file(slot, f"It takes a file ({slot.key}); a contract sends text and fields.")
    if settled.kind == "scalar":
        return replace(slot, schema=json_schemas.describe_scalar(settled.view))
    items = settler.of(settled.view.items).view if settled.kind == "array" and settled.view.items is not None else None
    if items is not None and items.is_binary and not slot.key.startswith("/"):
        return _file(slot, f"It takes files ({slot.key}); a contract sends text and fields.")
    made = json_schemas.write_out(settler, settled.view, Budget(room.parts))
    of = made.get("items")
    plain_list = settled.kind == "array" and isinstance(of, dict) and _is_scalar(of)
    return replace(
        slot,
        schema=made,
        whole=not plain_list and bool(set(made) & {"type", "anyOf"} or not made),
        inside=_inside(settled, settler),
    )


def _file(slot: Slot, why: str) -> Slot:
    if slot.required:
        raise CannotDraft(why)
    return replace(slot, file=True)


def _is_scalar(schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    return "enum" in schema or (isinstance(kind, str) and kind not in ("object", "array"))


def _inside(settled: Settled, settler: Settler) -> tuple[str, ...]:
    if settled.kind == "array" and settled.view.items is not None:
        settled = settler.of(settled.view.items)
    return tuple(name for name, child in settled.children.items() if not child.read_only)
