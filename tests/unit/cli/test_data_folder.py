"""Where a terminal looks for its database."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.data_folder import DEMO, DEMO_MARK, find_file, has_database, load_settings_here
from core.settings import Settings


@pytest.mark.parametrize("options", ["", "?timeout=5"])
def test_a_sqlite_database_is_there_when_its_file_is(tmp_path: Path, options: str) -> None:
    settings = Settings.load({"OPSIQ_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'o.db'}{options}"})
    assert not has_database(settings)
    (tmp_path / "o.db").touch()
    assert has_database(settings)


def test_a_postgresql_database_is_found_out_by_asking_it() -> None:
    assert has_database(Settings.load({"OPSIQ_DATABASE_URL": "postgresql+asyncpg://u:p@host/name"}))


def test_the_demo_is_looked_into_only_where_nothing_else_is_named_or_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPSIQ_DATA", raising=False)
    assert load_settings_here({}).data_dir == Path(".data")
    Path(DEMO).mkdir(parents=True)
    (Path(DEMO) / DEMO_MARK).touch()
    assert load_settings_here({}).data_dir == Path(DEMO)
    assert load_settings_here({"OPSIQ_DATABASE_URL": "sqlite+aiosqlite:///o.db"}).data_dir == Path(".data")
    own = Settings.load({})
    own.sealed_file.touch()
    assert load_settings_here({}).data_dir == Path(".data"), "a lost database of one's own is said to be lost"
    own.sealed_file.unlink()
    find_file(own).touch()
    assert load_settings_here({}).data_dir == Path(".data")
    monkeypatch.setenv("OPSIQ_DATA", "elsewhere")
    assert load_settings_here({"OPSIQ_DATA": "elsewhere"}).data_dir == Path("elsewhere")
