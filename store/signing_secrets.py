"""Signing secrets for outbound calls, one for each purpose and target. They are passed sealed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict, NotFound
from store.dialect import UtcTime, among, is_postgresql, write_texts
from store.driver.prepared import PreparedQuery
from store.rows import Row, add_new, check_text, every, first, table


class SigningSecretRow(Row, table=True):
    """Signing secret. ``target`` is an origin (``https://shop.example``) for actions, an endpoint id for webhooks."""

    __tablename__ = "signing_secrets"

    workspace: str = Field(primary_key=True)
    purpose: str = Field(primary_key=True)
    target: str = Field(primary_key=True)
    current: str
    previous: str | None = None
    previous_until: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """The sealed secrets to sign with at ``now``, the current one first."""
        if self.previous is None or self.previous_until is None or self.previous_until <= now:
            return (self.current,)
        return (self.current, self.previous)


_T = table(SigningSecretRow)


async def put_first(session: AsyncSession, row: SigningSecretRow) -> SigningSecretRow:
    """Inserts a secret unless there is one. Returns the stored one. Two concurrent callers get the same secret."""
    await add_new(session, row)
    return await get(session, row.workspace, row.purpose, row.target)


async def get(session: AsyncSession, workspace: str, purpose: str, target: str) -> SigningSecretRow:
    """Reads one secret. Raises NotFound."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.purpose == purpose, _T.c.target == target)
    row = await first(session, SigningSecretRow, mine)
    if row is None:
        raise NotFound(f"There is no {purpose} signing secret for {target} in this workspace.")
    return row


async def of_targets(
    session: AsyncSession, workspaces: Collection[str], purpose: str, targets: Collection[str]
) -> dict[str, SigningSecretRow]:
    """Secrets by target. Targets without one are absent. For targets that are our own ids, which are unique
    everywhere."""
    postgresql = is_postgresql(session)
    found = await _OF_TARGETS.every(
        session,
        within=write_texts(workspaces, postgresql=postgresql),
        of=write_texts(targets, postgresql=postgresql),
        purpose=purpose,
    )
    return {row.target: row for row in found}


_OF_TARGETS: Final = PreparedQuery(
    SigningSecretRow,
    lambda postgresql: select(_T).where(
        among(_T.c.workspace, "within", postgresql=postgresql),
        among(_T.c.target, "of", postgresql=postgresql),
        _T.c.purpose == bindparam("purpose"),
    ),
)


async def listed(session: AsyncSession, workspace: str) -> list[SigningSecretRow]:
    """Every secret, by purpose and target."""
    mine = select(_T).where(_T.c.workspace == workspace)
    return await every(session, SigningSecretRow, mine.order_by(_T.c.purpose, _T.c.target))


async def rotate(
    session: AsyncSession, workspace: str, purpose: str, target: str, *, was: str, sealed: str, previous_until: datetime
) -> SigningSecretRow:
    """Makes ``sealed`` the current secret.

    ``was``, the sealed secret that it replaces, also signs until then. Raises Conflict, NotFound.
    """
    mine = update(_T).where(_T.c.workspace == workspace, _T.c.purpose == purpose, _T.c.target == target)
    fresh = check_text({"current": sealed, "previous": was, "previous_until": previous_until})
    row = await first(session, SigningSecretRow, mine.where(_T.c.current == was).values(fresh).returning(_T))
    if row is None:
        await get(session, workspace, purpose, target)
        raise Conflict("This secret was rotated by someone else just now: look at it again.")
    return row


async def remove(session: AsyncSession, workspace: str, purpose: str, target: str) -> None:
    """Deletes a secret. Does nothing if there is none."""
    mine = delete(_T).where(_T.c.workspace == workspace, _T.c.purpose == purpose, _T.c.target == target)
    await session.execute(mine)
