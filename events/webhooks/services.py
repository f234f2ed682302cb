"""Construction of the webhook services, once for a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import Clock
from core.crypto.secretbox import SecretBox
from events.subscribers import Source
from events.webhooks.attempt_recorder import AttemptRecorder
from events.webhooks.delivery_handler import DeliveryHandler
from events.webhooks.delivery_loader import DeliveryLoader
from events.webhooks.endpoint_secrets import EndpointSecrets
from events.webhooks.endpoints import Endpoints
from events.webhooks.fanout import DELIVER_JOB, Fanout
from events.webhooks.redelivery import RECOVER_JOB, REPLAY_JOB, RESEND_JOB, Redelivery
from executors.http.signed_client import SignedClient
from executors.http.ssrf_guard import SsrfGuard
from executors.jobs.queue import ReadBeside
from executors.jobs.worker import Handler
from store.database import Database
from store.jobs.jobs import Job


@dataclass(frozen=True)
class Webhooks:
    """Webhook services for web, worker and dispatcher. ``limits`` are how many deliveries run at once, by kind of
    work."""

    endpoints: Endpoints
    redelivery: Redelivery
    source: Source
    delivery_handler: DeliveryHandler
    handlers: Mapping[str, Handler]

    def limits(self, workers: int) -> dict[str, int]:
        """Limits of the job kinds. Deliveries mostly wait for receivers, so more of them run at once than of jobs that
        compute."""
        return {DELIVER_JOB: workers * 8, RESEND_JOB: workers * 2}

    def per_lane(self, workers: int) -> int:
        """How many deliveries of one endpoint run at once, so that the slowest endpoint leaves room for the rest."""
        return max(1, workers // 2)

    @property
    def beside(self) -> Mapping[str, ReadBeside]:
        """What the queue reads with its claims."""
        return {DELIVER_JOB: self.delivery_handler.loader.beside}

    async def record_dead_job(self, session: AsyncSession, job: Job) -> None:
        """Record a dead job, in the transaction that buries it."""
        if job.kind == DELIVER_JOB:
            await self.delivery_handler.record_dead_job(session, job)


def build_webhooks(
    database: Database,
    guard: SsrfGuard,
    box: SecretBox,
    signed_client: SignedClient,
    clock: Clock,
    wake: Callable[[], None],
) -> Webhooks:
    endpoint_secrets = EndpointSecrets(box)
    delivery_handler = DeliveryHandler(
        DeliveryLoader(database, endpoint_secrets), signed_client, AttemptRecorder(clock, wake), clock
    )
    again = Redelivery(database, clock, wake)
    handlers: dict[str, Handler] = {
        DELIVER_JOB: delivery_handler.deliver,
        RESEND_JOB: delivery_handler.resend,
        RECOVER_JOB: again.recovering,
        REPLAY_JOB: again.replaying,
    }
    return Webhooks(
        Endpoints(database, guard, endpoint_secrets, clock, wake),
        again,
        Fanout(clock, wake),
        delivery_handler,
        handlers,
    )
