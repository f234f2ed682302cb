"""OpenID Connect identities of members. A pair of issuer and subject belongs to one member. A member has at most one
identity at each issuer."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import UniqueConstraint, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from store.dialect import UtcTime
from store.rows import Row, add_new, every, first, table


class IdentityRow(Row, table=True):
    """Link between a member and an issuer's subject. ``email`` is the issuer's address for them when they were linked:
    for display only."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"), UniqueConstraint("workspace", "member_id", "issuer"))

    SEALED: ClassVar[tuple[str, ...]] = ("id", "workspace", "member_id", "issuer", "subject", "email", "created_at")

    id: str = Field(primary_key=True)
    workspace: str
    member_id: str = Field(foreign_key="members.id")
    issuer: str
    subject: str
    email: str
    created_at: datetime = Field(sa_type=UtcTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcTime)
    mac: str | None = None


_T = table(IdentityRow)


async def by_subject(session: AsyncSession, issuer: str, subject: str) -> IdentityRow | None:
    """Finds an identity in any workspace, for signing in."""
    return await first(session, IdentityRow, select(_T).where(_T.c.issuer == issuer, _T.c.subject == subject))


async def of_member(session: AsyncSession, workspace: str, member_id: str) -> list[IdentityRow]:
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.member_id == member_id)
    return await every(session, IdentityRow, mine.order_by(_T.c.created_at, _T.c.id))


async def link(session: AsyncSession, row: IdentityRow) -> bool:
    """Links an identity to a member. False, and nothing written, if the identity is taken or the member has another one
    of this issuer."""
    return await add_new(session, row)


async def touch(session: AsyncSession, identity_id: str, at: datetime) -> None:
    await session.execute(update(_T).where(_T.c.id == identity_id).values(last_used_at=at))


async def unlink(session: AsyncSession, workspace: str, member_id: str, identity_id: str) -> IdentityRow | None:
    """Removes a member's identity. None if the member has no such identity."""
    mine = delete(_T).where(_T.c.workspace == workspace, _T.c.member_id == member_id, _T.c.id == identity_id)
    return await first(session, IdentityRow, mine.returning(_T))
