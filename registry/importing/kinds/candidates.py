"""Lists in a document whose records may form a kind: ``GET /things`` with the operations below ``/things/{id}``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from language.text import singularize
from registry.importing.document.alternatives import Settler
from registry.importing.document.description import ApiDescription, Operation, Parameter

PLACEHOLDER: Final = re.compile(r"\{([^{}]+)\}")
_LISTS_BY_POST: Final = frozenset({"filter", "search", "query", "list", "find", "paginate"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A list, before it is known which of several lists a noun means. ``record_path`` is the path of one record,
    whether or not it can be read there. ``below`` are the operations on one record or on a part of it. ``one`` reads
    one record."""

    listing: Operation
    path: str
    record_path: str
    key: str
    outer: str
    one: Operation | None
    below: tuple[Operation, ...]
    on_it: tuple[Operation, ...]
    fixed: Mapping[str, str]
    """Parameters that its list always gets. ``asked`` is the query parameter that needs another kind's id."""
    asked: str

    @property
    def changes(self) -> int:
        return sum(each.method != "GET" for each in self.below)


def shape(path: str) -> str:
    """A path without the names of its placeholders: ``/orders/{}/items``."""
    return PLACEHOLDER.sub("{}", path.partition("?")[0].removesuffix(".json")).rstrip("/")


def find_candidates(description: ApiDescription, settler: Settler) -> list[Candidate]:
    operations = [each for each in description.operations if not each.trouble]
    at: dict[str, list[Operation]] = defaultdict(list)
    below: dict[str, list[Operation]] = defaultdict(list)
    for each in operations:
        whole = shape(each.path)
        at[whole].append(each)
        for place in re.finditer(r"\{\}(?=/|\Z)", whole):
            if not whole.startswith("/{}", place.end()):
                below[whole[: place.end()]].append(each)
    made = []
    for each in operations:
        path = _listed_path(each)
        beside = at.get(shape(path), []) if path is not None and each.method == "POST" else []
        if any(other.method == "GET" for other in beside):
            continue  # a search beside a plain list of the same records
        if path is None or any(p.required and p.place not in ("path", "query") for p in each.parameters):
            continue
        needed = [p for p in each.parameters if p.required and p.place == "query"]
        fixed = {p.name: value for p in needed if (value := _only_value(p, settler)) is not None}
        asked = [p.name for p in needed if p.name not in fixed]
        outer = PLACEHOLDER.findall(path)
        if len(asked) + bool(asked and outer) > 1:
            continue
        above = next((each for each in _item_places(path) if below.get(f"{shape(each)}/{{}}")), None)
        if len(outer) > 1 or above is None:
            continue
        item = f"{shape(above)}/{{}}"
        on_it = at.get(item, [])
        adding = (other for here in {shape(path), shape(above)} for other in at.get(here, ()) if other.method == "POST")
        one = next((other for other in on_it if other.method == "GET"), None)
        named = one or next(iter(on_it), below[item][0])
        places = PLACEHOLDER.findall(named.path)
        made.append(
            Candidate(
                each, path, f"{above}/{{{places[len(outer)]}}}", places[len(outer)], "".join((*outer, *asked)), one,
                tuple(below[item]), (*on_it, *adding), fixed, asked[0] if asked else "",
            )
        )  # fmt: skip
    return sorted(made, key=lambda each: (-each.changes, each.one is None, each.path.count("{"), each.path.count("/")))


def _only_value(parameter: Parameter, settler: Settler) -> str | None:
    """The only sensible value of a required parameter: its default, or its enum's only member."""
    view = settler.reader.view(parameter.schema)
    only = view.enum if view.enum is not None and len(view.enum) == 1 else ()
    value = next((each for each in (view.own.get("default"), *only) if isinstance(each, str | int)), None)
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _item_places(path: str) -> tuple[str, ...]:
    """Possible starts of a record's path: the list's path, or the same with its noun in the singular (``/tags`` and
    ``/tag/{id}``)."""
    plain = path.removesuffix(".json").rstrip("/")
    above, _, last = plain.rpartition("/")
    return tuple(dict.fromkeys((plain, f"{above}/{singularize(last)}")))


def _listed_path(operation: Operation) -> str | None:
    """The path of the collection that an operation lists: its own path for a GET, the path above for ``POST
    …/filter``."""
    path = operation.path.partition("?")[0]
    if path.rstrip("/").endswith("}"):
        return None
    if operation.method == "GET":
        return path
    above, _, last = path.rstrip("/").rpartition("/")
    by_post = operation.method == "POST" and last.lower() in _LISTS_BY_POST and not above.endswith("}")
    return above if by_post and above else None
