"""Registered contracts with their signatures, and the signing keys. A registered version never changes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, LargeBinary, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict, NotFound
from store.dialect import DbNow, UtcTime, upsert
from store.rows import Row, add, add_new, every, first, table


class ContractRow(Row, table=True):
    """One registered version of a contract. ``raw`` are the very bytes that were signed.

    ``signature`` is a detached JWS over them; ``state``: active or retired, since
    ``changed_at``.
    """

    __tablename__ = "contracts"
    __table_args__ = (Index("ix_contracts_workspace_state", "workspace", "state"),)

    workspace: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    version: int = Field(primary_key=True)
    raw: bytes = Field(sa_type=LargeBinary)
    signature: str
    digest: str
    state: str = "active"
    registered_by: str
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)


class SigningKeyRow(Row, table=True):
    """Ed25519 signing key. A retired one signs no more, but what it signed still verifies until it is deleted."""

    __tablename__ = "signing_keys"

    workspace: str = Field(primary_key=True)
    kid: str = Field(primary_key=True)
    public: str
    sealed_private: str
    created_at: datetime = Field(sa_type=UtcTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcTime)


class ContractGenerationRow(Row, table=True):
    """Counter of a workspace's changes to contracts and signing keys."""

    __tablename__ = "contract_generations"

    workspace: str = Field(primary_key=True)
    n: int = Field(sa_type=BigInteger)


_T = table(ContractRow)
_G = table(ContractGenerationRow)
_GENERATION = select(_G.c.n).where(_G.c.workspace == bindparam("of"))
_K = table(SigningKeyRow)


async def register(session: AsyncSession, row: ContractRow) -> bool:
    """Registers a version as the active one of its name and retires the older ones.

    False: it was registered before, nothing changed. Raises Conflict when this version is registered with other
    content, or a higher version already is.
    """
    named = select(_T).where(_T.c.workspace == row.workspace, _T.c.name == row.name)
    there = await first(session, ContractRow, named.where(_T.c.version == row.version))
    if there is None:
        newest = named.with_only_columns(func.max(_T.c.version))
        highest: int | None = (await session.execute(newest)).scalar_one()
        if highest is not None and highest > row.version:
            raise Conflict(f"{row.name} is at version {highest}: register a higher one, not {row.version}.")
        if await add_new(session, row):
            older = update(_T).where(_T.c.workspace == row.workspace, _T.c.name == row.name)
            await session.execute(
                older.where(_T.c.version < row.version).values(state="retired", changed_at=row.changed_at)
            )
            await _changed(session, row.workspace)
            return True
        there = await version(session, row.workspace, row.name, row.version)
    if there.digest != row.digest:
        raise Conflict(f"{row.name} version {row.version} is registered with other content: raise the version.")
    return False


async def generation(session: AsyncSession, workspace: str) -> str:
    """A cache key that differs once a contract or signing key here has changed: one cheap query to keep a catalogue by.

    It is counted, not timed: a clock that goes back must not keep a retired contract on offer.
    """
    return str((await session.execute(_GENERATION, {"of": workspace})).scalar_one_or_none() or 0)


async def active(session: AsyncSession, workspace: str) -> list[ContractRow]:
    """The active version of every contract, by name."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.state == "active")
    return await every(session, ContractRow, mine.order_by(_T.c.name))


async def version(session: AsyncSession, workspace: str, name: str, number: int) -> ContractRow:
    """Reads one version, active or retired. Raises NotFound."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.name == name, _T.c.version == number)
    row = await first(session, ContractRow, mine)
    if row is None:
        raise NotFound(f"There is no contract {name} version {number} in this workspace.")
    return row


async def versions(session: AsyncSession, workspace: str, name: str) -> list[ContractRow]:
    """Every version of one contract, newest first; empty when there is none."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.name == name)
    return await every(session, ContractRow, mine.order_by(_T.c.version.desc()))


async def every_version(session: AsyncSession, workspace: str) -> list[ContractRow]:
    """Every version of every contract, active or retired, by name and version."""
    return await every(
        session, ContractRow, select(_T).where(_T.c.workspace == workspace).order_by(_T.c.name, _T.c.version)
    )


async def retire(session: AsyncSession, workspace: str, name: str) -> ContractRow:
    """Retires a contract: it is no longer offered. Raises NotFound when no version of it is active."""
    return await _state(session, workspace, name, was="active", to="retired")


async def reinstate(session: AsyncSession, workspace: str, name: str) -> ContractRow:
    """Makes the newest version active again. Raises NotFound when that is not a retired one."""
    return await _state(session, workspace, name, was="retired", to="active")


async def _state(session: AsyncSession, workspace: str, name: str, *, was: str, to: str) -> ContractRow:
    named = (_T.c.workspace == workspace, _T.c.name == name)
    newest = select(func.max(_T.c.version)).where(*named).scalar_subquery()
    moved = (
        update(_T)
        .where(*named, _T.c.state == was, _T.c.version == newest)
        .values(state=to, changed_at=DbNow())
        .returning(_T)
    )
    row = await first(session, ContractRow, moved)
    if row is None:
        raise NotFound(f"The newest version of {name} in this workspace is not {was}.")
    await _changed(session, workspace)
    return row


async def _changed(session: AsyncSession, workspace: str) -> None:
    one_more = upsert(session, _G).values(workspace=workspace, n=1)
    await session.execute(one_more.on_conflict_do_update(index_elements=["workspace"], set_={"n": _G.c.n + 1}))


async def add_signing_key(session: AsyncSession, row: SigningKeyRow) -> SigningKeyRow:
    """Inserts a signing key. Raises Conflict when the kid is taken."""
    await _changed(session, row.workspace)
    return await add(session, row)


async def signing_keys(session: AsyncSession, workspace: str) -> list[SigningKeyRow]:
    """Every key, retired ones too, newest first: the first that isn't retired is the one to sign with."""
    return await every(
        session, SigningKeyRow, select(_K).where(_K.c.workspace == workspace).order_by(_K.c.created_at.desc(), _K.c.kid)
    )


async def retire_signing_key(session: AsyncSession, workspace: str, kid: str, at: datetime) -> None:
    """Retires a signing key: it signs no more. Raises NotFound when it isn't there or was retired before."""
    mine = update(_K).where(_K.c.workspace == workspace, _K.c.kid == kid, _K.c.retired_at.is_(None))
    if (await session.execute(mine.values(retired_at=at).returning(_K.c.kid))).first() is None:
        raise NotFound("There is no such signing key in use in this workspace.")
    await _changed(session, workspace)
