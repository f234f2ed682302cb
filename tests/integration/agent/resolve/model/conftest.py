"""A scripted model server for each test, reached both ways: directly, and by LiteLLM and instructor."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.agent.resolve.model.scripted_server import ScriptedServer


@pytest.fixture(params=["openai", "hosted_vllm"], ids=["direct", "libraries"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[ScriptedServer]:
    made = ScriptedServer(way=request.param)
    await made.start()
    yield made
    await made.stop()
