"""Body flattening: reads the fields of a request's body as slots. Nested objects are taken apart while there is
room."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from registry.importing.document.alternatives import Settled, Settler
from registry.importing.document.description import BodyContent, Operation, is_form, is_json
from registry.importing.document.schema_view import SchemaView
from registry.importing.drafts.slot_schema import JOINED_FORMS, MAX_PARAMETERS, CannotDraft, Room, Slot, give_schema
from registry.json_schema.pointer import join_pointer

MAX_NESTING: Final = 4
MAX_FIELD_NAME: Final = 120
MAX_SPREAD: Final = 30
"""Most fields of a nested object that is split into parameters."""
UNSAFE: Final = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(slots=True)
class _Field:
    path: tuple[str, ...]
    view: SchemaView
    settled: Settled
    required: bool
    open_: frozenset[int]
    above: str
    several: str = ""


def read_body(operation: Operation, content: BodyContent, settler: Settler, room: Room) -> Iterator[Slot]:
    """The slots of a JSON body or a form, or one slot for any other body. Raises CannotDraft."""
    json = is_json(content.media_type)
    if not json and not is_form(content.media_type):
        yield _raw(operation, content, settler)
        return
    plain = settler.of(content.schema)
    # A change without a record's own address may affect all. Only a person's JSON says which.
    found_by_path = operation.path.rstrip("/").endswith("}")
    root = settler.sent(plain.view) if operation.method == "POST" or found_by_path else plain
    if root.view.trouble:
        raise CannotDraft(f"Its body can't be read: {root.view.trouble.rstrip('.')}.")
    fields = {name: child for name, child in root.children.items() if not child.read_only}
    if json and (root.kind != "object" or not fields):
        if root.kind == "object" and root.view.additional is None and not root.view.properties:
            if not operation.body_required:
                return  # an empty object
        elif root.kind == "object" and root.view.properties and not fields:
            return  # only read-only members
        yield _whole_body(operation, plain, settler, room)
        return
    if not fields:
        if root.view.properties or (root.kind == "object" and root.view.additional is None):
            return
        raise CannotDraft("Its form has no fields that are named, so nothing can be filled in.")
    found = _spread(root, fields, settler, room.parameters, operation.body_required or bool(root.required))
    unusable = any(UNSAFE.search(name) or name.isdecimal() or len(name) > MAX_FIELD_NAME for name in fields)
    if json and (unusable or len(found) > MAX_PARAMETERS - len(operation.parameters)):
        yield _whole_body(operation, plain, settler, room)
        return
    only_files = True
    for each in found:
        # A value that is kept whole may also be a list.
        settled = settler.settled(each.view) if each.settled.several else each.settled
        slot = Slot(
            place="body",
            key=join_pointer(*each.path) if json else _form_key(each.path),
            words=each.path,
            required=each.required,
            schema={},
            view=settled.view,
            description=each.view.description or (each.above if len(each.path) > 1 else ""),
            example=_inner_example(content.example, each.path),
            refers=settled.refers,
            several="body" if root.several else each.several,
        )
        made = give_schema(slot, settled, settler, room)
        only_files = only_files and made.file
        yield made if json or made.file else replace(made, form=_field_form(content, each))
    if only_files:
        raise CannotDraft("It takes nothing but files; a contract sends text and fields.")


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
    return give_schema(slot, root, settler, room)


def _spread(
    root: Settled, fields: Mapping[str, SchemaView], settler: Settler, room: int, required: bool
) -> list[_Field]:
    """The fields of a body, nested objects taken apart level by level while there is room."""
    found = [
        _Field((name,), child, settler.sent(child), required and name in root.required, frozenset({root.view.key}), "")
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
                    settler.sent(child),
                    each.required and name in each.settled.required,
                    open_,
                    above,
                    join_pointer(*each.path) if each.settled.several else each.several,
                )
                for name, child in inner.items()
            ]
        if len(level) == len(found) and all(a is b for a, b in zip(level, found, strict=True)):
            break
        found = level
    return found


def _apart(each: _Field) -> Mapping[str, SchemaView] | None:
    """The fields of a nested object that can be taken apart. Otherwise None."""
    settled = each.settled
    if settled.kind != "object" or settled.large or settled.view.key in each.open_:
        return None
    inner = {name: child for name, child in settled.children.items() if not child.read_only}
    if any(name.isdecimal() or len(name) > MAX_FIELD_NAME or UNSAFE.search(name) for name in inner):
        return None  # numbers in a pointer are positions of a list
    return inner if 0 < len(inner) <= MAX_SPREAD else None


def _form_key(path: tuple[str, ...]) -> str:
    return path[0] + "".join(f"[{each}]" for each in path[1:])


def _field_form(content: BodyContent, each: _Field) -> str | None:
    """How a form writes a non-scalar: by the field's ``encoding``, otherwise repeated lists and JSON (OpenAPI 3.1,
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
            return JOINED_FORMS[style]
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


def _inner_example(example: Any, path: tuple[str, ...]) -> Any:
    for part in path:
        example = example.get(part) if isinstance(example, Mapping) else None
    return example
