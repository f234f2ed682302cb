"""Every table in one place: importing this fills the metadata that migrations are compared with."""

from __future__ import annotations

from store import (
    calls,
    confirmations,
    connectors,
    contracts,
    entries,
    idempotency,
    keys,
    logins,
    members,
    nonces,
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
    "idempotency",
    "keys",
    "logins",
    "members",
    "nonces",
    "runs",
    "signing_secrets",
    "work",
    "workspaces",
]
