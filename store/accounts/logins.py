"""Server-side login sessions, and the count of failed sign-ins. Only the SHA-256 of a token is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from sqlalchemy import Index, delete, func, select, update
from sqlalchemy import insert as insert_into
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from store.dialect import UtcTime
from store.rows import Row, add, amend, check_text, every, first, table


class LoginRow(Row, table=True):
    """One signed-in browser. ``csrf`` is the secret in its forms. ``issuer`` vouched for the person, and is empty for a
    sign-in by password. An ended login has no ``mac``, so removing ``revoked_at`` doesn't restore it.
    """

    __tablename__ = "logins"
    __table_args__ = (Index("ix_logins_member", "workspace", "member_id"),)

    SEALED: ClassVar[tuple[str, ...]] = (
        "id", "token_sha256", "workspace", "member_id", "csrf", "created_at", "expires_at", "address", "agent",
        "issuer",
    )  # fmt: skip

    id: str = Field(primary_key=True)
    token_sha256: str = Field(unique=True)
    workspace: str
    member_id: str = Field(foreign_key="members.id")
    csrf: str
    created_at: datetime = Field(sa_type=UtcTime)
    last_seen_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    address: str = ""
    agent: str = ""
    issuer: str | None = None
    mac: str | None = None


FailureScope = Literal["pair", "email", "ip", "member"]
"""``pair``: the origin and the account of an attempt. ``email``: the account, a member's id, or the digest of an
address that nobody has. ``ip``: the address or network of origin. ``member``: the member's id and the address of
origin, for AI History; it slows nobody down."""


@dataclass(frozen=True, slots=True)
class Failures:
    """Failed sign-ins: their number, and the time of the last one."""

    count: int
    last: datetime | None


class FailedLoginRow(Row, table=True):
    """One failed sign-in, a row for each subject that it counts against."""

    __tablename__ = "failed_logins"
    __table_args__ = (Index("ix_failed_logins_subject", "scope", "subject", "at"), Index("ix_failed_logins_at", "at"))

    id: int | None = Field(default=None, primary_key=True)
    scope: str
    subject: str
    at: datetime = Field(sa_type=UtcTime)


_T = table(LoginRow)
_F = table(FailedLoginRow)


async def start(
    session: AsyncSession,
    *,
    login_id: str,
    workspace: str,
    member_id: str,
    token: str,
    csrf: str,
    now: datetime,
    expires_at: datetime,
    replaces: str | None = None,
    address: str = "",
    agent: str = "",
    issuer: str | None = None,
) -> LoginRow:
    """Starts a login session.

    The browser's previous token (``replaces``) ends in the same transaction, against session fixation.
    """
    if replaces is not None:
        await revoke(session, replaces, now)
    row = LoginRow(
        id=login_id,
        token_sha256=digest_token(token),
        workspace=workspace,
        member_id=member_id,
        csrf=csrf,
        created_at=now,
        last_seen_at=now,
        expires_at=expires_at,
        address=address,
        agent=agent[:300],
        issuer=issuer,
    )
    return await add(session, row)


async def get_active(
    session: AsyncSession, token: str, now: datetime, *, seen_since: datetime | None = None
) -> LoginRow | None:
    """The login of this token. None if it is unknown, expired, revoked, or idle since before ``seen_since``."""
    mine = select(_T).where(_T.c.token_sha256 == digest_token(token), _T.c.revoked_at.is_(None), _T.c.expires_at > now)
    if seen_since is not None:
        mine = mine.where(_T.c.last_seen_at >= seen_since)
    return await first(session, LoginRow, mine)


async def renew(session: AsyncSession, login_id: str, *, token: str, csrf: str) -> None:
    """Gives the login a new token and a new form secret. The old ones become invalid."""
    there = await first(session, LoginRow, select(_T).where(_T.c.id == login_id, _T.c.revoked_at.is_(None)))
    if there is not None:
        await amend(session, there, {"token_sha256": digest_token(token), "csrf": csrf}, _T.c.revoked_at.is_(None))


async def of_member(session: AsyncSession, workspace: str, member_id: str, now: datetime) -> list[LoginRow]:
    """A member's active sessions, latest first."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.member_id == member_id)
    there = mine.where(_T.c.revoked_at.is_(None), _T.c.expires_at > now)
    return await every(session, LoginRow, there.order_by(_T.c.last_seen_at.desc(), _T.c.id))


async def touch(session: AsyncSession, login_id: str, now: datetime) -> None:
    """Records that the session was used. Call it about once a minute, not at every request."""
    await session.execute(update(_T).where(_T.c.id == login_id, _T.c.last_seen_at < now).values(last_seen_at=now))


async def revoke(session: AsyncSession, token: str, now: datetime) -> bool:
    """Ends a session. False if there was nothing to end."""
    mine = update(_T).where(_T.c.token_sha256 == digest_token(token), _T.c.revoked_at.is_(None))
    return (await session.execute(mine.values(revoked_at=now, mac=None).returning(_T.c.id))).first() is not None


async def revoke_one(session: AsyncSession, workspace: str, member_id: str, login_id: str, now: datetime) -> bool:
    """Ends one session of a member. False if they have no active session with this id."""
    mine = update(_T).where(_T.c.workspace == workspace, _T.c.member_id == member_id, _T.c.id == login_id)
    ended = mine.where(_T.c.revoked_at.is_(None)).values(revoked_at=now, mac=None)
    return (await session.execute(ended.returning(_T.c.id))).first() is not None


async def revoke_all(
    session: AsyncSession,
    workspace: str,
    member_id: str,
    now: datetime,
    *,
    but: str | None = None,
    issuer: str | None = None,
) -> int:
    """Ends every session of a member, or only those that ``issuer`` vouched for, except the one with id ``but``.
    Returns how many."""
    mine = update(_T).where(_T.c.workspace == workspace, _T.c.member_id == member_id, _T.c.revoked_at.is_(None))
    if but is not None:
        mine = mine.where(_T.c.id != but)
    if issuer is not None:
        mine = mine.where(_T.c.issuer == issuer)
    return len((await session.execute(mine.values(revoked_at=now, mac=None).returning(_T.c.id))).all())


async def record_failure(session: AsyncSession, subjects: Iterable[tuple[FailureScope, str]], now: datetime) -> None:
    """Counts one failed sign-in against each of these subjects."""
    rows = [check_text({"scope": scope, "subject": subject, "at": now}) for scope, subject in subjects]
    if rows:
        await session.execute(insert_into(_F), rows)


async def failures(
    session: AsyncSession, scope: FailureScope, subject: str, since: datetime, until: datetime | None = None
) -> Failures:
    """Counts failed sign-ins against this subject since then and up to ``until``, for throttling."""
    mine = select(func.count(), func.max(_F.c.at)).where(_F.c.scope == scope, _F.c.subject == subject, _F.c.at >= since)
    if until is not None:
        mine = mine.where(_F.c.at <= until)
    count, last = (await session.execute(mine)).one()
    return Failures(count, last)


async def failures_by_address(
    session: AsyncSession, member_id: str, since: datetime, until: datetime
) -> dict[str, int]:
    """Number of wrong passwords for this member from ``since`` up to before ``until``, by address, the most first."""
    mine = select(_F.c.subject, func.count().label("n")).where(
        _F.c.scope == "member",
        _F.c.subject.startswith(f"{member_id} ", autoescape=True),
        _F.c.at >= since,
        _F.c.at < until,
    )
    rows = (await session.execute(mine.group_by(_F.c.subject).order_by(func.count().desc(), _F.c.subject))).all()
    return {each.subject.partition(" ")[2]: each.n for each in rows}


async def forgive(session: AsyncSession, scope: FailureScope, subject: str) -> None:
    """Resets the count against this subject."""
    await session.execute(delete(_F).where(_F.c.scope == scope, _F.c.subject == subject))


async def addresses_of(session: AsyncSession, workspace: str, member_id: str, limit: int = 200) -> list[str]:
    """The addresses from which a member has signed in, for as long as logins are kept."""
    mine = select(_T.c.address).where(_T.c.workspace == workspace, _T.c.member_id == member_id, _T.c.address != "")
    return [address for (address,) in await session.execute(mine.distinct().limit(limit))]


async def purge(session: AsyncSession, before: datetime) -> int:
    """Deletes logins that ended and failures that happened before then. Returns how many rows."""
    over = delete(_T).where((_T.c.expires_at < before) | (_T.c.revoked_at < before)).returning(_T.c.id)
    old = delete(_F).where(_F.c.at < before).returning(_F.c.id)
    return len((await session.execute(over)).all()) + len((await session.execute(old)).all())


def digest_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
