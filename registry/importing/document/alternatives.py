"""Alternatives of a schema (``oneOf``, ``anyOf``, discriminators), merged into one.

An object of several forms has the fields of all, and requires those that every form requires. The field that identifies
the form has the values of all. A scalar of several forms has the types of all. A value that is sometimes an object is
``any``, and is kept whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from registry.importing.document.references import Located
from registry.importing.document.schema_view import SchemaReader, SchemaView

MAX_FORMS: Final = 12
MAX_FORM_FIELDS: Final = 60
"""Most fields of all forms together. An object with more is kept whole."""
_MAX_LEVELS: Final = 8
_IDS: Final = ("id", "uuid", "pk", "key")


@dataclass(slots=True)
class Settled:
    """A schema whose alternatives are merged. ``forms`` counts those of an object. ``large``: there are too many to
    separate field by field, so ``children`` are the fields of any form."""

    kind: Literal["object", "array", "scalar", "any"]
    view: SchemaView
    children: Mapping[str, SchemaView] = field(default_factory=dict)
    required: frozenset[str] = frozenset()
    forms: int = 1
    large: bool = False
    several: bool = False
    """For a request: one value is sent, although a list of them is accepted too."""
    refers: int = 0
    """For a request: the key of the schema of the record whose id is sent, although the record itself is accepted
    too."""


class Settler:
    """Merges the alternatives of each view once."""

    def __init__(self, reader: SchemaReader) -> None:
        self.reader = reader
        self._known: dict[int, tuple[SchemaView, Settled]] = {}
        self._joint: dict[tuple[int, ...], SchemaView] = {}
        self._forms: dict[int, list[Settled]] = {}
        self._sent: dict[int, tuple[SchemaView, Settled]] = {}

    def of(self, at: Located) -> Settled:
        return self.settled(self.reader.view(at))

    def settled(self, view: SchemaView, level: int = 0) -> Settled:
        known = self._known.get(id(view))
        if known is not None:
            return known[1]
        # A request from inside gets this: a circle of alternatives alone means nothing.
        self._known[id(view)] = (view, Settled("any", view))
        forms = self._forms.get(id(view))
        made = self._settle(view, level) if forms is None else self._object(view, forms)
        self._known[id(view)] = (view, made)
        return made

    def sent(self, view: SchemaView) -> Settled:
        """Like ``settled``, for a request, whose sender may choose. Of one or a list of objects, one object is sent. Of
        scalars, a list, perhaps with one member. Of a record or its id, the id. An answer may hold either."""
        known = self._sent.get(id(view))
        if known is None:
            known = self._sent[id(view)] = (view, self._choose(view))
        return known[1]

    def _choose(self, view: SchemaView) -> Settled:
        whole = self.settled(view)
        if whole.kind != "any" or len(view.variants) < 2 or len(view.variants) > MAX_FORMS:
            return whole
        if (relation := self._relate(view)) is not None:
            return relation
        forms = [self.reader.view(each) for each in view.variants]
        items = [self.reader.view(each.items) if each.items is not None and each.is_array else None for each in forms]
        several = [each is not None and any(_is_same(each, one) for one in forms) for each in items]
        single = [each for each, listed in zip(view.variants, several, strict=True) if not listed]
        if not any(several) or not single:
            return whole
        made = self.settled(replace(view, variants=single))
        if made.kind == "object":
            return replace(made, several=True)
        lists = [each for each, listed in zip(view.variants, several, strict=True) if listed]
        listed = self.settled(replace(view, variants=lists))
        return listed if made.kind == "scalar" and len(single) == len(lists) == 1 else whole

    def _relate(self, view: SchemaView) -> Settled | None:
        """A record's id, if the alternative is a schema of its own with such an id."""
        forms = [self.settled(self.reader.view(each)) for each in view.variants]
        objects = [each for each in forms if each.kind == "object"]
        ids = [each.view for each in forms if each.kind == "scalar"]
        if view.properties or len(objects) != 1 or len(ids) != len(forms) - 1:
            return None
        if "$ref" not in view.variants[forms.index(objects[0])].fields or any(each.enum is not None for each in ids):
            return None
        types = frozenset().union(*(each.types for each in ids))
        known = (self.settled(objects[0].children[name]) for name in _IDS if name in objects[0].children)
        if not any(each.kind == "scalar" and each.view.types & types for each in known):
            return None
        return Settled("scalar", _scalars(view, ids), refers=objects[0].view.key)

    def _settle(self, view: SchemaView, level: int) -> Settled:
        if not view.variants or level > _MAX_LEVELS:
            return self._plain(view)
        forms = [self.settled(self.reader.view(each), level + 1) for each in view.variants]
        telling = [each for each in forms if each.kind != "any" or each.view.variants or each.view.trouble]
        if view.properties or (telling and all(each.kind == "object" for each in telling)):
            return self._object(view, [each for each in forms if each.kind == "object"])
        if not telling:  # they limit what the schema itself says
            return self._plain(view)
        if all(each.kind == "scalar" for each in telling):
            return Settled("scalar", _scalars(view, [each.view for each in telling]))
        if all(each.kind == "array" for each in telling):
            first = telling[0].view
            items = first.items if len(telling) == 1 else None
            return Settled("array", replace(view, types=frozenset({"array"}), items=items, variants=[]))
        return Settled("any", view)

    def _plain(self, view: SchemaView) -> Settled:
        if view.trouble:
            return Settled("any", view)
        if view.is_object and not view.types - {"object"}:
            children = {name: self.reader.merged(several) for name, several in view.properties.items()}
            return Settled("object", view, children, view.required)
        if view.is_array and not view.types - {"array"}:
            return Settled("array", view)
        if view.types & {"object", "array"} or not (view.types or view.enum):
            return Settled("any", view)
        return Settled("scalar", view)

    def _object(self, view: SchemaView, forms: list[Settled]) -> Settled:
        several: dict[str, list[SchemaView]] = {}
        for form in forms:
            for name, child in form.children.items():
                several.setdefault(name, []).append(child)
        children = {name: self.reader.merged(parts) for name, parts in view.properties.items()}
        for name, views in several.items():
            if name not in children or (name == view.discriminator and children[name].enum is None):
                children[name] = self._either(views, children.get(name))
        if (told := view.discriminator) and view.mapping and (told not in children or children[told].enum is None):
            base = children.get(told) or SchemaView(key=id(view))
            children[told] = replace(base, types=frozenset({"string"}), enum=list(view.mapping), variants=[])
        needed = [form.required for form in forms]
        required = view.required | (frozenset.intersection(*needed) if needed else frozenset())
        count = sum(max(1, form.forms) for form in forms)
        large = count > MAX_FORMS or (count > 1 and len(children) > MAX_FORM_FIELDS) or any(f.large for f in forms)
        return Settled("object", view, children, required & set(children), max(1, count), large)

    def _either(self, views: list[SchemaView], own: SchemaView | None) -> SchemaView:
        distinct = list({id(each): each for each in views}.values())
        if len(distinct) == 1 and own is None:
            return distinct[0]
        if all(not each.is_object and not each.is_array and not each.variants for each in distinct):
            base = SchemaView(key=id(distinct[0]), own=dict(distinct[0].own)) if len(distinct) > 1 else distinct[0]
            return _scalars(own or base, distinct)
        settled = [self.settled(each) for each in distinct]
        if all(each.kind == "object" for each in settled) and not any(each.large for each in settled):
            ids = tuple(sorted(map(id, distinct)))
            if ids not in self._joint:  # read on demand, because it may lead back here
                base = SchemaView(key=id(distinct[0]), types=frozenset({"object"}), own=dict(distinct[0].own))
                self._joint[ids] = base
                self._forms[id(base)] = settled
            return self._joint[ids]
        return SchemaView(key=id(distinct[0]), own={"description": distinct[0].description}, nullable=True)


def _is_same(one: SchemaView, other: SchemaView) -> bool:
    """Whether two schemas are the same on their first level."""
    if one is other or one.variants or other.variants or one.trouble or other.trouble:
        return one is other
    if one.types != other.types or one.enum != other.enum or one.own.get("format") != other.own.get("format"):
        return False
    if not one.is_object:
        return bool(one.types) and not one.is_array
    return bool(one.properties) and set(one.properties) == set(other.properties) and one.required == other.required


def _scalars(view: SchemaView, forms: list[SchemaView]) -> SchemaView:
    types = frozenset().union(*(each.types for each in forms)) or view.types
    enum: list[Any] | None = view.enum
    if enum is None and forms and all(each.enum is not None for each in forms):
        enum = []
        for each in forms:
            enum += [member for member in each.enum or () if member not in enum]
    own = {**(forms[0].own if len(forms) == 1 else {}), **view.own}
    formats = {str(each.own.get("format") or "") for each in forms}
    if len(formats) == 1 and "" not in formats:
        own["format"] = next(iter(formats))
    else:
        own.pop("format", None) if len(forms) > 1 else None
    if len(forms) > 1:
        own = {key: each for key, each in own.items() if key not in ("pattern", "minLength", "maxLength")}
    if not own.get("description"):
        own["description"] = next((each.description for each in forms if each.description), "")
    return replace(view, types=types, enum=enum, own=own, variants=[])
