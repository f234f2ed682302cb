"""Schema digests of operations: equal as long as an operation's input is declared in the same way.

They cover method, path, parameters and body with every definition that they reach, without wording, examples and
extensions. Each definition is hashed once by itself, and an operation by the set of those it reaches. So circles cost
nothing and the reading order doesn't matter.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections.abc import Iterator, Mapping
from typing import Any, Final

from registry.importing.document.description import Operation
from registry.importing.document.references import BadReference, Documents, Located, is_url, join_names, split_url

_WORDING: Final = frozenset(
    {"description", "summary", "title", "example", "examples", "externalDocs", "deprecated", "$comment", "xml"}
)
_NAMED: Final = frozenset(
    {"properties", "$defs", "definitions", "patternProperties", "dependentSchemas", "content", "encoding", "mapping"}
)
_DATA: Final = frozenset({"enum", "const", "default", "required"})


class Digests:
    """Computes the digests of one document's operations."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._known: dict[str, tuple[str, tuple[Located, ...]]] = {}

    def of(self, operation: Operation) -> str:
        """``sha256:…`` of an operation, over its declared input."""
        own: dict[str, Any] = {"method": operation.method, "path": operation.path}
        left: list[Located] = []
        for name, at in operation.declared.items():
            own[name] = _reduced(at.value)
            left += _references(at)
        reached: dict[str, str] = {}
        while left:
            reference = left.pop()
            key = self._key(reference)
            if key not in reached:
                reached[key], beyond = self._definition(key, reference)
                left += beyond
        return "sha256:" + _hash([own, sorted(reached.items())])

    def _definition(self, key: str, reference: Located) -> tuple[str, tuple[Located, ...]]:
        if key not in self._known:
            try:
                target = self._documents.resolve(reference.value, reference.document)
            except BadReference:
                target = Located(None, reference.document)
            self._known[key] = _hash(_reduced(target.value)), tuple(_references(target))
        return self._known[key]

    def _key(self, reference: Located) -> str:
        """The name of a reference's target, as seen from the root, wherever it lies."""
        path, _, fragment = reference.value.partition("#")
        try:
            name = join_names(reference.document, path) if path else reference.document
        except BadReference:
            name = path
        root = self._documents.root.document
        if name == root:
            name = ""
        elif is_url(root):
            name = posixpath.relpath(split_url(name).path or "/", posixpath.dirname(split_url(root).path) or "/")
        else:
            name = posixpath.relpath(name, posixpath.dirname(root) or ".")
        return f"{name}#{fragment}"


def _reduced(value: Any, *, names: bool = False) -> Any:
    """The relevant part of a value. The keys of ``names`` are names, which may look like keywords."""
    if isinstance(value, Mapping):
        return {
            key: each if key in _DATA and not names else _reduced(each, names=not names and key in _NAMED)
            for key, each in value.items()
            if names or not (key in _WORDING or key.startswith("x-"))
        }
    if isinstance(value, list):
        return [_reduced(each) for each in value]
    return value


def _references(at: Located, *, names: bool = False) -> Iterator[Located]:
    value = at.value
    if isinstance(value, Mapping):
        reference = value.get("$ref")
        if isinstance(reference, str) and not names:
            yield Located(reference, at.document)
        for key, each in value.items():
            if names or not (key in _WORDING or key in _DATA or key.startswith("x-")):
                yield from _references(Located(each, at.document), names=not names and key in _NAMED)
    elif isinstance(value, list):
        for each in value:
            yield from _references(Located(each, at.document))


def _hash(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
