"""Suspension notice of a contract: what changed in the other system, in words for the contract's owner."""

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
    """Why a contract is suspended. ``change`` is a clause about the ``operation``. Each entry of ``details`` is a
    clause of its own."""

    operation: str
    change: str
    details: tuple[str, ...]


def read_notice(row: ContractRow) -> SuspensionNotice:
    """The notice of a suspended version's reason. If the reason is unreadable, the notice only says that something
    changed."""
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
