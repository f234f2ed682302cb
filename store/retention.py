"""Retention: how long rows are kept, and the sweep that deletes older ones in bounded transactions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from core.crypto import request_signature
from store.accounts import logins
from store.database import Database
from store.events import events, inbound
from store.jobs import jobs
from store.record_cache import records
from store.requests import idempotency, nonces
from store.runs import confirmations
from store.webhooks import deliveries, endpoints

DELIVERIES: Final = timedelta(days=deliveries.KEEP_DAYS)
NONCES: Final = timedelta(seconds=request_signature.NONCE_S + 60)
"""Longer than a signature is valid: the clocks of several servers differ, and a timestamp is a whole second."""
IDEMPOTENCY: Final = timedelta(hours=24)
LOGINS: Final = timedelta(days=30)
CONFIRMATIONS: Final = timedelta(days=7)
INBOUND: Final = timedelta(days=30)
"""Longer than any platform repeats a message."""
DELETED_RECORDS: Final = timedelta(days=30)
"""Longer than a late message about a deleted record may take."""

FOR_EVER: Final[Mapping[str, str]] = {
    "history": "the record",
    "history_days": "a few rows a day",
    "history_views": "until somebody deletes one",
    "history_heads": "where each chain of it ends",
    "runs": "what was asked and decided",
    "calls": "what was sent, and what came of it",
    "attempts": "every try of it",
    "contracts": "every version that anything was ever run by",
    "contract_generations": "one a workspace",
    "signing_keys": "what verifies the contracts",
    "signing_secrets": "one an endpoint, replaced in place",
    "data_keys": "what opens everything that is sealed",
    "workspaces": "few",
    "members": "few",
    "identities": "few",
    "keys": "few; a revoked one is named in the history",
    "connectors": "few",
    "credentials": "one a connection, sealed; replaced in place",
    "mirrors": "one a kind",
    "rules": "few",
    "instructions": "few",
    "eval_reports": "until somebody deletes one",
    "eval_figures": "as its report",
    "eval_answers": "as its report",
    "webhook_endpoints": "few; a deleted one is named in its deliveries",
    "work_lanes": "one an endpoint",
}
"""Tables from which nothing is deleted by age, and why."""

PurgeFunction = Callable[[AsyncSession, datetime], Awaitable[int]]

_BY_TABLE: Final[Mapping[str, tuple[PurgeFunction, tuple[str, ...]]]] = {
    "work": (lambda session, _now: jobs.purge(session), ()),
    "nonces": (lambda session, now: nonces.purge(session, now - NONCES), ()),
    "idempotency": (lambda session, now: idempotency.purge(session, now - IDEMPOTENCY), ()),
    "logins": (lambda session, now: logins.purge(session, now - LOGINS), ("failed_logins",)),
    "confirmations": (lambda session, now: confirmations.purge(session, now - CONFIRMATIONS), ()),
    "inbound_messages": (lambda session, now: inbound.purge(session, now - INBOUND), ()),
    "records": (lambda session, now: records.purge(session, now - DELETED_RECORDS), ("record_keys", "record_words")),
    "webhook_endpoint_hours": (endpoints.purge, ()),
    "webhook_deliveries": (
        lambda session, now: deliveries.purge(session, now - DELIVERIES),
        ("webhook_bodies", "webhook_attempts"),
    ),
}
"""By table, its purge and the further tables from which the purge deletes."""
SWEPT: Final = frozenset(
    {
        "events",
        "event_reactions",
        "rule_firings",
        *_BY_TABLE,
        *(also for _, more in _BY_TABLE.values() for also in more),
    }
)


async def sweep(database: Database, now: datetime, *, events_days: int = 0) -> dict[str, int]:
    """Deletes what has expired, and repairs what an older process beside this one left. Returns the number of deleted
    rows by table. ``events_days`` is how long events are kept, 0 for ever. Each purge repeats until nothing is left.
    Each repetition has its own transaction, so that nobody waits long for it."""
    purges: dict[str, PurgeFunction] = {name: purge for name, (purge, _) in _BY_TABLE.items()}
    if events_days:
        purges["events"] = lambda session, at: events.purge(session, at - timedelta(days=events_days))
    async with database.begin() as session:
        await deliveries.mark_failed(session)
    gone = dict.fromkeys(purges, 0)
    for name, purge in purges.items():
        while True:
            async with database.begin() as session:
                went = await purge(session, now)
            if not went:
                break
            gone[name] += went
    return gone
