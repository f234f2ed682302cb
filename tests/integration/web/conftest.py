from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.web.console import Console, opened_console


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    async with opened_console(tmp_path) as made:
        yield made
