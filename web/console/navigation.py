"""Navigation: which pages a person may open, by role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.actor import EVALUATOR, OWNER
from web.console.labels import Badge


@dataclass(frozen=True, slots=True)
class NavItem:
    """An entry of the navigation, under the heading ``group`` (empty for none). ``alert`` says what needs attention
    there."""

    href: str
    label: str
    icon: str
    here: bool
    group: str = ""
    alert: Badge | None = None


_OWNERS: Final = (OWNER,)
_ALL: Final[tuple[tuple[str, str, str, str, tuple[str, ...]], ...]] = (
    # href, label, icon, group, and roles (empty for all)
    ("/", "Ask", "ask", "", ()),
    ("/runs", "Runs", "runs", "", ()),
    ("/approvals", "Approvals", "approvals", "", ()),
    ("/history", "History", "history", "", _OWNERS),
    ("/insights", "Insights", "insights", "", _OWNERS),
    ("/contracts", "Contracts", "contracts", "", ()),
    ("/evals", "Evals", "evals", "", (OWNER, EVALUATOR)),
    ("/rules", "Rules", "rules", "Automate", ()),
    ("/events", "Events", "events", "Automate", _OWNERS),
    ("/webhooks", "Webhooks", "webhooks", "Integrate", _OWNERS),
    ("/keys", "API keys", "keys", "Integrate", _OWNERS),
    ("/connectors", "Connectors", "connectors", "Integrate", _OWNERS),
    ("/members", "Members", "members", "People", _OWNERS),
)
_BELONGS: Final[Mapping[str, str]] = {"/draft": "/contracts", "/import": "/contracts", "/rehearse": "/contracts"}
"""Pages that are reached from a place whose address theirs does not begin with."""


def list_nav_items(role: str, path: str, alerts: Mapping[str, Badge]) -> tuple[NavItem, ...]:
    """The navigation for ``role``. The item of ``path`` is marked ``here``. ``alerts`` are by href."""
    first = f"/{path.split('/')[1]}" if path.startswith("/") else path
    path = _BELONGS.get(first, path)
    return tuple(
        NavItem(
            href,
            label,
            icon,
            path == href or (href != "/" and path.startswith(f"{href}/")),
            group,
            alerts.get(href),
        )
        for href, label, icon, group, roles in _ALL
        if not roles or role in roles
    )
