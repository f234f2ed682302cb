"""Scopes of API keys."""

from __future__ import annotations

from typing import Final

SCOPES: Final = (
    "actions:run",
    "connectors:read",
    "connectors:write",
    "contracts:read",
    "contracts:write",
    "customers:read",
    "events:read",
    "events:write",
    "history:read",
    "keys:read",
    "keys:write",
    "me:read",
    "rules:read",
    "rules:write",
    "runs:confirm",
    "runs:read",
    "runs:write",
    "tickets:read",
    "webhooks:read",
    "webhooks:write",
)
"""Scopes of a key. ``docs/reference/api.md`` lists which endpoint needs which."""

OWNER_SCOPES: Final = frozenset({"connectors:write", "contracts:write", "history:read", "keys:read", "keys:write"})
"""Scopes whose every endpoint takes the role owner: a key of another role can never use them."""
