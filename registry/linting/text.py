"""Text linter: finds secrets, invisible characters, and values that were read as another type."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any, Final

from core.display_text import is_hidden
from core.errors import Finding
from registry.json_schema.pointer import join_pointer

_SECRETS: Final = (
    ("a secret key", re.compile(r"\bsk_(?:live|test)_[A-Za-z0-9_-]{8,}")),
    ("a webhook secret", re.compile(r"\bwhsec_[A-Za-z0-9+/=]{16,}")),
    ("a private key", re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")),
    ("a cloud access key", re.compile(r"\bAKIA[0-9A-Z]{16}\b")),
    ("an access token", re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}|glpat-[A-Za-z0-9_-]{16,})")),  # noqa: E501
    ("a signed token", re.compile(r"\beyJ[A-Za-z0-9_-]{8,400}+\.eyJ[A-Za-z0-9_-]{8,}\.")),
    ("a bearer token", re.compile(r"\b[Bb]earer\s+[A-Za-z0-9._~+/-]{16,}")),
)  # fmt: skip
_SECRET_FIELD: Final = re.compile(
    r"(?:^|[?&;])(?:[a-z_]*(?:secret|token|password|passwd|api_?key|access_?key))=[^&;{]+", re.I
)
_SEEN: Final = re.compile(r"[\n\t]|(?<=[^\s\ufe0e\ufe0f])[\ufe0e\ufe0f]")
"""Line breaks, tabs, and what tells whether the sign before it is drawn as an emoji."""


def find_secrets(value: Any, pointer: str) -> Iterator[Finding]:
    for inner, text in _list_strings(value, pointer):
        for what, pattern in _SECRETS:
            if pattern.search(text):
                yield Finding(
                    inner, "secret", f"This looks like {what}. Contracts are read by many: remove it and replace it."
                )
                break
        else:
            if "://" in text and _SECRET_FIELD.search(text.partition("?")[2]):
                yield Finding(
                    inner, "secret", "The address carries a secret in its query; calls are signed, remove it."
                )


def find_hidden_characters(value: Any, pointer: str) -> Iterator[Finding]:
    for inner, text in _list_strings(value, pointer):
        found = next(filter(is_hidden, _SEEN.sub("", text)), None)
        if found is not None and "/parameters/" not in inner:
            name = unicodedata.name(found, f"U+{ord(found):04X}")
            yield Finding(inner, "hidden_character", f"The text holds the invisible character {name}; remove it.")


def _list_strings(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield pointer, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _list_strings(each, pointer + join_pointer(key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _list_strings(each, f"{pointer}/{index}")


def find_coerced(given: Any, read: Any, pointer: str) -> Iterator[Finding]:
    """Values that were read as another type than they were written: ``"1"`` for 1, ``"yes"`` for true."""
    if isinstance(given, Mapping) and isinstance(read, Mapping):
        for key, each in given.items():
            if key in read:
                yield from find_coerced(each, read[key], pointer + join_pointer(key))
    elif isinstance(given, list) and isinstance(read, list):
        for index, (each, other) in enumerate(zip(given, read, strict=False)):
            yield from find_coerced(each, other, f"{pointer}/{index}")
    elif type(given) is not type(read) and not (
        isinstance(given, float) and given == read and not isinstance(read, bool)
    ):
        yield Finding(pointer, "wrong_type", f"Write {json.dumps(read)} instead of {json.dumps(given)}.")
