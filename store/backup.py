"""Database backup and restore: one file, written while servers run, restored into an empty database.

SQLite: a snapshot by ``VACUUM INTO``. PostgreSQL: ``pg_dump`` in its custom format, and ``pg_restore``; both must be on
PATH, of the same version or newer.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import URL, make_url

import store.workspaces
from core.errors import Conflict, InvalidInput, Unavailable
from store.database import Database


async def snapshot(database: Database, url: str, to: Path) -> None:
    """Writes a snapshot of the database into ``to``, which must not exist. Raises Unavailable if that fails."""
    os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    if database.dialect == "postgresql":
        await _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={to}")
        return
    await asyncio.to_thread(_vacuum, make_url(url).database or "", to)


async def restore(url: str, dump: Path) -> None:
    """Restores a ``snapshot`` of the same engine into the empty database at ``url``. Raises Conflict if it is not
    empty."""
    parsed = make_url(url)
    if parsed.drivername.startswith("sqlite"):
        if not await _empty(url):
            raise Conflict(
                f"{parsed.database} holds a workspace already: restore into an empty data folder (OPSIQ_DATA)."
            )
        await asyncio.to_thread(_copy, dump, Path(parsed.database or ""))
        return
    if not await _empty(url):
        raise Conflict("This database holds a workspace already: restore into an empty one (OPSIQ_DATABASE_URL).")
    flags = ("--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error", "--clean", "--if-exists")
    await _run("pg_restore", url, *flags, f"--dbname={parsed.database}", str(dump))


def _copy(dump: Path, path: Path) -> None:
    draft = path.with_name(f"{path.name}.restoring")
    shutil.copyfile(dump, draft)
    draft.chmod(0o600)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    for beside in (f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(beside).unlink(missing_ok=True)
    draft.replace(path)


async def _empty(url: str) -> bool:
    database = await Database.open(url)
    try:
        async with database.read() as session:
            if not await (await session.connection()).run_sync(lambda plain: inspect(plain).has_table("workspaces")):
                return True
            return not await store.workspaces.every_one(session)
    finally:
        await database.close()


def _vacuum(database: str, to: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{Path(database).absolute().as_uri()}?mode=ro", uri=True)) as connection:
            connection.execute("VACUUM INTO ?", (str(to),))
    except sqlite3.Error as error:
        raise Unavailable(f"The database file could not be copied: {error}. Is there room beside {to}?") from error
    with to.open("rb") as file:
        os.fsync(file.fileno())


async def _run(program: str, url: str, *arguments: str) -> None:
    if shutil.which(program) is None:
        raise InvalidInput(
            f"{program} is not on PATH: install PostgreSQL's client programs (Debian: postgresql-client)."
        )
    environ = {**os.environ, **_libpq(make_url(url))}
    done = await asyncio.to_thread(
        subprocess.run,
        [program, *arguments],
        env=environ,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise Unavailable(f"{program} failed: {done.stderr.strip()[-1000:]}")


def _libpq(url: URL) -> dict[str, str]:
    """The URL as libpq's environment variables, so that no command line shows a password."""
    host = url.host or str(url.query.get("host", ""))
    given = {
        "PGHOST": host,
        "PGPORT": str(url.port or ""),
        "PGUSER": url.username or "",
        "PGPASSWORD": url.password or "",
        "PGDATABASE": url.database or "",
    }
    return {name: value for name, value in given.items() if value}
