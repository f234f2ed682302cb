from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.web.console.console import Console, opened_console
from tests.integration.web.console.issuer_site import Site, opened_site
from tests.integration.web.console.rows import Rows, rows_of
from web.console.runs import progress


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Console]:
    async with opened_console(tmp_path) as made:
        yield made


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with opened_site(tmp_path) as made:
        yield made


@pytest.fixture
async def mine(console: Console, monkeypatch: pytest.MonkeyPatch) -> Rows:
    monkeypatch.setattr(progress, "LONGEST_S", 0.1)  # each page is fetched to its end
    return await rows_of(console, console.owner)
