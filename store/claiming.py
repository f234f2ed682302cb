"""Which work is taken next: due, unleased, most urgent first, where its lane has room."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    bindparam,
    case,
    func,
    not_,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from store import lanes
from store.dialect import EpochMs, among, one_of
from store.taking import address

AHEAD_PER_LANE: Final = 600
"""How much of a quick lane may be claimed at a time: what runs, what waits for its turn here, and what is not settled yet."""
_FRONT: Final = 400


@lru_cache(maxsize=512)
def picking(
    work: Table,
    kinds: tuple[str, ...],
    per_lane: int | None,
    postgresql: bool,
    named: bool = False,
    ahead: bool = False,
) -> CTE:
    """The ids of what is claimed next, for the parameters ``most`` and ``front`` (``fronted``). Kept, since to build it costs as much
    as to run it. ``named``: only rows whose key is in the parameter ``wanted``. ``ahead``: up to AHEAD_PER_LANE of each lane of the
    parameter ``quick``, and of all others no more than ``slots``.
    """
    # Named rows are found by their key; in words that allow it, PostgreSQL takes the queue's index instead and walks all that waits.
    not_over = unfinished(work) if named else work.c.finished_ms.is_(None)
    open_ = and_(not_over, work.c.due_ms <= EpochMs(), one_of(work.c.kind, kinds), not_held(work))
    if named:
        open_ = and_(open_, among(work.c.key, "wanted", postgresql=postgresql))
    most, front = bindparam("most", type_=Integer), bindparam("front", type_=Integer)
    still = and_(unfinished(work), work.c.due_ms <= EpochMs())
    return _picked(work, open_, still, most, front, per_lane, postgresql, ahead)


def fronted(limit: int) -> dict[str, int]:
    """The parameters that bound a claim to ``limit`` rows."""
    return {"most": limit, "front": limit + _FRONT}


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
    picked = _picked(work, open_, and_(unfinished(work), late, fresh), limit, limit + _FRONT, per_lane, postgresql)
    return (
        update(work)
        .where(address(work, postgresql).element.in_(select(picked.c.address)))
        .values(carried_ms=EpochMs())
        .returning(work.c.kind, work.c.key, work.c.carried_ms)
    )


def not_held(work: Table) -> ColumnElement[bool]:
    """Whether a row's lane, if it is in one, may be claimed from at this moment."""
    return or_(work.c.lane.is_(None), work.c.lane.not_in(lanes.held()))


def unfinished(work: Table) -> ColumnElement[bool]:
    """As ``finished_ms IS NULL``, in words that PostgreSQL takes no partial index for: it would walk the whole queue once for each row it
    looks up.
    """
    return one_of(work.c.state, ("ready", "claimed"))


def _picked(
    work: Table,
    open_: ColumnElement[bool],
    still: ColumnElement[bool],
    most: Any,
    front: Any,
    per_lane: int | None,
    postgresql: bool,
    ahead: bool = False,
) -> CTE:
    order: Sequence[Any] = (work.c.priority, work.c.due_ms, work.c.id)
    due: Select[Any] = select(address(work, postgresql)).where(open_)
    if per_lane is not None:
        fitting = _with_room(work, open_, order, per_lane, front, postgresql, ahead)
        if postgresql:
            # Decided once, then looked up one by one; what another has taken meanwhile is seen by ``still`` when its row is locked.
            seats = fitting.cte("seats").prefix_with("MATERIALIZED")
            at = address(work, postgresql)
            due = select(at).where(still, at.element.in_(select(seats.c.address)))
        else:
            seated = fitting.subquery("fitting")
            due, order = select(seated.c.address), (seated.c.priority, seated.c.due_ms, seated.c.id)
    due = due.order_by(*order).limit(most)
    if postgresql:
        due = due.with_for_update(skip_locked=True)
    # MATERIALIZED: PostgreSQL may else run the locking, limited query once per row and claim more than the limit.
    return due.cte("picked").prefix_with("MATERIALIZED", dialect="postgresql")


def _with_room(
    work: Table,
    open_: ColumnElement[bool],
    order: Sequence[Any],
    per_lane: int,
    front_rows: Any,
    postgresql: bool,
    ahead: bool,
) -> Select[Any]:
    """Open rows (address and order) that fit into their lanes, from the front of the queue of lanes that have room."""

    def quick(lane: ColumnElement[Any]) -> ColumnElement[bool]:
        return among(lane, "quick", postgresql=postgresql)

    def width(lane: ColumnElement[Any]) -> ColumnElement[int]:
        usual: Any = case((quick(lane), AHEAD_PER_LANE), else_=per_lane) if ahead else per_lane
        return func.coalesce(lanes.LANES.c.width, usual)

    claimed = text("state = 'claimed'")  # spelt out: SQLite takes a partial index only for a condition it can read
    under = (
        select(work.c.lane, func.count().label("n"))
        .where(claimed, work.c.lane.is_not(None), work.c.due_ms > EpochMs())
        .group_by(work.c.lane)
        .cte("under")
    )
    full = (
        select(under.c.lane)
        .outerjoin(lanes.LANES, lanes.LANES.c.lane == under.c.lane)
        .where(under.c.n >= width(under.c.lane))
    )
    with_room = or_(work.c.lane.is_(None), work.c.lane.not_in(full))
    front = (
        select(work.c.id, work.c.lane, work.c.priority, work.c.due_ms, address(work, postgresql))
        .where(open_, with_room)
        .order_by(*order)
        .limit(front_rows)
        .subquery("front")
    )
    by_turn = (front.c.priority, front.c.due_ms, front.c.id)
    rank = func.row_number().over(partition_by=front.c.lane, order_by=by_turn)
    ranked = select(front.c.address, front.c.id, front.c.lane, *by_turn[:2], rank.label("place")).subquery("ranked")
    fits = or_(ranked.c.lane.is_(None), ranked.c.place + func.coalesce(under.c.n, 0) <= width(ranked.c.lane))
    fitting = (
        select(ranked.c.address, ranked.c.id, ranked.c.priority, ranked.c.due_ms)
        .outerjoin(under, under.c.lane == ranked.c.lane)
        .outerjoin(lanes.LANES, lanes.LANES.c.lane == ranked.c.lane)
        .where(fits)
    )
    if not ahead:
        return fitting
    is_quick = and_(ranked.c.lane.is_not(None), quick(ranked.c.lane)).label("is_quick")
    seated = fitting.add_columns(is_quick).cte("seated")
    others = select(seated.c.id).where(not_(seated.c.is_quick))
    first = others.order_by(seated.c.priority, seated.c.due_ms, seated.c.id).limit(bindparam("slots", type_=Integer))
    return select(seated.c.address, seated.c.id, seated.c.priority, seated.c.due_ms).where(
        or_(seated.c.is_quick, seated.c.id.in_(first))
    )
