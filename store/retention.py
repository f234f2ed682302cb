"""What is kept for how long, and the sweep that deletes the rest, a bounded piece a transaction.

AI History, runs, events and contracts are kept for ever: they are the record.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from store import confirmations, deliveries, idempotency, inbound, logins, nonces, webhooks, work
from store.sessions import Sessions

DELIVERIES: Final = timedelta(days=deliveries.KEEP_DAYS)
NONCES: Final = timedelta(seconds=600)
IDEMPOTENCY: Final = timedelta(hours=24)
LOGINS: Final = timedelta(days=30)
CONFIRMATIONS: Final = timedelta(days=7)
INBOUND: Final = timedelta(days=30)
"""Longer than any platform goes on sending a message again."""

Purge = Callable[[AsyncSession, datetime], Awaitable[int]]

_BY_TABLE: Final[dict[str, Purge]] = {
    "work": lambda session, _now: work.purge(session),
    "nonces": lambda session, now: nonces.purge(session, now - NONCES),
    "idempotency": lambda session, now: idempotency.purge(session, now - IDEMPOTENCY),
    "logins": lambda session, now: logins.purge(session, now - LOGINS),
    "confirmations": lambda session, now: confirmations.purge(session, now - CONFIRMATIONS),
    "inbound_messages": lambda session, now: inbound.purge(session, now - INBOUND),
    "webhook_endpoint_hours": webhooks.purge,
}


async def sweep(sessions: Sessions, now: datetime) -> dict[str, int]:
    """Delete what is over; answers how many rows went, by table. Each table is a transaction of its own, or several."""
    gone: dict[str, int] = {}
    for name, purge in _BY_TABLE.items():
        async with sessions.begin() as session:
            gone[name] = await purge(session, now)
    gone["webhook_deliveries"] = 0
    while True:
        async with sessions.begin() as session:
            went = await deliveries.purge(session, now - DELIVERIES)
        if not went:
            return gone
        gone["webhook_deliveries"] += went
