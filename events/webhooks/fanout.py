"""Webhook fan-out: each endpoint that subscribes to an event gets a delivery with a job of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.jobs.enqueue
import store.jobs.jobs
import store.webhooks.deliveries
import store.webhooks.endpoints
from core import canon, ids
from core.clock import Clock, format_iso
from events.subscribers import WEBHOOKS, FiredEvent, ReactionResult, Subscriber
from registry.events.event_names import fits_any
from store.database import after_commit
from store.jobs.enqueue import NewJob
from store.webhooks.deliveries import BodyRow, DeliveryCause, DeliveryRow
from store.webhooks.endpoints import EndpointRow

DELIVER_JOB: Final = "webhook.deliver"
PRIORITY: Final = 120


def wants(endpoint: EndpointRow, event: str) -> bool:
    return fits_any(endpoint.patterns.split(), event)


@dataclass(frozen=True)
class Fanout:
    """Source of the subscriber ``webhooks``, present for events that some endpoint subscribes to."""

    clock: Clock
    wake: Callable[[], None]

    async def subscribers(self, session: AsyncSession, event: FiredEvent) -> Sequence[Subscriber]:
        hearing = await store.webhooks.endpoints.subscribed(session, event.workspace)
        wanting = [endpoint for endpoint in hearing if wants(endpoint, event.name)]
        if not wanting:
            return ()

        async def react(fired: FiredEvent) -> ReactionResult:
            async def record(writing: AsyncSession) -> None:
                await deliver_to(writing, fired, wanting, "event", self.clock())
                after_commit(writing, self.wake)

            return ReactionResult(f"{len(wanting)} webhook deliver{'y' if len(wanting) == 1 else 'ies'}", record)

        return (Subscriber("webhooks", WEBHOOKS, react),)


async def deliver_to(
    session: AsyncSession, event: FiredEvent, endpoints: Sequence[EndpointRow], cause: DeliveryCause, now: datetime
) -> None:
    """Creates one delivery and one job for each endpoint. It is idempotent. The body is built here, once."""
    await put_body(session, event, now)
    rows = [make_delivery(event, endpoint, cause, now) for endpoint in endpoints]
    await store.webhooks.deliveries.put_many(session, rows)
    await store.jobs.enqueue.enqueue_many(
        session,
        [
            NewJob(
                f"{event.id}+{row.endpoint}",
                DELIVER_JOB,
                event.workspace,
                {"delivery": row.id},
                PRIORITY,
                lane=row.endpoint,
            )
            for row in rows
        ],
    )


async def put_body(session: AsyncSession, event: FiredEvent, now: datetime) -> None:
    row = BodyRow(
        event_id=event.id, workspace=event.workspace, event=event.name, body=render_body(event), created_at=now
    )
    await store.webhooks.deliveries.put_body(session, row)


def make_delivery(event: FiredEvent, endpoint: EndpointRow, cause: DeliveryCause, now: datetime) -> DeliveryRow:
    return DeliveryRow(
        id=ids.make_id("dlv"),
        workspace=event.workspace,
        event_id=event.id,
        endpoint=endpoint.id,
        event=event.name,
        cause=cause,
        created_at=now,
        next_at=now,
    )


def render_body(event: FiredEvent) -> bytes:
    """Standard Webhooks' recommended payload as canonical JSON: ``type``, ``timestamp``, ``data``, and the event's
    ``id``."""
    told: dict[str, Any] = {
        "id": event.id,
        "type": event.name,
        "timestamp": format_iso(event.occurred_at),
        "data": dict(event.data),
    }
    return canon.dumps(told)
