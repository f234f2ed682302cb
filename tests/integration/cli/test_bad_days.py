"""A server that can't start says why in one sentence and announces nothing, and the doctor names the same fault."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from cli.commands.installation.doctor import tell_clashes
from cli.commands.installation.surroundings import FEW_FREE_BYTES, LEAST_FREE_BYTES, check_disks, check_folder
from core.settings import Settings
from tests.integration.cli.test_keeping import Say, founded, say
from tests.unit.registry.test_kinds import two

__all__ = ["say"]

Spoil = Callable[[Path], dict[str, str]]
PAGE = 4096
NOBODY = 65534
"""The user without rights of every Linux."""


@contextmanager
def without_roots_rights() -> Iterator[None]:
    """As a user who may not use every folder, if the tests run as root."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def open_key_to_others(folder: Path) -> dict[str, str]:
    (folder / "data.key").chmod(0o644)
    return {}


def lose_database(folder: Path) -> dict[str, str]:
    for each in folder.glob("opsiq.db*"):
        each.unlink()
    return {}


def give_folder_for_anchors(folder: Path) -> dict[str, str]:
    return {"ANCHOR_FILE": str(folder)}


def put_anchors_below_a_file(folder: Path) -> dict[str, str]:
    return {"ANCHOR_FILE": str(folder / "cli.json" / "anchors.jsonl")}


def give_bad_servers(folder: Path) -> dict[str, str]:
    (folder / "servers.json").write_text("{")
    return {"MCP_SERVERS": str(folder / "servers.json")}


def damage_database(folder: Path) -> dict[str, str]:
    chance = random.Random(7)
    file = folder / "opsiq.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    held = bytearray(file.read_bytes())
    for page in range(2, len(held) // PAGE, 2):
        held[page * PAGE : (page + 1) * PAGE] = chance.randbytes(PAGE)
    file.write_bytes(held)
    return {}


def become_newer(folder: Path) -> dict[str, str]:
    with closing(sqlite3.connect(folder / "opsiq.db")) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    return {}


FAULTS: list[tuple[Spoil, str, str]] = [
    (open_key_to_others, "data key", "chmod 600"),
    (lose_database, "database", "restore a backup"),
    (give_folder_for_anchors, "anchor file", "OPSIQ_ANCHOR_FILE"),
    (put_anchors_below_a_file, "anchor file", "OPSIQ_ANCHOR_FILE"),
    (give_bad_servers, "MCP servers", "OPSIQ_MCP_SERVERS"),
    (damage_database, "storage", "restore a backup"),
    (become_newer, "storage", "newer version"),
]


@pytest.mark.parametrize(("spoil", "about", "mend"), FAULTS)
def test_the_doctor_names_the_fault_by_what_it_is_about(
    tmp_path: Path, say: Say, spoil: Spoil, about: str, mend: str
) -> None:
    founded(say, DATA=str(tmp_path))
    code, told = say("doctor", "--json", DATA=str(tmp_path), **spoil(tmp_path))
    failed = {each["about"]: each["detail"] for each in json.loads(told) if each["state"] == "fail"}
    assert code == 1
    assert list(failed) == [about]
    assert mend in failed[about]


@pytest.mark.parametrize("spoil", [open_key_to_others, lose_database, give_folder_for_anchors])
def test_a_server_that_can_not_start_announces_nothing_and_says_why(tmp_path: Path, say: Say, spoil: Spoil) -> None:
    founded(say, DATA=str(tmp_path))
    mend = next(said for each, _, said in FAULTS if each is spoil)
    given = {"DATA": str(tmp_path), "PORT": "0", **spoil(tmp_path)}
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OPSIQ_")}
    environ |= {f"OPSIQ_{name}": value for name, value in given.items()}
    command = [sys.executable, "-m", "opsiq_server", "serve"]
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    last = ended.stderr.splitlines()[-1]
    assert last.startswith("opsiq: ")
    assert mend in last
    assert "Traceback" not in ended.stderr


def test_a_key_that_others_may_read_is_not_to_be_restored(tmp_path: Path, say: Say) -> None:
    founded(say, DATA=str(tmp_path))
    open_key_to_others(tmp_path)
    said = say("doctor", DATA=str(tmp_path))[1]
    assert "chmod 600" in said
    assert "copy" not in said


def test_a_new_key_in_a_file_is_its_owners_alone_and_replaces_nothing(tmp_path: Path, say: Say) -> None:
    file = tmp_path / "next.key"
    assert say("data-key", "new", "--out", str(file)) == (0, "")
    held = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    code, told = say("data-key", "new", "--out", str(file))
    assert (code, "there already" in told, file.read_text()) == (1, True, held)


def test_no_workspace_takes_the_place_of_a_lost_one_until_its_mark_is_gone(tmp_path: Path, say: Say) -> None:
    founded(say, DATA=str(tmp_path))
    lose_database(tmp_path)
    assert "Create a workspace" not in say("doctor", DATA=str(tmp_path))[1]
    words = ("init", "--name", "Port", "--email", "o@port.example")
    code, told = say(*words, stdin="a long password\n", DATA=str(tmp_path))
    assert (code, "is gone" in told) == (1, True), told
    (tmp_path / "sealed").unlink()
    code, told = say(*words, stdin="a long password\n", DATA=str(tmp_path))
    assert code == 0, told


def test_a_broker_that_does_not_answer_is_a_warning(tmp_path: Path, say: Say) -> None:
    founded(say, DATA=str(tmp_path))
    code, told = say("doctor", "--json", DATA=str(tmp_path), NATS_URL="nats://127.0.0.1:1")
    (warned,) = [each for each in json.loads(told) if each["about"] == "nats"]
    assert (code, warned["state"]) == (0, "warn")
    assert "OPSIQ_NATS_URL" in warned["detail"]


def test_a_data_folder_that_is_none_is_all_that_is_told(tmp_path: Path, say: Say) -> None:
    file = tmp_path / "file"
    file.touch()
    code, told = say("doctor", DATA=str(file))
    assert (code, told.splitlines()) == (
        1,
        [f"fail  settings    {file} is no folder. Set OPSIQ_DATA to the server's data folder."],
    )


def test_a_data_folder_of_somebody_else_is_named_itself() -> None:
    with tempfile.TemporaryDirectory() as made:  # where anybody may go, unlike the folders of the tests
        folder = Path(made)
        folder.chmod(0)
        with without_roots_rights():
            found = check_folder(folder)
        folder.chmod(0o700)
    assert (found.state, "can't be used by this user" in found.detail) == ("fail", True)


@pytest.mark.parametrize(
    ("free", "states"), [(LEAST_FREE_BYTES - 1, ["fail"]), (FEW_FREE_BYTES - 1, ["warn"]), (FEW_FREE_BYTES, [])]
)
def test_a_disk_without_room_is_told_once(tmp_path: Path, free: int, states: list[str]) -> None:
    settings = Settings.load({"OPSIQ_DATA": str(tmp_path)})
    assert [each.state for each in check_disks(settings, lambda _: free)] == states
    shutil.rmtree(tmp_path)
    assert check_disks(settings, lambda _: 0) == []


def test_connections_that_share_nouns_are_told_in_one_line() -> None:
    (told,) = [each.detail for each in tell_clashes("Town", two())]
    assert told == (
        "Town: “customer”, “customers” may mean records of crm or shop. In a question, say the connection's title "
        "before the noun."
    )
