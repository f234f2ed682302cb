"""Runs: one request on its way from words to outcome. Every change of state is one conditional UPDATE."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Index, String, and_, bindparam, cast, func, or_, select, true, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict, NotFound
from store.dialect import DbNow, UtcTime
from store.driver.prepared import PreparedQuery
from store.driver.sqlite import ONE_ROW
from store.jobs.jobs import JobRow
from store.rows import Row, add, authentic, check_text, compute_code, every, find_authenticator, table


class RunRow(Row, table=True):
    """A run's row. ``actions`` are names joined by spaces. ``thread_id`` is the first run of its thread (None: its
    own). ``document`` is JSON that belongs to the agent. ``revision`` grows with every move. ``phase`` is the present
    phase of planning a received run, if it takes long. A move clears it.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index("ix_runs_workspace_created", "workspace", "created_at", "id"),
        Index("ix_runs_workspace_state", "workspace", "state", "created_at"),
        Index("ix_runs_workspace_person", "workspace", "person", "created_at"),
        Index("ix_runs_workspace_thread", "workspace", "thread_id", "created_at"),
        Index("ix_runs_state_expires", "state", "expires_at"),
    )

    SEALED: ClassVar[tuple[str, ...]] = (
        "id", "workspace", "session_id", "actor_id", "person", "role", "surface", "state", "actions", "risk",
        "plan_digest", "expires_at", "revision", "document",
    )  # fmt: skip

    id: str = Field(primary_key=True)
    workspace: str
    session_id: str
    actor_id: str
    person: str
    role: str
    surface: str
    text: str
    state: str
    actions: str = ""
    risk: str = ""
    plan_digest: str | None = None
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = Field(sa_type=UtcTime)
    updated_at: datetime = Field(sa_type=UtcTime)
    revision: int = 1
    document: str
    phase: str | None = None
    mac: str | None = None
    thread_id: str | None = None


_T = table(RunRow)
# Built once, since every request uses it: building a short statement costs more than running it.
_GET = PreparedQuery(RunRow, select(_T).where(_T.c.id == bindparam("of"), _T.c.workspace == bindparam("within")))
WAITING = ("held", "asked")
OPEN = (*WAITING, "received", "confirmed", "executing", "unknown")


async def insert(session: AsyncSession, row: RunRow) -> RunRow:
    """Inserts a run. Raises Conflict if the id is taken."""
    return await add(session, row)


async def get(session: AsyncSession, workspace: str, run_id: str) -> RunRow:
    """Reads one run. Raises NotFound, also for another workspace's run."""
    row = await _GET.first(session, of=run_id, within=workspace)
    if row is None:
        raise NotFound("There is no such run in this workspace.")
    return row


async def move(
    session: AsyncSession,
    workspace: str,
    run_id: str,
    *,
    was: Collection[str],
    to: str,
    revision: int | None = None,
    fixed: Mapping[str, Any] | None = None,
    **columns: Any,
) -> RunRow:
    """Moves a run from a state in ``was`` to ``to`` and sets ``columns``. The revision grows by one.

    Of concurrent moves exactly one succeeds. ``revision`` requires that nothing moved since it was read. ``updated_at``
    is the database's clock unless given. ``fixed`` are the columns that no move changes, as they were read: with them,
    ``revision`` and all others the row is sealed again (a session with keys needs them). Raises Conflict if the run has
    moved on (``extra`` gives its state and revision), NotFound if it isn't in this workspace, and NotAuthentic if
    ``fixed`` is not what is stored.
    """
    states = (was,) if isinstance(was, str) else tuple(was)
    fresh = check_text({**columns, "state": to, "phase": None})
    if find_authenticator(session) is not None:
        sealed = {"id": run_id, "workspace": workspace, **(fixed or {}), **fresh}
        fresh["mac"] = compute_code(
            session, RunRow, {**sealed, "revision": revision + 1 if revision is not None else None}
        )
    given = {f"to_{name}": value for name, value in fresh.items()}
    given |= {"of": run_id, "within": workspace} | ({} if revision is None else {"revised": revision})
    row = await _moving(tuple(fresh), states, revision is not None).first(session, **given)
    if row is None:
        there = await get(session, workspace, run_id)
        raise Conflict(
            f"This run is {there.state!r} (revision {there.revision}) and no longer what you saw: look at it again.",
            extra={"state": there.state, "revision": there.revision},
        )
    return row


@lru_cache(maxsize=256)
def _moving(names: tuple[str, ...], states: tuple[str, ...], revised: bool) -> PreparedQuery[RunRow]:
    one = update(_T).prefix_with(ONE_ROW)
    mine = one.where(
        _T.c.id == bindparam("of"), _T.c.workspace == bindparam("within"), or_(*(_T.c.state == each for each in states))
    )
    if revised:
        mine = mine.where(_T.c.revision == bindparam("revised"))
    given = {name: bindparam(f"to_{name}", type_=_T.c[name].type) for name in names}
    return PreparedQuery(
        RunRow, mine.values({"updated_at": DbNow(), **given, "revision": _T.c.revision + 1}).returning(_T)
    )


async def record_phase(session: AsyncSession, workspace: str, run_id: str, phase: str) -> None:
    """Records how far the planning of a received run is. This is no move: the revision stays."""
    mine = update(_T).where(_T.c.id == run_id, _T.c.workspace == workspace, _T.c.state == "received")
    await session.execute(mine.values(phase=phase))


async def listed(
    session: AsyncSession,
    workspace: str,
    *,
    states: Collection[str] = (),
    person: str | None = None,
    role: str | None = None,
    action: str | None = None,
    thread_id: str | None = None,
    last: RunRow | str | None = None,
    oldest_first: bool = False,
    limit: int = 50,
) -> list[RunRow]:
    """Runs, newest first. ``role`` selects those asked in it, ``action`` those with a call of this name. ``last`` is
    the last row (or its id) of the previous page. Raises NotFound for an unknown id."""
    statement = select(_T).where(_T.c.workspace == workspace)
    if states:
        statement = statement.where(_T.c.state.in_(tuple(states)))
    if person is not None:
        statement = statement.where(_T.c.person == person)
    if role is not None:
        statement = statement.where(_T.c.role == role)
    if action is not None:
        statement = statement.where((" " + _T.c.actions + " ").contains(f" {action} ", autoescape=True))
    if thread_id is not None:
        statement = statement.where(_in_thread(thread_id))
    last = await get(session, workspace, last) if isinstance(last, str) else last
    order = (_T.c.created_at, _T.c.id) if oldest_first else (_T.c.created_at.desc(), _T.c.id.desc())
    ordered = statement.order_by(*order).limit(limit)
    kept: list[RunRow] = []
    while True:  # once, unless a row of the page is not authentic: only the last page may be short
        beyond = true() if last is None else _after(last) if oldest_first else _before(last)
        page = [RunRow(**each) for each in (await session.execute(ordered.where(beyond))).mappings()]
        kept += authentic(session, page)
        if len(page) < limit or len(kept) >= limit:
            return kept[:limit]
        last = page[-1]


def _before(last: RunRow) -> ColumnElement[bool]:
    older = and_(_T.c.created_at == last.created_at, _T.c.id < last.id)
    return or_(_T.c.created_at < last.created_at, older)


def _after(last: RunRow) -> ColumnElement[bool]:
    newer = and_(_T.c.created_at == last.created_at, _T.c.id > last.id)
    return or_(_T.c.created_at > last.created_at, newer)


async def of_thread(
    session: AsyncSession,
    workspace: str,
    thread_id: str,
    *,
    person: str,
    role: str,
    surface: str,
    until: datetime | None = None,
    limit: int,
) -> list[RunRow]:
    """The last ``limit`` runs of a thread (up to ``until``) that this person asked for in this role on this surface,
    oldest first."""
    mine = select(_T).where(
        _T.c.workspace == workspace,
        _in_thread(thread_id),
        _T.c.person == person,
        _T.c.role == role,
        _T.c.surface == surface,
    )
    if until is not None:
        mine = mine.where(_T.c.created_at <= until)
    return (await every(session, RunRow, mine.order_by(_T.c.created_at.desc(), _T.c.id.desc()).limit(limit)))[::-1]


def _in_thread(thread_id: str) -> ColumnElement[bool]:
    """SQL condition for a thread's runs, including its first. An old process may have stored that without naming a
    thread."""
    return or_(_T.c.thread_id == thread_id, _T.c.id == thread_id)


async def states_of(session: AsyncSession, workspace: str, run_ids: Collection[str]) -> dict[str, str]:
    """The state of each of these runs, by id. Those that are gone are absent."""
    mine = select(_T.c.id, _T.c.state).where(_T.c.workspace == workspace, _T.c.id.in_(tuple(run_ids)))
    return {each.id: each.state for each in (await session.execute(mine)).all()}


async def due(session: AsyncSession, now: datetime, limit: int = 100) -> list[RunRow]:
    """Waiting runs of every workspace that are overdue, longest overdue first. The sweep that expires them uses it."""
    over = select(_T).where(_T.c.state.in_(WAITING), _T.c.expires_at <= now)
    return await every(session, RunRow, over.order_by(_T.c.expires_at).limit(limit))


async def find_stranded(session: AsyncSession, kind: str, before: datetime, limit: int = 100) -> list[RunRow]:
    """Stranded runs of every workspace, longest standing first: they are to be sent, have not moved since ``before``,
    and have no open job of this kind, either for their current revision or for the one before it, under which they were
    confirmed.
    """
    purpose = kind.rpartition(".")[2]
    keys = [_T.c.id + f":{purpose}:" + cast(_T.c.revision - back, String) for back in (0, 1)]
    job = table(JobRow)
    open_ = select(job.c.id).where(job.c.key.in_(keys), job.c.finished_ms.is_(None)).exists()
    mine = select(_T).where(_T.c.state.in_(("confirmed", "executing")), _T.c.updated_at < before, ~open_)
    return await every(session, RunRow, mine.order_by(_T.c.updated_at).limit(limit))


async def count_held(session: AsyncSession, workspace: str, now: datetime, *, person: str, role: str | None) -> int:
    """Number of this person's live cards. ``role`` selects those asked in it."""
    mine = select(func.count()).where(
        _T.c.workspace == workspace,
        _T.c.person == person,
        _T.c.state == "held",
        or_(_T.c.expires_at.is_(None), _T.c.expires_at > now),
    )
    if role is not None:
        mine = mine.where(_T.c.role == role)
    return (await session.execute(mine)).scalar_one()


async def count_by_state(session: AsyncSession) -> dict[str, int]:
    """Number of runs of every workspace in each state that is not final."""
    open_ = (
        select(_T.c.state, func.count().label("n"))
        .where(_T.c.state.in_(OPEN))
        .group_by(_T.c.state)
        .order_by(_T.c.state)
    )
    return {row.state: row.n for row in (await session.execute(open_)).all()}
