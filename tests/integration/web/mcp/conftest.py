from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.integration.web.api.conftest import api_platform, shop, template
from tests.integration.web.api.shop import InstalledShop, Shop, open_shop

__all__ = ["api_platform", "shop", "template"]


@pytest.fixture
async def working(tmp_path: Path, template: InstalledShop) -> AsyncIterator[Shop]:
    """A shop that plans and sends, and whose calls wait no longer than that takes."""
    async with open_shop(tmp_path, template, workers=2, at=datetime.now(UTC)) as made:
        made.app.state.mcp_wait_s = 5.0
        yield made
