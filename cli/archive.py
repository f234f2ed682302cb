"""Backup archive: a tar of ``manifest.json``, its MAC, the database's dump and, where asked for, data.key.

The manifest says what the parts are by length and SHA-256, and its MAC (HMAC-SHA256 under a key derived from the data
key) that whoever holds that key made it. A restore checks both before it uses or unpacks anything: a dump is taken for
true by the database that reads it.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Literal

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import BaseModel, ValidationError

import store.history.log
import store.workspaces
from agent.history import anchors, integrity
from cli.archive_reader import DUMPS, KEY, MANIFEST, MARK, Archive, Unusable
from core import canon
from core.clock import utc_now
from core.crypto.key_file import read_key, write_key
from core.errors import Conflict, InvalidInput, NotCanonical
from core.settings import Settings
from store import backup
from store.database import Database
from store.history.verification import ChainAnchor

FORM: Final = "opsiq/backup/v2"
FORM_WITHOUT_MAC: Final = "opsiq/backup/v1"
_PURPOSE: Final = b"opsiq/backup/v2 manifest"
_THERE: Final = "{} exists: a backup is never overwritten. Name another file."
_NOT_OURS: Final = "{} is no backup that `opsiq backup` made, or it is damaged: {}. Nothing of it was used."
_RISK: Final = (
    "If you know that nobody but you could have written to it, restore with --unauthenticated: what it holds is "
    "then believed as it is, "
    "people, keys and contracts included."
)


class _Head(BaseModel):
    seq: int
    digest: str


class _Part(BaseModel):
    bytes: int
    sha256: str


class _Manifest(BaseModel):
    """What a manifest must be to be read on; ``sha256`` is of the dump, in form v1."""

    form: Literal["opsiq/backup/v1", "opsiq/backup/v2"]
    made_at: str
    engine: Literal["sqlite", "postgresql"]
    history: dict[str, _Head]
    parts: dict[str, _Part] | None = None
    sha256: str | None = None


async def write(database: Database, settings: Settings, file: Path, *, with_key: bool) -> dict[str, Any]:
    """Write an archive and return its manifest. ``file`` is there, whole and with mode 600, or not at all. Raises
    Conflict where it was already."""
    with tempfile.TemporaryDirectory(dir=_guard(file), prefix=".opsiq-backup-") as folder:
        # The heads are read first: what is written while the dump begins only makes the chain longer.
        history = await _heads(database)
        dump = Path(folder) / DUMPS[database.dialect]
        await backup.snapshot(database, settings.database_url, dump)
        parts = {dump.name: dump} | ({KEY: settings.key_file} if with_key else {})
        manifest = {
            "form": FORM,
            "made_at": utc_now().isoformat(timespec="seconds"),
            "version": version("opsiq-server"),
            "engine": database.dialect,
            "history": history,
            "parts": {name: {"bytes": path.stat().st_size, "sha256": _digest(path)} for name, path in parts.items()},
        }
        told = (json.dumps(manifest, indent=2) + "\n").encode()
        draft = Path(folder) / "backup"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
                for name, text in ((MANIFEST, told), (MARK, _mac(settings.data_key, told).encode())):
                    member = tarfile.TarInfo(name)
                    member.size, member.mode = len(text), 0o600
                    tar.addfile(member, io.BytesIO(text))
                for name, path in parts.items():
                    tar.add(path, name, filter=_nameless)
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            raise Conflict(_THERE.format(file)) from None
    return manifest


async def put_back(settings: Settings, file: Path, *, unauthenticated: bool = False) -> dict[str, Any]:
    """Restore the empty database from ``file`` and return its manifest. Raises InvalidInput for what is no whole backup
    of this engine, and for one that can't be checked by the data key unless ``unauthenticated``; Conflict where
    something stands."""
    try:
        with file.open("rb") as opened:
            return await _put_back(settings, file, Archive(opened), unauthenticated=unauthenticated)
    except Unusable as error:
        raise InvalidInput(_NOT_OURS.format(file, error)) from error
    except OSError as error:
        raise InvalidInput(f"{file} can't be read: {error.strerror or error}.") from error


async def _put_back(settings: Settings, file: Path, archive: Archive, *, unauthenticated: bool) -> dict[str, Any]:
    told = archive.read(MANIFEST)
    _authenticate(settings, file, archive, told, unauthenticated=unauthenticated)
    manifest = _read(told)
    parts = _parts(manifest, archive)
    for name, part in parts.items():
        archive.check(name, part.get("sha256"), part.get("bytes"))
    worker = "sqlite" if settings.database_url.startswith("sqlite") else "postgresql"
    if manifest["engine"] != worker:
        raise InvalidInput(f"{file} is of {manifest['engine']}; OPSIQ_DATABASE_URL is {worker}.")
    with tempfile.TemporaryDirectory(prefix="opsiq-restore-") as folder:
        dump = Path(folder) / DUMPS[worker]
        archive.copy(dump.name, dump, parts[dump.name]["sha256"])
        await backup.restore(settings.database_url, dump)
        if KEY in parts and settings.given_data_key is None:
            kept = Path(folder) / KEY
            archive.copy(KEY, kept, parts[KEY]["sha256"])
            key = read_key(kept)
            if not write_key(settings.key_file, key) and read_key(settings.key_file) != key:
                raise Conflict(f"{settings.key_file} is there and is another key: move it away, then restore again.")
    return manifest


def _authenticate(settings: Settings, file: Path, archive: Archive, told: bytes, *, unauthenticated: bool) -> None:
    """Before anything of the manifest is read. Raises InvalidInput, Unusable; a MAC that does not fit is never passed
    over."""
    if MARK not in archive.names:
        if not unauthenticated:
            raise InvalidInput(
                f"{file} was made before backups bore a mark of the data key, so nothing says that it is "
                f"unchanged. {_RISK}"
            )
        return
    keys = _known_keys(settings)
    if keys:
        mark = archive.read(MARK)
        if not any(hmac.compare_digest(mark, _mac(key, told).encode()) for key in keys):
            raise Unusable("its mark is not of this data key")
    elif not unauthenticated and KEY in archive.names:
        raise InvalidInput(
            f"{file} holds the very key that it would be checked by, so nothing says that it is unchanged. Set "
            f"OPSIQ_DATA_KEY, or put "
            f"the key as you kept it elsewhere at {settings.key_file} (mode 600). {_RISK}"
        )
    elif not unauthenticated:
        raise InvalidInput(
            f"Before anything of {file} is used, it is checked by the data key it was made with: copy that to "
            f"{settings.key_file} "
            "(mode 600), or set OPSIQ_DATA_KEY, then restore again."
        )


def _known_keys(settings: Settings) -> list[bytes]:
    """The data keys that are here. None is made: a fresh one could check nothing."""
    if settings.given_data_key is not None:
        return [settings.given_data_key]
    return [read_key(path) for path in (settings.key_file, settings.next_key_file) if path.exists()]


def _mac(data_key: bytes, manifest: bytes) -> str:
    """Under a key of its own (HKDF, RFC 5869), so that it says nothing of the data key."""
    derived = HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(data_key)
    return hmac.digest(derived, manifest, "sha256").hex()


def _read(told: bytes) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = canon.loads(told)
        _Manifest.model_validate(manifest)
    except NotCanonical as error:
        raise Unusable("its manifest is no JSON") from error
    except ValidationError as error:
        raise Unusable("its manifest is of no known form") from error
    return manifest


def _parts(manifest: dict[str, Any], archive: Archive) -> dict[str, dict[str, Any]]:
    """What the manifest vouches for, which is all that the archive holds. Raises Unusable."""
    dump = DUMPS[manifest["engine"]]
    parts: dict[str, dict[str, Any]] = manifest.get("parts") or {dump: {"sha256": manifest.get("sha256")}}
    if manifest["form"] == FORM_WITHOUT_MAC and KEY in archive.names:
        parts[KEY] = {"sha256": hashlib.sha256(archive.read(KEY)).hexdigest()}  # which nothing ever vouched for
    if dump not in parts or archive.names - {MANIFEST, MARK} != parts.keys():
        raise Unusable("it holds other files than its manifest tells of")
    return parts


async def find_differences(database: Database, manifest: dict[str, Any]) -> list[str]:
    """Differences between the manifest's history and the restored one."""
    found = []
    async with database.read() as session:
        for workspace, head in manifest["history"].items():
            anchor = ChainAnchor(head["seq"], head["digest"])
            verdict = await store.history.log.verify(session, workspace, anchor=anchor)
            if not verdict.ok:
                found.append(f"The history of {workspace} is broken at entry {verdict.first_break}: {verdict.why}")
    return found


async def find_problems(database: Database, settings: Settings) -> list[str]:
    """What of the restored database is not as OpsIQ stored it; and where all is, its state is anchored as one that was
    put back on purpose. The session's keys are needed."""
    keys = database.authenticator
    assert keys is not None
    lines: list[str] = []
    found: list[str] = []
    anchored = anchors.read_file(keys, settings.anchor_file)
    async with database.read() as session:
        for row in await store.workspaces.every_one(session):
            head = await store.history.log.head(session, row.id)
            end = head.seq if head else 0
            # What was anchored later than the backup was made is what restoring gives up.
            older = [each for each in anchored.of(row.id) if each.seq <= end]
            report = await integrity.examine(session, row.id, anchors=older)
            if not report.ok:
                found.append(f"{row.name}: {report.why}")
            elif head is not None:
                lines.append(anchors.write_line(keys, "accepted", row.id, head.seq, head.digest, utc_now()))
    if lines and not found:
        anchors.append(settings.anchor_file, lines)
    return found


def _guard(file: Path) -> Path:
    """Its folder. Raises Conflict, and InvalidInput where there is no such folder."""
    if file.exists():
        raise Conflict(_THERE.format(file))
    folder = file.absolute().parent
    if not folder.is_dir():
        raise InvalidInput(f"There is no folder {folder}: make it first, or name a file in another one.")
    return folder


async def _heads(database: Database) -> dict[str, dict[str, Any]]:
    async with database.read() as session:
        rows = [
            (each.id, await store.history.log.head(session, each.id))
            for each in await store.workspaces.every_one(session)
        ]
    return {workspace: {"seq": head.seq, "digest": head.digest} for workspace, head in rows if head}


def _nameless(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Nobody needs to know who made it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
