"""Idempotency records: the answer given to a caller's Idempotency-Key (docs/reference/wire.md §3).

A record belongs to the caller who sent the key. ``key`` holds the caller, a space and the Idempotency-Key, which
contains no space (``scope_key``). A column for the caller would have to be part of the primary key. But migrations only
add, so that processes of the previous version can run beside a newer database. Such a process stores records under the
bare key, without a caller. Nobody may see those records, and their effect may not be repeated (``unscoped``).

``start`` claims the key in its own transaction, so that others see it in flight. ``finish`` belongs in the transaction
of the effect: both are committed or neither. A claim whose process died is taken over once it is stale; its effect
can't have happened, because its answer would be there. ``store_answers`` does both at once, for effects whose answer is
known before they are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import ColumnElement, Index, and_, delete, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict
from store.dialect import UtcTime, is_postgresql, write_time
from store.driver.bulk_write import BulkStatement
from store.rows import Row, add_new, check_text, every, first, list_values, table


class IdempotencyRow(Row, table=True):
    """Idempotency record. ``key`` comes from ``scope_key``. ``fingerprint`` distinguishes requests. ``owner`` is the
    claim's owner. ``state`` is in_flight or done."""

    __tablename__ = "idempotency"
    __table_args__ = (Index("ix_idempotency_created", "created_at"),)

    workspace: str = Field(primary_key=True)
    method: str = Field(primary_key=True)
    path: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    owner: str
    state: str = "in_flight"
    status: int | None = None
    body: str | None = None
    created_at: datetime = Field(sa_type=UtcTime)


@dataclass(frozen=True, slots=True)
class KeyClaim:
    """Result of claiming a key. ``ours``: continue and finish.

    ``done``: replay ``row``. ``in_flight``: another request is answering it. ``reused``: this caller used the key for
    another request. ``unscoped``: the key was used in this workspace under a version that did not record the caller.
    """

    verdict: Literal["ours", "done", "in_flight", "reused", "unscoped"]
    row: IdempotencyRow


_T = table(IdempotencyRow)
_KEEP: Final = BulkStatement(
    "INSERT INTO idempotency (workspace, method, path, key, fingerprint, owner, state, status, body, created_at) "
    "SELECT workspace, method, path, key, fingerprint, owner, state, status, body, created_at FROM given WHERE "
    "NOT EXISTS "
    "(SELECT 1 FROM idempotency AS old WHERE old.workspace = given.workspace AND old.method = given.method "
    "AND old.path = given.path AND old.key = given.bare AND old.created_at >= given.forgotten) "
    "ON CONFLICT (workspace, method, path, key) DO UPDATE SET fingerprint = excluded.fingerprint, owner = "
    "excluded.owner, "
    "state = excluded.state, status = excluded.status, body = excluded.body, created_at = excluded.created_at "
    "WHERE idempotency.created_at < (SELECT forgotten FROM given LIMIT 1) "
    "OR (idempotency.state = 'in_flight' AND idempotency.fingerprint = excluded.fingerprint "
    "AND idempotency.created_at < (SELECT stale FROM given LIMIT 1)) RETURNING owner",
    workspace="text",
    method="text",
    path="text",
    key="text",
    fingerprint="text",
    owner="text",
    state="text",
    status="integer",
    body="text",
    created_at="timestamptz",
    stale="timestamptz",
    forgotten="timestamptz",
    bare="text",
)


def scope_key(caller: str, key: str) -> str:
    """The ``key`` of a record: the caller's own Idempotency-Key. ``key`` holds no space."""
    return f"{caller} {key}"


async def start(
    session: AsyncSession,
    *,
    workspace: str,
    method: str,
    path: str,
    key: str,
    fingerprint: str,
    owner: str,
    now: datetime,
    stale_before: datetime,
    forget_before: datetime,
) -> KeyClaim:
    """Claims the key for ``owner`` (a new random word), or returns what prevents it.

    A claim in flight from before ``stale_before`` is taken over. A record from before ``forget_before`` (24 hours) is
    ignored.
    """
    where = _is(workspace, method, path, key)
    old = select(_T).where(_is(workspace, method, path, _strip_scope(key)), _T.c.created_at >= forget_before)
    unscoped = await first(session, IdempotencyRow, old)
    if unscoped is not None:
        return KeyClaim("unscoped", unscoped)
    await session.execute(delete(_T).where(where, _T.c.created_at < forget_before))
    row = IdempotencyRow(
        workspace=workspace, method=method, path=path, key=key, fingerprint=fingerprint, owner=owner, created_at=now
    )
    if await add_new(session, row):
        return KeyClaim("ours", row)
    stale = and_(where, _T.c.fingerprint == fingerprint, _T.c.state == "in_flight", _T.c.created_at < stale_before)
    taken = update(_T).where(stale).values(owner=owner, created_at=now).returning(_T)
    mine = await first(session, IdempotencyRow, taken)
    if mine is not None:
        return KeyClaim("ours", mine)
    there = await first(session, IdempotencyRow, select(_T).where(where))
    if there is None:
        raise Conflict("This Idempotency-Key was given up by another request just now: send it again.")
    return _verdict(there, fingerprint)


async def store_answers(
    session: AsyncSession, rows: Sequence[IdempotencyRow], *, stale_before: datetime, forget_before: datetime
) -> list[KeyClaim]:
    """Stores answers (rows that are done) whose keys are free. Call it in the transaction of the effects.

    ``ours``: write the effect in this transaction. For any other result, don't; ``row`` is the existing record. If
    ``rows`` has a key twice, the first is kept. It waits for another transaction that is storing an answer to the same
    key.
    """
    first_of: dict[tuple[str, str, str, str], IdempotencyRow] = {}
    for row in rows:
        first_of.setdefault(_key(row), row)
    postgresql = is_postgresql(session)
    stale, forgotten = write_time(stale_before, postgresql=postgresql), write_time(forget_before, postgresql=postgresql)
    # Always in the same order, so that two processes can't deadlock.
    ordered = [_parameters(first_of[key], stale, forgotten, postgresql=postgresql) for key in sorted(first_of)]
    ours = {owner for (owner,) in await _KEEP.run(session, ordered)}
    taken = [key for key, row in first_of.items() if row.owner not in ours]
    there = {}
    if taken:
        bare = [(*key[:3], _strip_scope(key[3])) for key in taken]
        same = tuple_(_T.c.workspace, _T.c.method, _T.c.path, _T.c.key).in_([*taken, *bare])
        there = {_key(row): row for row in await every(session, IdempotencyRow, select(_T).where(same))}
    return [KeyClaim("ours", row) if row.owner in ours else _find_conflict(row, there, first_of) for row in rows]


_HELD: Final = ("workspace", "method", "path", "key", "fingerprint", "owner", "state", "status", "body")


def _find_conflict(
    row: IdempotencyRow,
    there: Mapping[tuple[str, str, str, str], IdempotencyRow],
    first_of: Mapping[tuple[str, str, str, str], IdempotencyRow],
) -> KeyClaim:
    """What prevents storing a row."""
    key = _key(row)
    if key in there:
        return _verdict(there[key], row.fingerprint)
    unscoped = there.get((*key[:3], _strip_scope(row.key)))
    return KeyClaim("unscoped", unscoped) if unscoped is not None else _verdict(first_of[key], row.fingerprint)


def _verdict(there: IdempotencyRow, fingerprint: str) -> KeyClaim:
    """The result for a request with this fingerprint."""
    if there.fingerprint != fingerprint:
        return KeyClaim("reused", there)
    return KeyClaim("done" if there.state == "done" else "in_flight", there)


async def get(session: AsyncSession, workspace: str, method: str, path: str, key: str) -> IdempotencyRow | None:
    return await first(session, IdempotencyRow, select(_T).where(_is(workspace, method, path, key)))


async def finish(session: AsyncSession, claim: IdempotencyRow, *, status: int, body: str) -> None:
    """Stores the answer. Raises Conflict if the claim was taken over meanwhile: let the transaction roll back."""
    done = update(_T).where(_is_ours(claim)).values(check_text({"state": "done", "status": status, "body": body}))
    if (await session.execute(done.returning(_T.c.key))).first() is None:
        raise Conflict("This request took so long that another one with its Idempotency-Key took over.")


async def forget(session: AsyncSession, claim: IdempotencyRow) -> None:
    """Releases the key without an answer, so that the next request with it runs."""
    await session.execute(delete(_T).where(_is_ours(claim)))


async def purge(session: AsyncSession, before: datetime, limit: int = 5_000) -> int:
    """Deletes up to ``limit`` older records and returns how many."""
    same = (_T.c.workspace, _T.c.method, _T.c.path, _T.c.key)
    old = select(*same).where(_T.c.created_at < before).order_by(_T.c.created_at).limit(limit)
    gone = delete(_T).where(tuple_(*same).in_(old)).returning(_T.c.key)
    return len((await session.execute(gone)).all())


def _parameters(row: IdempotencyRow, stale: Any, forgotten: Any, *, postgresql: bool) -> tuple[Any, ...]:
    """The parameters of ``_KEEP``. Raises InvalidInput for text that can't be stored."""
    held = list_values(row)
    created_at = write_time(row.created_at, postgresql=postgresql)
    return (*(held[name] for name in _HELD), created_at, stale, forgotten, _strip_scope(row.key))


def _strip_scope(key: str) -> str:
    """The bare Idempotency-Key, as the previous version stored it. Empty, which no key is, if ``key`` is bare
    already."""
    caller, _, bare = key.rpartition(" ")
    return bare if caller else ""


def _key(row: IdempotencyRow) -> tuple[str, str, str, str]:
    return (row.workspace, row.method, row.path, row.key)


def _is(workspace: str, method: str, path: str, key: str) -> ColumnElement[bool]:
    return and_(_T.c.workspace == workspace, _T.c.method == method, _T.c.path == path, _T.c.key == key)


def _is_ours(claim: IdempotencyRow) -> ColumnElement[bool]:
    there = _is(claim.workspace, claim.method, claim.path, claim.key)
    return and_(there, _T.c.owner == claim.owner, _T.c.state == "in_flight")
