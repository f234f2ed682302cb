"""API keys. The public part is unique across workspaces; secrets are passed and stored sealed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import ClassVar, Final, Literal

from sqlalchemy import Index, bindparam, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict, NotFound
from store.accounts.members import MemberRow
from store.dialect import UtcTime
from store.rows import Row, add_new, amend, authentic, every, first, table

KeyState = Literal["active", "expired", "revoked"]


class KeyRow(Row, table=True):
    """API key. ``sealed`` is the present secret, and ``sealed_previous`` the previous one, valid until
    ``previous_until``. ``scopes`` are names joined by spaces. ``person`` is the member who made the key, whose rights
    limit the key's.
    """

    __tablename__ = "keys"
    __table_args__ = (Index("ix_keys_workspace", "workspace", "created_at"),)

    SEALED: ClassVar[tuple[str, ...]] = (
        "id", "workspace", "public", "mode", "name", "role", "person", "scopes", "sealed", "sealed_previous",
        "previous_until", "created_at", "expires_at", "revoked_at",
    )  # fmt: skip

    id: str = Field(primary_key=True)
    workspace: str = Field(foreign_key="workspaces.id")
    public: str = Field(unique=True)
    mode: str
    name: str
    role: str
    person: str
    scopes: str
    sealed: str
    sealed_previous: str | None = None
    previous_until: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcTime)
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    mac: str | None = None

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """The sealed secrets that are valid at ``now``, the current one first. Empty if the key is revoked or
        expired."""
        if self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= now):
            return ()
        if self.sealed_previous is None or self.previous_until is None or self.previous_until <= now:
            return (self.sealed,)
        return (self.sealed, self.sealed_previous)

    def state(self, now: datetime) -> KeyState:
        if self.revoked_at is not None:
            return "revoked"
        return "expired" if self.expires_at is not None and self.expires_at <= now else "active"

    def rotating_until(self, now: datetime) -> datetime | None:
        """When the previous secret becomes invalid. None if it has, or if there is none."""
        return self.previous_until if self.previous_until is not None and self.previous_until > now else None


_T = table(KeyRow)
_M = table(MemberRow)
_KEY_COLUMNS: Final = tuple(each.name for each in _T.c)
_MEMBER_COLUMNS: Final = tuple(each.name for each in _M.c)
# Built once, because every signed request runs it.
_WITH_MEMBERS: Final = (
    select(*(each.label(f"key_{each.name}") for each in _T.c), *(each.label(f"member_{each.name}") for each in _M.c))
    .select_from(_T.outerjoin(_M, (_M.c.workspace == _T.c.workspace) & (_M.c.id == _T.c.person)))
    .where(_T.c.public.in_(bindparam("publics", expanding=True)))
)


async def insert(session: AsyncSession, row: KeyRow) -> KeyRow:
    """Inserts a key. Raises Conflict if the public key is taken."""
    if not await add_new(session, row):
        raise Conflict("This public key is taken: make another.")
    return row


async def with_members(session: AsyncSession, publics: Sequence[str]) -> dict[str, tuple[KeyRow, MemberRow | None]]:
    """The keys with these public parts, each with its member as that is now (None for no such member). A key that is
    not authentic is left out."""
    made: dict[str, tuple[KeyRow, MemberRow | None]] = {}
    for row in await session.execute(_WITH_MEMBERS, {"publics": list(publics)}):
        key = KeyRow(**dict(zip(_KEY_COLUMNS, row, strict=False)))
        held = dict(zip(_MEMBER_COLUMNS, row[len(_KEY_COLUMNS) :], strict=True))
        members = authentic(session, [MemberRow(**held)]) if held["id"] else []
        if authentic(session, [key]):
            made[key.public] = (key, members[0] if members else None)
    return made


async def get(session: AsyncSession, workspace: str, key_id: str) -> KeyRow:
    """Reads one key. Raises NotFound, also for another workspace's key."""
    row = await first(session, KeyRow, select(_T).where(_T.c.id == key_id, _T.c.workspace == workspace))
    if row is None:
        raise NotFound("There is no such key in this workspace.")
    return row


async def hold(session: AsyncSession, workspace: str, *key_ids: str) -> None:
    """Locks the keys until this transaction ends. The order of locking is fixed, so that two transactions can't
    deadlock."""
    mine = select(_T.c.id).where(_T.c.id.in_(key_ids), _T.c.workspace == workspace)
    await session.execute(mine.order_by(_T.c.id).with_for_update())


async def listed(session: AsyncSession, workspace: str) -> list[KeyRow]:
    """Every key, newest first, including revoked ones."""
    mine = select(_T).where(_T.c.workspace == workspace)
    return await every(session, KeyRow, mine.order_by(_T.c.created_at.desc(), _T.c.id.desc()))


async def rotate(
    session: AsyncSession, workspace: str, key_id: str, *, was: str, sealed: str, previous_until: datetime
) -> KeyRow:
    """Makes ``sealed`` the current secret. The previous one stays valid until ``previous_until``.

    ``was`` is the sealed secret that is replaced: of two rotations at once, only one happens. Raises Conflict,
    NotFound.
    """
    there = await _lock(session, workspace, key_id)
    row = None
    if there.sealed == was and there.revoked_at is None:
        fresh = {"sealed": sealed, "sealed_previous": was, "previous_until": previous_until}
        row = await amend(session, there, fresh)
    if row is None:
        raise Conflict("This key is revoked." if there.revoked_at else "This key was rotated by someone else just now.")
    return row


async def revoke(session: AsyncSession, workspace: str, key_id: str, at: datetime) -> KeyRow:
    """Revokes a key: it signs nothing from now on. A second call keeps the first time. Raises NotFound."""
    there = await _lock(session, workspace, key_id)
    return there if there.revoked_at else await amend(session, there, {"revoked_at": at}) or there


async def revoke_of_person(session: AsyncSession, workspace: str, person: str, at: datetime) -> int:
    """Revokes every key that a member made. Returns how many."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.person == person, _T.c.revoked_at.is_(None))
    rows = await every(session, KeyRow, mine.order_by(_T.c.id).with_for_update())
    return sum([await amend(session, row, {"revoked_at": at}) is not None for row in rows])


async def _lock(session: AsyncSession, workspace: str, key_id: str) -> KeyRow:
    """Raises NotFound."""
    mine = select(_T).where(_T.c.id == key_id, _T.c.workspace == workspace)
    row = await first(session, KeyRow, mine.with_for_update())
    if row is None:
        raise NotFound("There is no such key in this workspace.")
    return row


async def touch(session: AsyncSession, key_id: str, at: datetime, *, every_s: float = 60.0) -> None:
    """Records that the key was used, at most once a minute."""
    stale = or_(_T.c.last_used_at.is_(None), _T.c.last_used_at < at - timedelta(seconds=every_s))
    await session.execute(update(_T).where(_T.c.id == key_id, stale).values(last_used_at=at))
