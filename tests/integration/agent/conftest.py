"""A fresh bureau on a fresh SQLite file for each test."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.agent.agent_harness import AgentHarness, open_harness


@pytest.fixture
async def harness(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[AgentHarness]:
    shutil.copy(sqlite_template, tmp_path / "opsiq.db")
    async with open_harness(f"sqlite+aiosqlite:///{tmp_path / 'opsiq.db'}") as made:
        yield made
