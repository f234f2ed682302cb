"""Attack class: a backup that somebody else has written to. Nothing of an archive is used, and nothing of it unpacked,
before the data key has vouched for it."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from cli.client import Client
from tests.acceptance.fork_server import Forked
from tests.acceptance.installation import Installation

Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def backup(world: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the world, while its server runs; with the key in it."""
    file = tmp_path_factory.mktemp("backups") / "whole.tar"
    assert said(["backup", "--with-key", str(file)], world.environment())[0] == 0
    return file


def said(arguments: list[str], environ: Mapping[str, str]) -> tuple[int, str]:
    """Exit code and standard output of the command, as a process of its own."""
    process = Forked("cli.main", arguments, environ)
    with process.stdout:
        return process.wait(60), process.stdout.read()


class Restoring:
    """``opsiq restore`` into an empty folder, as a process of its own."""

    def __init__(self, world: Installation, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder / "restored"
        self._environ = world.environment() | {"OPSIQ_DATA": str(self.folder), "TMPDIR": str(folder)}
        self._world, self._capfd = world, capfd

    def keep_key(self) -> None:
        self.folder.mkdir()
        shutil.copy(self._world.folder / "data.key", self.folder)

    def __call__(self, file: Path, *options: str) -> tuple[int, str]:
        code, told = said(["restore", *options, str(file)], self._environ)
        return code, told + self._capfd.readouterr().err


@pytest.fixture
def restore(world: Installation, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Restoring:
    return Restoring(world, tmp_path, capfd)


def taken_apart(file: Path) -> Parts:
    with tarfile.open(file) as tar:
        return {each.name: tar.extractfile(each).read() for each in tar}  # type: ignore[union-attr]


def put_together(parts: Mapping[str, bytes], to: Path) -> Path:
    with tarfile.open(to, "w", format=tarfile.GNU_FORMAT) as tar:
        for name, raw in parts.items():
            tar.addfile(named(name, len(raw)), io.BytesIO(raw))
    return to


def named(name: str, size: int = 0, kind: bytes = tarfile.REGTYPE, **more: Any) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.type = size, kind
    for field, value in more.items():
        setattr(member, field, value)
    return member


def with_another_owner(dump: bytes, folder: Path) -> bytes:
    """The database, in which whoever made sara's key is an owner."""
    path = folder / "edited.db"
    path.write_bytes(dump)
    with closing(sqlite3.connect(path)) as database, database:
        assert database.execute("UPDATE members SET role = 'owner' WHERE name = 'sara'").rowcount == 1
    return path.read_bytes()


def test_a_backup_made_while_the_server_runs_is_restored_by_its_key(
    world: Installation, restore: Restoring, backup: Path
) -> None:
    restore.keep_key()
    code, told = restore(backup)
    assert (code, "unbroken" in told) == (0, True), told
    back = Installation(restore.folder)
    try:
        back.start_server()
        olivia = world.clients["olivia"]
        assert Client(back.url, olivia.key, olivia.secret).get("/v1/me")["role"] == "owner"
    finally:
        back.stop()


def test_who_edits_the_database_in_it_and_mends_the_digest_is_found_out(
    restore: Restoring, backup: Path, tmp_path: Path
) -> None:
    parts = taken_apart(backup)
    parts["opsiq.db"] = with_another_owner(parts["opsiq.db"], tmp_path)
    manifest = json.loads(parts["manifest.json"])
    fresh = {"bytes": len(parts["opsiq.db"]), "sha256": hashlib.sha256(parts["opsiq.db"]).hexdigest()}
    if "parts" in manifest:
        manifest["parts"]["opsiq.db"] = fresh
    else:
        manifest["sha256"] = fresh["sha256"]
    parts["manifest.json"] = json.dumps(manifest).encode()
    restore.keep_key()
    code, told = restore(put_together(parts, tmp_path / "edited.tar"))
    assert (code, "not of this data key" in told) == (1, True), told
    assert not (restore.folder / "opsiq.db").exists()


def test_one_that_holds_the_key_it_would_be_checked_by_is_not_believed(restore: Restoring, backup: Path) -> None:
    code, told = restore(backup)
    assert (code, "holds the very key" in told, "--unauthenticated" in told) == (1, True, True), told
    assert not restore.folder.exists()


def test_one_from_before_is_restored_only_by_who_says_that_nobody_wrote_to_it(
    restore: Restoring, backup: Path, tmp_path: Path
) -> None:
    parts = taken_apart(backup)
    manifest = json.loads(parts["manifest.json"])
    old = {name: manifest[name] for name in ("made_at", "version", "engine", "history")}
    old |= {"form": "opsiq/backup/v1", "sha256": hashlib.sha256(parts["opsiq.db"]).hexdigest()}
    file = tmp_path / "old.tar"
    with tarfile.open(file, "w") as tar:  # pax headers before each file, as that version wrote them
        for name, raw in (("manifest.json", json.dumps(old).encode()), ("opsiq.db", parts["opsiq.db"])):
            tar.addfile(named(name, len(raw), mtime=1_700_000_000.5), io.BytesIO(raw))
    restore.keep_key()
    code, told = restore(file)
    assert (code, "--unauthenticated" in told) == (1, True), told
    assert not (restore.folder / "opsiq.db").exists()
    code, told = restore(file, "--unauthenticated")
    assert (code, "unbroken" in told) == (0, True), told


def written(edit: Callable[[tarfile.TarFile, Parts], None]) -> Callable[[Parts, Path], None]:
    """A tar that holds the whole backup, and what ``edit`` adds to it."""

    def write(parts: Parts, to: Path) -> None:
        with tarfile.open(to, "w", format=tarfile.PAX_FORMAT) as tar:
            for name, raw in parts.items():
                tar.addfile(named(name, len(raw)), io.BytesIO(raw))
            edit(tar, parts)

    return write


def _sparse(tar: tarfile.TarFile, parts: Parts) -> None:
    huge = {
        "GNU.sparse.major": "1",
        "GNU.sparse.minor": "0",
        "GNU.sparse.name": "opsiq.pgdump",
        "GNU.sparse.realsize": str(2**44),
    }
    tar.addfile(named("opsiq.pgdump", 512, pax_headers=huge), io.BytesIO(b"0\n".ljust(512, b"\0")))


ARCHIVES: Final[Mapping[str, Callable[[Parts, Path], None]]] = {
    "a path that leads out": written(lambda tar, _: tar.addfile(named("../escaped", 1), io.BytesIO(b"x"))),
    "a path of the root": written(lambda tar, _: tar.addfile(named("/tmp/opsiq-escaped", 1), io.BytesIO(b"x"))),
    "a symbolic link": written(
        lambda tar, _: tar.addfile(named("opsiq.pgdump", 0, tarfile.SYMTYPE, linkname="/etc/passwd"))
    ),
    "a hard link": written(lambda tar, _: tar.addfile(named("opsiq.pgdump", 0, tarfile.LNKTYPE, linkname="opsiq.db"))),
    "a device": written(lambda tar, _: tar.addfile(named("opsiq.pgdump", 0, tarfile.CHRTYPE, devmajor=1, devminor=5))),
    "a file of holes": written(_sparse),
    "a part that nothing vouches for": written(lambda tar, _: tar.addfile(named("opsiq.pgdump", 1), io.BytesIO(b"x"))),
    "a part that comes twice": written(
        lambda tar, parts: tar.addfile(named("data.key", 44), io.BytesIO(parts["data.key"]))
    ),
    "a thousand parts": written(lambda tar, _: [tar.addfile(named(f"f{n}")) for n in range(1_000)] and None),
    "compressed zeros": lambda parts, to: (to.write_bytes(gzip.compress(b"\0" * 5_000_000)), None)[1],
    "a file that ends too early": lambda parts, to: (put_together(parts, to), os.truncate(to, 30_000), None)[2],
    "nothing": lambda parts, to: (to.write_bytes(b""), None)[1],
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_what_no_backup_holds_is_refused_before_anything_is_written(
    restore: Restoring, backup: Path, tmp_path: Path, name: str
) -> None:
    """Whatever the operator says."""
    file = tmp_path / "hostile.tar"
    ARCHIVES[name](taken_apart(backup), file)
    restore.keep_key()
    code, told = restore(file, "--unauthenticated")
    assert (code, "Nothing of it was used" in told, "Traceback" in told) == (1, True, False), told
    assert sorted(each.name for each in restore.folder.iterdir()) == ["data.key"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["hostile.tar", "restored"]
