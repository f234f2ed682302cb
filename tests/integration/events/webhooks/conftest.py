from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from store.database import Database
from tests.integration.events.webhooks.webhook_harness import Receiver, WebhookHarness, open_webhook_harness, receiving


@pytest.fixture
async def harness(database: Database) -> AsyncIterator[WebhookHarness]:
    async with open_webhook_harness(database) as made:
        yield made


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made
