"""A walk with subscribers made for a test, driven piece by piece: time is moved in the database's rows, never slept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

import store.connectors
import store.events.events
import store.jobs.jobs
import store.workspaces
from agent.workspace.context import WorkspaceContexts
from core.crypto.secretbox import SecretBox
from events.dispatcher import RETRY_JOB, Dispatcher
from events.publish import REACT_JOB, publish
from events.subscribers import FiredEvent, ReactionHook, ReactionResult, Subscriber
from executors.http.platform_client import HttpPlatformClient
from executors.http.ssrf_guard import SsrfGuard
from executors.jobs.queue import Done, Reschedule, SqlQueue
from executors.jobs.worker import Handler
from registry.discovery import DiscoveredConnector
from store.connectors import ConnectorRow
from store.database import Database
from store.events.events import ReactionRow
from store.workspaces import WorkspaceRow
from tests.integration.frozen_clock import FrozenClock

WORKSPACE = "ws_1"
AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def a_client(base_url: str, token: str, *_access: object) -> HttpPlatformClient:
    """It is never asked for anything here."""
    return HttpPlatformClient(base_url, token, guard=SsrfGuard([]))


class Cast:
    """A source of subscribers, and the order in which they began and ended."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._cast: list[Subscriber] = []

    def add(
        self,
        name: str,
        priority: int,
        act: Callable[[FiredEvent], Awaitable[None]] | None = None,
        *,
        blocking: bool = False,
        record: ReactionHook | None = None,
    ) -> None:
        async def react(event: FiredEvent) -> ReactionResult:
            self.seen.append(name)
            if act is not None:
                await act(event)
            return ReactionResult(f"{name} was here", record)

        self._cast.append(Subscriber(name, priority, react, blocking))

    def remove(self, name: str) -> None:
        self._cast = [each for each in self._cast if each.name != name]

    async def subscribers(self, session: AsyncSession, event: FiredEvent) -> Sequence[Subscriber]:
        return self._cast


class DispatcherSetup:
    """One walk on one database."""

    def __init__(
        self, database: Database, cast: Cast, *, found: Sequence[DiscoveredConnector] = (), **options: Any
    ) -> None:
        self.database = database
        self.clock = FrozenClock(AT)
        self.box = SecretBox(bytes(32))
        contexts = WorkspaceContexts(database, self.box, found, [], a_client)
        self.dispatcher = Dispatcher(database, [cast], contexts, self.clock, lambda: None, **options)
        self.queue = SqlQueue(database, owner="test", lease_s=60)
        self.handlers: dict[str, Handler] = {REACT_JOB: self.dispatcher.react, RETRY_JOB: self.dispatcher.again}

    async def fire(self, name: str = "order.packed", **data: Any) -> str:
        async with self.database.begin() as session:
            fired = await publish(session, workspace=WORKSPACE, name=name, data=data, origin="test", at=self.clock())
        return fired.id

    async def configure(self, connector: str) -> None:
        sealed = self.box.seal(b"{}", context=f"connector:{WORKSPACE}:{connector}")
        row = ConnectorRow(
            workspace=WORKSPACE,
            name=connector,
            base_url="https://platform.test",
            sealed_secrets=sealed,
            enabled=True,
            created_at=AT,
            updated_at=AT,
        )
        async with self.database.begin() as session:
            await store.workspaces.insert(session, WorkspaceRow(id=WORKSPACE, name="W", created_at=AT))
            await store.connectors.put(session, row)

    async def step(self) -> int:
        """Do everything that is due now, once. Answers how much that was."""
        claimed = await self.queue.claim(list(self.handlers), 50)
        for job in claimed:
            outcome = await self.handlers[job.kind](job)
            assert isinstance(outcome, Done | Reschedule)
            assert await self.queue.settle([(job, outcome)]) == [True]
        return len(claimed)

    async def hurry(self) -> None:
        """What is due later, and what is held by the dead, is due now."""
        async with self.database.begin() as session:
            await session.execute(text("UPDATE work SET due_ms = 0, turn_ms = 0 WHERE finished_ms IS NULL"))

    async def finish(self) -> None:
        await self.hurry()
        while await self.step():
            await self.hurry()

    async def reactions(self, event_id: str) -> dict[str, ReactionRow]:
        async with self.database.read() as session:
            return {row.subscriber: row for row in await store.events.events.reactions(session, WORKSPACE, event_id)}

    async def states(self, event_id: str) -> dict[str, str]:
        return {name: row.state for name, row in (await self.reactions(event_id)).items()}
