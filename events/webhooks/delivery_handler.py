"""Delivery job handlers: one for scheduled attempts, one for what a person sends again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.webhooks.deliveries
from core.clock import Clock
from events.webhooks.attempt_recorder import AttemptRecorder, RecordedAttempt
from events.webhooks.delivery_loader import DeliveryLoader, LoadedDelivery
from events.webhooks.headers import describe_headers, make_delivery_headers
from executors.http.signed_client import SignedClient
from executors.jobs.queue import Done, Outcome, Reschedule, SharedWrite
from executors.retry import Reply, Retry, Success, judge_delivery
from store.jobs.jobs import Job
from store.webhooks.attempts import AttemptResult, DeliveryState

TIMEOUT_S: Final = 15.0
GIVEN_UP: Final = "The endpoint was disabled or deleted before this was delivered."


@dataclass
class DeliveryHandler:
    """Delivers webhooks. Reads and writes of many deliveries are batched."""

    loader: DeliveryLoader
    signed_client: SignedClient
    recorder: AttemptRecorder
    clock: Clock
    jitter: Callable[[], float] = field(default=random.random)

    async def deliver(self, job: Job) -> Outcome:
        """Makes one attempt of a delivery's series, and says when the next is due. What the claim read beside it is at
        most some seconds old (executors/jobs/lane_scheduler.py), so a paused endpoint may still get a delivery that was
        under way.
        """
        packed: LoadedDelivery | None = job.beside or await self.loader.of(job.payload["delivery"])
        if packed is None or packed.delivery.state != "pending":
            return Done()
        if packed.endpoint.state == "paused":
            return Reschedule(1.0, "The endpoint is paused.")  # its lane is held: this waits until it is resumed
        if packed.endpoint.state != "active":
            return Done(partial(self._give_up, packed), well=False)
        reply, at = await self._post(packed)
        first_at = packed.delivery.first_at or at
        verdict = judge_delivery(
            reply,
            attempt=packed.delivery.tries + 1,
            elapsed_s=(self.clock() - first_at).total_seconds(),
            random=self.jitter(),
        )
        now = self.clock()
        match verdict:
            case Success():
                return Done(shared=self._describe(job, packed, reply, at, "succeeded", "", finished_at=now))
            case Retry(delay_s, _, detail):
                next_at = now + timedelta(seconds=delay_s)
                told = self._describe(job, packed, reply, at, None, detail, next_at=next_at)
                return Reschedule(delay_s, detail, shared=told)
            case failed:
                told = self._describe(job, packed, reply, at, "failed", failed.detail, finished_at=now)
                return Done(shared=told, well=False)

    async def resend(self, job: Job) -> Outcome:
        """Makes one attempt that a person asked for. It starts no series, whatever the result. It also settles a
        test."""
        packed = await self.loader.of(job.payload["delivery"])
        if packed is None or packed.endpoint.state == "deleted":
            return Done()
        reply, at = await self._post(packed)
        verdict = judge_delivery(reply, attempt=1, elapsed_s=0.0, random=0.5)
        now = self.clock()
        if isinstance(verdict, Success):
            told = self._describe(job, packed, reply, at, "succeeded", "", finished_at=now, by_hand=True)
        else:
            is_test = packed.delivery.cause == "test"
            told = self._describe(
                job,
                packed,
                reply,
                at,
                "failed" if is_test else None,
                verdict.detail,
                next_at=None if is_test else packed.delivery.next_at,
                finished_at=now if is_test else None,
                by_hand=True,
            )
        return Done(shared=told)

    async def record_dead_job(self, session: AsyncSession, job: Job) -> None:
        """Fail a delivery whose job the worker gave up on."""
        await store.webhooks.deliveries.give_up(
            session, job.payload["delivery"], self.clock(), "Something broke here while delivering (see the log)."
        )

    async def _post(self, packed: LoadedDelivery) -> tuple[Reply, datetime]:
        at = self.clock()
        delivery, endpoint = packed.delivery, packed.endpoint
        reply = await self.signed_client.post(
            endpoint.url,
            delivery.body,
            message_id=delivery.event_id,
            secrets=endpoint.secrets(at),
            headers=make_delivery_headers(endpoint.headers, delivery.event, delivery.id),
            timeout_s=TIMEOUT_S,
            attempt=delivery.attempts + 1,
        )
        return reply, at

    async def _give_up(self, packed: LoadedDelivery, session: AsyncSession) -> None:
        await store.webhooks.deliveries.give_up(session, packed.delivery.id, self.clock(), GIVEN_UP)

    def _describe(
        self,
        job: Job,
        packed: LoadedDelivery,
        reply: Reply,
        at: datetime,
        state: DeliveryState | None,
        detail: str,
        *,
        next_at: datetime | None = None,
        finished_at: datetime | None = None,
        by_hand: bool = False,
    ) -> SharedWrite:
        delivery = packed.delivery
        came = AttemptResult(
            attempt=f"{job.id}.{job.attempt}",
            n=delivery.attempts + 1,
            duration_ms=reply.duration_ms,
            headers=describe_headers(reply.headers, packed.endpoint.headers),
            response=reply.body,
            cut=reply.cut,
            delivery=delivery.id,
            state=state,
            status=reply.status,
            error=reply.error,
            detail=detail,
            at=at,
            next_at=next_at,
            finished_at=finished_at,
            in_series=not by_hand,
        )
        entry = RecordedAttempt(came, packed.endpoint.id, reply.ok, delivery.cause != "test", reply.retry_after_s)
        return SharedWrite(self.recorder.write, entry)
