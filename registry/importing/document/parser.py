"""Document parser: reads JSON and YAML 1.2 as plain values, within limits of size, depth and count.

YAML is read event by event: nesting costs no stack, an alias is the value it names and never a copy, and merge keys are
counted. Plain scalars follow the JSON schema of YAML 1.2, as OpenAPI requires: ``no`` and ``2026-01-31`` are text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from core.errors import InvalidInput

MAX_BYTES: Final = 32 * 1024 * 1024
"""Most bytes of one document."""
MAX_YAML_BYTES: Final = 16 * 1024 * 1024
MAX_DEPTH: Final = 200
MAX_VALUES: Final = 2_000_000
MAX_MERGED: Final = 100_000
"""Most pairs that merge keys may copy."""
_HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
_MAX_DIGITS: Final = 40
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*)\Z")
_NUMBER: Final = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?\Z")
_WORDS: Final[Mapping[str, Any]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_TAGS: Final = "tag:yaml.org,2002:"


class UnreadableDocument(InvalidInput):
    """A document can't be read: what is wrong, where, and what to do."""


def parse_document(data: bytes, name: str = "") -> Any:
    """The value of a JSON or YAML document. Raises UnreadableDocument if it is too large, too deep, not UTF-8 or not
    well formed."""
    where = f"{name}: " if name else ""
    if len(data) > MAX_BYTES:
        raise UnreadableDocument(
            f"{where}it has {len(data):,} bytes; at most {MAX_BYTES:,} are read. Split it, or import a part."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableDocument(
            f"{where}it is not UTF-8 text (byte {error.start}). Save it as UTF-8, or unpack it first."
        ) from error
    if text.lstrip()[:1] in ("{", "["):
        try:
            return _json(text)
        except _NotJson as error:
            if len(data) > MAX_YAML_BYTES:
                raise UnreadableDocument(f"{where}it is no JSON: {error}.") from error
            try:
                return _yaml(text, where)  # flow style of YAML begins like JSON
            except UnreadableDocument:
                raise UnreadableDocument(f"{where}it is no JSON: {error}.") from error
    if len(data) > MAX_YAML_BYTES:
        raise UnreadableDocument(
            f"{where}as YAML it may have {MAX_YAML_BYTES:,} bytes; this has {len(data):,}. Convert it to JSON."
        )
    return _yaml(text, where)


class _NotJson(Exception):
    pass


def _json(text: str) -> Any:
    try:
        value = json.loads(text, parse_int=_whole, parse_constant=_no_number)
        _check_bounds(value)
        return _in_whole_characters(value) if _HALF.search(text) else value
    except json.JSONDecodeError as error:
        raise _NotJson(f"line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise UnreadableDocument(f"It is nested deeper than {MAX_DEPTH} levels.") from error


def _in_whole_characters(value: Any) -> Any:
    """The value with U+FFFD for each lone surrogate, which JSON's escapes can write and UTF-8 can't."""
    text = json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass")
    return json.loads(text.decode("utf-16-le", "replace"))


def _check_bounds(root: Any) -> None:
    """Checks the limits level by level, without recursion. Raises UnreadableDocument."""
    level, count = [root], 0
    for _ in range(MAX_DEPTH + 1):
        below: list[Any] = []
        for each in level:
            if isinstance(each, dict):
                below += each.values()
            elif isinstance(each, list):
                below += each
        count += len(below)
        if count > MAX_VALUES:
            raise UnreadableDocument(f"It holds more than {MAX_VALUES:,} values.")
        if not below:
            return
        level = below
    raise UnreadableDocument(f"It is nested deeper than {MAX_DEPTH} levels.")


def _whole(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise UnreadableDocument(f"It holds a number of {len(digits)} digits; at most {_MAX_DIGITS} are read.")
    return int(digits)


def _no_number(name: str) -> Any:
    raise _NotJson(f"{name} is no number of JSON")


def _yaml(text: str, where: str) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}: " if mark is not None else ""
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is not well formed"
        raise UnreadableDocument(f"{where}it is no YAML: {place}{problem}.") from error
    except UnreadableDocument as error:
        raise UnreadableDocument(f"{where}{error.detail}") from error
    return builder.root


class _Open:
    """A collection that is being read."""

    __slots__ = ("anchor", "key", "merges", "value")

    def __init__(self, value: Any, anchor: str | None) -> None:
        self.value = value
        self.anchor = anchor
        self.key: str | None = None
        self.merges: list[Any] = []


_MERGE: Final = "<<"


class _Builder:
    """Builds the value of the first document of a stream from its events."""

    def __init__(self) -> None:
        self.root: Any = None
        self._stack: list[_Open] = []
        self._anchors: dict[str, Any] = {}
        self._pending: set[str] = set()
        self._values = 0
        self._merged = 0
        self._documents = 0

    def take(self, event: Any) -> None:
        kind = type(event).__name__
        if kind == "ScalarEvent":
            self._scalar(event)
        elif kind in ("MappingStartEvent", "SequenceStartEvent"):
            self._begin(event, {} if kind == "MappingStartEvent" else [])
        elif kind in ("MappingEndEvent", "SequenceEndEvent"):
            self._end()
        elif kind == "AliasEvent":
            self._alias(event.anchor)
        elif kind == "DocumentStartEvent":
            self._documents += 1
            if self._documents > 1:
                raise UnreadableDocument("it holds several YAML documents (---); import one.")

    def _begin(self, event: Any, value: Any) -> None:
        self._tag(event.tag, f"{_TAGS}map" if isinstance(value, dict) else f"{_TAGS}seq")
        if len(self._stack) >= MAX_DEPTH:
            raise UnreadableDocument(f"it is nested deeper than {MAX_DEPTH} levels.")
        if self._stack and isinstance(self._stack[-1].value, dict) and self._stack[-1].key is None:
            raise UnreadableDocument("a key of a mapping is a collection; keys are text.")
        if event.anchor:
            self._pending.add(event.anchor)
        self._stack.append(_Open(value, event.anchor))

    def _end(self) -> None:
        ended = self._stack.pop()
        for other in ended.merges:
            if not isinstance(other, dict):
                raise UnreadableDocument("a merge key (<<) names something that is no mapping.")
            self._merged += len(other)
            if self._merged > MAX_MERGED:
                raise UnreadableDocument(f"its merge keys (<<) copy more than {MAX_MERGED:,} pairs.")
            for key, value in other.items():
                ended.value.setdefault(key, value)
        if ended.anchor:
            self._pending.discard(ended.anchor)
            self._anchors[ended.anchor] = ended.value
        self._put(ended.value)

    def _alias(self, anchor: str) -> None:
        if anchor in self._pending:
            raise UnreadableDocument(f"the alias *{anchor} stands within what it names; a circle can't be read.")
        if anchor not in self._anchors:
            raise UnreadableDocument(f"the alias *{anchor} names nothing.")
        self._put(self._anchors[anchor])

    def _scalar(self, event: Any) -> None:
        self._tag(event.tag, *(_TAGS + each for each in ("str", "int", "float", "bool", "null")))
        here = self._stack[-1] if self._stack else None
        if here is not None and isinstance(here.value, dict) and here.key is None:
            self._count()
            here.key = event.value  # a key is text, however it is written: 200, null, <<
            return
        plain = event.implicit[0] if event.tag is None else event.tag != f"{_TAGS}str"
        value = _plain(event.value) if plain else event.value
        if event.anchor:
            self._anchors[event.anchor] = value
        self._put(value)

    def _put(self, value: Any) -> None:
        self._count()
        if not self._stack:
            self.root = value
            return
        here = self._stack[-1]
        if isinstance(here.value, list):
            here.value.append(value)
        elif here.key is None:
            if not isinstance(value, str):
                raise UnreadableDocument("a key of a mapping is an alias of something that is no text.")
            here.key = value
        else:
            if here.key == _MERGE:
                here.merges += value if isinstance(value, list) else [value]
            else:
                here.value[here.key] = value
            here.key = None

    def _count(self) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            raise UnreadableDocument(f"it holds more than {MAX_VALUES:,} values.")

    def _tag(self, tag: str | None, *known: str) -> None:
        if tag is not None and tag != "!" and tag not in known:
            raise UnreadableDocument(f"it uses the YAML tag {tag[:60]!r}; only plain JSON values are read.")


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "+-.0123456789" and len(text) <= _MAX_DIGITS:
        if _INTEGER.match(text):
            return int(text)
        if _NUMBER.match(text) and not (text[0] == "0" and text[1:2].isdigit()):
            number = float(text)
            return number if number - number == 0 else text  # an overflowing number stays text
    return text
