"""Parameter flattening: lists every place of a request that takes a value, with its name and schema in a contract.

A body's objects become separate parameters (``/customer/address/city`` → ``customer_address_city``), nearest to the top
first and as far as the contract has room. Lists, maps, circles and objects of many forms stay whole, as one parameter
that takes JSON. Nothing is skipped: a place that can't be sent is the reason for a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from registry.endpoints.rendering import RESERVED_HEADERS
from registry.importing.document.alternatives import Settled, Settler
from registry.importing.document.description import BodyContent, Operation, Parameter
from registry.importing.drafts import json_schemas, words
from registry.importing.drafts.body_slots import MAX_SPREAD, UNSAFE, read_body
from registry.importing.drafts.money import is_minor_units
from registry.importing.drafts.slot_schema import JOINED_FORMS, MAX_PARAMETERS, CannotDraft, Room, Slot, give_schema
from registry.importing.drafts.wrappers import strip_wrappers

_LONGEST: Final = {"path": 200, "query": 200, "header": 64, "body": 200, "cookie": 200}
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")


def read_slots(operation: Operation, content: BodyContent | None, settler: Settler, room: Room) -> list[Slot]:
    """Every place of the operation's request, named. Raises CannotDraft."""
    if len(operation.parameters) > MAX_PARAMETERS:
        raise CannotDraft(f"It takes {len(operation.parameters)} parameters; a contract has at most {MAX_PARAMETERS}.")
    made = [slot for each in operation.parameters for slot in _outside(each, settler, room)]
    if content is not None:
        left = replace(room, parameters=max(1, room.parameters - len(made)))
        made += read_body(operation, content, settler, left)
    if len(made) > MAX_PARAMETERS:
        raise CannotDraft(f"It takes {len(made)} parameters; a contract has at most {MAX_PARAMETERS}.")
    if long := next((each.key for each in made if len(each.key) > _LONGEST[each.place]), None):
        raise CannotDraft(f"The name {long[:40]!r}… is longer than {_LONGEST['query']} characters.")
    if bad := next((each.key for each in made if UNSAFE.search(each.key)), None):
        raise CannotDraft(f"The name {bad[:40]!r} holds characters that can't be sent.")
    return list(_named(made))


def is_money(slot: Slot) -> bool:
    """Whether the document says that the number is in cents."""
    return slot.schema.get("type") == "integer" and is_minor_units(slot.words[-1], slot.view.description)


# ── outside the body ─────────────────────────────────────────────────────────────────────────────────────────────────


def _outside(parameter: Parameter, settler: Settler, room: Room) -> Iterator[Slot]:
    name, place = parameter.name, parameter.place
    if place == "cookie" and parameter.required:
        raise CannotDraft(f"It takes a cookie ({name}); contracts send none.")
    if place == "header" and not _HEADER.match(name):
        raise CannotDraft(f"{name[:60]!r} is no name of a header.")
    if place == "header" and name.lower() in RESERVED_HEADERS:
        if name.lower() == "authorization":
            return  # a credential, which belongs to the connection (OpenAPI 3.1, Parameter Object)
        raise CannotDraft(f"It takes the header {name!r}, which no contract sets.")
    if place == "path" and parameter.style not in ("simple", ""):
        raise CannotDraft(
            f"Its path parameter {name!r} is written in the style {parameter.style!r}, which is not sent."
        )
    settled = settler.of(parameter.schema)
    base = Slot(
        place=place,
        key=name,
        words=(name,),
        required=parameter.required,
        schema={},
        view=settled.view,
        description=parameter.description or settled.view.description,
        example=parameter.example,
    )
    if place == "cookie":  # a browser's sign-in, beside the connection's
        yield replace(base, file=True)
    elif parameter.json and place != "path":
        yield replace(give_schema(base, settled, settler, room), form="json")
    elif settled.kind == "object" and place == "query" and parameter.style in ("deepObject", "form"):
        yield from _query_object(parameter, settled, base, settler, room)
    elif settled.kind == "object" and place != "path":
        yield replace(give_schema(base, settled, settler, room), form="json")
    elif place == "path":
        yield _path_value(base, settled)
    elif settled.kind == "array" or settled.view.is_array:
        yield replace(
            give_schema(base, settled, settler, room), form=_list_form(parameter.style, parameter.explode, place, name)
        )
    else:
        made = give_schema(base, settled, settler, room)
        yield replace(made, form="brackets") if made.whole and parameter.style == "deepObject" else made


def _path_value(base: Slot, settled: Settled) -> Slot:
    """A path holds text. Several values in one placeholder are joined by commas."""
    if settled.kind == "object":
        raise CannotDraft(f"Its path parameter {base.key!r} is an object, which no path holds.")
    if settled.kind != "array":
        schema = json_schemas.describe_scalar(settled.view) if settled.kind == "scalar" else {"type": "string"}
        types = schema.get("type")
        return replace(base, schema=schema if types or "enum" in schema else {"type": "string"})
    said = f"{base.description.rstrip('. ')}. Several are separated by commas." if base.description else ""
    return replace(base, schema={"type": "string"}, description=said or "Several are separated by commas.")


def _list_form(style: str, explode: bool, place: str, name: str) -> str | None:
    """How a list is written. None means repeated (``a=1&a=2``)."""
    if style == "deepObject":
        return "brackets"
    if place == "query" and explode:
        return None
    if style not in JOINED_FORMS:
        raise CannotDraft(f"Its list {name!r} is written in the style {style!r}, which is not sent.")
    return JOINED_FORMS[style]


def _query_object(parameter: Parameter, settled: Settled, base: Slot, settler: Settler, room: Room) -> Iterator[Slot]:
    """``filter[status]=…`` or ``status=…``: a parameter for each field, if they are known."""
    fields = {name: child for name, child in settled.children.items() if not child.read_only}
    deep = parameter.style == "deepObject"
    if not fields or settled.large or len(fields) > MAX_SPREAD or (not deep and not parameter.explode):
        yield replace(give_schema(base, settled, settler, room), form="brackets" if deep else "json")
        return
    for name, child in fields.items():
        inner = settler.settled(child)
        key = f"{parameter.name}[{name}]" if deep else name
        slot = replace(
            base,
            key=key,
            words=(parameter.name, name) if deep else (name,),
            required=parameter.required and name in settled.required,
            view=inner.view,
            description=child.description,
            example=None,
        )
        made = give_schema(slot, inner, settler, room)
        structured = inner.kind in ("object", "array", "any")
        yield replace(made, form="brackets" if structured and deep else "json" if inner.kind == "object" else None)


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _named(slots: Iterable[Slot]) -> Iterator[Slot]:
    """Each slot with its own name: from its words, with its place if that name is taken."""
    taken: set[str] = set()
    for slot in slots:
        plain = words.to_snake_case("_".join(strip_wrappers(slot.words) if slot.place == "body" else slot.words))
        placed = words.to_snake_case(f"{slot.place}_{plain}")
        name = next((each for each in (plain, placed) if each not in taken), "")
        if not name:
            name = f"{plain[:56].rstrip('_')}_{words.make_mark(slot.place + slot.key)}"
        taken.add(name)
        yield replace(slot, name=name)
