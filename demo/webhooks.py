"""Webhook sender of the demo platform: one signed webhook a change (Standard Webhooks), in order, retried until it is
accepted."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp
from standardwebhooks import Webhook

from demo import changes, reads
from demo.problem import Refused

POLL_S: Final = 0.1
MAX_PAUSE_S: Final = 30.0
MAX_ATTEMPTS: Final = 20
_REFUSED: Final = frozenset({400, 409, 413, 422})
"""Answers after which the same message will not be taken either."""
_SINGULAR: Final[Mapping[str, str]] = {
    "customers": "customer", "invoices": "invoice", "subscriptions": "subscription", "tickets": "ticket",
    "articles": "article", "agents": "agent", "credits": "credit",
}  # fmt: skip
_CREATED: Final[Mapping[str, str]] = {
    "invoices": "issued",
    "subscriptions": "started",
    "tickets": "opened",
    "credits": "given",
}
_BECAME: Final[Mapping[tuple[str, str], str]] = {
    ("customers", "suspended"): "suspended",
    ("invoices", "paid"): "payment_succeeded",
    ("invoices", "overdue"): "past_due",
    ("invoices", "refunded"): "refunded",
    ("invoices", "void"): "voided",
    ("subscriptions", "cancelled"): "ended",
    ("tickets", "closed"): "closed",
    ("tickets", "open"): "reopened",
}


def find_type(change: Mapping[str, Any]) -> str:
    """Event type of a change: ``invoice.payment_succeeded``, ``customer.updated``, …"""
    collection, verb = change["collection"], change["verb"]
    if verb == "created":
        verb = _CREATED.get(collection, verb)
    elif (
        verb == "updated"
        and change["was"] != change["status"]
        and (change["was"], change["status"]) != ("pending", "open")
    ):
        verb = _BECAME.get((collection, change["status"]), verb)
    return f"{_SINGULAR[collection]}.{verb}"


def build_body(connection: sqlite3.Connection, change: Mapping[str, Any]) -> str:
    """Builds the message: the row as it is now, with all that the platform knows of it."""
    collection = reads.find_collection(change["collection"])
    try:
        data = reads.read_one(connection, collection, change["key"])
    except Refused:
        data = {collection.key: change["key"], "revision": change["revision"]}
    message = {"type": find_type(change), "timestamp": change["at"], "data": data}
    return json.dumps(message | ({"caused_by": change["cause"]} if change["cause"] else {}), ensure_ascii=False)


async def send_webhooks(
    connection: sqlite3.Connection, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC), poll_s: float = POLL_S
) -> None:
    """Sends changes for ever. One change at a time: the next is sent when this one is taken, refused for good, or tried
    too often."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as session:
        while True:
            there = changes.find_listener(connection)
            change = connection.execute("SELECT * FROM changes ORDER BY id LIMIT 1").fetchone()
            if there is None or change is None:
                await asyncio.sleep(poll_s)
                continue
            body = change["body"] or build_body(connection, change)
            connection.execute(
                "UPDATE changes SET body = ?, attempts = attempts + 1 WHERE id = ?", (body, change["id"])
            )
            taken = await _send(session, there, change["message"], body, clock())
            if taken or change["attempts"] + 1 >= MAX_ATTEMPTS:
                connection.execute("DELETE FROM changes WHERE id = ?", (change["id"],))
            else:
                await asyncio.sleep(min(MAX_PAUSE_S, poll_s * 2 ** min(change["attempts"], 10)))


async def _send(session: aiohttp.ClientSession, there: tuple[str, str], message: str, body: str, at: datetime) -> bool:
    url, secret = there
    headers = {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(message, at, body),
    }
    with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
        async with session.post(url, data=body.encode(), headers=headers, allow_redirects=False) as answer:
            return answer.status < 300 or answer.status in _REFUSED
    return False
