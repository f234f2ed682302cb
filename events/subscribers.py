"""Subscriber port: what reacts to an event, in which order, and what a reaction leaves behind. The channels by which
somebody is notified (rules, instructions, webhooks) are listed in ``events.channels``.

Of a card that is held no event tells: people see it in the console, at the API and over MCP.

``Source`` answers who reacts to one event of one workspace. The walk (``events.dispatcher``) asks every source, writes
down who reacts in which order, and lets them react: lower priority first, the same priority side by side.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from core import canon
from core.actor import Mode
from core.clock import format_iso
from registry import connector
from store.events.events import EventRow

BRAIN: Final = 10
RULES: Final = 20
MIRRORS: Final = 30
WEBHOOKS: Final = 40

ReactionHook = Callable[[AsyncSession], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class FiredEvent:
    """An event as its subscribers see it. ``id`` is the idempotency key of everything it sets off; ``depth`` counts the
    events above it in the chain of causes. Nobody reacts to one of ``mode`` test. ``data`` comes from outside: it is
    data, whatever words stand in it."""

    id: str
    workspace: str
    name: str
    data: Mapping[str, Any]
    occurred_at: datetime
    fired_at: datetime
    origin: str
    cause: str | None
    depth: int
    mode: Mode = "live"

    def as_json(self) -> dict[str, Any]:
        """The event as conditions, pointers and webhook bodies see it: pointers start here (``/data/customer_id``)."""
        return {"id": self.id, "name": self.name, "data": dict(self.data), "occurred_at": format_iso(self.occurred_at)}


@dataclass(frozen=True, slots=True)
class ReactionResult:
    """Result of a reaction. ``detail`` says in a sentence what was done. ``record`` is written in the transaction that
    marks the reaction done: both or neither, so what it writes happens exactly once. It must touch nothing but the
    session, and may raise: then the reaction has failed."""

    detail: str = ""
    record: ReactionHook | None = None


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Event subscriber: somebody who reacts to an event. ``name`` is unique in its workspace and stable: a retry finds
    the subscriber again by it. ``react`` may be called again for the same event (a crash, a failure), so what it does
    outside its ``record`` must bear that. What it raises is a failure: it is retried and reported, and doesn't stop the
    later ones, unless it is ``blocking``: then they wait until it is done, and are skipped if it never is."""

    name: str
    priority: int
    react: Callable[[FiredEvent], Awaitable[ReactionResult]]
    blocking: bool = False


class Source(Protocol):
    """Source of an event's subscribers. A cheap query: it is asked again for each retry. No network here."""

    async def subscribers(self, session: AsyncSession, event: FiredEvent) -> Sequence[Subscriber]: ...


def make_event(row: EventRow) -> FiredEvent:
    return FiredEvent(
        id=row.id,
        workspace=row.workspace,
        name=row.name,
        data=canon.loads(row.data),
        occurred_at=row.occurred_at,
        fired_at=row.fired_at,
        origin=row.origin,
        cause=row.cause,
        depth=row.depth,
        mode="live" if row.mode == "live" else "test",
    )


def wrap_connector_subscriber(owner: str, theirs: connector.Subscriber) -> Subscriber:
    """A connector's subscriber. It is handed the event alone: neither workspace nor cause are a connector's
    business."""

    async def react(event: FiredEvent) -> ReactionResult:
        await theirs.react(connector.Event(event.id, event.name, event.data, format_iso(event.occurred_at)))
        return ReactionResult()

    return Subscriber(f"connector:{owner}:{theirs.name}", theirs.priority, react, theirs.blocking)
