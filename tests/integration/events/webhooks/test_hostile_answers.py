"""Whatever an endpoint answers to a delivery is logged byte for byte, as far as it is kept, and settles the attempt: on
both databases."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings

from store.database import Database
from tests.integration.events.webhooks.webhook_harness import OWNER, WebhookHarness, open_webhook_harness
from tests.integration.executors.hostile import Saying, answers
from tests.integration.executors.http.peers import Peer, peer
from web.api.webhooks.deliveries import make_delivery_detail

T = TypeVar("T")


@dataclass
class Fuzzed:
    harness: WebhookHarness
    peer: Peer
    saying: Saying
    loop: asyncio.AbstractEventLoop = field(repr=False)

    def do(self, job: Awaitable[T]) -> T:
        return self.loop.run_until_complete(asyncio.ensure_future(job, loop=self.loop))


@pytest.fixture
def fuzzed(database_url: str) -> Iterator[Fuzzed]:
    loop = asyncio.new_event_loop()
    stack = AsyncExitStack()

    async def open_all() -> Fuzzed:
        saying = Saying()
        database = await Database.open(database_url)
        stack.push_async_callback(database.close)
        harness = await stack.enter_async_context(open_webhook_harness(database))
        return Fuzzed(harness, await stack.enter_async_context(peer(saying)), saying, loop)

    yield loop.run_until_complete(open_all())
    loop.run_until_complete(stack.aclose())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def test_whatever_an_endpoint_answers_settles_the_attempt(fuzzed: Fuzzed) -> None:
    harness = fuzzed.harness

    async def delivered(raw: bytes) -> None:
        fuzzed.saying.answer = raw
        endpoint, _ = await harness.endpoint(fuzzed.peer.url)
        await harness.fire()
        before = len(fuzzed.peer.requests)
        await harness.finish()
        assert len(fuzzed.peer.requests) == before + 1
        (delivery,) = await harness.deliveries(endpoint)
        (attempt,) = await harness.attempts(delivery.id)
        assert delivery.attempts == 1
        assert attempt.status is not None or attempt.error in ("malformed", "closed")
        if attempt.status is not None and 200 <= attempt.status < 300:
            assert delivery.state == "succeeded"
            assert attempt.response in raw or b"chunked" in raw
        json.dumps(make_delivery_detail(delivery, b"{}", [attempt]).json_value()).encode()
        await harness.webhooks.endpoints.delete(OWNER, endpoint)

    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(answers())
    def settles(raw: bytes) -> None:
        fuzzed.do(delivered(raw))

    settles()
