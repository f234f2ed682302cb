"""Wrappers of a body: ``{"data": {…}}``, ``{"data": {"attributes": {…}}}`` and ``{"post": {…}}`` contain the record to
be written, whose members are what people mention."""

from __future__ import annotations

from typing import Final

from registry.importing.document.alternatives import Settled, Settler
from registry.importing.drafts import words

WRAPPERS: Final = frozenset(("data", "attributes", "record", "item", "resource", "payload", "input", "object"))


def strip_wrappers(path: tuple[str, ...], noun: str = "") -> tuple[str, ...]:
    """The members of a pointer without the outer objects. One of these may have the record's name (``noun``)."""
    while len(path) > 1 and (
        words.to_snake_case(path[0]) in WRAPPERS or (noun and words.to_snake_case(path[0]) == noun)
    ):
        path = path[1:]
    return path


def find_inner(body: Settled, settler: Settler) -> Settled:
    """The record in a body: the body itself, the content of its wrapper, or its only member that is an object."""
    for _ in range(2):
        children = {key: each for key, each in body.children.items() if not each.read_only}
        wrapped = next((key for key in children if words.to_snake_case(key) in WRAPPERS), None)
        key = wrapped or (next(iter(children)) if len(children) == 1 else None)
        inner = settler.settled(children[key]) if key is not None else None
        if inner is None or inner.kind != "object" or not inner.children:
            break
        body = inner
    return body
