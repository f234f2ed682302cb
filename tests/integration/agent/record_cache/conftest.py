from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.integration.agent.record_cache.looking import Looking
from tests.integration.demo.conftest import Platform
from tests.integration.web.api.shop import InstalledShop, install_shop, open_shop


@pytest.fixture(scope="module")
def mirror_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    made = Platform(tmp_path_factory.mktemp("platform") / "platform.db")
    made.start("--faults")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def mirror_template(tmp_path_factory: pytest.TempPathFactory, mirror_platform: Platform) -> InstalledShop:
    return asyncio.run(install_shop(tmp_path_factory.mktemp("founded"), mirror_platform.url))


@pytest.fixture
async def looking(tmp_path: Path, mirror_template: InstalledShop, mirror_platform: Platform) -> AsyncIterator[Looking]:
    async with open_shop(tmp_path, mirror_template) as shop:
        yield Looking(shop, mirror_platform)


@pytest.fixture
async def busy(tmp_path: Path, mirror_template: InstalledShop, mirror_platform: Platform) -> AsyncIterator[Looking]:
    """With the house's engine at work."""
    async with open_shop(tmp_path, mirror_template, workers=4, at=datetime.now(UTC)) as shop:
        yield Looking(shop, mirror_platform, busy=True)
