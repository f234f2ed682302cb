"""JSON documents by JSON Pointer (RFC 6901): build them from values at pointers, and read values from them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from core.errors import InvalidInput

MISSING: Final = object()
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,2}")


def split_pointer(pointer: str) -> tuple[str, ...]:
    """The reference tokens of a pointer: ``"/a~1b/0"`` → ``("a/b", "0")``."""
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:])


def read_at(document: Any, pointer: str) -> Any:
    """The value at a pointer of a decoded document, or MISSING."""
    for token in split_pointer(pointer):
        if isinstance(document, Mapping) and token in document:
            document = document[token]
        elif isinstance(document, list) and _INDEX.fullmatch(token) and int(token) < len(document):
            document = document[int(token)]
        else:
            return MISSING
    return document


def build(values: Mapping[str, Any]) -> Any:
    """The document with each value at its pointer. Numeric tokens make a list without gaps. Without values it is
    ``{}``. Raises InvalidInput if two pointers conflict (``conflict``)."""
    if (pair := find_conflict(values)) is not None:
        raise InvalidInput(f"The body can't hold values at both {pair[0]!r} and {pair[1]!r}.")
    if "" in values:
        return values[""]
    return _nest({split_pointer(pointer): value for pointer, value in values.items()})


def find_conflict(pointers: Iterable[str]) -> tuple[str, str] | None:
    """Two pointers of which one lies inside the other, or that make one place both a list and an object."""
    leaves: dict[tuple[str, ...], str] = {}
    inner: dict[tuple[str, ...], tuple[bool, str]] = {}
    for pointer in pointers:
        way = split_pointer(pointer)
        if way in leaves:
            return leaves[way], pointer
        leaves[way] = pointer
        for depth in range(len(way)):
            numbered = _INDEX.fullmatch(way[depth]) is not None
            kind, other = inner.setdefault(way[:depth], (numbered, pointer))
            if kind is not numbered:
                return other, pointer
    for way, pointer in leaves.items():
        if way in inner:
            return pointer, inner[way][1]
    return None


def _nest(values: Mapping[tuple[str, ...], Any]) -> Any:
    below: dict[str, dict[tuple[str, ...], Any]] = {}
    for way, value in values.items():
        below.setdefault(way[0], {})[way[1:]] = value
    made = {token: under[()] if () in under else _nest(under) for token, under in below.items()}
    if made and all(_INDEX.fullmatch(token) for token in made):
        return [made[token] for token in sorted(made, key=int)]
    return made
