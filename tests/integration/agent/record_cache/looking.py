"""A house whose records are kept, with a real demo platform that can be changed behind its back, or stopped."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
from httpx import Response
from sqlalchemy import text

from agent.runs.run import Run
from agent.workspace.context import WorkspaceContext
from core import webhook_signature
from executors.jobs.queue import Dead, Done, Outcome, Reschedule, SqlQueue
from store.jobs.jobs import Job
from tests.integration.demo.conftest import TOKEN, Platform
from tests.integration.web.api.shop import Shop


@dataclass
class Looking:
    shop: Shop
    platform: Platform
    secret: str = ""
    sent: int = 0
    busy: bool = False

    @property
    def workspace(self) -> str:
        return self.shop.actors["olivia"].workspace

    async def context(self) -> WorkspaceContext:
        return await self.shop.container.contexts.of(self.workspace)

    # ── the house's own work, driven piece by piece

    async def worked(self, *, most: int = 1000) -> list[tuple[Job, Outcome]]:
        """Everything that is due of events and readings, done; where the engine is at work, by it."""
        if self.busy:
            await self._read()
            return []
        container = self.shop.container
        handlers = {"records.read": container.cache_sync.read, **container.events.handlers}
        queue = SqlQueue(container.database, owner="test", lease_s=60)
        done: list[tuple[Job, Outcome]] = []
        while len(done) < most and (claimed := await queue.claim(list(handlers), 1)):
            for job in claimed:
                outcome = await handlers[job.kind](job)
                assert isinstance(outcome, Done | Reschedule | Dead)
                assert await queue.settle([(job, outcome)]) == [True]
                done.append((job, outcome))
        return done

    async def due(self) -> None:
        """What is due later is due now."""
        async with self.shop.container.database.begin() as session:
            await session.execute(text("UPDATE work SET due_ms = 0, turn_ms = 0 WHERE finished_ms IS NULL"))

    async def react(self, event_id: str) -> None:
        """One event's walk, beside whatever else is under way."""
        job = Job(event_id, event_id, "event.react", self.workspace, {"event_id": event_id}, 1, "test")
        await self.shop.container.events.handlers["event.react"](job)

    async def _read(self) -> None:
        if any(each["state"] == "reading" for each in await self.mirrors()):
            await asyncio.sleep(0.1)
            await self._read()

    async def synced(self, **body: str) -> list[dict[str, Any]]:
        answer = await self.shop.call("POST", "/v1/mirrors/sync", body)
        assert answer.status_code == 202, answer.text
        await self.worked()
        return await self.mirrors()

    async def mirrors(self) -> list[dict[str, Any]]:
        data: list[dict[str, Any]] = (await self.shop.call("GET", "/v1/mirrors")).json()["data"]
        return data

    async def mirror(self, kind: str) -> dict[str, Any]:
        return next(each for each in await self.mirrors() if each["kind"] == kind)

    # ── the platform

    async def change(self, path: str, **columns: Any) -> dict[str, Any]:
        """Behind everyone's back: nobody is told."""
        return await self._platform("PATCH", f"/api/{path}", columns)

    async def row(self, path: str) -> dict[str, Any]:
        return await self._platform("GET", f"/api/{path}")

    async def _platform(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with (
            aiohttp.ClientSession(self.platform.url, headers=headers) as session,
            session.request(method, path, json=body) as answer,
        ):
            assert answer.status == 200, await answer.text()
            found: dict[str, Any] = await answer.json()
            return found

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """The platform answers nothing (it can't be reached), and goes on afterwards."""
        assert self.platform.process is not None
        port = self.platform.url.rpartition(":")[2]
        self.platform.stop()
        try:
            yield
        finally:
            self.platform.start("--faults", "--port", port)

    @contextmanager
    def hanging(self) -> Iterator[None]:
        assert self.platform.process is not None
        os.kill(self.platform.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.platform.process.pid, signal.SIGCONT)

    async def tell(self, kind: str, row: dict[str, Any], *, msg_id: str | None = None) -> Response:
        """The platform's webhook about a row, as it stood."""
        if not self.secret:
            answer = await self.shop.call("POST", "/v1/connectors/saas/webhook-secret", {})
            self.secret = answer.json()["secret"]
        self.sent += 1
        raw = json.dumps({"type": kind, "data": row}).encode()
        at = int(self.shop.clock().timestamp())
        key = msg_id or f"msg_{self.sent}"
        signature = webhook_signature.sign([self.secret], key, at, raw)
        headers = {"webhook-id": key, "webhook-timestamp": str(at), "webhook-signature": signature}
        return await self.shop.http.post("/connectors/saas/webhook", content=raw, headers=headers)

    # ── asking, with the house's engine at work

    async def asked(self, words: str, session_id: str = "t") -> Run:
        """A typed request, as far as it goes by itself."""
        run = await self.shop.container.runs.ask(self.shop.actors["olivia"], words, session_id=session_id)
        return await self.shop.container.runs.wait_until_idle(self.shop.actors["olivia"], run.id)

    async def confirmed(self, run: Run) -> Run:
        """The card confirmed, and what came of it."""
        assert run.plan is not None
        container, olivia = self.shop.container, self.shop.actors["olivia"]
        done = await container.decisions.confirm(olivia, run.id, run.plan.digest)
        assert isinstance(done, Run), done
        return await container.runs.wait_until_idle(olivia, run.id)
