"""Database access for commands: opens the database of this machine's data folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

import store.workspaces
from agent.workspace.data_keys import open_keyring
from cli.data_folder import DEMO, find_file, has_database, is_beside_demo, refuse_lost_database
from cli.program import name_program
from core.clock import utc_now
from core.errors import InvalidInput
from core.settings import Settings
from store.database import Database
from store.migrate import upgrade


@asynccontextmanager
async def open_sessions(environ: Mapping[str, str]) -> AsyncIterator[Database]:
    async with _open_database(Settings.load(environ)) as database:
        yield database


@asynccontextmanager
async def open_checked(settings: Settings) -> AsyncIterator[Database]:
    """As ``open_sessions``, and what is read is checked against its codes (``sessions.authenticator``), where the data
    key is here and the database is sealed. Seals nothing, makes no key. Raises BadSetting for data keys that don't
    open."""
    async with _open_database(settings) as database:
        if settings.given_data_key is not None or settings.key_file.exists():
            ring = await open_keyring(database, settings.data_keys, utc_now)
            database.authenticator = ring.box.authenticator if ring.sealed else None
        yield database


def require_data_key(settings: Settings) -> None:
    """Raises InvalidInput where the data key is missing: asking the settings for it would make another one, which opens
    nothing and stands in the way of the right one."""
    if settings.given_data_key is None and not settings.key_file.exists():
        raise InvalidInput(f"The data key is not here: set OPSIQ_DATA_KEY, or put it back at {settings.key_file}.")


@asynccontextmanager
async def _open_database(settings: Settings) -> AsyncIterator[Database]:
    """Raises InvalidInput where there is none: `opsiq init`, a server and a restore make one, and nothing else."""
    refuse_lost_database(settings)
    if not has_database(settings):
        demo = f"The demo's is in {DEMO}: set OPSIQ_DATA={DEMO}."
        own = f"Set OPSIQ_DATA to a server's data folder, or make one: {name_program()} init."
        raise InvalidInput(f"There is no database at {find_file(settings)}. {demo if is_beside_demo() else own}")
    await upgrade(settings.database_url)
    database = await Database.open(settings.database_url)
    try:
        yield database
    finally:
        await database.close()


async def find_workspace(session: AsyncSession, wanted: str | None) -> str:
    """The workspace named, or the only one. Raises InvalidInput when that is not clear, NotFound."""
    if wanted:
        return (await store.workspaces.get(session, wanted)).id
    found = await store.workspaces.every_one(session)
    if not found:
        raise InvalidInput(f"There is no workspace yet: `{name_program()} init` makes one.")
    if len(found) > 1:
        names = ", ".join(f"{row.id} ({row.name})" for row in found)
        raise InvalidInput(f"Say which workspace with --workspace. There are: {names}.")
    return found[0].id
