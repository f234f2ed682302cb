"""Every table in one place: importing this fills the metadata that migrations are compared with."""

from __future__ import annotations

from store import (
    calls,
    confirmations,
    connectors,
    contracts,
    data_keys,
    deliveries,
    entries,
    events,
    idempotency,
    inbound,
    keys,
    lanes,
    logins,
    members,
    nonces,
    rules,
    runs,
    signing_secrets,
    webhooks,
    work,
    workspaces,
)
from store.rows import METADATA

__all__ = [
    "METADATA",
    "calls",
    "confirmations",
    "connectors",
    "contracts",
    "data_keys",
    "deliveries",
    "entries",
    "events",
    "idempotency",
    "inbound",
    "keys",
    "lanes",
    "logins",
    "members",
    "nonces",
    "rules",
    "runs",
    "signing_secrets",
    "webhooks",
    "work",
    "workspaces",
]
