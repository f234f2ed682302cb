"""Suspension notice of a contract: what changed upstream, in words for its owner."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.display_text import to_display_text
from store.contracts import ContractRow

_CHANGES: Final[Mapping[str, str]] = {
    "removed": "is gone from the platform's document",
    "incompatible": "takes other values than were signed",
    "compatible": "changed, though calls as they were signed still fit",
}


@dataclass(frozen=True, slots=True)
class SuspensionNotice:
    """Notice of why a contract is suspended. ``change`` is a clause about the ``operation``; ``details`` are clauses of
    their own."""

    operation: str
    change: str
    details: tuple[str, ...]


def read_notice(row: ContractRow) -> SuspensionNotice:
    """What a suspended version's reason says; of one that can't be read, that something changed."""
    try:
        value: Any = json.loads(row.reason or "{}")
    except ValueError:
        value = {}
    reason: Mapping[str, Any] = value if isinstance(value, dict) else {}
    details = reason.get("details")
    return SuspensionNotice(
        operation=to_display_text(str(reason.get("operation", "")), limit=300),
        change=_CHANGES.get(str(reason.get("change")), "is another one now"),
        details=tuple(to_display_text(str(each), limit=300) for each in details) if isinstance(details, list) else (),
    )


def summarize(row: ContractRow) -> str:
    """The notice in one line."""
    notice = read_notice(row)
    return f"{notice.operation} {notice.change}"
