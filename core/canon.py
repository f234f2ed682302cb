"""Canonical JSON (RFC 8785, JCS): one byte string for each value, so that it can be signed, compared and hashed."""

from __future__ import annotations

import hashlib
import json
import math
import re
from array import array
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, Final

import rfc8785
from pydantic_core import to_json

from core.errors import NotCanonical

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]

MAX_DEPTH: Final = 64
MAX_DIGITS: Final = 1000
MAX_INTEGER: Final = 2**53 - 1
_STRING: Final = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)
_NO_BRACKET: Final = re.compile(r"[^\[{\]}]+")
_STEPS: Final = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
"""Brackets as signed bytes (one level down or up), so that millions of them are counted quickly."""


def dumps(value: Any) -> bytes:
    """The canonical bytes of ``value``. Raises NotCanonical if it has none (NaN, integers beyond 2^53-1, lone
    surrogates)."""
    try:
        try:
            return to_json(_to_plain(value))
        except (_OfItsOwn, ValueError):
            return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise NotCanonical(f"This value has no canonical JSON form: {error}") from error


class _OfItsOwn(Exception):
    """Raised for a value that a common encoder does not write canonically."""


def _to_plain(value: Any) -> Any:
    """Converts ``value`` so that pydantic's encoder, which is many times faster, writes it canonically. Raises
    _OfItsOwn if it can't: keys beyond ASCII sort by UTF-16, floats far from 1 are written differently, and subclasses
    of JSON's types are not trusted."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int and -MAX_INTEGER <= value <= MAX_INTEGER:
        return value
    if kind is float and (1e-4 <= abs(value) < 1e15 or value == 0):
        return int(value) if value.is_integer() else value
    if kind is dict:
        if not all(type(name) is str and name.isascii() for name in value):
            raise _OfItsOwn
        return {name: _to_plain(value[name]) for name in sorted(value)}
    if kind is list or kind is tuple:
        return [_to_plain(each) for each in value]
    raise _OfItsOwn


def loads(raw: bytes | str, *, max_depth: int = MAX_DEPTH) -> Any:
    """Parses strict JSON: UTF-8, no duplicate keys, NaN, Infinity, overflowing numbers or lone surrogates, and at most
    ``max_depth`` levels. Raises NotCanonical."""
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
    except UnicodeDecodeError as error:
        raise NotCanonical("The JSON is not UTF-8.") from error
    if text.count("[") + text.count("{") > max_depth and _depth(text) > max_depth:
        raise NotCanonical(f"The JSON is nested deeper than {max_depth} levels.")
    try:
        value = json.loads(
            text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_int=_integer, parse_float=_float
        )
        text.encode("utf-8")
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("The JSON holds a lone surrogate; send well-formed Unicode.") from error
    except (ValueError, RecursionError) as error:
        raise NotCanonical(f"This is not JSON: {error}") from error
    return value


def count_structure(raw: bytes) -> int:
    """Number of characters of JSON outside its strings. Parsing them costs many times what parsing a string of the same
    length does."""
    return len(_STRING.sub("", raw.decode("utf-8", "replace")))


def digest(value: Any) -> str:
    """``sha256:<hex>`` of the canonical bytes of ``value``."""
    return digest_bytes(dumps(value))


def digest_bytes(raw: bytes) -> str:
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for key, value in pairs:
        if key in made:
            raise ValueError(f"the key {key!r} stands twice in one object")
        made[key] = value
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _float(digits: str) -> float:
    """Refuses 1e999, which Python reads as infinity and JSON can't represent."""
    value = float(digits)
    if math.isinf(value):
        raise ValueError(f"{digits[:20]} is beyond any number that is read")
    return value


def _integer(digits: str) -> int:
    """Refuses integers beyond Python's digit limit, with our own message."""
    if len(digits) > MAX_DIGITS:
        raise ValueError(f"an integer has {len(digits)} digits; at most {MAX_DIGITS} are read")
    return int(digits)


def _depth(text: str) -> int:
    """The nesting of brackets outside strings. It is counted before parsing, so that a depth bomb never reaches the
    parser."""
    brackets = _NO_BRACKET.sub("", _STRING.sub("", text)).encode()
    return max(accumulate(array("b", brackets.translate(_STEPS))), default=0)
