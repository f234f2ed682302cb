"""The key that protects stored secrets can be changed, and be cut off at any moment of it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agent.workspace.data_keys import open_keyring, rotate
from cli.main import main
from core.clock import utc_now
from core.crypto.key_file import format_key, write_key
from core.crypto.secretbox import make_key
from core.errors import BadSetting
from core.settings import Settings
from store.database import Database
from store.migrate import upgrade


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPSIQ_DATA", str(tmp_path))
    return tmp_path


def loaded() -> Settings:
    import os

    return Settings.load(os.environ)


def opened(sealed: str | None = None, keys: tuple[bytes, ...] | None = None) -> str:
    """Open ``sealed`` as a starting server would; else seal something new."""

    async def done() -> str:
        settings = loaded()
        await upgrade(settings.database_url)
        database = await Database.open(settings.database_url)
        try:
            box = (await open_keyring(database, keys or settings.data_keys, utc_now)).box
            return box.seal(b"secret", context="c") if sealed is None else box.open(sealed, context="c").decode()
        finally:
            await database.close()

    return asyncio.run(done())


@pytest.mark.parametrize("more", [[], ["--fresh-data-key"]])
def test_after_a_rotation_the_new_key_opens_what_stood_and_the_old_one_nothing(folder: Path, more: list[str]) -> None:
    sealed, old = opened(), loaded().data_key
    assert main(["data-key", "rotate", *more]) == 0
    assert loaded().data_key != old
    assert opened(sealed) == "secret"
    assert (opened().split(".")[1] == sealed.split(".")[1]) is not bool(more)
    with pytest.raises(BadSetting, match="Restore the key"):
        opened(sealed, (old,))
    assert sorted(path.name for path in folder.glob("data.key*")) == ["data.key"]


def test_a_key_of_the_environment_is_rotated_to_one_that_is_given(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPSIQ_DATA_KEY", format_key(make_key()))
    sealed = opened()
    assert main(["data-key", "rotate"]) == 1
    assert "--to" in capsys.readouterr().err
    (folder / "new").write_text(format_key(new := make_key()))
    assert main(["data-key", "rotate", "--to", str(folder / "new")]) == 0
    with pytest.raises(BadSetting, match="Restore the key"):
        opened(sealed)
    monkeypatch.setenv("OPSIQ_DATA_KEY", format_key(new))
    assert opened(sealed) == "secret"
    assert not list(folder.glob("data.key*"))


@pytest.mark.parametrize("committed", [False, True])
def test_a_rotation_cut_off_at_its_commit_loses_nothing_and_the_next_finishes_it(folder: Path, committed: bool) -> None:
    sealed, settings = opened(), loaded()
    write_key(settings.next_key_file, new := make_key())

    async def half() -> None:
        database = await Database.open(settings.database_url)
        await rotate(database, [settings.data_key], new, utc_now, fresh=False)
        await database.close()

    if committed:
        asyncio.run(half())
    assert opened(sealed) == "secret"
    assert main(["data-key", "rotate"]) == 0
    assert opened(sealed) == "secret"
    assert [path.name for path in folder.glob("data.key*")] == ["data.key"]


def test_many_that_open_a_new_database_at_once_share_one_data_key(folder: Path) -> None:
    async def several() -> set[str]:
        settings = loaded()
        await upgrade(settings.database_url)
        database = await Database.open(settings.database_url)
        rings = await asyncio.gather(*(open_keyring(database, settings.data_keys, utc_now) for _ in range(8)))
        await database.close()
        return {ring.box.seal(b"x", context="c").split(".")[1] for ring in rings}

    assert len(asyncio.run(several())) == 1
