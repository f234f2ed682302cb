"""Settling takes whatever an endpoint may answer: fuzzed bytes through a real socket, the real hand, and both
databases."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import text

import store.history.log
from agent.runs.run import Run
from executors.http.signed_client import SignedClient
from executors.http.ssrf_guard import SsrfGuard
from executors.retry import Reply
from tests.integration.agent.agent_harness import EMAIL, AgentHarness, open_harness
from tests.integration.executors.hostile import Saying, answers
from tests.integration.executors.http.peers import LOOPBACK, Peer, peer
from tests.integration.executors.http.posting import post

T = TypeVar("T")
FUZZED = settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@dataclass
class Fuzzed:
    """A loop of its own, since hypothesis knows none."""

    harness: AgentHarness
    signed_client: SignedClient
    peer: Peer
    saying: Saying
    loop: asyncio.AbstractEventLoop = field(repr=False)

    def do(self, job: Awaitable[T]) -> T:
        return self.loop.run_until_complete(asyncio.ensure_future(job, loop=self.loop))

    async def settled(self, reply: Reply) -> Run:
        run = await self.harness.ask("olivia", EMAIL)
        assert isinstance(await self.harness.confirm("olivia", run), Run)
        self.harness.signed_client.posted.clear()
        self.harness.signed_client.answers = [reply]
        await self.harness.once(await self.harness.run(run.id))
        return await self.harness.run(run.id)


@pytest.fixture
def fuzzed(database_url: str) -> Iterator[Fuzzed]:
    loop = asyncio.new_event_loop()
    stack = AsyncExitStack()

    async def open_all() -> Fuzzed:
        saying = Saying()
        harness = await stack.enter_async_context(open_harness(database_url))
        signed_client = await stack.enter_async_context(SignedClient(SsrfGuard(LOOPBACK), reuse=False))
        there = await stack.enter_async_context(peer(saying))
        return Fuzzed(harness, signed_client, there, saying, loop)

    yield loop.run_until_complete(open_all())
    loop.run_until_complete(stack.aclose())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def test_whatever_an_endpoint_answers_settles_the_call(fuzzed: Fuzzed) -> None:
    @FUZZED
    @given(answers())
    def settles(raw: bytes) -> None:
        fuzzed.saying.answer = raw
        reply = fuzzed.do(post(fuzzed.signed_client, fuzzed.peer.url, timeout_s=5))
        assert reply.status is not None or reply.error in ("malformed", "closed"), reply
        run = fuzzed.do(fuzzed.settled(reply))
        (call,) = fuzzed.do(fuzzed.harness.calls(run.id))
        assert call.state != "begun", "it was settled"
        assert call.status == reply.status
        assert len(fuzzed.harness.signed_client.posted) == 1
        if reply.ok:
            assert (run.state, call.state, call.attempts) == ("succeeded", "succeeded", 1)
            said = reply.body.decode("utf-8", "replace").replace("\x00", "\ufffd")
            assert (call.answer or "") == said, "what can be kept is kept"
        assert fuzzed.do(fuzzed.harness.entries(run.id))[-1].kind in ("finished", "call_attempted", "call_settled")

    settles()

    async def verdict() -> bool:
        async with fuzzed.harness.database.read() as session:
            return (await store.history.log.verify(session, fuzzed.harness.workspace)).ok

    assert fuzzed.do(verdict())


async def test_a_call_is_settled_without_its_answer_before_it_is_not_settled(harness: AgentHarness) -> None:
    """For what nobody has thought of: here the database itself takes anything but that answer."""
    async with harness.database.begin() as session:
        await session.execute(
            text(
                "CREATE TRIGGER picky BEFORE UPDATE ON calls WHEN NEW.answer = 'never' BEGIN SELECT RAISE(ABORT, "
                "'not that'); END"
            )
        )
    run = await harness.ask("olivia", EMAIL)
    await harness.confirm("olivia", run)
    harness.signed_client.answers = [Reply(200, b"never", 5, None, True)]
    run = await harness.job(run.id)
    (call,) = await harness.calls(run.id)
    assert (run.state, call.state, call.status, call.answer) == ("succeeded", "succeeded", 200, None)
    assert call.detail.endswith("The answer could not be kept.")
    assert len(harness.signed_client.posted) == 1
