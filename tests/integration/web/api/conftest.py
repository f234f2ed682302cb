from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.integration.demo.conftest import Platform
from tests.integration.web.api.shop import InstalledShop, Shop, install_shop, open_shop


@pytest.fixture(scope="session")
def api_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """One demo platform for all of these tests: they read it and hold calls, but send none."""
    made = Platform(tmp_path_factory.mktemp("platform") / "platform.db")
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, api_platform: Platform) -> InstalledShop:
    return asyncio.run(install_shop(tmp_path_factory.mktemp("founded"), api_platform.url))


@pytest.fixture
async def shop(tmp_path: Path, template: InstalledShop) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path, template) as made:
        yield made
