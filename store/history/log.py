"""AI History log: append-only and tamper-evident.

Each workspace has its own hash chain. An entry's digest covers all of its columns, including those for filtering, and
the digest of the entry before it. A head row per workspace holds the number of entries and the last digest; the
transaction that appends updates it. ``store.history.verification`` reads the chain back and finds the first break.

Appending locks the head until the transaction ends. So append last: the lock is then short, and locks are taken in one
order. ``store.history.search`` searches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import insert as on_postgresql
from sqlalchemy.dialects.sqlite import insert as on_sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.dml import UpdateBase

from core.errors import NotAuthentic, NotFound
from store.dialect import is_postgresql, upsert
from store.driver.prepared import PreparedQuery, PreparedStatement
from store.history import stats
from store.history.entries import (
    ENTRY_COLUMNS,
    EVERYTHING,
    GENESIS,
    HistoryEntry,
    HistoryFilters,
    HistoryHeadRow,
    HistoryRow,
    count_all,
    fitting,
    get_checked_head,
    head,
    heads,
    read_batch,
    stream,
)
from store.history.search import match_of, newest
from store.history.verification import ChainAnchor, ChainVerdict, entry_fault, verify
from store.rows import check_text, compute_code, every, find_authenticator, first, table
from store.workspaces import was_founded

__all__ = [
    "EVERYTHING",
    "ChainAnchor",
    "ChainVerdict",
    "HistoryEntry",
    "HistoryFilters",
    "HistoryHeadRow",
    "HistoryRow",
    "append",
    "append_all",
    "count",
    "count_all",
    "ensure_end",
    "entry_fault",
    "get",
    "get_checked_head",
    "head",
    "heads",
    "of_run",
    "page",
    "read_batch",
    "stream",
    "tell_generation",
    "verify",
]

_ENDS: Final = "opsiq.history_ends"
_SEALED: Final = "opsiq.history_sealed"
_T = table(HistoryRow)
_HEAD = table(HistoryHeadRow)
# Built once: appending is the store's most frequent write, and building its statements cost a quarter of its time.
_APPEND = PreparedStatement(lambda _: insert(_T), ENTRY_COLUMNS)
_LOCK_HEAD = PreparedQuery(HistoryHeadRow, select(_HEAD).where(_HEAD.c.workspace == bindparam("of")).with_for_update())
_LOCKED_END = (
    select(_HEAD.c.seq, _HEAD.c.digest, _HEAD.c.generation)
    .where(_HEAD.c.workspace == bindparam("of"))
    .with_for_update()
)


def _moving(postgresql: bool) -> UpdateBase:
    fresh = (on_postgresql if postgresql else on_sqlite)(_HEAD)
    moved = {name: fresh.excluded[name] for name in ("seq", "digest", "generation", "mac")}
    return fresh.on_conflict_do_update(index_elements=["workspace"], set_=moved)


_MOVE_HEAD = PreparedStatement(_moving, ("workspace", "seq", "digest", "generation", "mac"))


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
    """Appends one entry, as ``append_all`` does."""
    entry = HistoryEntry(
        kind, run_id, actor, data, at, request_id, contract, outcome, risk, model, prompt_version, duration_ms
    )
    return (await append_all(session, workspace, [entry]))[0]


async def append_all(session: AsyncSession, workspace: str, entries: Sequence[HistoryEntry]) -> list[HistoryRow]:
    """Appends entries at the end of this workspace's chain, in this order and in the caller's transaction. Raises
    NotCanonical if an actor or data are not JSON, and NotAuthentic if something other than OpsIQ wrote the chain's
    end."""
    if not entries:
        return []
    seq, prev, generation = await _lock_end(session, workspace)
    chained: list[dict[str, Any]] = []
    for entry in entries:
        seq += 1
        chained.append(entry.chained(workspace, seq, prev))
        prev = chained[-1]["digest"]
    await _APPEND.run(session, [tuple(check_text(columns).values()) for columns in chained])
    counts = [
        (stats.find_day(entry.at), count)
        for columns, entry in zip(chained, entries, strict=True)
        for count in stats.list_counts(columns, entry.data)
    ]
    await stats.add(session, workspace, counts)
    await _move_end(session, workspace, seq, prev, generation)
    return [HistoryRow(**columns) for columns in chained]


async def tell_generation(session: AsyncSession, workspace: str, generation: int) -> None:
    """Records as the last of the chain that the contracts have changed ``generation`` times. Later entries carry the
    number on."""
    seq, prev, _ = await _lock_end(session, workspace)
    await _move_end(session, workspace, seq, prev, generation)


async def page(
    session: AsyncSession,
    workspace: str,
    *,
    filters: HistoryFilters = EVERYTHING,
    before_seq: int | None = None,
    limit: int = 50,
) -> list[HistoryRow]:
    """A page of entries, newest first. ``before_seq`` is the last seq of the previous page."""
    if (match := match_of(filters.words)) and not is_postgresql(session):
        return await every(session, HistoryRow, newest(workspace, filters, match, before_seq).limit(limit))
    fit = fitting(workspace, filters).with_only_columns(_T.c.seq)
    if before_seq is not None:
        fit = fit.where(_T.c.seq < before_seq)
    # Reads the numbers first, then their entries. So the sort handles numbers, not entries of a few thousand characters
    # each.
    these = fit.order_by(_T.c.seq.desc()).limit(limit).scalar_subquery()
    statement = select(_T).where(_T.c.workspace == workspace, _T.c.seq.in_(these))
    return await every(session, HistoryRow, statement.order_by(_T.c.seq.desc()))


async def count(session: AsyncSession, workspace: str, filters: HistoryFilters = EVERYTHING) -> int:
    """Number of matching entries. Reads every entry that the filter's index finds."""
    many = select(func.count()).select_from(fitting(workspace, filters).with_only_columns(_T.c.seq).subquery())
    found: int = (await session.execute(many)).scalar_one()
    return found


async def get(session: AsyncSession, workspace: str, seq_or_id: int | str) -> HistoryRow:
    """Reads one entry by number or by ``his_…`` id. Raises NotFound, also for another workspace's entry."""
    by = _T.c.seq == seq_or_id if isinstance(seq_or_id, int) else _T.c.id == seq_or_id
    row = await first(session, HistoryRow, select(_T).where(_T.c.workspace == workspace, by))
    if row is None:
        raise NotFound("There is no such history entry in this workspace.")
    return row


async def of_run(session: AsyncSession, workspace: str, run_id: str) -> list[HistoryRow]:
    """A run's entries, in the order in which they were written."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.run_id == run_id)
    return await every(session, HistoryRow, mine.order_by(_T.c.seq))


async def ensure_end(session: AsyncSession, workspace: str) -> None:
    """If the head is missing, rebuilds it from the last entry, when a person accepts the database as it is."""
    if await head(session, workspace) is not None:
        return
    mine = select(_T.c.seq, _T.c.digest).where(_T.c.workspace == workspace).order_by(_T.c.seq.desc()).limit(1)
    last = (await session.execute(mine)).first()
    await _move_end(session, workspace, last.seq if last else 0, last.digest if last else GENESIS, 0)


async def _move_end(session: AsyncSession, workspace: str, seq: int, digest: str, generation: int) -> None:
    end = {"workspace": workspace, "seq": seq, "digest": digest, "generation": generation}
    code = compute_code(session, HistoryHeadRow, end)
    if code is None and session.info.get(_SEALED, {}).get(workspace):
        raise RuntimeError("This history is sealed, and this session has no keys to go on with it.")
    await _MOVE_HEAD.run(session, [(*end.values(), code)])
    session.info.setdefault(_ENDS, {})[workspace] = seq, digest, generation


async def _lock_end(session: AsyncSession, workspace: str) -> tuple[int, str, int]:
    """Number and digest of the last entry, and the recorded generation. The head is locked from the transaction's first
    append to its end, so the transaction knows its own appends without a query. Raises NotAuthentic."""
    if (known := session.info.get(_ENDS, {}).get(workspace)) is not None:
        return known  # type: ignore[no-any-return]
    found = await _LOCK_HEAD.first(session, of=workspace)
    if found is None:
        if find_authenticator(session) is not None and not was_founded(session, workspace):
            raise NotAuthentic(
                f"The record of where the history of {workspace} ends was taken out of the database. "
                "Whoever runs the server should run `opsiq doctor`."
            )
        fresh = upsert(session, _HEAD).values(workspace=workspace, seq=0, digest=GENESIS, generation=0)
        await session.execute(fresh.on_conflict_do_nothing())
        # It may be another transaction's by now.
        seq, digest, generation = (await session.execute(_LOCKED_END, {"of": workspace})).one()
        return seq, digest, generation
    session.info.setdefault(_SEALED, {})[workspace] = found.mac is not None
    return found.seq, found.digest, found.generation
