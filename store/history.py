"""AI History: entries that can be added and read, and whose every change shows.

Each workspace has its own chain. An entry's digest covers all of its columns, those for filtering too, and the digest
of the entry before it. A head row per workspace says how many there are and what the last digest is; it changes in
the transaction that appends. ``store.chain`` reads the chain back and names the first place where it breaks.

Appending locks the head until the transaction ends: append last, so that the lock is short and locks are taken in one
order. Search is by ``store.searching``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from core import canon, ids
from core.errors import NotFound
from store import tallies
from store.chain import Anchor, Verdict, misfit, verify
from store.dialect import is_postgresql, upsert
from store.entries import (
    EVERYTHING,
    GENESIS,
    Filters,
    HistoryHeadRow,
    HistoryRow,
    digest_of,
    fitting,
    head,
    stream,
    words_of,
)
from store.rows import every, first, storable, table
from store.searching import match_of, newest

__all__ = [
    "EVERYTHING",
    "Anchor",
    "Filters",
    "HistoryHeadRow",
    "HistoryRow",
    "Verdict",
    "append",
    "count",
    "get",
    "head",
    "misfit",
    "of_run",
    "page",
    "stream",
    "verify",
]

_T = table(HistoryRow)
_HEAD = table(HistoryHeadRow)
# Built once: appending is the store's most frequent write, and building its statements cost a quarter of its time.
_APPEND = insert(_T)
_LOCK_HEAD = select(_HEAD).where(_HEAD.c.workspace == bindparam("of")).with_for_update()
_MOVE_HEAD = (
    update(_HEAD)
    .where(_HEAD.c.workspace == bindparam("of"))
    .values(seq=bindparam("to_seq"), digest=bindparam("to_digest"))
)


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

    ``actor`` is ``Actor.as_json()``; its ``person`` becomes the column. Raises NotCanonical when actor or data are no
    JSON.
    """
    end = await _locked_head(session, workspace)
    entry: dict[str, Any] = {
        "workspace": workspace,
        "seq": end.seq + 1,
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
        "prev": end.digest,
    }
    entry["digest"] = digest_of(entry)
    await session.execute(_APPEND, storable(entry))
    await tallies.add(session, workspace, at, tallies.counts_of(entry, data))
    await session.execute(_MOVE_HEAD, {"of": workspace, "to_seq": entry["seq"], "to_digest": entry["digest"]})
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
    if (match := match_of(filters.words)) and not is_postgresql(session):
        return await every(session, HistoryRow, newest(workspace, filters, match, before_seq).limit(limit))
    fit = fitting(workspace, filters).with_only_columns(_T.c.seq)
    if before_seq is not None:
        fit = fit.where(_T.c.seq < before_seq)
    # First the numbers, then their entries: what must be sorted is numbers, not entries of a few thousand characters each.
    these = fit.order_by(_T.c.seq.desc()).limit(limit).scalar_subquery()
    statement = select(_T).where(_T.c.workspace == workspace, _T.c.seq.in_(these))
    return await every(session, HistoryRow, statement.order_by(_T.c.seq.desc()))


async def count(session: AsyncSession, workspace: str, filters: Filters = EVERYTHING) -> int:
    """How many fit. Reads every one that the filter's index names."""
    many = select(func.count()).select_from(fitting(workspace, filters).with_only_columns(_T.c.seq).subquery())
    found: int = (await session.execute(many)).scalar_one()
    return found


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


async def _locked_head(session: AsyncSession, workspace: str) -> HistoryHeadRow:
    found = await first(session, HistoryHeadRow, _LOCK_HEAD, {"of": workspace})
    if found is None:
        fresh = upsert(session, _HEAD).values(workspace=workspace, seq=0, digest=GENESIS)
        await session.execute(fresh.on_conflict_do_nothing())
        found = await first(session, HistoryHeadRow, _LOCK_HEAD, {"of": workspace})
    if found is None:
        raise RuntimeError("The history's head row vanished inside one transaction.")
    return found
