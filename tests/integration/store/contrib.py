"""A PostgreSQL with its contrib modules, as distributions install it: the wheel that other tests use has none."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

NOT_ROOT: Final = "postgres"
"""Who the server runs as where the tests run as root, which it refuses: the user that its package makes."""


class Contrib:
    """A running server. Connections go through a socket in its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made = 0

    def url(self, database: str, user: str) -> str:
        return f"postgresql+asyncpg://{user}@/{database}?host={self.folder}"

    def database(self, *statements: str, user: str) -> str:
        """The URL of a fresh database without a table, for ``user``; ``statements`` are the superuser's, run in it."""
        self._made += 1
        name = f"t{self._made}"
        asyncio.run(self.run("postgres", f"CREATE DATABASE {name}"))
        asyncio.run(self.run(name, *statements))
        return self.url(name, user)

    async def run(self, database: str, *statements: str) -> None:
        """As the superuser, each statement its own transaction."""
        engine = create_async_engine(self.url(database, "postgres"), isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            for statement in statements:
                await connection.execute(text(statement))
        await engine.dispose()


@contextmanager
def running() -> Iterator[Contrib]:
    folder = Path(tempfile.mkdtemp(prefix="opsiq-pg-"))
    user = NOT_ROOT if os.geteuid() == 0 else None
    if user:
        shutil.chown(folder, user)

    def say(program: str, *given: str) -> None:
        command = [str(_programs() / program), *given]
        subprocess.run(command, user=user, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)

    data = str(folder / "data")
    say("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    say("pg_ctl", "-D", data, "-l", str(folder / "log"), "-o", options, "-w", "start")
    try:
        yield Contrib(folder)
    finally:
        say("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """The newest of the distribution's; Debian keeps them out of PATH. Raises LookupError where there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda each: int(each.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    if found is None:
        raise LookupError("These tests need PostgreSQL with its contrib modules: make setup-servers")
    return Path(found).parent
