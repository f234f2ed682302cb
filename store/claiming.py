"""Which work is taken next: due, unleased, most urgent first, where its lane has room."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import CTE, ColumnElement, Select, Table, and_, bindparam, func, or_, select, text, update
from sqlalchemy.sql.dml import ReturningUpdate

from store import lanes
from store.dialect import EpochMs

_FRONT: Final = 400


@lru_cache(maxsize=512)
def claiming(
    work: Table,
    owner: str,
    kinds: tuple[str, ...],
    lease_s: float,
    limit: int,
    per_lane: int | None,
    postgresql: bool,
    named: bool = False,
) -> ReturningUpdate[Any]:
    """The statement of ``store.work.claim``. Kept, since to build it costs as much as to run it. ``named``: only rows whose key is in the
    parameter ``wanted``.
    """
    open_ = and_(work.c.finished_ms.is_(None), work.c.due_ms <= EpochMs(), work.c.kind.in_(kinds), not_held(work))
    if named:
        open_ = and_(open_, work.c.key.in_(bindparam("wanted", expanding=True)))
    picked = _picked(work, open_, limit, per_lane, postgresql)
    return (
        update(work)
        .where(work.c.id.in_(select(picked.c.id)))
        .values(state="claimed", owner=owner, attempt=work.c.attempt + 1, due_ms=EpochMs() + round(lease_s * 1000))
        .returning(work)
    )


@lru_cache(maxsize=512)
def carrying(
    work: Table, kinds: tuple[str, ...], again_ms: int, limit: int, per_lane: int | None, postgresql: bool
) -> ReturningUpdate[Any]:
    """The statement of ``store.carrying.overdue``: what could be claimed, has been due for the parameter ``due_for_ms`` and was not marked
    as carried in the last ``again_ms``.
    """
    late = work.c.due_ms <= EpochMs() - bindparam("due_for_ms")
    fresh = or_(work.c.carried_ms.is_(None), work.c.carried_ms <= EpochMs() - again_ms)
    open_ = and_(work.c.finished_ms.is_(None), late, work.c.kind.in_(kinds), fresh, not_held(work))
    picked = _picked(work, open_, limit, per_lane, postgresql)
    return (
        update(work)
        .where(work.c.id.in_(select(picked.c.id)))
        .values(carried_ms=EpochMs())
        .returning(work.c.kind, work.c.key, work.c.carried_ms)
    )


def not_held(work: Table) -> ColumnElement[bool]:
    """Whether a row's lane, if it is in one, may be claimed from at this moment."""
    return or_(work.c.lane.is_(None), work.c.lane.not_in(lanes.held()))


def _picked(work: Table, open_: ColumnElement[bool], limit: int, per_lane: int | None, postgresql: bool) -> CTE:
    order = (work.c.priority, work.c.due_ms, work.c.id)
    due = select(work.c.id).where(open_)
    if per_lane is not None:
        fitting = work.c.id.in_(_with_room(work, open_, order, per_lane, limit))
        due = due.where(fitting) if postgresql else select(work.c.id).where(fitting)
    due = due.order_by(*order).limit(limit)
    if postgresql:
        due = due.with_for_update(skip_locked=True)
    # MATERIALIZED: PostgreSQL may else run the locking, limited query once per row and claim more than the limit.
    return due.cte("picked").prefix_with("MATERIALIZED", dialect="postgresql")


def _with_room(
    work: Table, open_: ColumnElement[bool], order: Sequence[Any], per_lane: int, limit: int
) -> Select[tuple[str]]:
    """Ids of open rows that fit into their lanes, from the front of the queue of lanes that have room."""
    width = func.coalesce(lanes.LANES.c.width, per_lane)
    claimed = text("state = 'claimed'")  # spelt out: SQLite takes a partial index only for a condition it can read
    under = (
        select(work.c.lane, func.count().label("n"))
        .where(claimed, work.c.lane.is_not(None), work.c.due_ms > EpochMs())
        .group_by(work.c.lane)
        .cte("under")
    )
    full = select(under.c.lane).outerjoin(lanes.LANES, lanes.LANES.c.lane == under.c.lane).where(under.c.n >= width)
    with_room = or_(work.c.lane.is_(None), work.c.lane.not_in(full))
    front = (
        select(work.c.id, work.c.lane, work.c.priority, work.c.due_ms)
        .where(open_, with_room)
        .order_by(*order)
        .limit(max(_FRONT, limit * 4))
        .subquery("front")
    )
    rank = func.row_number().over(partition_by=front.c.lane, order_by=(front.c.priority, front.c.due_ms, front.c.id))
    ranked = select(front.c.id, front.c.lane, rank.label("place")).subquery("ranked")
    return (
        select(ranked.c.id)
        .outerjoin(under, under.c.lane == ranked.c.lane)
        .outerjoin(lanes.LANES, lanes.LANES.c.lane == ranked.c.lane)
        .where(or_(ranked.c.lane.is_(None), ranked.c.place + func.coalesce(under.c.n, 0) <= width))
    )
