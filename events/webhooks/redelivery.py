"""Redelivery: sends one delivery again, all failed ones of a time span, events that were missed, or a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.events.events
import store.jobs.enqueue
import store.jobs.jobs
import store.webhooks.deliveries
import store.webhooks.endpoints
from agent.history import recorder
from agent.history.recorder import EntryType
from core import ids
from core.actor import Actor
from core.clock import Clock, format_iso, from_iso
from core.errors import Conflict, InvalidInput, NotFound
from events.subscribers import FiredEvent, make_event
from events.webhooks.fanout import deliver_to, make_delivery, put_body, wants
from executors.jobs.queue import Done, Outcome
from registry.events import event_catalogue
from store.database import Database, after_commit
from store.jobs.enqueue import NewJob
from store.jobs.jobs import Job
from store.transaction_hook import TransactionHook, no_hook
from store.webhooks.deliveries import DeliveryRow
from store.webhooks.endpoints import EndpointRow

RESEND_JOB: Final = "webhook.resend"
RECOVER_JOB: Final = "webhook.recover"
REPLAY_JOB: Final = "webhook.replay"
BATCH: Final = 500
_AT_ONCE: Final = 60
_IN_BULK: Final = 150


@dataclass(frozen=True)
class ResendSpan:
    """A recovery or replay of a time span, which continues in the background."""

    id: str
    endpoint: str
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Redelivery:
    """Redelivery service. ``in_transaction`` is written in the same transaction as the act."""

    database: Database
    clock: Clock
    wake: Callable[[], None]

    async def resend(
        self,
        by: Actor,
        delivery_id: str,
        *,
        request_id: str | None = None,
        in_transaction: TransactionHook[Any] = no_hook,
    ) -> DeliveryRow:
        """Makes one more attempt, whatever became of earlier ones. It starts no new series. Raises NotFound."""
        async with self.database.begin() as session:
            row = await store.webhooks.deliveries.get(session, by.workspace, delivery_id)
            await store.webhooks.endpoints.get(session, by.workspace, row.endpoint)
            await self._send(session, row)
            await in_transaction(session, row)
            await recorder.record_act(
                session,
                by,
                EntryType.WEBHOOK_RESENT,
                self.clock(),
                request_id=request_id,
                delivery=row.id,
                endpoint=row.endpoint,
            )
        return row

    async def test(
        self,
        by: Actor,
        endpoint_id: str,
        event: str | None = None,
        *,
        request_id: str | None = None,
        in_transaction: TransactionHook[Any] = no_hook,
    ) -> DeliveryRow:
        """One attempt with a sample of the catalogue: ``event``, or the first that the endpoint wants. Raises
        NotFound."""
        now = self.clock()
        async with self.database.begin() as session:
            endpoint = await store.webhooks.endpoints.get(session, by.workspace, endpoint_id)
            fired = _make_sample(endpoint, event, now)
            await put_body(session, fired, now)
            row = make_delivery(fired, endpoint, "test", now)
            await store.webhooks.deliveries.put_many(session, [row])
            await self._send(session, row)
            await in_transaction(session, row)
            await recorder.record_act(
                session,
                by,
                EntryType.WEBHOOK_TESTED,
                now,
                request_id=request_id,
                delivery=row.id,
                endpoint=endpoint.id,
                event=fired.name,
            )
        return row

    async def recover(
        self,
        by: Actor,
        endpoint_id: str,
        since: datetime,
        until: datetime | None = None,
        *,
        request_id: str | None = None,
        in_transaction: TransactionHook[Any] = no_hook,
    ) -> ResendSpan:
        """One more attempt at each delivery to this endpoint that was made in [since, until) and failed. Raises
        Conflict."""
        return await self._enqueue_span(
            by, endpoint_id, since, until, EntryType.WEBHOOK_RECOVERED, RECOVER_JOB, request_id, in_transaction
        )

    async def replay(
        self,
        by: Actor,
        endpoint_id: str,
        since: datetime,
        until: datetime | None = None,
        *,
        request_id: str | None = None,
        in_transaction: TransactionHook[Any] = no_hook,
    ) -> ResendSpan:
        """Deliver the events fired in [since, until) that this endpoint wants and has no delivery of. Raises
        Conflict."""
        return await self._enqueue_span(
            by, endpoint_id, since, until, EntryType.WEBHOOK_REPLAYED, REPLAY_JOB, request_id, in_transaction
        )

    async def recovering(self, job: Job) -> Outcome:
        """Job handler of ``recover``. Each batch is a transaction. It is idempotent."""
        since, until, after = from_iso(job.payload["since"]), from_iso(job.payload["until"]), ""
        while True:
            async with self.database.begin() as session:
                endpoint_id = job.payload["endpoint"]
                found = await store.webhooks.deliveries.failed(
                    session, endpoint_id, since, until, after=after, limit=BATCH
                )
                puts = [
                    NewJob(
                        f"{each}+{job.key}",
                        RESEND_JOB,
                        job.workspace,
                        {"delivery": each},
                        _IN_BULK,
                        lane=endpoint_id,
                    )
                    for each in found
                ]
                await store.jobs.enqueue.enqueue_many(session, puts)
                after_commit(session, self.wake)
            if len(found) < BATCH:
                return Done()
            after = found[-1]

    async def replaying(self, job: Job) -> Outcome:
        """Job handler of ``replay``, newest event first. It is idempotent."""
        since, until, before = from_iso(job.payload["since"]), from_iso(job.payload["until"]), None
        while True:
            async with self.database.begin() as session:
                endpoint = (await store.webhooks.endpoints.by_ids(session, [job.payload["endpoint"]])).get(
                    job.payload["endpoint"]
                )
                if endpoint is None or endpoint.state not in ("active", "paused"):
                    return Done()
                rows = await store.events.events.listed(
                    session, job.workspace, before=before, since=since, until=until, mode="live", limit=BATCH
                )
                heard = await store.webhooks.deliveries.delivered_events(session, endpoint.id, [row.id for row in rows])
                for row in rows:
                    if row.id not in heard and wants(endpoint, row.name):
                        await deliver_to(session, make_event(row), [endpoint], "replay", self.clock())
                after_commit(session, self.wake)
            if len(rows) < BATCH:
                return Done()
            before = rows[-1].id

    async def _enqueue_span(
        self,
        by: Actor,
        endpoint_id: str,
        since: datetime,
        until: datetime | None,
        kind: EntryType,
        job: str,
        request_id: str | None,
        in_transaction: TransactionHook[Any],
    ) -> ResendSpan:
        now = self.clock()
        if since.tzinfo is None or (until is not None and until.tzinfo is None):
            raise InvalidInput("Give times with their zone, as in 2026-11-24T15:43:04Z.")
        since = max(since, now - timedelta(days=store.webhooks.deliveries.KEEP_DAYS))
        span = ResendSpan(ids.make_id("wrk"), endpoint_id, since, min(until or now, now))
        if span.since >= span.until:
            raise InvalidInput("'since' must be before 'until' and before now.")
        async with self.database.begin() as session:
            endpoint = await store.webhooks.endpoints.get(session, by.workspace, endpoint_id)
            if endpoint.state == "disabled":
                raise Conflict("This endpoint is disabled: resume it first.")
            told = {"endpoint": endpoint_id, "since": format_iso(span.since), "until": format_iso(span.until)}
            await store.jobs.enqueue.enqueue(session, key=span.id, kind=job, workspace=by.workspace, payload=told)
            await in_transaction(session, span)
            await recorder.record_act(session, by, kind, now, request_id=request_id, **told)
            after_commit(session, self.wake)
        return span

    async def _send(self, session: AsyncSession, row: DeliveryRow) -> None:
        await store.jobs.enqueue.enqueue(
            session,
            key=f"{row.id}+{ids.make_id('wrk')}",
            kind=RESEND_JOB,
            workspace=row.workspace,
            payload={"delivery": row.id},
            priority=_AT_ONCE,
        )
        after_commit(session, self.wake)


def _make_sample(endpoint: EndpointRow, event: str | None, now: datetime) -> FiredEvent:
    known = event_catalogue.load_event_types()
    wanted = event or next((name for name in known if wants(endpoint, name)), "invoice.paid")
    found = known.get(wanted)
    if found is None:
        raise NotFound(f"There is no sample of {wanted!r}: tests send the universal events of the catalogue.")
    return FiredEvent(
        id=ids.make_id("evt"),
        workspace=endpoint.workspace,
        name=wanted,
        data=found.sample,
        occurred_at=now,
        fired_at=now,
        origin="test",
        cause=None,
        depth=0,
    )
