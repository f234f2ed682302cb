"""Where a terminal looks for its database."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.data_folder import has_database
from core.settings import Settings


@pytest.mark.parametrize("options", ["", "?timeout=5"])
def test_a_sqlite_database_is_there_when_its_file_is(tmp_path: Path, options: str) -> None:
    settings = Settings.load({"OPSIQ_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'o.db'}{options}"})
    assert not has_database(settings)
    (tmp_path / "o.db").touch()
    assert has_database(settings)


def test_a_postgresql_database_is_found_out_by_asking_it() -> None:
    assert has_database(Settings.load({"OPSIQ_DATABASE_URL": "postgresql+asyncpg://u:p@host/name"}))
