"""Addresses of drafts: the path of an operation as a URL template below its base address."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote, unquote

from registry.importing.document.description import Operation
from registry.importing.drafts.slot_schema import CannotDraft, Slot

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_WILDCARD: Final = re.compile(r"(?:\+|\*|:\.\*|:\.\+|:path)\Z")


def write_path(operation: Operation, slots: Sequence[Slot], notes: list[str]) -> tuple[str, dict[str, bool]]:
    """The URL template below the base address, and placeholder → whether it spans several segments."""
    path = operation.path.partition("?")[0]
    if not path.startswith("/"):
        path = f"/{path}"
    path, _, fragment = path.partition("#")
    if fragment:
        notes.append(f"Its path ends in #{fragment[:80]}, which only tells operations apart and is never sent.")
    declared = {slot.key: slot for slot in slots if slot.place == "path"}
    spans: dict[str, bool] = {}

    def filled(found: re.Match[str]) -> str:
        name = found[1]
        plain = _WILDCARD.sub("", name)
        key = name if name in declared else plain
        if key not in declared:
            raise CannotDraft(f"Its path holds {{{name}}}, but it declares no such path parameter.")
        behind = path[found.end() : found.end() + 1] in ("+", "*")
        spans[key] = plain != name or behind
        return "{" + key + "}"

    made = _PLACEHOLDER.sub(filled, path)
    made = re.sub(r"\}[+*]", "}", made)
    for key in declared:
        if key not in spans:
            raise CannotDraft(f"It declares the path parameter {key!r}, but its path {operation.path!r} holds none.")
    pieces = re.split(r"(\{[^{}]*\})", made)
    made = "".join(each if each.startswith("{") else quote(unquote(each), safe="/!$&'()*+,;=:@~-._") for each in pieces)
    return made, spans


def bind_in_path(value: Any, slot: Slot, spans: Mapping[str, bool]) -> Any:
    return {**value, "format": "path"} if spans.get(slot.key) and "parameter" in value else value


def list_literals(path: str) -> dict[str, Any]:
    """A query that is written into the path: ``/x?action=list``."""
    query = path.partition("?")[2]
    pairs = (each.partition("=") for each in query.split("&") if each)
    return {unquote(name): {"value": unquote(value)} for name, _, value in pairs if "{" not in value}
