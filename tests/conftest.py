"""The order of the suite: what takes longest a file first, so that no worker ends alone with it."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOMS = ("sdks", "browser", "acceptance", "faults", "integration", "vectors", "unit")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: ROOMS.index(item.path.relative_to(HERE).parts[0]))
