"""Members of a workspace: people who may sign in. An e-mail address is unique in a workspace, ignoring case.

A workspace always keeps one active owner. Taking the last owner's role or access away raises Conflict.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, ClassVar, Final

from sqlalchemy import Index, UniqueConstraint, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict, NotFound
from store.dialect import UtcTime
from store.driver.prepared import PreparedQuery
from store.rows import Row, add_new, amend, every, first, table

OWNER: Final = "owner"


class MemberRow(Row, table=True):
    """Member. ``email_key`` is the case-folded address. ``invite_sha256`` is the hash of the invitation's token, which
    is never stored. ``role_since`` is when the role, or access at all, was last given, and ``role_by`` is who gave it.
    Both are empty if that was when the member was added.
    """

    __tablename__ = "members"
    __table_args__ = (
        UniqueConstraint("workspace", "email_key"),
        Index("ix_members_email", "email_key"),
        Index("ix_members_invite", "invite_sha256"),
    )

    SEALED: ClassVar[tuple[str, ...]] = (
        "id", "workspace", "email", "email_key", "name", "role", "state", "password_hash", "invite_sha256",
        "invite_expires_at", "invited_by", "created_at", "role_since", "role_by",
    )  # fmt: skip

    id: str = Field(primary_key=True)
    workspace: str = Field(foreign_key="workspaces.id")
    email: str
    email_key: str = ""
    name: str
    role: str
    state: str = "invited"
    password_hash: str | None = None
    invite_sha256: str | None = None
    invite_expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    invited_by: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)
    last_seen_at: datetime | None = Field(default=None, sa_type=UtcTime)
    role_since: datetime | None = Field(default=None, sa_type=UtcTime)
    role_by: str | None = None
    mac: str | None = None

    @property
    def standing_since(self) -> datetime:
        """Since when they have had their current role here."""
        return self.role_since or self.created_at

    @property
    def given_by(self) -> str | None:
        """The member who gave them the role. None if it was given on the server itself."""
        return self.role_by or self.invited_by


_T = table(MemberRow)
_SPENT: Final = {"invite_sha256": None, "invite_expires_at": None}
_ONE = select(_T).where(_T.c.id == bindparam("of"), _T.c.workspace == bindparam("within"))
_GET = PreparedQuery(MemberRow, _ONE)
_LOCK = PreparedQuery(MemberRow, _ONE.with_for_update())
_HOLD = PreparedQuery(MemberRow, _ONE.with_for_update(read=True))


def normalize_email(email: str) -> str:
    """Normalizes an address for comparison: strips surrounding space and folds case."""
    return email.strip().casefold()


async def insert(session: AsyncSession, row: MemberRow) -> MemberRow:
    """Inserts a member. Raises Conflict if the address is already a member here."""
    row = MemberRow(**{**row.model_dump(), "email_key": normalize_email(row.email)})
    if not await add_new(session, row):
        raise Conflict("This e-mail address already belongs to a member of this workspace.")
    return row


async def get(session: AsyncSession, workspace: str, member_id: str) -> MemberRow:
    """Reads one member. Raises NotFound, also for another workspace's member."""
    row = await _GET.first(session, of=member_id, within=workspace)
    if row is None:
        raise NotFound("There is no such member in this workspace.")
    return row


async def hold(session: AsyncSession, workspace: str, member_id: str) -> MemberRow:
    """Reads and locks one member: role and access stay as they are until this transaction ends. Raises NotFound."""
    row = await _HOLD.first(session, of=member_id, within=workspace)
    if row is None:
        raise NotFound("There is no such member in this workspace.")
    return row


async def lock_owners(session: AsyncSession, workspace: str) -> list[str]:
    """Locks all active owners in a fixed order, so that two calls never deadlock. Returns their ids."""
    owners = select(_T.c.id).where(_T.c.workspace == workspace, _T.c.role == OWNER, _T.c.state == "active")
    return [found for (found,) in (await session.execute(owners.order_by(_T.c.id).with_for_update())).all()]


async def listed(session: AsyncSession, workspace: str) -> list[MemberRow]:
    """Every member, by name."""
    return await every(session, MemberRow, select(_T).where(_T.c.workspace == workspace).order_by(_T.c.name, _T.c.id))


async def by_email(session: AsyncSession, email: str) -> list[MemberRow]:
    """Finds the members with this address in every workspace and any state, oldest first, for signing in."""
    mine = select(_T).where(_T.c.email_key == normalize_email(email))
    return await every(session, MemberRow, mine.order_by(_T.c.created_at, _T.c.id))


async def by_invitation(session: AsyncSession, token: str, now: datetime) -> MemberRow | None:
    """Finds the member whom this token invites. None if it is unknown, used or expired."""
    invited = select(_T).where(_T.c.invite_sha256 == _sha256(token), _T.c.state == "invited")
    return await first(session, MemberRow, invited.where(_T.c.invite_expires_at > now))


async def invite(
    session: AsyncSession, workspace: str, member_id: str, *, token: str, expires_at: datetime, by: str | None
) -> MemberRow:
    """Sets a new invitation token for a member who has never accepted one, also after it was withdrawn. An older token
    stops working, and ``by`` is now who invites them. Raises Conflict, NotFound."""
    there = await get(session, workspace, member_id)
    if there.password_hash is not None:
        raise Conflict(f"This member has accepted an invitation before, and is {there.state}.")
    fresh = {"state": "invited", "invite_sha256": _sha256(token), "invite_expires_at": expires_at, "invited_by": by}
    return await _change(session, workspace, member_id, fresh, unless="active")


async def accept(session: AsyncSession, token: str, *, name: str, password_hash: str, now: datetime) -> MemberRow:
    """Uses an invitation once: the member becomes active, under this name. Raises NotFound for a token that is unknown,
    used or expired."""
    invited = select(_T).where(_T.c.invite_sha256 == _sha256(token), _T.c.state == "invited")
    there = await first(session, MemberRow, invited.where(_T.c.invite_expires_at > now).with_for_update())
    fresh = {"state": "active", "name": name, "password_hash": password_hash, "role_since": now}
    row = await amend(session, there, {**fresh, **_SPENT}) if there else None
    if row is None:
        raise NotFound("This invitation is unknown, used or over: ask for a new one.")
    return row


async def accept_sso(
    session: AsyncSession, workspace: str, member_id: str, *, name: str, now: datetime
) -> MemberRow | None:
    """Accepts an open invitation on an issuer's word instead of the token, without a password. Never accepts an
    owner's. None if there is no such invitation."""
    mine = select(_T).where(
        _T.c.workspace == workspace, _T.c.id == member_id, _T.c.state == "invited", _T.c.role != OWNER
    )
    there = await first(session, MemberRow, mine.where(_T.c.invite_expires_at > now).with_for_update())
    fresh = {"state": "active", "name": name, "role_since": now}
    return await amend(session, there, {**fresh, **_SPENT}) if there else None


async def set_name(session: AsyncSession, workspace: str, member_id: str, name: str) -> MemberRow:
    """Sets the name. Raises NotFound."""
    return await _change(session, workspace, member_id, {"name": name})


async def set_password(session: AsyncSession, workspace: str, member_id: str, password_hash: str) -> MemberRow:
    """Sets the password hash. Raises NotFound."""
    return await _change(session, workspace, member_id, {"password_hash": password_hash})


async def reset_password(
    session: AsyncSession, workspace: str, member_id: str, password_hash: str, *, at: datetime
) -> MemberRow:
    """Sets the password hash of an active member, whose standing begins again. Raises NotFound, Conflict."""
    return await _change(
        session, workspace, member_id, {"password_hash": password_hash, "role_since": at}, was="active"
    )


async def set_role(
    session: AsyncSession, workspace: str, member_id: str, role: str, *, at: datetime, by: str | None
) -> MemberRow:
    """Changes the role. Raises NotFound, and Conflict if no active owner would remain."""
    if role != OWNER:
        await _keep_an_owner(session, workspace, member_id)
    return await _change(session, workspace, member_id, {"role": role, "role_since": at, "role_by": by})


async def disable(session: AsyncSession, workspace: str, member_id: str) -> MemberRow:
    """Disables a member; revoke the logins and keys too. Raises NotFound, and Conflict if no active owner would
    remain."""
    await _keep_an_owner(session, workspace, member_id)
    return await _change(session, workspace, member_id, {"state": "disabled", **_SPENT})


async def enable(session: AsyncSession, workspace: str, member_id: str, *, at: datetime, by: str | None) -> MemberRow:
    """Enables a disabled member. Raises NotFound, and Conflict if the member isn't disabled."""
    return await _change(
        session, workspace, member_id, {"state": "active", "role_since": at, "role_by": by}, was="disabled"
    )


async def touch(session: AsyncSession, workspace: str, member_id: str, at: datetime) -> None:
    mine = update(_T).where(_T.c.id == member_id, _T.c.workspace == workspace)
    await session.execute(mine.values(last_seen_at=at))


async def _change(
    session: AsyncSession,
    workspace: str,
    member_id: str,
    columns: dict[str, Any],
    *,
    was: str | None = None,
    unless: str | None = None,
) -> MemberRow:
    there = await _LOCK.first(session, of=member_id, within=workspace)
    if there is None:
        raise NotFound("There is no such member in this workspace.")
    row = None
    if (was is None or there.state == was) and there.state != unless:
        row = await amend(session, there, columns)
    if row is None:
        raise Conflict(f"This member is {there.state}{f', not {was}' if was else ''}.")
    return row


async def _keep_an_owner(session: AsyncSession, workspace: str, member_id: str) -> None:
    # All owners are locked, so that two owners can't disable each other at once.
    if await lock_owners(session, workspace) == [member_id]:
        raise Conflict("A workspace needs an active owner: make another member an owner first.")


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
