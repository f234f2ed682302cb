"""Webhooks on a real database and real sockets, with a clock that a test moves and an engine that a test turns by
hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from sqlalchemy import text

import store.accounts.api_keys
import store.accounts.members
import store.events.events
import store.history.log
import store.webhooks.attempts
import store.webhooks.deliveries
import store.webhooks.endpoints
import store.workspaces
from core.actor import Actor
from core.clock import utc_now
from core.crypto.secretbox import SecretBox
from events.publish import publish
from events.subscribers import FiredEvent
from events.webhooks.fanout import DELIVER_JOB
from events.webhooks.services import Webhooks, build_webhooks
from executors.http.signed_client import SignedClient
from executors.http.ssrf_guard import SsrfGuard
from executors.jobs.queue import Settled, SqlQueue
from store.accounts.api_keys import KeyRow
from store.accounts.members import MemberRow
from store.database import Database
from store.jobs.jobs import Job
from store.webhooks.attempts import DeliveryAttemptRow
from store.webhooks.deliveries import DeliveryRow
from store.workspaces import WorkspaceRow
from tests.integration.frozen_clock import FrozenClock

OWNER = Actor("ws_1", "mem_1", "member", "Olivia", "owner", "mem_1")


@dataclass
class Message:
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """An endpoint of somebody else's. ``answers`` are given in turn, the last one for ever: a status, or (status,
    headers)."""

    url: str = ""
    answers: list[Any] = field(default_factory=lambda: [204])
    got: list[Message] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.got.append(Message({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer == "hang":
            await self.open.wait()
            answer = 204
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        return web.Response(status=status, headers=headers, text="" if status == 204 else f"said {status}")


@asynccontextmanager
async def receiving(*answers: Any) -> AsyncIterator[Receiver]:
    made = Receiver()
    if answers:
        made.answers = list(answers)
    app = web.Application()
    app.router.add_post("/hook", made.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield made
    finally:
        made.open.set()
        await runner.cleanup()


@dataclass
class WebhookHarness:
    database: Database
    clock: FrozenClock
    webhooks: Webhooks
    queue: SqlQueue

    async def endpoint(self, url: str, *patterns: str, **given: Any) -> tuple[str, str]:
        """Its id and its secret."""
        made = await self.webhooks.endpoints.create(OWNER, url, patterns or ("*",), **given)
        return made.shown.row.id, made.secret

    async def key(self, role: str) -> Actor:
        """A key of this role that the owner has made."""
        row = KeyRow(
            id="key_1", workspace="ws_1", public="pk_live_1", mode="live", name="Till", role=role, person=OWNER.id,
            scopes="webhooks:write", sealed="", created_at=self.clock(),
        )  # fmt: skip
        async with self.database.begin() as session:
            await store.accounts.api_keys.insert(session, row)
        return Actor("ws_1", row.id, "key", row.name, role, OWNER.id)

    async def fire(self, name: str = "shop.opened", **data: Any) -> FiredEvent:
        """The event, with everything its subscribers here leave behind."""
        async with self.database.begin() as session:
            fired = await publish(session, workspace="ws_1", name=name, data=data, origin="test", at=self.clock())
        await self.spread(fired)
        return fired

    async def spread(self, fired: FiredEvent) -> None:
        async with self.database.read() as session:
            subscribers = await self.webhooks.source.subscribers(session, fired)
        for each in subscribers:
            reacted = await each.react(fired)
            assert reacted.record is not None
            async with self.database.begin() as session:
                await reacted.record(session)

    async def turn(self, kinds: Sequence[str] | None = None, limit: int = 50) -> int:
        """Claim what is due, do it side by side, settle it. Answers how many pieces there were."""
        claimed = await self.queue.claim(kinds or list(self.webhooks.handlers), limit)
        outcomes = await asyncio.gather(*(self.webhooks.handlers[job.kind](job) for job in claimed))
        group = [(job, out) for job, out in zip(claimed, outcomes, strict=True) if not isinstance(out, Settled)]
        results = await self.queue.settle(group)
        assert all(result is True for result in results), results
        return len(claimed)

    async def finish(self) -> int:
        """Turn until nothing is due. Retries are not waited for."""
        done = 0
        while turned := await self.turn():
            done += turned
        return done

    async def pass_time(self, **units: float) -> None:
        """Move the clock, and with it everything that waits for its time, holds of lanes too."""
        self.clock.advance(**units)
        passed_ms = int(1000 * (units.get("seconds", 0) + 60 * units.get("minutes", 0) + 3600 * units.get("hours", 0)))
        passed_ms += int(86_400_000 * units.get("days", 0))
        async with self.database.begin() as session:
            moved = {"ms": passed_ms}
            await session.execute(
                text("UPDATE work SET due_ms = due_ms - :ms, turn_ms = turn_ms - :ms WHERE state = 'ready'"), moved
            )
            await session.execute(text("UPDATE work_lanes SET held_until_ms = held_until_ms - :ms"), moved)

    async def deliveries(self, endpoint: str | None = None) -> list[DeliveryRow]:
        """Oldest first."""
        async with self.database.read() as session:
            wanted = store.webhooks.deliveries.DeliveryFilters(endpoint=endpoint)
            rows = await store.webhooks.deliveries.listed(session, "ws_1", wanted, limit=10_000)
        return rows[::-1]

    async def attempts(self, delivery: str) -> list[DeliveryAttemptRow]:
        async with self.database.read() as session:
            return await store.webhooks.attempts.attempts_of(session, delivery)

    async def events(self, name: str) -> list[Any]:
        async with self.database.read() as session:
            return await store.events.events.listed(session, "ws_1", name=name)

    async def history(self) -> list[Any]:
        async with self.database.read() as session:
            return await store.history.log.page(session, "ws_1", limit=200)

    async def deliver_work(self) -> Job:
        """One claimed piece of a delivery's work, as a worker that now may die holds it."""
        (claimed,) = await self.queue.claim([DELIVER_JOB], 1)
        return claimed


@asynccontextmanager
async def open_webhook_harness(
    database: Database, *, wake: Callable[[], None] = lambda: None
) -> AsyncIterator[WebhookHarness]:
    clock = FrozenClock(utc_now())  # strangers' libraries verify against the machine's own clock
    guard = SsrfGuard(("127.0.0.0/8",))
    async with database.begin() as session:
        await store.workspaces.insert(session, WorkspaceRow(id="ws_1", name="Test", created_at=clock()))
        await store.accounts.members.insert(
            session,
            MemberRow(
                id=OWNER.id, workspace="ws_1", email="olivia@test.test", name="Olivia", role="owner", state="active",
                created_at=clock(),
            ),
        )  # fmt: skip
    async with SignedClient(guard, clock=clock) as signed_client:
        webhooks = build_webhooks(database, guard, SecretBox(bytes(32)), signed_client, clock, wake)
        yield WebhookHarness(
            database, clock, webhooks, SqlQueue(database, owner="test", per_lane=8, forgets=[DELIVER_JOB])
        )
