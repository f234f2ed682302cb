from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.integration.api.shop import Shop, opened_shop
from tests.integration.demo.conftest import Platform


@pytest.fixture(scope="session")
def events_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """One demo platform for all of these tests: they read it and hold calls, but send none."""
    made = Platform(tmp_path_factory.mktemp("platform") / "platform.db")
    made.start()
    yield made
    made.stop()


@pytest.fixture
async def shop(tmp_path: Path, events_platform: Platform) -> AsyncIterator[Shop]:
    async with opened_shop(tmp_path, events_platform.url) as made:
        yield made
