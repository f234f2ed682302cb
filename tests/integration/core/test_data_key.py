"""The data key is made once, kept for its owner alone, and the same for everyone who starts at once."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.crypto.secretbox import SecretBox
from core.errors import BadSetting
from core.settings import Settings


def load(folder: Path) -> Settings:
    return Settings.load({"OPSIQ_DATA": str(folder)})


def test_a_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    made = load(folder).data_key
    assert len(made) == 32
    assert load(folder).data_key == made
    assert stat.S_IMODE((folder / "data.key").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["data.key"]


def test_nothing_is_written_before_the_key_is_needed(tmp_path: Path) -> None:
    load(tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_many_that_start_at_once_end_with_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = list(pool.map(lambda _: load(tmp_path / "data").data_key, range(64)))
    assert len(set(keys)) == 1


def test_what_was_sealed_before_a_restart_opens_after_it(tmp_path: Path) -> None:
    sealed = SecretBox(load(tmp_path).data_key).seal(b"secret", context="c")
    assert SecretBox(load(tmp_path).data_key).open(sealed, context="c") == b"secret"


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX")
def test_a_key_that_others_may_read_stops_the_start(tmp_path: Path) -> None:
    _ = load(tmp_path).data_key
    (tmp_path / "data.key").chmod(0o640)
    with pytest.raises(BadSetting, match="chmod 600"):
        _ = load(tmp_path).data_key


@pytest.mark.parametrize("content", [b"", b"short\n", b"\xff\xfe", b"A" * 44])
def test_a_spoilt_key_file_is_named_and_never_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(BadSetting, match=r"data\.key .* Restore it"):
        _ = load(tmp_path).data_key
    assert path.read_bytes() == content


def test_a_given_key_leaves_the_folder_alone(tmp_path: Path) -> None:
    made = Settings.load({"OPSIQ_DATA": str(tmp_path / "data"), "OPSIQ_DATA_KEY": "A" * 43})
    assert made.data_key == b"\x00" * 32
    assert not (tmp_path / "data").exists()
