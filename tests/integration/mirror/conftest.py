from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.integration.api.shop import Founded, founded, opened_shop
from tests.integration.demo.conftest import Platform
from tests.integration.mirror.looking import Looking


@pytest.fixture(scope="module")
def mirror_platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    made = Platform(tmp_path_factory.mktemp("platform") / "platform.db")
    made.start("--faults")
    yield made
    made.stop()


@pytest.fixture(scope="module")
def mirror_template(tmp_path_factory: pytest.TempPathFactory, mirror_platform: Platform) -> Founded:
    return asyncio.run(founded(tmp_path_factory.mktemp("founded"), mirror_platform.url))


@pytest.fixture
async def looking(tmp_path: Path, mirror_template: Founded, mirror_platform: Platform) -> AsyncIterator[Looking]:
    async with opened_shop(tmp_path, mirror_template) as shop:
        yield Looking(shop, mirror_platform)


@pytest.fixture
async def busy(tmp_path: Path, mirror_template: Founded, mirror_platform: Platform) -> AsyncIterator[Looking]:
    """With the house's engine at work."""
    async with opened_shop(tmp_path, mirror_template, workers=4, at=datetime.now(UTC)) as shop:
        yield Looking(shop, mirror_platform, busy=True)
