"""A fresh bureau on a fresh SQLite file for each test."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.agent.bureau import Bureau, opened


@pytest.fixture
async def bureau(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Bureau]:
    shutil.copy(sqlite_template, tmp_path / "opsiq.db")
    async with opened(f"sqlite+aiosqlite:///{tmp_path / 'opsiq.db'}") as made:
        yield made
