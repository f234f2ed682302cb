"""Connections of a workspace to platforms, each by one connector, and their configuration. Secrets are passed
sealed."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict, NotFound
from store.dialect import UtcTime
from store.driver.prepared import PreparedQuery
from store.rows import Row, add_new, amend, first, table


class ConnectorRow(Row, table=True):
    """One connection. ``name`` is its name in the workspace. ``connector`` is the name of its connector (None: the same
    name). ``options`` is a JSON object of the connector's options (None: no options). ``sealed_secrets`` is one sealed
    JSON object."""

    __tablename__ = "connectors"

    SEALED: ClassVar[tuple[str, ...]] = (
        "workspace", "name", "base_url", "sealed_secrets", "enabled", "created_at", "updated_at",
    )  # fmt: skip
    SEALED_SINCE: ClassVar[tuple[str, ...]] = ("connector", "options")

    workspace: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    base_url: str
    sealed_secrets: str
    enabled: bool = True
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    connector: str | None = None
    options: str | None = None
    mac: str | None = None

    @property
    def of(self) -> str:
        """The name of its connector."""
        return self.connector or self.name


_T = table(ConnectorRow)
_LISTED = PreparedQuery(ConnectorRow, select(_T).where(_T.c.workspace == bindparam("of")).order_by(_T.c.name))


async def put(session: AsyncSession, row: ConnectorRow) -> ConnectorRow:
    """Inserts a connection, or replaces everything but ``created_at``."""
    if await add_new(session, row):
        return row
    mine = select(_T).where(_T.c.workspace == row.workspace, _T.c.name == row.name)
    there = await first(session, ConnectorRow, mine.with_for_update())
    changing = ("base_url", "sealed_secrets", "enabled", "updated_at", "connector", "options")
    fresh = {each: getattr(row, each) for each in changing}
    stored = await amend(session, there, fresh) if there else None
    if stored is None:
        raise Conflict(f"The connection {row.name} was changed meanwhile: try again.")
    return stored


async def get(session: AsyncSession, workspace: str, name: str) -> ConnectorRow:
    """Reads one connection. Raises NotFound."""
    row = await first(session, ConnectorRow, select(_T).where(_T.c.workspace == workspace, _T.c.name == name))
    if row is None:
        raise NotFound(f"There is no connection {name} in this workspace.")
    return row


async def listed(session: AsyncSession, workspace: str) -> list[ConnectorRow]:
    """Every connection, by name, including disabled ones."""
    return await _LISTED.every(session, of=workspace)


async def using(session: AsyncSession, name: str) -> list[str]:
    """The workspaces in which a connection of this name is enabled."""
    mine = select(_T.c.workspace).where(_T.c.name == name, _T.c.enabled)
    return list((await session.execute(mine.order_by(_T.c.workspace))).scalars())


async def reseal(session: AsyncSession, row: ConnectorRow, sealed_secrets: str, at: datetime) -> None:
    """Replaces only the secrets. Raises Conflict if they were changed since ``row`` was read."""
    fresh = {"sealed_secrets": sealed_secrets, "updated_at": at}
    if await amend(session, row, fresh, _T.c.sealed_secrets == row.sealed_secrets) is None:
        raise Conflict(f"The secrets of {row.name} were changed meanwhile: try again.")


async def enable(session: AsyncSession, workspace: str, name: str, enabled: bool, at: datetime) -> ConnectorRow:
    """Enables or disables a connection. Raises NotFound."""
    there = await get(session, workspace, name)
    done = await amend(session, there, {"enabled": enabled, "updated_at": at})
    if done is None:
        raise Conflict(f"The connection {name} was changed meanwhile: try again.")
    return done


async def remove(session: AsyncSession, workspace: str, name: str) -> None:
    """Deletes a connection with its secrets. Raises NotFound."""
    mine = delete(_T).where(_T.c.workspace == workspace, _T.c.name == name)
    if (await session.execute(mine.returning(_T.c.name))).first() is None:
        raise NotFound(f"There is no connection {name} in this workspace.")
