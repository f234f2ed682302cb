"""Schema: importing this module fills the metadata with every table. Migrations are compared with it."""

from __future__ import annotations

from store import automations, connectors, contracts, credentials, data_keys, eval_reports, signing_secrets, workspaces
from store.accounts import api_keys, identities, logins, members
from store.events import events, inbound
from store.history import entries, stats, views
from store.jobs import jobs, lanes
from store.record_cache import records, sync_state
from store.requests import idempotency, nonces
from store.rows import METADATA
from store.runs import calls, confirmations, runs
from store.webhooks import attempts, deliveries, endpoints

__all__ = [
    "METADATA",
    "api_keys",
    "attempts",
    "automations",
    "calls",
    "confirmations",
    "connectors",
    "contracts",
    "credentials",
    "data_keys",
    "deliveries",
    "endpoints",
    "entries",
    "eval_reports",
    "events",
    "idempotency",
    "identities",
    "inbound",
    "jobs",
    "lanes",
    "logins",
    "members",
    "nonces",
    "records",
    "runs",
    "signing_secrets",
    "stats",
    "sync_state",
    "views",
    "workspaces",
]
