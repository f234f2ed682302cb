"""Registered contracts with their signatures, and the signing keys. A registered version never changes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Final

from sqlalchemy import BigInteger, Index, LargeBinary, bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core import canon
from core.crypto.authenticator import Authenticator
from core.errors import Conflict, NotAuthentic, NotFound
from store.database import before_commit
from store.dialect import DbNow, UtcTime, upsert
from store.driver.prepared import PreparedQuery
from store.history import log
from store.rows import Row, add, add_new, amend, every, find_authenticator, first, table

_SET: Final = "contract_set"
_Set = dict[str, dict[int, tuple[str, str]]]
"""By name, the active versions, each with its digest and signature."""


class ContractRow(Row, table=True):
    """One registered version of a contract. ``raw`` are the exact bytes that were signed.

    ``signature`` is a detached JWS over them. ``state`` is active, suspended or retired, since ``changed_at``.
    ``reason`` says, as JSON, what changed upstream and led to a suspension.
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
    reason: str | None = None


class SigningKeyRow(Row, table=True):
    """Ed25519 signing key. A retired key signs no more, and its signatures are no longer accepted: contracts in force
    were signed again with the new key."""

    __tablename__ = "signing_keys"
    SEALED: ClassVar[tuple[str, ...]] = ("workspace", "kid", "public", "sealed_private", "created_at", "retired_at")

    workspace: str = Field(primary_key=True)
    kid: str = Field(primary_key=True)
    public: str
    sealed_private: str
    created_at: datetime = Field(sa_type=UtcTime)
    retired_at: datetime | None = Field(default=None, sa_type=UtcTime)
    mac: str | None = None


class ContractGenerationRow(Row, table=True):
    """How often a workspace's contracts and signing keys have changed. ``mac`` covers that number and the set of active
    contracts. The latest history entry also has the number, so that an older generation can't be restored without
    cutting off history."""

    __tablename__ = "contract_generations"

    workspace: str = Field(primary_key=True)
    n: int = Field(sa_type=BigInteger)
    mac: str | None = None


_T = table(ContractRow)
_G = table(ContractGenerationRow)
_GENERATION = PreparedQuery(ContractGenerationRow, select(_G).where(_G.c.workspace == bindparam("of")))
_K = table(SigningKeyRow)


async def register(session: AsyncSession, row: ContractRow) -> bool:
    """Registers a version as the active one of its name and retires the older ones.

    False, and nothing changed, if it is in force already. Raises Conflict if this version is registered with other
    content or isn't in force any more, or a higher version exists. Raises NotAuthentic, like everything that changes
    contracts, if something other than OpsIQ changed them.
    """
    known = await _get_set(session, row.workspace)
    named = select(_T).where(_T.c.workspace == row.workspace, _T.c.name == row.name)
    there = await first(session, ContractRow, named.where(_T.c.version == row.version))
    newest = named.with_only_columns(func.max(_T.c.version))
    highest: int | None = (await session.execute(newest)).scalar_one()
    if highest is not None and highest > row.version:
        raise Conflict(f"{row.name} is at version {highest}: register a higher one, not {row.version}.")
    if there is None:
        if await add_new(session, row):
            older = update(_T).where(_T.c.workspace == row.workspace, _T.c.name == row.name)
            await session.execute(
                older.where(_T.c.version < row.version).values(state="retired", changed_at=row.changed_at)
            )
            newer = {number: held for number, held in known.get(row.name, {}).items() if number > row.version}
            known[row.name] = newer | ({row.version: (row.digest, row.signature)} if row.state == "active" else {})
            await _note_change(session, row.workspace)
            return True
        there = await version(session, row.workspace, row.name, row.version)
    if there.digest != row.digest:
        raise Conflict(f"{row.name} version {row.version} is registered with other content: raise the version.")
    if there.state != "active":
        review = " An owner can also review it in the console." if there.state == "suspended" else ""
        raise Conflict(
            f"{row.name} version {row.version} is {there.state}, so nothing was registered: raise its version.{review}"
        )
    return False


async def generation(session: AsyncSession, workspace: str) -> str:
    """A cache key that changes with every change of a contract or signing key here. Reading it is one cheap query.

    It is a count, not a time: a clock that goes back must not keep a retired contract on offer.
    """
    row = await _GENERATION.first(session, of=workspace)
    return str(row.n if row is not None else 0)


async def active(session: AsyncSession, workspace: str) -> list[ContractRow]:
    """The active version of every contract, by name."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.state == "active")
    return await every(session, ContractRow, mine.order_by(_T.c.name))


async def check_generation(session: AsyncSession, workspace: str, rows: Sequence[ContractRow]) -> None:
    """Checks that the set of active contracts is complete. Raises NotAuthentic unless ``rows``, the active contracts,
    are the set that OpsIQ last wrote."""
    keys = find_authenticator(session)
    if keys is None:
        return
    for row in rows:
        if canon.digest_bytes(row.raw) != row.digest:
            raise NotAuthentic(f"the bytes of {row.name} v{row.version} are not those that were registered")
    await _check_set(session, keys, workspace, _set_of(rows))


async def _check_set(session: AsyncSession, keys: Authenticator, workspace: str, known: _Set) -> None:
    there = await first(session, ContractGenerationRow, select(_G).where(_G.c.workspace == workspace))
    end = await log.get_checked_head(session, workspace)
    if there is None and end is None and not any(known.values()):
        return
    n, mac = (there.n, there.mac) if there else (0, None)
    if not keys.fits(mac, _SET, _set_fields(workspace, n, known)):
        raise NotAuthentic("the set of active contracts is not the one that OpsIQ left there")
    if end is None or end.generation != n:
        raise NotAuthentic("the set of active contracts is another than the end of the history tells of")


def _set_fields(workspace: str, n: int, known: _Set) -> list[Any]:
    fields: list[Any] = [workspace, n]
    for name in sorted(known):
        for number, (digest, signature) in sorted(known[name].items()):
            fields += [name, number, digest, signature]
    return fields


def _set_of(rows: Iterable[Any]) -> _Set:
    known: _Set = {}
    for row in rows:
        known.setdefault(row.name, {})[row.version] = (row.digest, row.signature)
    return known


async def _active_set(session: AsyncSession, workspace: str) -> _Set:
    mine = select(_T.c.name, _T.c.version, _T.c.digest, _T.c.signature)
    rows = await session.execute(mine.where(_T.c.workspace == workspace, _T.c.state == "active"))
    return _set_of(rows)


async def _get_set(session: AsyncSession, workspace: str) -> _Set:
    """The workspace's active contracts, for a transaction that changes them. They are checked on the first call. From
    then on the transaction's own set is returned, whatever others write meanwhile. Raises NotAuthentic."""
    keys = find_authenticator(session)
    if keys is None:
        return {}
    held: dict[str, _Set] = session.info.setdefault(_SET, {})
    if workspace not in held:
        # Other writers wait here, so that what is checked is what is changed.
        await session.execute(select(_G.c.n).where(_G.c.workspace == workspace).with_for_update())
        known = await _active_set(session, workspace)
        await _check_set(session, keys, workspace, known)
        held[workspace] = known
    return held[workspace]


async def seal_generation(session: AsyncSession, workspace: str) -> None:
    """Computes the code over the active contracts: the transaction's own set if it has one, else all that are stored. A
    session without keys leaves the code as it is."""
    keys = find_authenticator(session)
    if keys is None:
        return
    known: _Set | None = session.info.get(_SET, {}).get(workspace)
    if known is None:
        known = await _active_set(session, workspace)
    await session.execute(upsert(session, _G).values(workspace=workspace, n=0).on_conflict_do_nothing())
    n = int(await generation(session, workspace))
    code = keys.code(_SET, _set_fields(workspace, n, known))
    await session.execute(update(_G).where(_G.c.workspace == workspace).values(mac=code))
    await log.tell_generation(session, workspace, n)


async def version(session: AsyncSession, workspace: str, name: str, number: int) -> ContractRow:
    """Reads one version, active or retired. Raises NotFound."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.name == name, _T.c.version == number)
    row = await first(session, ContractRow, mine)
    if row is None:
        raise NotFound(f"There is no contract {name} version {number} in this workspace.")
    return row


async def versions(session: AsyncSession, workspace: str, name: str) -> list[ContractRow]:
    """Every version of one contract, newest first. Empty if there is none."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.name == name)
    return await every(session, ContractRow, mine.order_by(_T.c.version.desc()))


async def newest_versions(session: AsyncSession, workspace: str, names: Collection[str]) -> dict[str, int]:
    """The highest version of each of these contracts, in any state. Contracts without versions are absent."""
    mine = select(_T.c.name, func.max(_T.c.version)).where(_T.c.workspace == workspace, _T.c.name.in_(names))
    rows = await session.execute(mine.group_by(_T.c.name))
    return {row[0]: row[1] for row in rows}


async def every_version(session: AsyncSession, workspace: str) -> list[ContractRow]:
    """Every version of every contract, active or retired, by name and version."""
    return await every(
        session, ContractRow, select(_T).where(_T.c.workspace == workspace).order_by(_T.c.name, _T.c.version)
    )


async def retire(session: AsyncSession, workspace: str, name: str) -> ContractRow:
    """Retires a contract: it is no longer offered. Raises NotFound if no version of it is active or suspended."""
    return await _state(session, workspace, name, was=("active", "suspended"), to="retired")


async def suspend(session: AsyncSession, workspace: str, name: str, version: int, reason: str) -> ContractRow:
    """Suspends a version: it is neither offered nor sent until somebody has reviewed it. Raises NotFound unless it is
    the newest version and active."""
    return await _state(session, workspace, name, was=("active",), to="suspended", version=version, reason=reason)


async def suspended(session: AsyncSession, workspace: str) -> list[ContractRow]:
    """Every suspended version, by name."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.state == "suspended")
    return await every(session, ContractRow, mine.order_by(_T.c.name))


async def reinstate(session: AsyncSession, workspace: str, name: str, *, was: str = "retired") -> ContractRow:
    """Makes the newest version active again and keeps its reason. Raises NotFound unless it is in the state ``was``."""
    return await _state(session, workspace, name, was=(was,), to="active")


async def _state(
    session: AsyncSession,
    workspace: str,
    name: str,
    *,
    was: tuple[str, ...],
    to: str,
    version: int | None = None,
    reason: str | None = None,
) -> ContractRow:
    known = await _get_set(session, workspace)
    named = (_T.c.workspace == workspace, _T.c.name == name)
    newest = select(func.max(_T.c.version)).where(*named).scalar_subquery()
    moved = (
        update(_T)
        .where(*named, _T.c.state.in_(was), _T.c.version == newest)
        .values(state=to, changed_at=DbNow(), reason=_T.c.reason if to == "active" else reason)
        .returning(_T)
    )
    if version is not None:
        moved = moved.where(_T.c.version == version)
    row = await first(session, ContractRow, moved)
    if row is None:
        raise NotFound(f"The newest version of {name} in this workspace is not {' or '.join(was)}.")
    if to == "active":
        known.setdefault(row.name, {})[row.version] = (row.digest, row.signature)
    else:
        known.get(row.name, {}).pop(row.version, None)
    await _note_change(session, workspace)
    return row


async def _note_change(session: AsyncSession, workspace: str) -> None:
    one_more = upsert(session, _G).values(workspace=workspace, n=1)
    await session.execute(one_more.on_conflict_do_update(index_elements=["workspace"], set_={"n": _G.c.n + 1}))
    if find_authenticator(session) is not None:
        # Once in a transaction, however many contracts it registers.
        before_commit(session, f"{_SET}:{workspace}", partial(seal_generation, workspace=workspace))


async def add_signing_key(session: AsyncSession, row: SigningKeyRow) -> SigningKeyRow:
    """Adds a signing key. Raises Conflict if the kid is taken."""
    await _get_set(session, row.workspace)
    await _note_change(session, row.workspace)
    return await add(session, row)


async def signing_keys(session: AsyncSession, workspace: str) -> list[SigningKeyRow]:
    """Every key, newest first, including retired ones. The first that isn't retired is the one to sign with."""
    return await every(
        session, SigningKeyRow, select(_K).where(_K.c.workspace == workspace).order_by(_K.c.created_at.desc(), _K.c.kid)
    )


async def sign_anew(session: AsyncSession, row: ContractRow, signature: str) -> None:
    """Replaces the signature of a version in any state. Its bytes stay the same. Raises NotFound."""
    known = await _get_set(session, row.workspace)
    mine = (_T.c.workspace == row.workspace, _T.c.name == row.name, _T.c.version == row.version)
    changed = update(_T).where(*mine, _T.c.digest == row.digest).values(signature=signature).returning(_T)
    if await first(session, ContractRow, changed) is None:
        raise NotFound(f"There is no contract {row.name} version {row.version} in this workspace.")
    if row.version in known.get(row.name, {}):
        known[row.name][row.version] = (row.digest, signature)
    await _note_change(session, row.workspace)


async def retire_signing_key(session: AsyncSession, workspace: str, kid: str, at: datetime) -> None:
    """Retires a signing key. Raises NotFound if it doesn't exist or is retired already."""
    await _get_set(session, workspace)
    mine = select(_K).where(_K.c.workspace == workspace, _K.c.kid == kid, _K.c.retired_at.is_(None))
    there = await first(session, SigningKeyRow, mine.with_for_update())
    if there is None or await amend(session, there, {"retired_at": at}) is None:
        raise NotFound("There is no such signing key in use in this workspace.")
    await _note_change(session, workspace)
