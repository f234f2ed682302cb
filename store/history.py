"""AI History: entries that can be added and read, and whose every change shows.

Each workspace has its own chain. An entry's digest covers all of its columns, those for filtering too, and the digest of the
entry before it. A head row per workspace says how many there are and what the last digest is; it changes in the transaction
that appends. ``store.chain`` reads the chain back and names the first place where it breaks.

Appending locks the head until the transaction ends: append last, so that the lock is short and locks are taken in one order.
Search is a plain LIKE over ``words``: right for any text, and slow only when a workspace has very many entries.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, Index, Select, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core import canon, ids
from core.clock import iso
from core.errors import NotFound
from store.dialect import UtcTime, upsert
from store.rows import Row, every, first, storable, table

GENESIS: Final = "sha256:" + "0" * 64
MAX_WORDS: Final = 8_000
BATCH: Final = 500


class HistoryRow(Row, table=True):
    """One entry. ``actor`` and ``data`` are canonical JSON; ``words`` is what search looks in; ``seq`` counts from 1."""

    __tablename__ = "history"
    __table_args__ = (
        Index("ix_history_workspace_run", "workspace", "run_id", "seq"),
        Index("ix_history_workspace_at", "workspace", "at"),
        Index("ix_history_workspace_kind", "workspace", "kind", "seq"),
        Index("ix_history_workspace_person", "workspace", "person", "seq"),
        Index("ix_history_workspace_contract", "workspace", "contract", "seq"),
        Index("ix_history_workspace_request", "workspace", "request_id"),
    )

    workspace: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_type=BigInteger)
    id: str = Field(unique=True)
    at: datetime = Field(sa_type=UtcTime)
    kind: str
    run_id: str | None = None
    person: str | None = None
    contract: str | None = None
    outcome: str | None = None
    risk: str | None = None
    model: str | None = None
    prompt_version: str | None = None
    duration_ms: float | None = None
    request_id: str | None = None
    actor: str
    data: str
    words: str
    prev: str
    digest: str


class HistoryHeadRow(Row, table=True):
    """The end of a workspace's chain: how many entries there are, and the digest of the last."""

    __tablename__ = "history_heads"

    workspace: str = Field(primary_key=True)
    seq: int = Field(sa_type=BigInteger)
    digest: str


_T = table(HistoryRow)
_HEAD = table(HistoryHeadRow)


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look for; everything given must hold. ``since`` is included, ``until`` is not; ``words`` may stand anywhere."""

    kinds: tuple[str, ...] = ()
    run_id: str | None = None
    person: str | None = None
    contract: str | None = None
    outcome: str | None = None
    risk: str | None = None
    model: str | None = None
    prompt_version: str | None = None
    request_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""


EVERYTHING: Final = Filters()


async def append(
    session: AsyncSession,
    *,
    workspace: str,
    kind: str,
    run_id: str | None,
    actor: Mapping[str, Any],
    data: Mapping[str, Any],
    at: datetime,
    request_id: str | None = None,
    contract: str | None = None,
    outcome: str | None = None,
    risk: str | None = None,
    model: str | None = None,
    prompt_version: str | None = None,
    duration_ms: float | None = None,
) -> HistoryRow:
    """Add one entry at the end of this workspace's chain, in the caller's transaction.

    ``actor`` is ``Actor.as_json()``; its ``person`` becomes the column. Raises NotCanonical when actor or data are no JSON.
    """
    head = await _locked_head(session, workspace)
    entry: dict[str, Any] = {
        "workspace": workspace,
        "seq": head.seq + 1,
        "id": ids.new("his"),
        "at": at,
        "kind": kind,
        "run_id": run_id,
        "person": actor.get("person"),
        "contract": contract,
        "outcome": outcome,
        "risk": risk,
        "model": model,
        "prompt_version": prompt_version,
        "duration_ms": duration_ms,
        "request_id": request_id,
        "actor": canon.dumps(actor).decode(),
        "data": canon.dumps(data).decode(),
        "words": words_of(kind, actor, data),
        "prev": head.digest,
    }
    entry["digest"] = digest_of(entry)
    await session.execute(insert(_T).values(storable(entry)))
    moved = update(_HEAD).where(_HEAD.c.workspace == workspace)
    await session.execute(moved.values(seq=entry["seq"], digest=entry["digest"]))
    return HistoryRow(**entry)


async def page(
    session: AsyncSession,
    workspace: str,
    *,
    filters: Filters = EVERYTHING,
    before_seq: int | None = None,
    limit: int = 50,
) -> list[HistoryRow]:
    """Newest first; ``before_seq`` is the last seq of the page before."""
    statement = _fitting(workspace, filters)
    if before_seq is not None:
        statement = statement.where(_T.c.seq < before_seq)
    return await every(session, HistoryRow, statement.order_by(_T.c.seq.desc()).limit(limit))


async def get(session: AsyncSession, workspace: str, seq_or_id: int | str) -> HistoryRow:
    """By number or by ``his_…`` id. Raises NotFound, for another workspace's entry as for none."""
    by = _T.c.seq == seq_or_id if isinstance(seq_or_id, int) else _T.c.id == seq_or_id
    row = await first(session, HistoryRow, select(_T).where(_T.c.workspace == workspace, by))
    if row is None:
        raise NotFound("There is no such history entry in this workspace.")
    return row


async def of_run(session: AsyncSession, workspace: str, run_id: str) -> list[HistoryRow]:
    """A run's entries in the order they were written."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.run_id == run_id)
    return await every(session, HistoryRow, mine.order_by(_T.c.seq))


async def stream(session: AsyncSession, workspace: str, filters: Filters = EVERYTHING) -> AsyncIterator[HistoryRow]:
    """Every fitting entry in order, in constant memory: batches of 500 by key. In one ``read()`` block it is one moment."""
    after: int | None = None
    while True:
        statement = _fitting(workspace, filters)
        if after is not None:
            statement = statement.where(_T.c.seq > after)
        rows = await every(session, HistoryRow, statement.order_by(_T.c.seq).limit(BATCH))
        for row in rows:
            yield row
        if len(rows) < BATCH:
            return
        after = rows[-1].seq


async def head(session: AsyncSession, workspace: str) -> HistoryHeadRow | None:
    """The end of the chain; None where nothing was ever appended. Kept elsewhere, it is an anchor for ``chain.verify``."""
    return await first(session, HistoryHeadRow, select(_HEAD).where(_HEAD.c.workspace == workspace))


def digest_of(entry: Mapping[str, Any]) -> str:
    """The digest of an entry: the canonical form of all its columns but the digest, with ``at`` as RFC 3339."""
    chained = {name: value for name, value in entry.items() if name != "digest"}
    return canon.digest({**chained, "at": iso(chained["at"])})


def words_of(kind: str, actor: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """What search finds an entry by: every text in it, folded in case, up to 8,000 characters."""
    found: list[str] = [kind]
    waiting: list[Any] = [data, actor]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            found.append(value)
        elif isinstance(value, Mapping):
            waiting.extend(reversed(list(value.values())))
        elif isinstance(value, list | tuple):
            waiting.extend(reversed(value))
    return " ".join(" ".join(found).replace("\x00", " ").casefold().split())[:MAX_WORDS]


async def _locked_head(session: AsyncSession, workspace: str) -> HistoryHeadRow:
    mine = select(_HEAD).where(_HEAD.c.workspace == workspace).with_for_update()
    found = await first(session, HistoryHeadRow, mine)
    if found is None:
        fresh = upsert(session, _HEAD).values(workspace=workspace, seq=0, digest=GENESIS)
        await session.execute(fresh.on_conflict_do_nothing())
        found = await first(session, HistoryHeadRow, mine)
    if found is None:
        raise RuntimeError("The history's head row vanished inside one transaction.")
    return found


def _fitting(workspace: str, filters: Filters) -> Select[Any]:
    statement = select(_T).where(_T.c.workspace == workspace)
    if filters.kinds:
        statement = statement.where(_T.c.kind.in_(filters.kinds))
    for name in ("run_id", "person", "contract", "outcome", "risk", "model", "prompt_version", "request_id"):
        wanted = getattr(filters, name)
        if wanted is not None:
            statement = statement.where(_T.c[name] == wanted)
    if filters.since is not None:
        statement = statement.where(_T.c.at >= filters.since)
    if filters.until is not None:
        statement = statement.where(_T.c.at < filters.until)
    for word in filters.words.replace("\x00", " ").casefold().split():
        statement = statement.where(_T.c.words.contains(word, autoescape=True))
    return statement
