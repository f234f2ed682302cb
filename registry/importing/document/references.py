"""Reference resolver: ``$ref`` within a document and across the documents of one folder or host (RFC 6901, RFC 3986).

A document is read once, when it is first referred to. Nothing is expanded ahead: the follower of a reference decides
where to cut a circle. A value always has the name of its document with it, because its own references are relative to
that.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from core.errors import InvalidInput
from registry.importing.document.parser import parse_document

MAX_DOCUMENTS: Final = 5_000
MAX_ALL_BYTES: Final = 64 * 1024 * 1024
MAX_HOPS: Final = 32
"""Longest chain of references to references."""

ReadDocument = Callable[[str], bytes]
"""Returns the bytes of a document by its name: a path below the root's folder, or a URL. Raises InvalidInput."""


class BadReference(InvalidInput):
    """A reference leads nowhere, or where it may not lead."""


@dataclass(frozen=True, slots=True)
class Located:
    """A value with the name of its document."""

    value: Any
    document: str

    def __getitem__(self, key: str) -> Located:
        """The member of an object. Nothing for any other value."""
        return Located(self.value.get(key) if isinstance(self.value, Mapping) else None, self.document)

    @property
    def fields(self) -> Mapping[str, Any]:
        """The object's members. None for any other value."""
        return self.value if isinstance(self.value, Mapping) else {}

    def text(self, key: str) -> str:
        value = self.fields.get(key)
        return value if isinstance(value, str) else ""

    def items(self) -> list[Located]:
        """The members of a list. None for any other value."""
        return [Located(each, self.document) for each in self.value] if isinstance(self.value, list) else []

    def members(self) -> list[tuple[str, Located]]:
        return [(str(key), Located(each, self.document)) for key, each in self.fields.items()]


class Documents:
    """The documents that a root refers to. ``read`` decides what may be read."""

    def __init__(self, root: str, read: ReadDocument) -> None:
        self._read = read
        self._known: dict[str, Any] = {}
        self._bytes = 0
        self._hashes: dict[str, str] = {}
        self._resolved: dict[tuple[str, str], Located] = {}
        self._merged: dict[int, tuple[Any, Located]] = {}
        self.root = Located(self._document(root), root)

    def __len__(self) -> int:
        return len(self._known)

    @property
    def digest(self) -> str:
        """``sha256:…`` over the bytes of every document that was read, wherever they lie."""
        root = self._hashes[self.root.document]
        others = sorted(each for name, each in self._hashes.items() if name != self.root.document)
        return "sha256:" + (hashlib.sha256(" ".join([root, *others]).encode()).hexdigest() if others else root)

    def follow(self, at: Located) -> Located:
        """The target of a value's ``$ref``, with the keys beside it. The value itself if it has none. Raises
        BadReference."""
        hops = 0
        while isinstance(at.value, Mapping) and isinstance(at.value.get("$ref"), str):
            hops += 1
            if hops > MAX_HOPS:
                raise BadReference(f"References go round in a circle at {at.value['$ref'][:200]!r}.")
            target = self.resolve(at.value["$ref"], at.document)
            at = self._beside(at, target) if len(at.value) > 1 else target
        return at

    def _beside(self, at: Located, target: Located) -> Located:
        """The target merged with the keys beside it. Made once, so that it keeps its identity."""
        known = self._merged.get(id(at.value))
        if known is not None:
            return known[1]
        if not isinstance(target.value, Mapping):
            return target
        beside = {key: each for key, each in at.value.items() if key != "$ref"}
        if all(isinstance(each, str) and target.value.get(key) == each for key, each in beside.items()):
            return target  # it repeats what stands there (``type``), and is that schema
        made = Located({**target.value, **beside}, target.document)
        self._merged[id(at.value)] = (at.value, made)
        return made

    def resolve(self, reference: str, document: str) -> Located:
        """The value that a reference in ``document`` names. Raises BadReference."""
        key = (document, reference)
        if key not in self._resolved:
            self._resolved[key] = self._resolve(reference, document)
        return self._resolved[key]

    def _resolve(self, reference: str, document: str) -> Located:
        path, _, fragment = reference.partition("#")
        name = join_names(document, path) if path else document
        try:
            value = self._document(name)
        except BadReference:
            raise
        except InvalidInput as error:  # an unreadable part doesn't affect the rest
            raise BadReference(error.detail) from error
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            raise BadReference(f"{reference[:200]!r} names an anchor; write it as a JSON Pointer (#/components/…).")
        for part in fragment.split("/")[1:]:
            part = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, Mapping) and part in value:
                value = value[part]
            elif isinstance(value, list) and part.isdecimal() and len(part) < 7 and int(part) < len(value):
                value = value[int(part)]
            else:
                raise BadReference(f"There is nothing at {reference[:200]!r}.")
        return Located(value, name)

    def _document(self, name: str) -> Any:
        if name not in self._known:
            if len(self._known) >= MAX_DOCUMENTS:
                raise BadReference(f"It refers to more than {MAX_DOCUMENTS:,} documents.")
            data = self._read(name)
            self._bytes += len(data)
            if self._bytes > MAX_ALL_BYTES:
                raise BadReference(f"Its documents have more than {MAX_ALL_BYTES:,} bytes together.")
            self._known[name] = parse_document(data, name)
            self._hashes[name] = hashlib.sha256(data).hexdigest()
        return self._known[name]


def is_url(name: str) -> bool:
    return name.lower().startswith(("http://", "https://"))


def split_url(text: str) -> SplitResult:
    """The parts of an address. All empty if it can't be read as one."""
    try:
        return urlsplit(text)
    except ValueError:
        return SplitResult("", "", "", "", "")


def join_names(base: str, path: str) -> str:
    """The name of the document at ``path`` as seen from ``base``. Raises BadReference for one outside the folder or on
    another host."""
    if is_url(base):
        try:
            made = urljoin(base, path)
        except ValueError as error:
            raise BadReference(f"{path[:200]!r} is no address.") from error
        ours, theirs = split_url(base), split_url(made)
        if (ours.scheme.lower(), ours.netloc.lower()) != (theirs.scheme.lower(), theirs.netloc.lower()):
            raise BadReference(f"{path[:200]!r} lies on another host than the document; only its own host is read.")
        return made
    if is_url(path):
        raise BadReference(f"{path[:200]!r} is on the web; a document in a folder refers to its own folder alone.")
    if "\\" in path or "\x00" in path or ":" in path.split("/")[0]:
        raise BadReference(f"{path[:200]!r} is no relative path.")
    made = posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(path)))
    if made.startswith(("../", "/")) or made == "..":
        raise BadReference(f"{path[:200]!r} lies outside the folder of the document; give the folder that holds both.")
    return made
