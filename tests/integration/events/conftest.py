from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.integration.demo.conftest import Platform
from tests.integration.web.api.shop import InstalledShop, Shop, install_shop, open_shop


@pytest.fixture(scope="session")
def events_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[InstalledShop]:
    """One demo platform and one founded workspace for all of these tests: they read the platform and hold calls, but
    send none."""
    platform = Platform(tmp_path_factory.mktemp("platform") / "platform.db")
    platform.start()
    yield asyncio.run(install_shop(tmp_path_factory.mktemp("founded"), platform.url))
    platform.stop()


@pytest.fixture
async def shop(tmp_path: Path, events_template: InstalledShop) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path, events_template) as made:
        yield made
