"""Bodies with a whole record: which operations replace it, change a part of it, or merely repeat it.

Documents generated from code use one schema for all three. A partial change then seems to need every field, and an
order such as ``POST /talks/{id}/accept`` seems to take the talk itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from registry.importing.document.alternatives import Settler
from registry.importing.document.description import ApiDescription, Operation, is_json
from registry.importing.drafts.wrappers import find_inner
from registry.importing.kinds.candidates import shape

LEAST_REPEATED: Final = 3
"""Fewest fields of a body that counts as the record's own although the document doesn't say so."""


@dataclass(frozen=True, slots=True)
class BodyRoles:
    """Keys of operations.

    - ``spare``: a PUT → the PATCH of the same address that takes all its fields, so that nothing is lost without the
      PUT.
    - ``partial``: a PATCH with the schema of a whole record. Its required fields are required of a record, not of a
      change.
    - ``repeats``: a POST on something of one record that takes the record.
    """

    spare: Mapping[str, str] = field(default_factory=dict)
    partial: frozenset[str] = frozenset()
    repeats: frozenset[str] = frozenset()


NO_ROLES: Final = BodyRoles()


@dataclass(frozen=True, slots=True)
class _Body:
    key: int
    fields: frozenset[str]
    required: frozenset[str]

    def is_like(self, other: _Body) -> bool:
        return self.key == other.key or (self.fields, self.required) == (other.fields, other.required)


def find_body_roles(description: ApiDescription, settler: Settler) -> BodyRoles:
    at: dict[str, dict[str, Operation]] = defaultdict(dict)
    for each in description.operations:
        if not each.trouble:
            at[shape(each.path)].setdefault(each.method, each)
    bodies = {
        key: _read_body(each, settler) for several in at.values() for each in several.values() for key in (each.key,)
    }
    spare: dict[str, str] = {}
    partial: set[str] = set()
    repeats: set[str] = set()
    for here, methods in at.items():
        put, patch, post = (methods.get(each) for each in ("PUT", "PATCH", "POST"))
        if here.endswith("}"):
            makes = at.get(here.removesuffix("/{}"), {}).get("POST")
            change = bodies[patch.key] if patch is not None else None
            whole = [body for each in (put, makes) if each is not None and (body := bodies[each.key]) is not None]
            if patch is not None and change is not None and any(change.is_like(each) for each in whole):
                partial.add(patch.key)
            if put is not None and patch is not None and change is not None:
                anew = bodies[put.key]
                if anew is not None and anew.fields <= change.fields:
                    spare[put.key] = patch.key
        elif post is not None and (own := bodies[post.key]) is not None:
            above = here.rpartition("/")[0]
            if not above.endswith("}"):
                continue
            beside = [*at.get(above, {}).values(), *filter(None, [at.get(above.removesuffix("/{}"), {}).get("POST")])]
            writes = [body for each in beside if each.method != "GET" and (body := bodies[each.key]) is not None]
            if any(_repeats(own, each) for each in writes):
                repeats.add(post.key)
    return BodyRoles(spare, frozenset(partial), frozenset(repeats))


def _repeats(own: _Body, record: _Body) -> bool:
    """Whether a body is the record's own, or has only its fields and all that a record requires."""
    if own.key == record.key and len(own.fields) > 1:
        return True
    return (
        len(own.fields) >= LEAST_REPEATED
        and own.fields <= record.fields
        and bool(record.required)
        and record.required <= own.fields
    )


def _read_body(operation: Operation, settler: Settler) -> _Body | None:
    """The fields of a JSON body."""
    content = next((each for each in operation.contents if is_json(each.media_type)), None)
    root = settler.sent(settler.of(content.schema).view) if content is not None else None
    if root is None or root.kind != "object":
        return None
    root = find_inner(root, settler)
    fields = frozenset(name for name, child in root.children.items() if not child.read_only)
    return _Body(root.view.key, fields, frozenset(root.required) & fields) if fields else None
