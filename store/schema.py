"""Every table in one place: importing this fills the metadata that migrations are compared with."""

from __future__ import annotations

from store import (
    calls,
    confirmations,
    connectors,
    contracts,
    entries,
    events,
    idempotency,
    keys,
    logins,
    members,
    nonces,
    record_index,
    rules,
    runs,
    signing_secrets,
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
    "entries",
    "events",
    "idempotency",
    "keys",
    "logins",
    "members",
    "nonces",
    "record_index",
    "rules",
    "runs",
    "signing_secrets",
    "work",
    "workspaces",
]
