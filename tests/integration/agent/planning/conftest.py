"""Fixture: one person who talks in one thread."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.agent.agent_harness import open_harness
from tests.integration.agent.planning.talk import ProposingScript, Talk


@pytest.fixture
async def talk(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Talk]:
    shutil.copy(sqlite_template, tmp_path / "opsiq.db")
    script = ProposingScript()
    async with open_harness(f"sqlite+aiosqlite:///{tmp_path / 'opsiq.db'}", script) as made:
        made.platform.rows["credit"].append(
            {"id": 7, "customer_id": 3, "customer_name": "Berta Lind", "amount": 9000, "currency": "EUR", "note": None,
             "status": "applied", "applied_at": "2026-11-24T12:00:00Z", "voided_at": None}
        )  # fmt: skip
        yield Talk(made, script)
