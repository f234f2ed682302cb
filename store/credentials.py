"""Credentials of connections, one for each. They are passed sealed, and so are the access tokens fetched with them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Update, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict, NotFound
from store.dialect import UtcTime
from store.rows import Row, add_new, amend, every, first, table


class CredentialRow(Row, table=True):
    """Credential of a connection. ``sealed`` is the credential, and ``sealed_token`` the OAuth access token obtained
    with it. While a token is being fetched, ``renewing_until`` is in the future. ``expires_at`` is the expiry that the
    person who set the credential gave."""

    __tablename__ = "credentials"

    SEALED: ClassVar[tuple[str, ...]] = (
        "workspace", "connection", "kind", "sealed", "expires_at", "created_at", "changed_at",
    )  # fmt: skip

    workspace: str = Field(primary_key=True)
    connection: str = Field(primary_key=True)
    kind: str
    sealed: str
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)
    sealed_token: str | None = None
    renewing_until: datetime | None = Field(default=None, sa_type=UtcTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcTime)
    refused_at: datetime | None = Field(default=None, sa_type=UtcTime)
    mac: str | None = None


_T = table(CredentialRow)


async def put(session: AsyncSession, row: CredentialRow) -> CredentialRow:
    """Inserts a credential, or replaces everything but ``created_at``. The token and state of the old one are
    dropped."""
    if await add_new(session, row):
        return row
    there = await get(session, row.workspace, row.connection)
    fresh = {
        "kind": row.kind, "sealed": row.sealed, "expires_at": row.expires_at, "changed_at": row.changed_at,
        "sealed_token": None, "renewing_until": None, "last_used_at": None, "refused_at": None,
    }  # fmt: skip
    stored = await amend(session, there, fresh)
    if stored is None:
        raise Conflict(f"The credentials of {row.connection} were changed meanwhile: try again.")
    return stored


async def get(session: AsyncSession, workspace: str, connection: str) -> CredentialRow:
    """Reads a connection's credential. Raises NotFound, NotAuthentic."""
    row = await find(session, workspace, connection)
    if row is None:
        raise NotFound(f"The connection {connection} has no credentials.")
    return row


async def find(session: AsyncSession, workspace: str, connection: str) -> CredentialRow | None:
    """Like ``get``, but None if there is no credential."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.connection == connection)
    return await first(session, CredentialRow, mine)


async def listed(session: AsyncSession, workspace: str) -> list[CredentialRow]:
    """Every credential of a workspace, by connection."""
    return await every(session, CredentialRow, select(_T).where(_T.c.workspace == workspace).order_by(_T.c.connection))


async def remove(session: AsyncSession, workspace: str, connection: str) -> None:
    """Deletes a credential. Raises NotFound."""
    if not await forget(session, workspace, connection):
        raise NotFound(f"The connection {connection} has no credentials.")


async def forget(session: AsyncSession, workspace: str, connection: str) -> bool:
    """Deletes a credential. False if there is none."""
    mine = delete(_T).where(_T.c.workspace == workspace, _T.c.connection == connection)
    return (await session.execute(mine.returning(_T.c.connection))).first() is not None


async def claim_renewal(session: AsyncSession, row: CredentialRow, now: datetime, until: datetime) -> bool:
    """Claims the renewal of the token until then. False if another process is renewing it, or has done so."""
    mine = _update_same(row).where(
        _T.c.sealed_token.is_not_distinct_from(row.sealed_token),
        or_(_T.c.renewing_until.is_(None), _T.c.renewing_until < now),
    )
    return (await session.execute(mine.values(renewing_until=until).returning(_T.c.workspace))).first() is not None


async def keep_token(session: AsyncSession, row: CredentialRow, sealed_token: str | None) -> None:
    """Stores the fetched token and ends the claim. Does nothing if the credential was replaced meanwhile."""
    fresh = {} if sealed_token is None else {"sealed_token": sealed_token}
    await session.execute(_update_same(row).values(renewing_until=None, **fresh))


async def mark(session: AsyncSession, workspace: str, connection: str, **columns: datetime | None) -> None:
    """Records when it was last used or refused."""
    mine = update(_T).where(_T.c.workspace == workspace, _T.c.connection == connection)
    await session.execute(mine.values(**columns))


def _update_same(row: CredentialRow) -> Update:
    return update(_T).where(
        _T.c.workspace == row.workspace, _T.c.connection == row.connection, _T.c.sealed == row.sealed
    )
