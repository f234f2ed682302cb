"""Active sessions of a member, each of which can be ended."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from core.display_text import to_display_text
from store.accounts.logins import LoginRow

_BROWSERS: Final = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"),
    ("curl", "curl"),
)  # fmt: skip
_SYSTEMS: Final = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ActiveSession:
    """An active session. ``mine`` is the one that looks at the page."""

    id: str
    device: str
    agent: str
    address: str
    created_at: datetime
    last_seen_at: datetime
    mine: bool


def list_active_sessions(rows: Sequence[LoginRow], present: str) -> tuple[ActiveSession, ...]:
    return tuple(
        ActiveSession(
            id=row.id,
            device=describe_device(row.agent),
            agent=to_display_text(row.agent, limit=300),
            address=to_display_text(row.address, limit=60),
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            mine=row.id == present,
        )
        for row in rows
    )


def describe_device(agent: str) -> str:
    """Describes a browser: ‘Firefox on Linux’, a help to recognise it, not a proof."""
    browser = next((name for mark, name in _BROWSERS if re.search(rf"{mark}\w*/", agent)), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " on ".join(part for part in (browser or "A browser", system) if part)
