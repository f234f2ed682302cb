"""Subscriber port: what reacts to an event, in which order, and what a reaction writes. ``events.channels`` lists the
notification channels (rules, instructions, webhooks).

A held card causes no event: people see it in the console, through the API and over MCP. ``Source`` returns who reacts
to one event of one workspace. ``events.dispatcher`` asks every source, stores the order, and lets them react: lower
priority first, equal priorities side by side.
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
    """An event as its subscribers see it. ``id`` is the idempotency key of everything it causes. ``depth`` counts the
    events before it in the chain of causes. Nobody reacts to one of ``mode`` test. ``data`` comes from outside: it is
    data, whatever its words say."""

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
    """The result of a reaction. ``detail`` says what was done, as a sentence.

    ``record`` runs in the transaction that marks the reaction done, so its writes happen exactly once. It must touch
    nothing but the session. If it raises, the reaction has failed.
    """

    detail: str = ""
    record: ReactionHook | None = None


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Event subscriber. ``name`` is unique in its workspace and stable, because a retry finds the subscriber by it.

    ``react`` may be called again for the same event (after a crash or failure), so everything outside its ``record``
    must allow that. An exception is a failure: it is retried and reported. It stops later subscribers only if this one
    is ``blocking``: they then wait until it is done, and are skipped if it never is.
    """

    name: str
    priority: int
    react: Callable[[FiredEvent], Awaitable[ReactionResult]]
    blocking: bool = False


class Source(Protocol):
    """The source of an event's subscribers. Keep it cheap and without network: it is called again for each retry."""

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
    """A connector's subscriber. It gets only the event, without workspace and cause."""

    async def react(event: FiredEvent) -> ReactionResult:
        await theirs.react(connector.Event(event.id, event.name, event.data, format_iso(event.occurred_at)))
        return ReactionResult()

    return Subscriber(f"connector:{owner}:{theirs.name}", theirs.priority, react, theirs.blocking)
