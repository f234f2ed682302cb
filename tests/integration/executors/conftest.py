from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from executors.http.signed_client import SignedClient
from executors.http.ssrf_guard import SsrfGuard
from executors.jobs.queue import SqlQueue
from executors.jobs.worker import Handler, Worker
from store.database import Database
from tests.integration.executors.http.peers import LOOPBACK
from tests.integration.executors.jetstream.broker_server import BrokerServer
from tests.integration.executors.jetstream.jetstream_harness import Site


@pytest.fixture
def server(tmp_path: Path) -> Iterator[BrokerServer]:
    made = BrokerServer(tmp_path / "nats")
    made.start()
    yield made
    made.kill()


@pytest.fixture
async def site(database: Database, server: BrokerServer) -> AsyncIterator[Site]:
    made = Site(database, server)
    yield made
    for worker in made.engines:
        await worker.stop(2)


@pytest.fixture
async def signed_client() -> AsyncIterator[SignedClient]:
    async with SignedClient(SsrfGuard(LOOPBACK)) as made:
        yield made


@pytest.fixture
async def engines(database: Database) -> AsyncIterator[Callable[..., Worker]]:
    """Makes engines on the test's database; those that were started are stopped at the end."""
    made: list[Worker] = []

    def make(handler: Handler, *, owner: str = "one", **queue: object) -> Worker:
        worker = Worker(SqlQueue(database, owner=owner, **queue), {"note": handler}, poll_s=0.2)  # type: ignore[arg-type]
        made.append(worker)
        return worker

    yield make
    for worker in made:
        await worker.stop(2)
