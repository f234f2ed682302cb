"""A scripted model server for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.model.scripted_server import ScriptedServer


@pytest.fixture
async def server() -> AsyncIterator[ScriptedServer]:
    made = ScriptedServer()
    await made.start()
    yield made
    await made.stop()
