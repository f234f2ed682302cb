"""Database access for commands: opens the database of this machine's data folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncSession

import store.workspaces
from core.errors import InvalidInput
from core.settings import Settings
from store.database import Database
from store.migrate import upgrade


@asynccontextmanager
async def open_sessions(environ: Mapping[str, str]) -> AsyncIterator[Database]:
    settings = Settings.load(environ)
    await upgrade(settings.database_url)
    database = await Database.open(settings.database_url)
    try:
        yield database
    finally:
        await database.close()


async def the_workspace(session: AsyncSession, wanted: str | None) -> str:
    """The workspace named, or the only one. Raises InvalidInput when that is not clear, NotFound."""
    if wanted:
        return (await store.workspaces.get(session, wanted)).id
    found = await store.workspaces.every_one(session)
    if len(found) != 1:
        names = ", ".join(f"{row.id} ({row.name})" for row in found) or "none; opsiq init makes one"
        raise InvalidInput(f"Say which workspace with --workspace. There are: {names}.")
    return found[0].id
