from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from store.database import Database
from tests.integration.webhooks.postoffice import PostOffice, Receiver, postoffice, receiving


@pytest.fixture
async def office(sessions: Database) -> AsyncIterator[PostOffice]:
    async with postoffice(sessions) as made:
        yield made


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made
