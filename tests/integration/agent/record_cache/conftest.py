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


@pytest.fixture(scope="module")
def synced_template(
    tmp_path_factory: pytest.TempPathFactory, mirror_template: InstalledShop, mirror_platform: Platform
) -> InstalledShop:
    """With everything read of the platform as it was when this was first asked for."""
    folder = tmp_path_factory.mktemp("synced")

    async def sync() -> None:
        async with open_shop(folder, mirror_template) as shop:
            await Looking(shop, mirror_platform).synced()

    asyncio.run(sync())
    return InstalledShop(folder, mirror_template.actors, mirror_template.keys)


@pytest.fixture
async def synced(tmp_path: Path, synced_template: InstalledShop, mirror_platform: Platform) -> AsyncIterator[Looking]:
    """For tests that change nothing at the platform, before others of the file do."""
    async with open_shop(tmp_path, synced_template) as shop:
        yield Looking(shop, mirror_platform)


@pytest.fixture
async def busy(tmp_path: Path, mirror_template: InstalledShop, mirror_platform: Platform) -> AsyncIterator[Looking]:
    """With the house's engine at work."""
    async with open_shop(tmp_path, mirror_template, workers=4, at=datetime.now(UTC)) as shop:
        yield Looking(shop, mirror_platform, busy=True)
