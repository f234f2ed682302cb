"""Connector settings: which connectors a workspace has switched on, and their configuration. Secrets come sealed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict, NotFound
from store.dialect import UtcTime, upsert
from store.driver.prepared import PreparedQuery
from store.rows import Row, first, table, values


class ConnectorRow(Row, table=True):
    """Settings of one connector. ``sealed_secrets`` is one sealed JSON object."""

    __tablename__ = "connectors"

    workspace: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    base_url: str
    sealed_secrets: str
    enabled: bool = True
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)


_T = table(ConnectorRow)
_LISTED = PreparedQuery(ConnectorRow, select(_T).where(_T.c.workspace == bindparam("of")).order_by(_T.c.name))


async def put(session: AsyncSession, row: ConnectorRow) -> ConnectorRow:
    """Inserts, or replaces everything but ``created_at``."""
    given = values(row)
    fresh = {name: value for name, value in given.items() if name not in ("workspace", "name", "created_at")}
    statement = (
        upsert(session, _T).values(given).on_conflict_do_update(index_elements=["workspace", "name"], set_=fresh)
    )
    stored = await first(session, ConnectorRow, statement.returning(_T))
    return stored or row


async def get(session: AsyncSession, workspace: str, name: str) -> ConnectorRow:
    """Reads one connector's settings. Raises NotFound."""
    row = await first(session, ConnectorRow, select(_T).where(_T.c.workspace == workspace, _T.c.name == name))
    if row is None:
        raise NotFound(f"The connector {name} is not set up in this workspace.")
    return row


async def listed(session: AsyncSession, workspace: str) -> list[ConnectorRow]:
    """Every connector, by name, disabled ones too."""
    return await _LISTED.every(session, of=workspace)


async def using(session: AsyncSession, name: str) -> list[str]:
    """The workspaces that have this connector switched on."""
    mine = select(_T.c.workspace).where(_T.c.name == name, _T.c.enabled)
    return list((await session.execute(mine.order_by(_T.c.workspace))).scalars())


async def reseal(session: AsyncSession, row: ConnectorRow, sealed_secrets: str, at: datetime) -> None:
    """Replaces the sealed secrets only. Raises Conflict when they were changed since ``row`` was read."""
    same = (_T.c.workspace == row.workspace, _T.c.name == row.name, _T.c.sealed_secrets == row.sealed_secrets)
    fresh = update(_T).where(*same).values(sealed_secrets=sealed_secrets, updated_at=at)
    if (await session.execute(fresh.returning(_T.c.name))).first() is None:
        raise Conflict(f"The secrets of {row.name} were changed meanwhile: try again.")


async def enable(session: AsyncSession, workspace: str, name: str, enabled: bool, at: datetime) -> ConnectorRow:
    """Switches a connector on or off. Raises NotFound."""
    mine = update(_T).where(_T.c.workspace == workspace, _T.c.name == name)
    await session.execute(mine.values(enabled=enabled, updated_at=at))
    return await get(session, workspace, name)


async def remove(session: AsyncSession, workspace: str, name: str) -> None:
    """Deletes a connector's settings with its secrets. Raises NotFound."""
    mine = delete(_T).where(_T.c.workspace == workspace, _T.c.name == name)
    if (await session.execute(mine.returning(_T.c.name))).first() is None:
        raise NotFound(f"The connector {name} is not set up in this workspace.")
