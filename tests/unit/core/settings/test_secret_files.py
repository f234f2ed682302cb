"""Secrets are read from files that the environment names."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from core import env_variable
from core.errors import BadSetting
from core.settings import Settings
from core.settings.secret_files import MAX_BYTES

SECRETS = [one.name for one in (env_variable.get_variable(each.metadata) for each in fields(Settings)) if one.secret]


def written(folder: Path, content: bytes) -> str:
    (folder / "secret").write_bytes(content)
    return str(folder / "secret")


def test_a_secret_is_what_its_file_holds_without_the_last_line_end(tmp_path: Path) -> None:
    made = Settings.load({"OPSIQ_MODEL_KEY_FILE": written(tmp_path, b"sk-1 two\r\n")})
    assert made.model_key == "sk-1 two"


@pytest.mark.parametrize("name", SECRETS)
def test_every_secret_can_be_a_file_and_its_path_is_no_value(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=f"{name}_FILE can't be read: {tmp_path}/none: No such file"):
        Settings.load({f"{name}_FILE": f"{tmp_path}/none"})


def test_only_secrets_can_be_files() -> None:
    with pytest.raises(BadSetting, match="OPSIQ_PORT_FILE is no setting"):
        Settings.load({"OPSIQ_PORT_FILE": "/run/port"})


def test_a_bad_value_in_a_file_is_refused_without_being_shown(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"^OPSIQ_DATA_KEY must be 32 bytes") as raised:
        Settings.load({"OPSIQ_DATA_KEY_FILE": written(tmp_path, b"c2VjcmV0")})
    assert "c2VjcmV0" not in str(raised.value)


def test_a_secret_given_both_ways_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="OPSIQ_MODEL_KEY and OPSIQ_MODEL_KEY_FILE are both set"):
        Settings.load({"OPSIQ_MODEL_KEY": "a", "OPSIQ_MODEL_KEY_FILE": written(tmp_path, b"a")})


@pytest.mark.parametrize(
    ("content", "clause"),
    [(b"\n", "nothing in it"), (b"\xff\xfe", "a file of text"), (b"x" * (MAX_BYTES + 1), "at most 65536 bytes")],
)
def test_a_file_that_holds_no_secret_is_named(content: bytes, clause: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=clause):
        Settings.load({"OPSIQ_MODEL_KEY_FILE": written(tmp_path, content)})


def test_an_empty_name_of_a_file_counts_as_not_set() -> None:
    assert Settings.load({"OPSIQ_MODEL_KEY_FILE": " "}).model_key == ""
