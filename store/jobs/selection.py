"""Job selection: which jobs are claimed next (due, unleased, most urgent first, with room in their lane)."""

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
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from store.dialect import EpochMs, among, one_of, pairs, present_ms, within
from store.jobs import lanes
from store.jobs.claim import address

_FRONT: Final = 400


@lru_cache(maxsize=512)
def select_due(
    job: Table,
    kinds: tuple[str, ...],
    per_lane: int | None,
    postgresql: bool,
    named: bool = False,
    ahead: bool = False,
) -> CTE:
    """The ids of the jobs to claim next, for the parameters ``most`` and ``front`` (``fronted``). The statement is
    cached, because building it costs as much as running it. ``named`` selects only rows whose key is in the parameter
    ``wanted``. ``ahead`` selects from each lane of the parameter ``quick`` the number given there, and at most
    ``slots`` of all others. Each lane of ``uncounted`` has that many more jobs under lease than are counted.
    """
    if named:
        # They are found by their key. If the wording allowed it, PostgreSQL would scan the queue's index instead; and
        # if reading the clock costs nothing for a row, it would read the whole table.
        found = and_(unfinished(job), among(job.c.key, "wanted", postgresql=postgresql), job.c.due_ms <= EpochMs())
    else:
        found = and_(job.c.finished_ms.is_(None), job.c.turn_ms <= present_ms(), job.c.due_ms <= present_ms())
    open_ = and_(found, one_of(job.c.kind, kinds), not_held(job))
    most, front = bindparam("most", type_=Integer), bindparam("front", type_=Integer)
    still = and_(unfinished(job), job.c.due_ms <= present_ms())
    return _pick(job, open_, still, most, front, per_lane, postgresql, ahead)


def front_parameters(limit: int) -> dict[str, int]:
    """The parameters that limit a claim to ``limit`` rows."""
    return {"most": limit, "front": limit + _FRONT}


@lru_cache(maxsize=512)
def select_overdue(
    job: Table, kinds: tuple[str, ...], again_ms: int, limit: int, per_lane: int | None, postgresql: bool
) -> ReturningUpdate[Any]:
    """The statement of ``store.jobs.broker.overdue``: jobs that could be claimed, have been due for the parameter
    ``due_for_ms`` and were not marked as published in the last ``again_ms``.
    """
    before = present_ms() - bindparam("due_for_ms")
    late = job.c.due_ms <= before
    fresh = or_(job.c.carried_ms.is_(None), job.c.carried_ms <= present_ms() - again_ms)
    open_ = and_(
        job.c.finished_ms.is_(None), job.c.turn_ms <= before, late, job.c.kind.in_(kinds), fresh, not_held(job)
    )
    picked = _pick(job, open_, and_(unfinished(job), late, fresh), limit, limit + _FRONT, per_lane, postgresql)
    return (
        update(job)
        .where(within(address(job, postgresql).element, select(picked.c.address), postgresql=postgresql))
        .values(carried_ms=present_ms())
        .returning(job.c.kind, job.c.key, job.c.carried_ms)
    )


def not_held(job: Table) -> ColumnElement[bool]:
    """SQL condition: the row's lane, if it has one, is not paused now."""
    return or_(job.c.lane.is_(None), job.c.lane.not_in(lanes.held_lanes()))


def unfinished(job: Table) -> ColumnElement[bool]:
    """SQL condition ``finished_ms IS NULL``, written so that PostgreSQL does not use a partial index for it. With that
    index it would scan the whole queue for each row that it looks up.
    """
    return one_of(job.c.state, ("ready", "claimed"))


def _pick(
    job: Table,
    open_: ColumnElement[bool],
    still: ColumnElement[bool],
    most: Any,
    front: Any,
    per_lane: int | None,
    postgresql: bool,
    ahead: bool = False,
) -> CTE:
    order: Sequence[Any] = (job.c.priority, job.c.turn_ms, job.c.id)
    due: Select[Any] = select(address(job, postgresql)).where(open_)
    if per_lane is not None:
        fitting = _with_room(job, open_, order, per_lane, front, postgresql, ahead)
        if postgresql:
            # Decided once, then looked up one by one; what another has taken meanwhile is seen by ``still`` when its
            # row is locked.
            seats = fitting.cte("seats").prefix_with("MATERIALIZED")
            at = address(job, postgresql)
            due = select(at).where(still, within(at.element, select(seats.c.address), postgresql=True))
        else:
            seated = fitting.subquery("fitting")
            due, order = select(seated.c.address), (seated.c.priority, seated.c.turn_ms, seated.c.id)
    due = due.order_by(*order).limit(most)
    if postgresql:
        due = due.with_for_update(skip_locked=True)
    # MATERIALIZED: otherwise PostgreSQL may run the locking, limited query once per row and claim more than the limit.
    return due.cte("picked").prefix_with("MATERIALIZED", dialect="postgresql")


def _with_room(
    job: Table,
    open_: ColumnElement[bool],
    order: Sequence[Any],
    per_lane: int,
    front_rows: Any,
    postgresql: bool,
    ahead: bool,
) -> Select[Any]:
    """Open rows (address and order) that fit into their lanes, from the front of the queue."""
    known = _known(job, per_lane, postgresql, ahead)
    with_room = or_(job.c.lane.is_(None), job.c.lane.not_in(select(known.c.lane).where(known.c.free <= 0)))
    front = (
        select(job.c.id, job.c.lane, job.c.priority, job.c.turn_ms, address(job, postgresql))
        .where(open_, with_room)
        .order_by(*order)
        .limit(front_rows)
        .subquery("front")
    )
    by_turn = (front.c.priority, front.c.turn_ms, front.c.id)
    rank = func.row_number().over(partition_by=front.c.lane, order_by=by_turn)
    ranked = (
        select(front.c.address, front.c.lane, *by_turn, rank.label("place"), known.c.free, known.c.is_quick)
        .outerjoin(known, known.c.lane == front.c.lane)
        .subquery("ranked")
    )
    fits = or_(ranked.c.lane.is_(None), ranked.c.place <= func.coalesce(ranked.c.free, per_lane))
    fitting = select(ranked.c.address, ranked.c.id, ranked.c.priority, ranked.c.turn_ms).where(fits)
    if not ahead:
        return fitting
    seated = (
        fitting.add_columns(func.coalesce(ranked.c.is_quick, 0).label("is_quick"))
        .cte("seated")
        .prefix_with("MATERIALIZED")
    )
    others = select(seated.c.id).where(seated.c.is_quick == 0)
    first = others.order_by(seated.c.priority, seated.c.turn_ms, seated.c.id).limit(bindparam("slots", type_=Integer))
    return select(seated.c.address, seated.c.id, seated.c.priority, seated.c.turn_ms).where(
        or_(seated.c.is_quick == 1, seated.c.id.in_(first))
    )


def _known(job: Table, per_lane: int, postgresql: bool, ahead: bool) -> CTE:
    """Free places (``free``) of each lane that has claimed jobs, a width of its own, or is quick (1, else 0)."""
    nothing = cast(null(), Integer)
    told = [
        select(
            job.c.counted_in.label("lane"),
            nothing.label("width"),
            nothing.label("ahead"),
            cast(func.count(), Integer).label("n"),
        )
        .where(job.c.counted_in.is_not(None), job.c.finished_ms.is_(None))
        .where(job.c.state == "claimed", job.c.due_ms > present_ms())
        .group_by(job.c.counted_in),
        select(lanes.LANES.c.lane, lanes.LANES.c.width, nothing, literal(0)).where(lanes.LANES.c.width.is_not(None)),
    ]
    if ahead:
        quick = pairs("quick", postgresql=postgresql)
        uncounted = pairs("uncounted", postgresql=postgresql)
        told.append(select(quick.c.key, nothing, cast(quick.c.value, Integer), literal(0)))
        told.append(select(uncounted.c.key, nothing, nothing, cast(uncounted.c.value, Integer)))
    each = union_all(*told).subquery("each")
    width, room, n = func.max(each.c.width), func.max(each.c.ahead), func.sum(each.c.n)
    is_quick = and_(width.is_(None), room.is_not(None))
    return (
        select(
            each.c.lane,
            case((is_quick, room), else_=func.coalesce(width, per_lane) - n).label("free"),
            case((is_quick, 1), else_=0).label("is_quick"),
        )
        .group_by(each.c.lane)
        .cte("known")
        .prefix_with("MATERIALIZED")
    )
