"""Session confirmations: what a person confirmed in a session, in the role they had. They are for contracts that ask
once a session, and are bound to the contract's digest."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, bindparam, delete, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.actor import Actor
from store.dialect import DbNow, UtcTime, upsert
from store.driver.prepared import PreparedQuery
from store.rows import Row, check_text, compute_code, table


class ConfirmationRow(Row, table=True):
    """Confirmation of one contract in one session. ``role`` is empty in rows from before roles were stored. Those count
    for nobody, and the person is asked again."""

    __tablename__ = "confirmations"
    __table_args__ = (Index("ix_confirmations_at", "at"),)

    SEALED: ClassVar[tuple[str, ...]] = ("workspace", "session_id", "person", "role", "contract_digest")

    workspace: str = Field(primary_key=True)
    session_id: str = Field(primary_key=True)
    person: str = Field(primary_key=True)
    role: str = Field(primary_key=True, sa_column_kwargs={"server_default": text("''")})
    contract_digest: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcTime)
    mac: str | None = None


_T = table(ConfirmationRow)
_OF_SESSION = PreparedQuery(
    ConfirmationRow,
    select(_T).where(
        _T.c.workspace == bindparam("within"),
        _T.c.session_id == bindparam("during"),
        _T.c.person == bindparam("by"),
        _T.c.role == bindparam("acting_as"),
    ),
)


async def remember(session: AsyncSession, by: Actor, session_id: str, contract_digest: str) -> None:
    """Stores a confirmation. Storing it twice changes nothing."""
    names = {
        "workspace": by.workspace, "session_id": session_id, "person": by.person, "role": by.role,
        "contract_digest": contract_digest,
    }  # fmt: skip
    code = compute_code(session, ConfirmationRow, names)
    fresh = upsert(session, _T).values({**check_text(names), "at": DbNow(), "mac": code})
    await session.execute(fresh.on_conflict_do_update(index_elements=list(names), set_={"mac": code}))


async def has(session: AsyncSession, by: Actor, session_id: str, contract_digest: str) -> bool:
    return contract_digest in await of_session(session, by, session_id)


async def of_session(session: AsyncSession, by: Actor, session_id: str) -> frozenset[str]:
    """The contract digests this person has confirmed in this session, in this role."""
    found = await _OF_SESSION.every(session, within=by.workspace, during=session_id, by=by.person, acting_as=by.role)
    return frozenset(row.contract_digest for row in found)


async def purge(session: AsyncSession, before: datetime) -> int:
    """Deletes older confirmations and returns how many."""
    return len((await session.execute(delete(_T).where(_T.c.at < before).returning(_T.c.person))).all())
