"""Action calls and their attempts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict, NotFound
from store.dialect import UtcTime
from store.rows import Row, add, add_all, check_text, every, first, table


class CallRow(Row, table=True):
    """Call of a run, in the order ``seq``. ``payload`` holds the very bytes that are sent, as text."""

    __tablename__ = "calls"
    __table_args__ = (
        Index("ix_calls_workspace_run", "workspace", "run_id", "seq"),
        Index("ix_calls_run", "run_id"),
    )

    call_id: str = Field(primary_key=True)
    workspace: str
    run_id: str = Field(foreign_key="runs.id")
    seq: int
    action: str
    version: int
    state: str
    url: str
    payload: str
    attempts: int = 0
    status: int | None = None
    answer: str | None = None
    detail: str = ""
    started_at: datetime | None = Field(default=None, sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)


class AttemptRow(Row, table=True):
    """Attempt at a call: one POST. ``status`` is None if no answer came. ``answer_head`` is the beginning of the
    answer's text."""

    __tablename__ = "attempts"

    call_id: str = Field(primary_key=True, foreign_key="calls.call_id")
    n: int = Field(primary_key=True)
    started_at: datetime = Field(sa_type=UtcTime)
    duration_ms: float
    status: int | None = None
    error: str | None = None
    answer_head: str = ""


_T = table(CallRow)
_A = table(AttemptRow)


async def insert_many(session: AsyncSession, rows: Sequence[CallRow]) -> None:
    """Inserts calls. Raises Conflict if an id is taken or the run doesn't exist."""
    await add_all(session, rows)


async def get(session: AsyncSession, workspace: str, call_id: str) -> CallRow:
    """Reads one call. Raises NotFound, also for another workspace's call."""
    row = await first(session, CallRow, select(_T).where(_T.c.call_id == call_id, _T.c.workspace == workspace))
    if row is None:
        raise NotFound("There is no such call in this workspace.")
    return row


async def of_run(session: AsyncSession, workspace: str, run_id: str) -> list[CallRow]:
    """The calls of a run, in the order they run. Empty if there are none."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.run_id == run_id)
    return await every(session, CallRow, mine.order_by(_T.c.seq))


async def move(
    session: AsyncSession,
    workspace: str,
    call_id: str,
    *,
    was: Collection[str],
    to: str,
    of_attempt: int | None = None,
    **columns: Any,
) -> CallRow:
    """Updates a call's state by one conditional UPDATE, like runs.move. ``of_attempt`` requires that this is still the
    latest attempt: a late answer can't settle a newer attempt.

    Raises Conflict if its state isn't in ``was``, and NotFound if it doesn't exist here.
    """
    states = (was,) if isinstance(was, str) else tuple(was)
    statement = update(_T).where(_T.c.call_id == call_id, _T.c.workspace == workspace, _T.c.state.in_(states))
    if of_attempt is not None:
        statement = statement.where(_T.c.attempts == of_attempt)
    row = await first(session, CallRow, statement.values({**check_text(columns), "state": to}).returning(_T))
    if row is None:
        there = await get(session, workspace, call_id)
        raise Conflict(f"This call is {there.state!r} already: look at its run again.", extra={"state": there.state})
    return row


async def log_attempt(session: AsyncSession, row: AttemptRow) -> None:
    """Inserts an attempt. Raises Conflict if this attempt is already logged or the call doesn't exist."""
    await add(session, row)


async def attempts_of(session: AsyncSession, workspace: str, call_id: str) -> list[AttemptRow]:
    """A call's attempts, in order. Empty for another workspace's call."""
    joined = select(_A).join(_T, _T.c.call_id == _A.c.call_id)
    mine = joined.where(_A.c.call_id == call_id, _T.c.workspace == workspace)
    return await every(session, AttemptRow, mine.order_by(_A.c.n))


async def took_ms(session: AsyncSession, workspace: str, run_id: str) -> dict[str, float]:
    """Total milliseconds of all attempts of each call. Calls that were never sent are absent."""
    joined = select(_A.c.call_id, func.sum(_A.c.duration_ms)).join(_T, _T.c.call_id == _A.c.call_id)
    mine = joined.where(_T.c.workspace == workspace, _T.c.run_id == run_id).group_by(_A.c.call_id)
    return {call_id: float(ms) for call_id, ms in (await session.execute(mine)).all()}
