"""The navigation: where a person may go, by role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.actor import OWNER


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation, under the heading ``group`` (empty: under none). ``alert`` says what needs somebody there."""

    href: str
    label: str
    icon: str
    here: bool
    group: str = ""
    alert: str = ""


_ALL: Final = (
    # href, label, icon, group, for owners alone
    ("/", "Ask", "ask", "", False),
    ("/runs", "Runs", "runs", "", False),
    ("/approvals", "Approvals", "approvals", "", False),
    ("/history", "History", "history", "", True),
    ("/contracts", "Contracts", "contracts", "", False),
    ("/rules", "Rules", "rules", "Automate", False),
    ("/events", "Events", "events", "Automate", True),
    ("/webhooks", "Webhooks", "webhooks", "Integrate", True),
    ("/keys", "API keys", "keys", "Integrate", True),
    ("/connectors", "Connectors", "connectors", "Integrate", True),
    ("/members", "Members", "members", "People", True),
)


def places(role: str, path: str, alerts: Mapping[str, str]) -> tuple[Place, ...]:
    """What ``role`` is led to; the one that ``path`` belongs to is ``here``. ``alerts`` are by href."""
    return tuple(
        Place(
            href,
            label,
            icon,
            path == href or (href != "/" and path.startswith(f"{href}/")),
            group,
            alerts.get(href, ""),
        )
        for href, label, icon, group, owners in _ALL
        if not owners or role == OWNER
    )
