"""Every sealed row of a database: seals all of them when a database is first sealed, and checks all of them on request.

A table's row class says which columns are sealed (``Row.SEALED``). ``store.contracts`` seals the set of active
contracts.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Select, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from core.crypto.authenticator import Authenticator
from core.errors import NotAuthentic
from store import contracts
from store.accounts.api_keys import KeyRow
from store.accounts.identities import IdentityRow
from store.accounts.logins import LoginRow
from store.accounts.members import MemberRow
from store.automations import InstructionRow, RuleRow
from store.connectors import ConnectorRow
from store.contracts import ContractRow, SigningKeyRow
from store.credentials import CredentialRow
from store.history import log
from store.history.entries import HistoryHeadRow
from store.rows import Row, compute_code, is_authentic, table
from store.runs.confirmations import ConfirmationRow
from store.runs.runs import RunRow
from store.session import Session
from store.webhooks.endpoints import EndpointRow
from store.workspaces import every_one

BATCH: Final = 200
SEALED: Final[tuple[type[Row], ...]] = (
    MemberRow, KeyRow, IdentityRow, LoginRow, SigningKeyRow, ConnectorRow, CredentialRow, RuleRow, InstructionRow,
    EndpointRow, ConfirmationRow, RunRow, HistoryHeadRow,
)  # fmt: skip
_UNREADABLE: Final = (ValueError, TypeError, AttributeError)
"""Exceptions that a cell raises if it isn't of its column's type."""


@dataclass(frozen=True, slots=True)
class Rights:
    """Rights according to the tables, whether authentic or not. Keyed by member id, public key, ``issuer subject`` and
    contract name."""

    members: dict[str, dict[str, str]]
    keys: dict[str, dict[str, str]]
    identities: dict[str, dict[str, str]]
    contracts: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that is not as OpsIQ wrote it. ``row`` are its key columns, joined by ``/``."""

    table: str
    row: str
    key: tuple[Any, ...] = ()


async def survey(session: AsyncSession, workspace: str) -> list[Refused]:
    """The sealed rows of this workspace that are refused, table by table. Memory doesn't grow with the number of good
    rows."""
    found = []
    for kind in SEALED:
        async for row in _every(session, kind, workspace):
            if isinstance(row, Refused):
                found.append(row)
            elif not is_authentic(session, row) and not _is_over(row):
                found.append(_name_row(row))
    return found


async def generation_fault(session: AsyncSession, workspace: str) -> str:
    """Why the set of active contracts is refused. Empty if it is not."""
    try:
        await contracts.check_generation(session, workspace, await contracts.active(session, workspace))
    except NotAuthentic as error:
        return error.detail
    return ""


async def rights(session: AsyncSession, workspace: str) -> Rights:
    members, keys, identities = table(MemberRow), table(KeyRow), table(IdentityRow)
    contracts_ = table(ContractRow)
    people = select(members.c.id, members.c.role, members.c.state).where(members.c.workspace == workspace)
    held = select(keys.c.public, keys.c.role, keys.c.scopes, keys.c.person, keys.c.revoked_at.is_not(None))
    linked = select(identities.c.issuer, identities.c.subject, identities.c.member_id)
    in_force = select(contracts_.c.name, contracts_.c.version, contracts_.c.digest)
    return Rights(
        members={name: {"role": role, "state": state} for name, role, state in (await session.execute(people)).all()},
        keys={
            public: {"role": role, "scopes": scopes, "person": person, "state": "revoked" if over else "active"}
            for public, role, scopes, person, over in (await session.execute(held.where(keys.c.workspace == workspace))).all()  # noqa: E501
        },
        identities={
            f"{issuer} {subject}": {"member": member}
            for issuer, subject, member in (await session.execute(linked.where(identities.c.workspace == workspace))).all()  # noqa: E501
        },
        contracts={
            name: {"version": str(version), "digest": digest}
            for name, version, digest in (
                await session.execute(in_force.where(contracts_.c.workspace == workspace, contracts_.c.state == "active"))  # noqa: E501
            ).all()
        },
    )  # fmt: skip


async def seal(session: AsyncSession, keys: Authenticator) -> int:
    """Makes the code of every sealed row again, as it is now, and returns how many. From here on, whatever somebody
    wrote into the database before counts as OpsIQ's own."""
    if isinstance(session, Session):
        session.authenticator = keys
    count = 0
    for kind in SEALED:
        into = table(kind)
        async for row in _every(session, kind, None):
            if isinstance(row, Refused) or _is_over(row):
                continue
            same = [column == getattr(row, column.key) for column in into.primary_key.columns]
            code = compute_code(session, kind, row.__dict__)
            await session.execute(update(into).where(*same).values(mac=code))
            count += 1
    for workspace in await every_one(session):
        await log.ensure_end(session, workspace.id)
        await contracts.seal_generation(session, workspace.id)
    return count


def _is_over(row: Row) -> bool:
    """A login that was ended has no code on purpose."""
    return isinstance(row, LoginRow) and row.revoked_at is not None


async def _every(session: AsyncSession, kind: type[Row], workspace: str | None) -> AsyncIterator[Any]:
    """Rows without a check, in the order of their keys, a batch at a time. A row that can't be read back is returned as
    Refused."""
    into = table(kind)
    keys = list(into.primary_key.columns)
    last: tuple[Any, ...] | None = None
    while True:
        statement = select(into).order_by(*keys).limit(BATCH)
        if workspace is not None:
            statement = statement.where(into.c.workspace == workspace)
        if last is not None:
            statement = statement.where(tuple_(*keys) > last if len(keys) > 1 else keys[0] > last[0])
        try:
            rows: list[Any] = [kind(**each) for each in (await session.execute(statement)).mappings()]
        except _UNREADABLE:
            rows = await _singly(session, kind, statement)
        for row in rows:
            yield row
        if len(rows) < BATCH:
            return
        end = rows[-1]
        last = end.key if isinstance(end, Refused) else tuple(getattr(end, column.key) for column in keys)


async def _singly(session: AsyncSession, kind: type[Row], statement: Select[Any]) -> list[Any]:
    """The rows of ``statement`` one by one, in order. A row that can't be read back is returned as Refused."""
    into = table(kind)
    keys = list(into.primary_key.columns)
    names = (await session.execute(statement.with_only_columns(*keys))).all()
    made: list[Any] = []
    for name in names:
        one = select(into).where(*[column == value for column, value in zip(keys, name, strict=True)])
        try:
            made += [kind(**each) for each in (await session.execute(one)).mappings()]
        except _UNREADABLE:
            made.append(Refused(into.name, "/".join(map(str, name)), tuple(name)))
    return made


def _name_row(row: Row) -> Refused:
    of = row.__table__
    return Refused(of.name, "/".join(str(getattr(row, column.key)) for column in of.primary_key.columns))
