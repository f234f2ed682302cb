"""Schema reader: reads OpenAPI or JSON Schema one level at a time, with references followed and ``allOf`` merged.

Lower levels are read only on demand, so circles and enormous alternatives cost nothing here. OpenAPI 3.0's ``nullable``
and Boolean bounds, and Swagger 2's dialect, are read as their JSON Schema 2020-12 equivalents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from registry.importing.document.references import BadReference, Documents, Located

MAX_ALL_OF: Final = 24
"""Most nested levels of ``allOf``."""
MAX_MERGED: Final = 500
"""Most schemas that one ``allOf`` combines."""
MAX_VARIANTS: Final = 400
MAX_ENUM: Final = 1_000
"""Most values of an enum that are read. The platform itself checks a longer one."""
_TYPES: Final = frozenset({"string", "integer", "number", "boolean", "object", "array", "null"})
_ALIASES: Final = {"float": "number", "double": "number", "int": "integer", "bool": "boolean", "file": "string"}
_OWN: Final = (
    "format", "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "minItems", "maxItems", "uniqueItems", "description", "title", "default", "example", "examples",
    "readOnly", "writeOnly", "deprecated", "contentEncoding", "contentMediaType",
)  # fmt: skip


@dataclass(slots=True)
class SchemaView:
    """One schema, with its references followed. ``types`` is empty if the schema names none. ``additional`` is a map's
    value.

    ``variants`` are the alternatives of ``oneOf`` and ``anyOf``, without null. ``key`` identifies the schema, in order
    to find circles. ``any_of``: several alternatives may hold at once.
    """

    key: int
    types: frozenset[str] = frozenset()
    own: dict[str, Any] = field(default_factory=dict)
    enum: list[Any] | None = None
    properties: dict[str, list[Located]] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    items: Located | None = None
    additional: Located | None = None
    closed: bool = False
    variants: list[Located] = field(default_factory=list)
    discriminator: str = ""
    mapping: Mapping[str, str] = field(default_factory=dict)
    nullable: bool = False
    trouble: str = ""

    @property
    def description(self) -> str:
        found = self.own.get("description") or self.own.get("title")
        return found if isinstance(found, str) else ""

    @property
    def is_object(self) -> bool:
        return bool(self.properties) or "object" in self.types or self.additional is not None

    @property
    def is_array(self) -> bool:
        return "array" in self.types or (not self.types and self.items is not None)

    @property
    def read_only(self) -> bool:
        return self.own.get("readOnly") is True

    @property
    def is_binary(self) -> bool:
        """Whether the value is a file's bytes rather than text."""
        if "contentMediaType" in self.own and "contentEncoding" not in self.own and "string" in self.types:
            return not str(self.own["contentMediaType"]).startswith("text/")
        return self.own.get("format") == "binary"


class SchemaReader:
    """Makes each view once."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._known: dict[int, tuple[Any, SchemaView]] = {}
        self._left = MAX_MERGED

    def follow(self, at: Located) -> Located:
        """The target of a value. A reference that leads nowhere gives an empty object."""
        try:
            return self._documents.follow(at)
        except BadReference:
            return Located({}, at.document)

    def view(self, at: Located) -> SchemaView:
        """The view of a schema. An unreadable one is a view with its ``trouble``, which accepts any value."""
        try:
            target = self._documents.follow(at)
        except BadReference as error:
            return SchemaView(key=id(at.value), trouble=error.detail)
        known = self._known.get(id(target.value))
        if known is not None:
            return known[1]
        self._left = MAX_MERGED
        made = self._merged(target, 0, set())
        self._known[id(target.value)] = (target.value, made)
        return made

    def merged(self, several: list[Located]) -> SchemaView:
        """The view of a property that several parts of an ``allOf`` describe."""
        if len(several) == 1:
            return self.view(several[0])
        made = SchemaView(key=id(several[0].value))
        for each in several:
            _absorb(made, self.view(each))
        return made

    def _merged(self, at: Located, depth: int, seen: set[int]) -> SchemaView:
        view = _single(at)
        parts = at["allOf"].items()
        if not parts:
            return view
        self._left -= len(parts)
        if depth >= MAX_ALL_OF or id(at.value) in seen or self._left < 0:
            view.trouble = "Its allOf goes round in a circle, or is too large."
            return view
        base = SchemaView(key=id(at.value))
        for part in parts:
            try:
                target = self._documents.follow(part)
            except BadReference as error:
                base.trouble = error.detail
                continue
            _absorb(base, self._merged(target, depth + 1, seen | {id(at.value)}))
        base.own.pop("title", None)
        _absorb(base, view)
        return base


def _absorb(made: SchemaView, other: SchemaView) -> None:
    """Adds ``other``, which must hold too. Where both describe the same thing, the first has priority."""
    made.types = (made.types & other.types or other.types) if made.types and other.types else made.types | other.types
    made.own.update(other.own)
    if other.enum is not None:
        both = [each for each in made.enum if each in other.enum] if made.enum is not None else other.enum
        made.enum = both or other.enum
    for name, several in other.properties.items():
        kept = made.properties.setdefault(name, [])
        kept += [each for each in several if all(each.value is not there.value for there in kept)]
    made.required |= other.required
    made.items = other.items or made.items
    made.additional = other.additional or made.additional
    made.closed |= other.closed
    if other.variants:
        made.variants = made.variants + other.variants if made.variants else list(other.variants)
    made.discriminator = other.discriminator or made.discriminator
    made.mapping = other.mapping or made.mapping
    made.nullable |= other.nullable
    made.trouble = made.trouble or other.trouble


def _single(at: Located) -> SchemaView:
    schema = at.fields
    view = SchemaView(key=id(at.value))
    if at.value is False:
        view.trouble = "Its schema allows no value."
    given = schema.get("type")
    said = given if isinstance(given, list) else [given]
    types = {_ALIASES.get(each, each) for each in said if isinstance(each, str)}
    view.nullable = "null" in types or schema.get("nullable") is True or schema.get("x-nullable") is True
    view.types = frozenset(types & _TYPES - {"null"})
    view.own = {key: schema[key] for key in _OWN if key in schema}
    if given == "file":
        view.own["format"] = "binary"
    _bounds(view.own)
    if isinstance(schema.get("enum"), list):
        values = [each for each in schema["enum"] if each is not None]
        view.enum = values if 0 < len(values) <= MAX_ENUM else None
    elif "const" in schema and schema["const"] is not None:
        view.enum = [schema["const"]]
    view.properties = {name: [each] for name, each in at["properties"].members()}
    view.required = frozenset(each for each in _list(schema.get("required")) if isinstance(each, str))
    if isinstance(schema.get("items"), Mapping):
        view.items = at["items"]
    elif isinstance(schema.get("prefixItems"), list) and schema["prefixItems"]:
        view.items = Located({"anyOf": schema["prefixItems"]}, at.document)
    additional = schema.get("additionalProperties")
    if isinstance(additional, Mapping) or additional is True:
        view.additional = Located(additional if isinstance(additional, Mapping) else {}, at.document)
    elif isinstance(schema.get("patternProperties"), Mapping) and schema["patternProperties"]:
        view.additional = Located({}, at.document)
    view.closed = additional is False
    for key in ("oneOf", "anyOf"):
        variants = at[key].items()[:MAX_VARIANTS]
        real = [each for each in variants if not _is_null(each)]
        view.nullable |= len(real) < len(variants)
        view.variants += real
    discriminator = at["discriminator"]
    if isinstance(discriminator.value, str):
        view.discriminator = discriminator.value
    else:
        view.discriminator = discriminator.text("propertyName")
        view.mapping = {key: each for key, each in discriminator["mapping"].fields.items() if isinstance(each, str)}
    return view


def _bounds(own: dict[str, Any]) -> None:
    """Converts OpenAPI 3.0's ``exclusiveMinimum: true`` to JSON Schema's. Bounds that aren't numbers are dropped."""
    for exclusive, plain in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if isinstance(own.get(exclusive), bool):
            bound = own.pop(plain, None) if own.pop(exclusive) else None
            if bound is not None:
                own[exclusive] = bound


def _is_null(at: Located) -> bool:
    schema = at.fields
    return schema.get("type") == "null" or (schema.get("enum") == [None] and len(schema) <= 2)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
