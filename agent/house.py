"""The composition root: one process's rooms, opened in order and closed in the reverse, handed to each other as values."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from agent.confirm import Gate
from agent.desk import Desk, Watch
from agent.ground import Grounds
from agent.office import Office
from agent.plan import RESOLVE_WORK, SEND_WORK, Planner
from agent.resolve.offline import OfflineResolver
from agent.resolve.resolver import Resolver
from agent.send import Sender
from agent.signing import ActionSecrets
from core.clock import Clock, utc_now
from core.errors import ModelMisbehaved, ModelUnavailable, PlatformUnavailable
from core.secretbox import SecretBox
from core.settings import Settings
from executors.engine import Done, Engine, Handled, Later
from executors.guard import Guard
from executors.hand import Hand
from executors.platform import HttpPlatformClient
from registry.discovery import discover
from store.sessions import Sessions
from store.work import Work

log = logging.getLogger(__name__)

PLAN_ATTEMPTS = 4
SWEEP_S = 5.0


@dataclass(frozen=True)
class House:
    """What faces (web, cli) work with."""

    settings: Settings
    sessions: Sessions
    box: SecretBox
    grounds: Grounds
    desk: Desk
    office: Office
    secrets: ActionSecrets
    engine: Engine
    resolver: Resolver
    clock: Clock


@asynccontextmanager
async def opened(
    settings: Settings, *, clock: Clock = utc_now, resolver: Resolver | None = None
) -> AsyncIterator[House]:
    """Open the house and start its engine; at exit stop claiming, finish what is held, close. The schema must be up to date."""
    sessions = await Sessions.open(settings.database_url)
    box = SecretBox(settings.data_key)
    guard = Guard(settings.allow_addresses)
    hand = Hand(guard, clock=clock)
    found, broken = discover()
    clients: list[HttpPlatformClient] = []

    def client(base_url: str, token: str) -> HttpPlatformClient:
        made = HttpPlatformClient(base_url, token, guard)
        clients.append(made)
        return made

    grounds = Grounds(sessions, box, found, broken, client)
    watch = Watch()
    secrets = ActionSecrets(sessions, box, clock)
    offline = OfflineResolver()
    chosen = resolver or _resolver(settings) or offline
    planner = Planner(
        sessions,
        grounds,
        chosen,
        offline if chosen is not offline else None,
        clock,
        watch.changed,
        settings.question_expiry_s,
    )
    sender = Sender(sessions, grounds, hand, secrets, clock, watch.changed)

    async def resolve(work: Work) -> Handled:
        run_id = work.payload["run_id"]
        try:
            await planner.plan(work.workspace, run_id)
        except (PlatformUnavailable, ModelUnavailable, ModelMisbehaved) as error:
            if work.attempt < PLAN_ATTEMPTS and error.retryable:
                return Later(0.5 * 2**work.attempt, error.detail)
            await planner.unavailable(work.workspace, run_id, error)
        return Done()

    async def send(work: Work) -> Handled:
        return await sender.send(work.workspace, work.payload["run_id"])

    engine = Engine(sessions, {RESOLVE_WORK: resolve, SEND_WORK: send}, concurrency=settings.workers)
    desk = Desk(sessions, grounds, Gate(sessions, grounds, clock), clock, watch, engine.wake)
    house = House(
        settings,
        sessions,
        box,
        grounds,
        desk,
        Office(sessions, grounds, secrets, box, clock),
        secrets,
        engine,
        chosen,
        clock,
    )
    sweep = asyncio.create_task(_sweep(desk))
    try:
        if settings.workers:
            await engine.start()
        yield house
    finally:
        sweep.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sweep
        await engine.stop(10.0)
        await hand.close()
        for each in clients:
            await each.close()
        await sessions.close()


def _resolver(settings: Settings) -> Resolver | None:
    if not settings.model:
        return None
    from agent.resolve.model import ModelResolver

    return ModelResolver.of_settings(settings)


async def _sweep(desk: Desk) -> None:
    """Expire cards and questions that have run out. One that is confirmed first is checked for it again there."""
    while True:
        try:
            await desk.expire_due()
        except Exception:
            log.exception("the sweep for expired cards failed; it runs again in %.0f s", SWEEP_S)
        await asyncio.sleep(SWEEP_S)
