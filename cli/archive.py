"""A backup's file: a tar of ``manifest.json``, the database's dump, and data.key where that was asked for."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import store.history
import store.workspaces
from core.clock import utc_now
from core.errors import Conflict, InvalidInput
from core.key_file import read_key, write_key
from core.settings import Settings
from store import backup
from store.chain import Anchor
from store.sessions import Sessions

FORM: Final = "opsiq/backup/v1"
DUMPS: Final = {"sqlite": "opsiq.db", "postgresql": "opsiq.pgdump"}
_THERE: Final = "{} exists: a backup is never overwritten. Name another file."
_NOT_OURS: Final = "{} is no backup that `opsiq backup` made, or it is damaged: {}."


async def write(sessions: Sessions, settings: Settings, file: Path, *, with_key: bool) -> dict[str, Any]:
    """Answers the manifest. ``file`` is there, whole and with mode 600, or not at all. Raises Conflict where it was already."""
    with tempfile.TemporaryDirectory(dir=_guarded(file), prefix=".opsiq-backup-") as folder:
        # The heads are read first: what is written while the dump begins only makes the chain longer.
        history = await _heads(sessions)
        dump = Path(folder) / DUMPS[sessions.dialect]
        await backup.snapshot(sessions, settings.database_url, dump)
        manifest = {
            "form": FORM, "made_at": utc_now().isoformat(timespec="seconds"), "version": version("opsiq-server"),
            "engine": sessions.dialect, "sha256": _digest(dump), "history": history,
        }  # fmt: skip
        told = Path(folder) / "manifest.json"
        told.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        draft = Path(folder) / "backup"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as tar:
                for each in (told, dump, *([settings.key_file] if with_key else [])):
                    tar.add(each, each.name)
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(draft, file)
        except FileExistsError:
            raise Conflict(_THERE.format(file)) from None
    return manifest


async def put_back(settings: Settings, file: Path) -> dict[str, Any]:
    """Fill the empty database from ``file``; answers its manifest. Raises InvalidInput for what is no whole backup of this engine,
    Conflict where something stands."""
    with tempfile.TemporaryDirectory(prefix="opsiq-restore-") as made:
        folder = Path(made)
        try:
            with tarfile.open(file) as tar:
                tar.extractall(folder, filter="data")
            manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            dump = folder / DUMPS[manifest["engine"]]
            whole = manifest["form"] == FORM and manifest["sha256"] == _digest(dump)
        except (OSError, tarfile.TarError, ValueError, LookupError) as error:
            why = str(error).partition("\n")[0].rstrip(":.")  # tarfile says what each compression thought of it
            raise InvalidInput(_NOT_OURS.format(file, why)) from error
        if not whole:
            raise InvalidInput(_NOT_OURS.format(file, "its digest does not fit"))
        engine = "sqlite" if settings.database_url.startswith("sqlite") else "postgresql"
        if manifest["engine"] != engine:
            raise InvalidInput(f"{file} is of {manifest['engine']}; OPSIQ_DATABASE_URL is {engine}.")
        await backup.put_back(settings.database_url, dump)
        kept = folder / settings.key_file.name
        if kept.exists() and settings.given_data_key is None:
            kept.chmod(0o600)
            key = read_key(kept)
            if not write_key(settings.key_file, key) and read_key(settings.key_file) != key:
                raise Conflict(f"{settings.key_file} is there and is another key: move it away, then restore again.")
    return manifest


async def faults(sessions: Sessions, manifest: dict[str, Any]) -> list[str]:
    """What of the history that the manifest tells of is not there as it was."""
    found = []
    async with sessions.read() as session:
        for workspace, head in manifest["history"].items():
            anchor = Anchor(head["seq"], head["digest"])
            verdict = await store.history.verify(session, workspace, anchor=anchor)
            if not verdict.ok:
                found.append(f"The history of {workspace} is broken at entry {verdict.first_break}: {verdict.why}")
    return found


def _guarded(file: Path) -> Path:
    """Its folder. Raises Conflict."""
    if file.exists():
        raise Conflict(_THERE.format(file))
    return file.absolute().parent


async def _heads(sessions: Sessions) -> dict[str, dict[str, Any]]:
    async with sessions.read() as session:
        rows = [
            (each.id, await store.history.head(session, each.id)) for each in await store.workspaces.every_one(session)
        ]
    return {workspace: {"seq": head.seq, "digest": head.digest} for workspace, head in rows if head}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
