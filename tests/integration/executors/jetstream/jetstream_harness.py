"""Workers whose work a real JetStream carries over a real database."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable

import pytest

from executors.jetstream.broker import Broker
from executors.jetstream.jetstream_queue import JetStreamQueue
from executors.jobs.queue import Done, Outcome, SqlQueue
from executors.jobs.worker import Handler, Worker
from store.database import Database
from store.jobs import enqueue
from store.jobs import jobs as works
from store.jobs.enqueue import NewJob
from store.jobs.jobs import Job
from tests.integration.executors.jetstream.broker_server import BrokerServer


class Site:
    """Workers on one database and one broker."""

    def __init__(self, database: Database, server: BrokerServer) -> None:
        self.database, self.server = database, server
        self.name = uuid.uuid4().hex[:8]
        self.seen: Counter[str] = Counter()
        self.engines: list[Worker] = []
        self.queues: list[JetStreamQueue] = []

    async def worker(self, handler: Handler, *, owner: str = "one", lease_s: float = 2.0, per_lane: int = 50) -> Worker:
        sql = SqlQueue(self.database, owner=owner, lease_s=lease_s, per_lane=per_lane)
        broker = Broker(self.server.url, self.name, unacked_s=lease_s)
        queue = JetStreamQueue(sql, broker, ["note"])
        self.database.tell(queue.put)

        async def counted(job: Job) -> Outcome:
            self.seen[job.key] += 1
            return await handler(job)

        worker = Worker(queue, {"note": counted, "other": counted}, wakes=[queue], poll_s=0.5)
        await worker.start()
        self.engines.append(worker)
        self.queues.append(queue)
        await until(lambda: broker.up)
        return worker

    async def put(self, *keys: str, kind: str = "note", lane: str | None = None) -> None:
        async with self.database.begin() as session:
            await enqueue.enqueue_many(session, [NewJob(key, kind, "ws_1", {}, lane=lane) for key in keys])

    async def states(self) -> dict[str, int]:
        async with self.database.read() as session:
            return {state: count for (_, state), count in (await works.counts(session)).items()}

    async def becomes(self, expected: dict[str, int]) -> None:
        found: dict[str, int] = {}
        try:
            async with asyncio.timeout(60):
                while (found := await self.states()) != expected:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
        except TimeoutError:
            assert found == expected


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not true():  # noqa: ASYNC110 (what is waited for happens in another process)
            await asyncio.sleep(0.01)


async def done(_job: Job) -> Outcome:
    return Done()


async def idle(_queue: JetStreamQueue) -> int:
    """A sweep that finds nothing, so that what happens is the broker's doing."""
    return 0


def unhear(queue: JetStreamQueue, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if its worker were killed: it renews nothing and takes nothing more."""

    async def unheard(*_of: object) -> list[Job]:
        return []

    monkeypatch.setattr(queue, "renew", unheard)
    monkeypatch.setattr(queue, "claim", unheard)


async def messages(site: Site) -> int:
    """How many messages the broker keeps."""
    info = await site.queues[-1]._broker._streams.stream_info(f"opsiq-{site.name}")
    return int(info.state.messages)


async def emptied(site: Site) -> None:
    """Returns when the broker keeps none."""
    async with asyncio.timeout(20):
        while await messages(site):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
