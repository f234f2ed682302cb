"""API description: what a document says may be called, as frozen values that are the same for every format.

A format's reader makes them (``registry.importing.formats``). Drafts, kinds and differences are made from them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from registry.importing.document.references import Documents, Located

MAX_OPERATIONS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter outside the body. ``style`` and ``explode`` say how lists and objects are written."""

    name: str
    place: str
    required: bool
    schema: Located
    description: str
    style: str
    explode: bool
    json: bool
    example: Any


@dataclass(frozen=True, slots=True)
class BodyContent:
    """One media type of a body. ``encoding`` says how a form's field is written."""

    media_type: str
    schema: Located
    encoding: Located
    example: Any


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation. ``key`` ("POST /v1/refunds") names it. ``trouble`` says why it can't be drafted, if that is known
    here. ``declared`` is its input as the document declares it, word for word: the operation's digest covers it."""

    key: str
    method: str
    path: str
    id: str
    summary: str
    description: str
    tags: tuple[str, ...]
    deprecated: bool
    parameters: tuple[Parameter, ...]
    contents: tuple[BodyContent, ...]
    body_required: bool
    body_description: str
    server: str | None
    security: tuple[Mapping[str, Any], ...]
    responses: Located
    declared: Mapping[str, Located]
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class ApiDescription:
    """A whole document. ``server`` is the base address as far as known. It may be relative or empty."""

    title: str
    version: str
    dialect: str
    server: str
    servers: tuple[str, ...]
    security_schemes: Mapping[str, Located]
    operations: tuple[Operation, ...]


@dataclass(frozen=True, slots=True)
class DocumentFormat:
    """A format of documents that contracts are imported from.

    ``name`` is its command (``opsiq import openapi``). ``title`` and ``versions`` name it and its documents for people.
    Each of its documents holds one of ``words``, and a line of the root matches ``first_line``. ``fits`` says whether a
    parsed root is of this format. ``read`` raises UnreadableDocument for an unknown version.
    """

    name: str
    title: str
    versions: str
    words: tuple[str, ...]
    first_line: re.Pattern[bytes]
    fits: Callable[[Located], bool]
    read: Callable[[Documents], ApiDescription]


_JSON: Final = re.compile(r"[/+.-]json(?:[.-]|\Z)")


def is_json(media_type: str) -> bool:
    base = media_type.partition(";")[0].strip().lower()
    return base in ("*/*", "application/*") or bool(_JSON.search(base))


def is_form(media_type: str) -> bool:
    return media_type.partition(";")[0].strip().lower() in ("application/x-www-form-urlencoded", "multipart/form-data")


def is_multipart(media_type: str) -> bool:
    return media_type.partition(";")[0].strip().lower() == "multipart/form-data"
