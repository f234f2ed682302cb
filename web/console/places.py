"""The navigation: where a person may go, by role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from core.actor import OWNER


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation, under the heading ``group`` (empty: under none)."""

    href: str
    label: str
    icon: str
    here: bool
    group: str = ""


_ALL: Final = (
    # href, label, icon, group, for owners alone
    ("/", "Ask", "ask", "", False),
    ("/runs", "Runs", "runs", "", False),
    ("/approvals", "Approvals", "approvals", "", False),
    ("/history", "History", "history", "", True),
    ("/rules", "Rules", "rules", "Automate", False),
    ("/events", "Events", "events", "Automate", True),
    ("/webhooks", "Webhooks", "webhooks", "Integrate", True),
    ("/keys", "API keys", "keys", "Integrate", True),
    ("/connectors", "Connectors", "connectors", "Integrate", True),
)


def places(role: str, path: str) -> tuple[Place, ...]:
    """What ``role`` is led to; the one that ``path`` belongs to is ``here``."""
    return tuple(
        Place(href, label, icon, path == href or (href != "/" and path.startswith(f"{href}/")), group)
        for href, label, icon, group, owners in _ALL
        if not owners or role == OWNER
    )
