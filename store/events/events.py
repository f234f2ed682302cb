"""Events and reactions: one row an event, one row for each subscriber that reacts to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Index, and_, case, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.actor import Mode
from core.errors import NotFound
from store.automations import FiringRow, is_lost
from store.dialect import UtcTime
from store.rows import Row, add, add_all, add_new, check_text, every, first, table


class EventRow(Row, table=True):
    """Event. ``data`` is canonical JSON. ``origin`` says what fired it (``key:…``, ``connector:…``, ``opsiq``),
    ``cause`` the event, run or call it was caused by, ``depth`` how many events are above it in that chain. ``state``:
    firing until every subscriber has had its turn. ``mode`` ``test``: a test key fired it, and nobody reacts to it.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_workspace_fired", "workspace", "fired_at", "id"),
        Index("ix_events_workspace_name", "workspace", "name", "fired_at"),
        Index("ix_events_fired", "fired_at"),
    )

    id: str = Field(primary_key=True)
    workspace: str
    name: str
    data: str
    occurred_at: datetime = Field(sa_type=UtcTime)
    fired_at: datetime = Field(sa_type=UtcTime)
    origin: str
    cause: str | None = None
    depth: int = 0
    request_id: str | None = None
    state: str = "firing"
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)
    mode: str = Field(default="live", sa_column_kwargs={"server_default": "live"})


class ReactionRow(Row, table=True):
    """Reaction of one subscriber to one event. ``state``: pending, retrying, done, failed, or skipped (a blocking
    subscriber before it failed). ``detail`` says what was done."""

    __tablename__ = "event_reactions"
    __table_args__ = (Index("ix_event_reactions_state", "workspace", "state"),)

    event_id: str = Field(primary_key=True, foreign_key="events.id")
    subscriber: str = Field(primary_key=True)
    workspace: str
    priority: int
    blocking: bool = False
    state: str = "pending"
    attempts: int = 0
    error: str = ""
    detail: str = ""
    started_at: datetime | None = Field(default=None, sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)


_E = table(EventRow)
_R = table(ReactionRow)
_F = table(FiringRow)
OPEN = ("pending", "retrying")
TROUBLED = ("failed", "retrying")
EventStanding = Literal["firing", "troubled", "done"]
"""``firing``: not all subscribers have had their turn. ``troubled``: a reaction failed, is being retried or brought
nothing. ``done``: all have had their turn, and none is troubled."""


async def insert(session: AsyncSession, row: EventRow) -> EventRow:
    """Inserts an event. Raises Conflict if the id is taken."""
    return await add(session, row)


async def insert_many(session: AsyncSession, rows: Sequence[EventRow]) -> None:
    """Inserts events. Raises Conflict if one of the ids is taken."""
    await add_all(session, rows)


async def get(session: AsyncSession, workspace: str, event_id: str) -> EventRow:
    """Reads one event. Raises NotFound, also for another workspace's event."""
    row = await first(session, EventRow, select(_E).where(_E.c.id == event_id, _E.c.workspace == workspace))
    if row is None:
        raise NotFound("There is no such event in this workspace.")
    return row


async def listed(
    session: AsyncSession,
    workspace: str,
    *,
    name: str | None = None,
    before: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    standing: EventStanding | None = None,
    mode: Mode | None = None,
    limit: int = 50,
) -> list[EventRow]:
    """Events, newest first. ``before`` is the last id of the previous page (NotFound for an unknown one); ``since`` and
    ``until`` bound ``fired_at``."""
    statement = select(_E).where(_E.c.workspace == workspace)
    if name is not None:
        statement = statement.where(_E.c.name == name)
    if since is not None:
        statement = statement.where(_E.c.fired_at >= since)
    if until is not None:
        statement = statement.where(_E.c.fired_at < until)
    if standing is not None:
        statement = statement.where(_standing(standing))
    if mode is not None:
        statement = statement.where(_E.c.mode == mode)
    if before is not None:
        last = await get(session, workspace, before)
        older = and_(_E.c.fired_at == last.fired_at, _E.c.id < last.id)
        statement = statement.where(or_(_E.c.fired_at < last.fired_at, older))
    return await every(session, EventRow, statement.order_by(_E.c.fired_at.desc(), _E.c.id.desc()).limit(limit))


async def recent_names(session: AsyncSession, workspace: str, *, among: int = 1000) -> list[str]:
    """The names of the newest events, each once, in alphabetical order."""
    newest = select(_E.c.name).where(_E.c.workspace == workspace).order_by(_E.c.fired_at.desc(), _E.c.id.desc())
    few = newest.limit(among).subquery()
    return list((await session.execute(select(few.c.name).distinct().order_by(few.c.name))).scalars())


def _standing(wanted: EventStanding) -> ColumnElement[bool]:
    trouble = select(_R.c.event_id).where(_R.c.event_id == _E.c.id, or_(_R.c.state.in_(TROUBLED), _lost())).exists()
    if wanted == "troubled":
        return trouble
    return _E.c.state == "firing" if wanted == "firing" else and_(_E.c.state == "done", ~trouble)


def _lost() -> ColumnElement[bool]:
    """Whether a reaction is done and brought nothing (``store.automations.is_lost``)."""
    mine = and_(_F.c.source == _R.c.subscriber, _F.c.event_id == _R.c.event_id)
    return and_(_R.c.state == "done", select(_F.c.source).where(mine, is_lost()).exists())


async def reaction_counts(
    session: AsyncSession, workspace: str, event_ids: Collection[str]
) -> dict[str, dict[str, int]]:
    """Number of reactions of each event by state, with those that brought nothing under ``lost`` instead of ``done``.
    Events without reactions are absent."""
    state = case((_lost(), "lost"), else_=_R.c.state).label("state")
    mine = select(_R.c.event_id, state, func.count()).where(
        _R.c.workspace == workspace, _R.c.event_id.in_(tuple(event_ids))
    )
    made: dict[str, dict[str, int]] = {}
    for event_id, its_state, counted in (await session.execute(mine.group_by(_R.c.event_id, state))).all():
        made.setdefault(event_id, {})[its_state] = counted
    return made


async def finish(session: AsyncSession, workspace: str, event_id: str, at: datetime) -> None:
    """Records that every subscriber has had its turn."""
    done = update(_E).where(_E.c.workspace == workspace, _E.c.id == event_id, _E.c.state == "firing")
    await session.execute(done.values(state="done", finished_at=at))


async def plan_reactions(session: AsyncSession, rows: Sequence[ReactionRow]) -> None:
    """Inserts the planned reactions. Existing ones stay as they are."""
    for row in rows:
        await add_new(session, row)


async def reactions(session: AsyncSession, workspace: str, event_id: str) -> list[ReactionRow]:
    """Reactions to an event, in the order in which the subscribers react."""
    mine = select(_R).where(_R.c.workspace == workspace, _R.c.event_id == event_id)
    return await every(session, ReactionRow, mine.order_by(_R.c.priority, _R.c.subscriber))


async def reaction(session: AsyncSession, workspace: str, event_id: str, subscriber: str) -> ReactionRow | None:
    one = select(_R).where(_R.c.workspace == workspace, _R.c.event_id == event_id, _R.c.subscriber == subscriber)
    return await first(session, ReactionRow, one)


async def move_reaction(
    session: AsyncSession, row: ReactionRow, *, to: str, was: Collection[str] = OPEN, **columns: Any
) -> bool:
    """Updates a reaction's state, only from a state in ``was`` and with exactly the attempts that ``row`` shows. False,
    and nothing written, if somebody else changed it first."""
    mine = and_(
        _R.c.event_id == row.event_id,
        _R.c.subscriber == row.subscriber,
        _R.c.workspace == row.workspace,
        _R.c.state.in_(tuple(was)),
        _R.c.attempts == row.attempts,
    )
    fresh = {**check_text(columns), "state": to}
    return (await session.execute(update(_R).where(mine).values(fresh).returning(_R.c.event_id))).first() is not None


async def failed_reactions(
    session: AsyncSession, workspace: str, *, of: str | None = None, limit: int = 50
) -> list[ReactionRow]:
    """Reactions that failed or are being retried, newest event first (ids sort by time). ``of`` is the beginning of the
    subscriber's name."""
    mine = select(_R).where(_R.c.workspace == workspace, _R.c.state.in_(TROUBLED))
    if of is not None:
        mine = mine.where(_R.c.subscriber.startswith(of, autoescape=True))
    return await every(session, ReactionRow, mine.order_by(_R.c.event_id.desc(), _R.c.priority).limit(limit))


async def purge(session: AsyncSession, before: datetime, limit: int = 2_000) -> int:
    """Deletes up to ``limit`` events published before then, with their reactions. Returns how many. An event whose
    subscribers have not all had their turn stays."""
    old = select(_E.c.id).where(_E.c.fired_at < before, _E.c.state == "done").order_by(_E.c.fired_at).limit(limit)
    ids = list((await session.execute(old)).scalars())
    if ids:
        await session.execute(delete(_F).where(_F.c.event_id.in_(ids)))
        await session.execute(delete(_R).where(_R.c.event_id.in_(ids)))
        await session.execute(delete(_E).where(_E.c.id.in_(ids)))
    return len(ids)
