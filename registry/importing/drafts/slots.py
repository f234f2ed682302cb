"""Parameter flattening: every place of a request that takes a value, with the name and schema it has in a contract.

A body's objects become parameters of their own (``/customer/address/city`` → ``customer_address_city``), nearest to the
top first and as far as the contract has room; lists, maps, circles and objects of many forms are kept whole, as one
parameter that takes JSON. Nothing is passed over: what can't be sent is told as the reason for a refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from registry.endpoints.rendering import RESERVED_HEADERS
from registry.importing.document.alternatives import Settled, Settler
from registry.importing.document.operations import BodyContent, Operation, Parameter, is_form, is_json
from registry.importing.document.schema_view import SchemaView
from registry.importing.drafts import json_schemas, words
from registry.importing.drafts.json_schemas import Budget
from registry.json_schema.pointer import join_pointer

MAX_PARAMETERS: Final = 190
"""Of a contract; the linter allows 200."""
MAX_NESTING: Final = 4
MAX_FIELD_NAME: Final = 120
MAX_SPREAD: Final = 30
"""Fields of a nested object that is taken apart."""
_JOINED: Final = {"form": "comma_separated", "simple": "comma_separated", "spaceDelimited": "space_separated",
                  "pipeDelimited": "pipe_separated"}  # fmt: skip
_UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LONGEST: Final = {"path": 200, "query": 200, "header": 64, "body": 200}
_HEADER: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_MINOR: Final = re.compile(
    r"minor units?\b|smallest (?:currency |monetary |common )?(?:currency )?unit|\bin (?:euro |us )?cents\b"
    r"|\bin pence\b|\b(?:expressed|given|specified|denominated) in cents\b|\bamount in cents\b", re.I
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Room:
    """What a draft may hold: nested objects are taken apart up to so many ``parameters``; a value that is kept whole is
    described by so many ``parts`` of its schema."""

    parameters: int
    parts: int


class CannotDraft(Exception):
    """Why an operation can't become a contract, as a sentence for whoever reads the report."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One value of a request. ``key`` is its name on the wire, in a JSON body its pointer; ``form`` is how the endpoint
    writes it. ``whole``: an object, a list of objects or a value of several types that is given as JSON."""

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
    """Fields of the document that a value kept whole holds, one level deep."""


def read_slots(operation: Operation, content: BodyContent | None, settler: Settler, room: Room) -> list[Slot]:
    """Every place of the operation's request, named. Raises CannotDraft."""
    if len(operation.parameters) > MAX_PARAMETERS:
        raise CannotDraft(f"It takes {len(operation.parameters)} parameters; a contract has at most {MAX_PARAMETERS}.")
    made = [slot for each in operation.parameters for slot in _outside(each, settler, room)]
    if content is not None:
        left = replace(room, parameters=max(1, room.parameters - len(made)))
        made += _body(operation, content, settler, left)
    if len(made) > MAX_PARAMETERS:
        raise CannotDraft(f"It takes {len(made)} parameters; a contract has at most {MAX_PARAMETERS}.")
    if long := next((each.key for each in made if len(each.key) > _LONGEST[each.place]), None):
        raise CannotDraft(f"The name {long[:40]!r}… is longer than {_LONGEST['query']} characters.")
    if bad := next((each.key for each in made if _UNSAFE.search(each.key)), None):
        raise CannotDraft(f"The name {bad[:40]!r} holds characters that can't be sent.")
    return list(_named(made))


def is_minor_units(slot: Slot) -> bool:
    """Whether the document says that the number counts cents."""
    return slot.schema.get("type") == "integer" and bool(_MINOR.search(slot.view.description))


# ── outside the body ─────────────────────────────────────────────────────────────────────────────────────────────────


def _outside(parameter: Parameter, settler: Settler, room: Room) -> Iterator[Slot]:
    name, place = parameter.name, parameter.place
    if place == "cookie":
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
    if parameter.json and place != "path":
        yield replace(_valued(base, settled, settler, room), form="json")
    elif settled.kind == "object" and place == "query" and parameter.style in ("deepObject", "form"):
        yield from _query_object(parameter, settled, base, settler, room)
    elif settled.kind == "object" and place != "path":
        yield replace(_valued(base, settled, settler, room), form="json")
    elif place == "path":
        yield _path_value(base, settled)
    elif settled.kind == "array" or settled.view.is_array:
        yield replace(
            _valued(base, settled, settler, room), form=_list_form(parameter.style, parameter.explode, place, name)
        )
    else:
        made = _valued(base, settled, settler, room)
        yield replace(made, form="brackets") if made.whole and parameter.style == "deepObject" else made


def _path_value(base: Slot, settled: Settled) -> Slot:
    """A path holds text; several values in one are joined by commas."""
    if settled.kind == "object":
        raise CannotDraft(f"Its path parameter {base.key!r} is an object, which no path holds.")
    if settled.kind != "array":
        schema = json_schemas.describe_scalar(settled.view) if settled.kind == "scalar" else {"type": "string"}
        types = schema.get("type")
        return replace(base, schema=schema if types or "enum" in schema else {"type": "string"})
    said = f"{base.description.rstrip('. ')}. Several are separated by commas." if base.description else ""
    return replace(base, schema={"type": "string"}, description=said or "Several are separated by commas.")


def _list_form(style: str, explode: bool, place: str, name: str) -> str | None:
    """How a list is written; None: repeated (``a=1&a=2``)."""
    if style == "deepObject":
        return "brackets"
    if place == "query" and explode:
        return None
    if style not in _JOINED:
        raise CannotDraft(f"Its list {name!r} is written in the style {style!r}, which is not sent.")
    return _JOINED[style]


def _query_object(parameter: Parameter, settled: Settled, base: Slot, settler: Settler, room: Room) -> Iterator[Slot]:
    """``filter[status]=…`` or ``status=…``: a parameter for each field, where they are known."""
    fields = {name: child for name, child in settled.children.items() if not child.read_only}
    deep = parameter.style == "deepObject"
    if not fields or settled.large or len(fields) > MAX_SPREAD or (not deep and not parameter.explode):
        yield replace(_valued(base, settled, settler, room), form="brackets" if deep else "json")
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
        made = _valued(slot, inner, settler, room)
        structured = inner.kind in ("object", "array", "any")
        yield replace(made, form="brackets" if structured and deep else "json" if inner.kind == "object" else None)


# ── body ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Field:
    path: tuple[str, ...]
    view: SchemaView
    settled: Settled
    required: bool
    open_: frozenset[int]
    above: str


def _body(operation: Operation, content: BodyContent, settler: Settler, room: Room) -> Iterator[Slot]:
    json = is_json(content.media_type)
    if not json and not is_form(content.media_type):
        yield _raw(operation, content, settler)
        return
    root = settler.of(content.schema)
    if root.view.trouble:
        raise CannotDraft(f"Its body can't be read: {root.view.trouble.rstrip('.')}.")
    fields = {name: child for name, child in root.children.items() if not child.read_only}
    if json and (root.kind != "object" or not fields):
        if root.kind == "object" and root.view.additional is None and not root.view.properties:
            if not operation.body_required:
                return  # an empty object
        elif root.kind == "object" and root.view.properties and not fields:
            return  # nothing but what is read-only
        yield _whole_body(operation, root, settler, room)
        return
    if not fields:
        if root.view.properties or (root.kind == "object" and root.view.additional is None):
            return
        raise CannotDraft("Its form has no fields that are named, so nothing can be filled in.")
    found = _spread(root, fields, settler, room.parameters, operation.body_required or bool(root.required))
    unusable = any(_UNSAFE.search(name) or name.isdecimal() or len(name) > MAX_FIELD_NAME for name in fields)
    if json and (unusable or len(found) > MAX_PARAMETERS - len(operation.parameters)):
        yield _whole_body(operation, root, settler, room)
        return
    for each in found:
        slot = Slot(
            place="body",
            key=join_pointer(*each.path) if json else _form_key(each.path),
            words=each.path,
            required=each.required,
            schema={},
            view=each.settled.view,
            description=each.view.description or (each.above if len(each.path) > 1 else ""),
            example=_inner_example(content.example, each.path),
        )
        made = _valued(slot, each.settled, settler, room)
        yield made if json else replace(made, form=_field_form(content, each))


def _whole_body(operation: Operation, root: Settled, settler: Settler, room: Room) -> Slot:
    slot = Slot(
        place="body",
        key="",
        words=("body",),
        required=operation.body_required,
        schema={},
        view=root.view,
        description=operation.body_description or root.view.description or "The whole body.",
    )
    return _valued(slot, root, settler, room)


def _spread(
    root: Settled, fields: Mapping[str, SchemaView], settler: Settler, room: int, required: bool
) -> list[_Field]:
    """The fields of a body, nested objects taken apart level by level while there is room."""
    found = [
        _Field(
            (name,), child, settler.settled(child), required and name in root.required, frozenset({root.view.key}), ""
        )
        for name, child in fields.items()
    ]
    for _ in range(MAX_NESTING):
        level: list[_Field] = []
        count = len(found)
        for each in found:
            inner = _apart(each)
            if inner is None or count + len(inner) - 1 > room:
                level.append(each)
                continue
            count += len(inner) - 1
            open_ = each.open_ | {each.settled.view.key}
            above = each.view.description
            level += [
                _Field(
                    (*each.path, name),
                    child,
                    settler.settled(child),
                    each.required and name in each.settled.required,
                    open_,
                    above,
                )
                for name, child in inner.items()
            ]
        if len(level) == len(found) and all(a is b for a, b in zip(level, found, strict=True)):
            break
        found = level
    return found


def _apart(each: _Field) -> Mapping[str, SchemaView] | None:
    """The fields of a nested object that can be taken apart, else None."""
    settled = each.settled
    if settled.kind != "object" or settled.large or settled.view.key in each.open_:
        return None
    inner = {name: child for name, child in settled.children.items() if not child.read_only}
    if any(name.isdecimal() or len(name) > MAX_FIELD_NAME or _UNSAFE.search(name) for name in inner):
        return None  # numbers in a pointer are places of a list
    return inner if 0 < len(inner) <= MAX_SPREAD else None


def _form_key(path: tuple[str, ...]) -> str:
    return path[0] + "".join(f"[{each}]" for each in path[1:])


def _field_form(content: BodyContent, each: _Field) -> str | None:
    """How a form writes what is no scalar: by the field's ``encoding``, else repeated lists and JSON (OpenAPI 3.1,
    Encoding Object)."""
    if each.settled.kind == "scalar":
        return None
    encoding = content.encoding[each.path[0]]
    style = encoding.text("style")
    if style == "deepObject" or len(each.path) > 1:
        return "brackets"
    if is_json(encoding.text("contentType")):
        return "json"
    if each.settled.kind == "array":
        explode = encoding.fields.get("explode")
        if style in ("spaceDelimited", "pipeDelimited") or (style == "form" and explode is False):
            return _JOINED[style]
        return "json" if _of_objects(each.settled) else None
    return "json"


def _of_objects(settled: Settled) -> bool:
    items = settled.view.items
    return items is not None and bool({"properties", "allOf", "$ref"} & set(items.fields))


def _raw(operation: Operation, content: BodyContent, settler: Settler) -> Slot:
    """Text, XML and the like: one parameter with the body as it is sent."""
    base = content.media_type.partition(";")[0].strip().lower()
    settled = settler.of(content.schema)
    textual = base.startswith("text/") or base.endswith(("+xml", "/xml", "/graphql", "/sql", "/yaml", "/x-yaml"))
    if not textual or settled.view.is_binary:
        raise CannotDraft(f"Its body is a file ({base or 'of no type'}); a contract sends text and fields.")
    return Slot(
        place="body",
        key="",
        words=("body",),
        required=operation.body_required,
        schema={"type": "string", "minLength": 1},
        view=settled.view,
        description=operation.body_description or f"The body, as {base}.",
        whole=settled.kind == "object",
        inside=tuple(settled.children),
    )


def _valued(slot: Slot, settled: Settled, settler: Settler, room: Room) -> Slot:
    """The slot with its schema."""
    if settled.view.is_binary and not slot.key.startswith("/"):
        raise CannotDraft(f"It takes a file ({slot.key}); a contract sends text and fields.")
    if settled.kind == "scalar":
        return replace(slot, schema=json_schemas.describe_scalar(settled.view))
    items = settler.of(settled.view.items).view if settled.kind == "array" and settled.view.items is not None else None
    if items is not None and items.is_binary and not slot.key.startswith("/"):
        raise CannotDraft(f"It takes files ({slot.key}); a contract sends text and fields.")
    made = json_schemas.write_out(settler, settled.view, Budget(room.parts))
    of = made.get("items")
    plain_list = settled.kind == "array" and isinstance(of, dict) and _is_scalar(of)
    return replace(
        slot,
        schema=made,
        whole=not plain_list and bool(set(made) & {"type", "anyOf"} or not made),
        inside=_inside(settled, settler),
    )


def _is_scalar(schema: Mapping[str, Any]) -> bool:
    kind = schema.get("type")
    return "enum" in schema or (isinstance(kind, str) and kind not in ("object", "array"))


def _inside(settled: Settled, settler: Settler) -> tuple[str, ...]:
    if settled.kind == "array" and settled.view.items is not None:
        settled = settler.of(settled.view.items)
    return tuple(name for name, child in settled.children.items() if not child.read_only)


def _inner_example(example: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        example = example.get(part) if isinstance(example, Mapping) else None
    return example


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _named(slots: Iterable[Slot]) -> Iterator[Slot]:
    """Each slot with a name of its own: by its words, with its place where another is called so already."""
    taken: set[str] = set()
    for slot in slots:
        plain = words.to_snake_case("_".join(slot.words))
        placed = words.to_snake_case(f"{slot.place}_{plain}")
        name = next((each for each in (plain, placed) if each not in taken), "")
        if not name:
            name = f"{plain[:56].rstrip('_')}_{words.make_mark(slot.place + slot.key)}"
        taken.add(name)
        yield replace(slot, name=name)
