"""The parts of webhooks, put together once for a process."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from core.clock import Clock
from core.secretbox import SecretBox
from events.subscribers import Source
from events.webhooks.attempt_recorder import AttemptRecorder
from events.webhooks.delivery_handler import DeliveryHandler
from events.webhooks.delivery_loader import DeliveryLoader
from events.webhooks.endpoint_secrets import EndpointSecrets
from events.webhooks.endpoints import Endpoints
from events.webhooks.fanout import DELIVER_WORK, Fanout
from events.webhooks.redelivery import RECOVER_WORK, REPLAY_WORK, RESEND_WORK, Redelivery
from executors.http.signed_client import SignedClient
from executors.http.ssrf_guard import SsrfGuard
from executors.jobs.queue import ReadBeside
from executors.jobs.worker import Handler
from store.database import Database
from store.jobs.jobs import Job


@dataclass(frozen=True)
class Webhooks:
    """What faces, the engine and the walk of events need. ``limits`` are how many deliveries run at once, by kind of work."""

    endpoints: Endpoints
    redelivery: Redelivery
    source: Source
    delivery_handler: DeliveryHandler
    handlers: Mapping[str, Handler]

    def limits(self, workers: int) -> dict[str, int]:
        """Deliveries mostly wait for others, so more of them run side by side than of what computes."""
        return {DELIVER_WORK: workers * 8, RESEND_WORK: workers * 2}

    def per_lane(self, workers: int) -> int:
        """How many deliveries of one endpoint run at once: so that the slowest leaves room for the rest."""
        return max(1, workers // 2)

    @property
    def beside(self) -> Mapping[str, ReadBeside]:
        """What the queue reads with its claims."""
        return {DELIVER_WORK: self.delivery_handler.pouch.beside}

    async def record_dead_job(self, session: AsyncSession, work: Job) -> None:
        """Belongs in the transaction that buries work."""
        if work.kind == DELIVER_WORK:
            await self.delivery_handler.record_dead_job(session, work)


def build(
    sessions: Database, guard: SsrfGuard, box: SecretBox, hand: SignedClient, clock: Clock, wake: Callable[[], None]
) -> Webhooks:
    seals = EndpointSecrets(box)
    courier = DeliveryHandler(DeliveryLoader(sessions, seals), hand, AttemptRecorder(clock, wake), clock)
    again = Redelivery(sessions, clock, wake)
    handlers: dict[str, Handler] = {
        DELIVER_WORK: courier.deliver,
        RESEND_WORK: courier.resend,
        RECOVER_WORK: again.recovering,
        REPLAY_WORK: again.replaying,
    }
    return Webhooks(Endpoints(sessions, guard, seals, clock, wake), again, Fanout(clock, wake), courier, handlers)
