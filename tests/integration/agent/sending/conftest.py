"""Endpoints on a real server, for the tests of sending."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.integration.agent.agent_harness import AgentHarness
from tests.integration.agent.sending.api_server import Endpoints, open_endpoints


@pytest.fixture
async def endpoints(harness: AgentHarness) -> AsyncIterator[Endpoints]:
    async with open_endpoints(harness) as made:
        yield made
