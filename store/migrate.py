"""Schema migrations, forward only. A new file or database starts empty and runs every step.

To write a step, change the tables. Then ``python -m store.migrate REVISION "what changes"`` writes the difference to
``store/migrations/versions``. Review and correct it.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from core.errors import BadSetting
from store.database import Database

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER: Final = Path(__file__).parent / "migrations"
_LOCK: Final = 0x6F70736971  # any number that is the same for every process: one upgrade at a time


async def upgrade(url: str) -> None:
    """Runs every missing step in one transaction, or does nothing if there is none. Many processes may call it at once.

    Raises BadSetting if the URL is wrong or the database is of a newer version, and Unavailable if the database does
    not answer.
    """
    database = await Database.open(url)
    try:
        await upgrade_open(database)
    finally:
        await database.close()


async def upgrade_open(database: Database) -> None:
    """Runs ``upgrade`` on an open database."""
    # Nearly every start has nothing to do, and importing Alembic costs each process 0.2 s and 7 MB.
    async with database.read() as session:
        if await (await session.connection()).run_sync(_current_revision) == newest_revision():
            return
    async with database.begin() as session:
        if database.dialect == "postgresql":
            await session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await (await session.connection()).run_sync(_upgrade)


async def missing_revisions(database: Database) -> list[str]:
    """The steps that this database lacks, in order. Runs none of them. Raises BadSetting for a database of a newer
    version."""
    async with database.read() as session:
        return await (await session.connection()).run_sync(_missing)


def newest_revision() -> str:
    """The revision of the last step. File names number the steps."""
    return max(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*_*.py"))


def _current_revision(connection: Connection) -> str | None:
    """The database's revision. None if it has none, or more than one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all()
    return str(found[0]) if len(found) == 1 else None


def _missing(connection: Connection) -> list[str]:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.script.revision import RevisionError
    from alembic.util import CommandError

    at = MigrationContext.configure(connection).get_current_revision()
    steps = ScriptDirectory.from_config(_config(connection))
    try:
        return [step.revision for step in steps.iterate_revisions("head", at or "base")][::-1]
    except (CommandError, RevisionError) as error:
        raise BadSetting(f"This database was made by a newer version of OpsIQ, use that one: {error}") from error


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(_config(connection), "head")
    except CommandError as error:
        raise BadSetting(f"This database was made by a newer version of OpsIQ, use that one: {error}") from error


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


async def _write(revision: str, message: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(f"sqlite+aiosqlite:///{folder}/fresh.db")
        await upgrade_open(database)
        async with database.begin() as session:
            await (await session.connection()).run_sync(_difference, revision, message)
        await database.close()


def _difference(connection: Connection, revision: str, message: str) -> None:
    from alembic import command

    command.revision(_config(connection), message=message, rev_id=revision, autogenerate=True)


if __name__ == "__main__":
    asyncio.run(_write(sys.argv[1], sys.argv[2]))
