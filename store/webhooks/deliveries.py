"""Webhook deliveries: one for each event and endpoint, and the body that they share. ``store.webhooks.attempts`` has
the attempts.

An event's body is stored once, and every attempt sends the same bytes. A delivery's ``state`` is pending, succeeded or
failed, and never leaves succeeded.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import (
    BigInteger,
    Index,
    LargeBinary,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import NotFound
from store.dialect import UtcTime, among, is_postgresql, upsert, write_texts
from store.driver.json_rows import JsonRowsQuery
from store.rows import Row, every, first, list_values, table
from store.webhooks import attempts

KEEP_DAYS: Final = 30
DeliveryCause = Literal["event", "replay", "test"]


class BodyRow(Row, table=True):
    """Body of one event's deliveries, byte for byte."""

    __tablename__ = "webhook_bodies"
    __table_args__ = (Index("ix_webhook_bodies_created", "created_at"),)

    event_id: str = Field(primary_key=True)
    workspace: str
    event: str
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)


class DeliveryRow(Row, table=True):
    """Delivery. ``tries`` counts the attempts of the series. ``attempts`` also counts those that a person asked for.
    ``status``, ``error`` and ``detail`` are those of the last attempt. ``next_at`` is approximately when the next one
    is due. ``failed`` is true while the state is failed, else NULL: failed deliveries are found by it, and a success
    doesn't change it.

    No index may contain a column that a success changes, or PostgreSQL would write a new entry in every index
    (docs/decisions/2026-11-26-deliveries.md).
    """

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("event_id", "endpoint"),
        Index("ix_webhook_deliveries_workspace", "workspace", "id"),
        Index("ix_webhook_deliveries_endpoint", "endpoint", "id"),
        Index(
            "ix_webhook_deliveries_failed",
            "endpoint",
            "id",
            sqlite_where=text("failed IS NOT NULL"),
            postgresql_where=text("failed IS NOT NULL"),
        ),
        Index("ix_webhook_deliveries_created", "created_at"),
    )

    id: str = Field(primary_key=True)
    workspace: str
    event_id: str = Field(foreign_key="webhook_bodies.event_id")
    endpoint: str = Field(foreign_key="webhook_endpoints.id")
    event: str
    cause: str = "event"
    state: str = "pending"
    failed: bool | None = None
    tries: int = 0
    attempts: int = 0
    status: int | None = None
    error: str | None = None
    detail: str = ""
    created_at: datetime = Field(sa_type=UtcTime)
    first_at: datetime | None = Field(default=None, sa_type=UtcTime)
    next_at: datetime | None = Field(default=None, sa_type=UtcTime)
    finished_at: datetime | None = Field(default=None, sa_type=UtcTime)


class DueDelivery(NamedTuple):
    """Delivery with what an attempt needs to know."""

    id: str
    workspace: str
    event_id: str
    endpoint: str
    event: str
    cause: str
    state: str
    tries: int
    attempts: int
    first_at: datetime | None
    next_at: datetime | None
    body: bytes


@dataclass(frozen=True, slots=True)
class DeliveryFilters:
    """Filters over deliveries. All must match. ``since`` is inclusive, ``until`` exclusive (times of creation)."""

    endpoint: str | None = None
    event: str | None = None
    event_id: str | None = None
    states: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


_T = table(DeliveryRow)
_B = table(BodyRow)
_ANY_SIZE: Final = 2**40
_BODIES_AT_ONCE: Final = 200
"""Most bodies that are read at once, so that not all of them are in memory twice."""


async def put_body(session: AsyncSession, row: BodyRow) -> None:
    """Stores an event's body, unless it is stored already."""
    await session.execute(upsert(session, _B).values(list_values(row)).on_conflict_do_nothing())


async def put_many(session: AsyncSession, rows: Sequence[DeliveryRow]) -> None:
    """Inserts deliveries. An existing one for the same event and endpoint stays as it is. The bodies must be stored
    already."""
    if rows:
        quiet = upsert(session, _T).on_conflict_do_nothing()
        await session.execute(quiet, [list_values(row) for row in rows])


async def get(session: AsyncSession, workspace: str, delivery_id: str) -> DeliveryRow:
    """Reads one delivery. Raises NotFound."""
    row = await first(session, DeliveryRow, select(_T).where(_T.c.id == delivery_id, _T.c.workspace == workspace))
    if row is None:
        raise NotFound("There is no such delivery in this workspace; deliveries are kept for 30 days.")
    return row


async def body(session: AsyncSession, event_id: str) -> bytes | None:
    found: bytes | None = (await session.execute(select(_B.c.body).where(_B.c.event_id == event_id))).scalar()
    return found


async def due(
    session: AsyncSession, delivery_ids: Collection[str], max_body_bytes: int | None = None
) -> list[DueDelivery]:
    """Reads these deliveries with their bodies, in no order. Those that are gone or have a larger body are absent."""
    postgresql = is_postgresql(session)
    found = await _DUE.rows(session, len(delivery_ids), ids=write_texts(delivery_ids, postgresql=postgresql))
    events = list({row[_OF_EVENT] for row in found})
    bodies: dict[str, bytes] = {}
    most = max_body_bytes or _ANY_SIZE
    for start in range(0, len(events), _BODIES_AT_ONCE):
        these = events[start : start + _BODIES_AT_ONCE]
        read = await _BODIES.rows(session, len(these), ids=write_texts(these, postgresql=postgresql), most=most)
        bodies.update((event_id, body) for event_id, body in read)
    return [DueDelivery._make((*row, bodies[row[_OF_EVENT]])) for row in found if row[_OF_EVENT] in bodies]


# The body of an event is read once, however many of its deliveries are requested.
_DUE: Final = JsonRowsQuery(
    lambda postgresql: select(*(_T.c[name] for name in DueDelivery._fields if name != "body")).where(
        among(_T.c.id, "ids", postgresql=postgresql)
    )
)
_BODIES: Final = JsonRowsQuery(
    lambda postgresql: select(_B.c.event_id, _B.c.body).where(
        among(_B.c.event_id, "ids", postgresql=postgresql),
        func.length(_B.c.body) <= bindparam("most", type_=BigInteger),
    )
)
_OF_EVENT: Final = DueDelivery._fields.index("event_id")


async def listed(
    session: AsyncSession, workspace: str, filters: DeliveryFilters, *, before: str | None = None, limit: int = 50
) -> list[DeliveryRow]:
    """Deliveries, newest first. ``before`` is the last id of the previous page."""
    statement = _fitting(select(_T).where(_T.c.workspace == workspace), filters)
    if before is not None:
        statement = statement.where(_T.c.id < before)
    return await every(session, DeliveryRow, statement.order_by(_T.c.id.desc()).limit(limit))


async def failed(
    session: AsyncSession, endpoint_id: str, since: datetime, until: datetime, *, after: str = "", limit: int = 500
) -> list[str]:
    """Ids of an endpoint's failed deliveries made in [since, until), oldest first, without tests."""
    mine = select(_T.c.id).where(_T.c.endpoint == endpoint_id, _T.c.failed.is_not(None), _T.c.cause != "test")
    span = mine.where(_T.c.created_at >= since, _T.c.created_at < until, _T.c.id > after)
    return list((await session.execute(span.order_by(_T.c.id).limit(limit))).scalars())


async def delivered_events(session: AsyncSession, endpoint_id: str, event_ids: Collection[str]) -> set[str]:
    """Those of these events that have a delivery to this endpoint."""
    mine = select(_T.c.event_id).where(_T.c.endpoint == endpoint_id, _T.c.event_id.in_(tuple(event_ids)))
    return set((await session.execute(mine)).scalars())


async def give_up(session: AsyncSession, delivery_id: str, at: datetime, detail: str) -> None:
    """Fails a pending delivery without an attempt."""
    mine = update(_T).where(_T.c.id == delivery_id, _T.c.state == "pending")
    await session.execute(mine.values(_give_up(at, detail)))


async def give_up_all(session: AsyncSession, endpoint_id: str, at: datetime, detail: str) -> int:
    """Fails all pending deliveries for this endpoint. Returns how many. Skips deliveries that another transaction is
    settling, since it may wait for this one. If such a delivery is still pending afterwards, its next attempt sees the
    endpoint's new state.
    """
    pending = select(_T.c.id).where(_T.c.endpoint == endpoint_id, _T.c.state == "pending")
    mine = update(_T).where(_T.c.id.in_(pending.with_for_update(skip_locked=True)))
    return len((await session.execute(mine.values(_give_up(at, detail)).returning(_T.c.id))).all())


def _give_up(at: datetime, detail: str) -> dict[str, Any]:
    return {"state": "failed", "failed": True, "detail": detail, "next_at": None, "finished_at": at}


async def mark_failed(session: AsyncSession) -> int:
    """Corrects the ``failed`` marks. During a rolling deploy, a process of the previous version does not set them.
    Returns how many were wrong.
    """
    missing = update(_T).where(_T.c.state == "failed", _T.c.failed.is_(None)).values(failed=True)
    over = update(_T).where(_T.c.state != "failed", _T.c.failed.is_not(None)).values(failed=None)
    return sum([len((await session.execute(each.returning(_T.c.id))).all()) for each in (missing, over)])


async def purge(session: AsyncSession, before: datetime, limit: int = 2_000) -> int:
    """Deletes up to ``limit`` deliveries made before then with their attempts, and as many bodies without deliveries.

    Returns how many rows of either were deleted. Call it again until that is 0.
    """
    old = select(_T.c.id).where(_T.c.created_at < before).order_by(_T.c.created_at).limit(limit)
    ids = list((await session.execute(old)).scalars())
    if ids:
        # In this order: whoever logs an attempt locks its delivery's row. So this waits for them, and then sees what
        # they logged.
        await session.execute(delete(_T).where(_T.c.id.in_(ids)))
        await attempts.forget(session, ids)
    used = select(_T.c.id).where(_T.c.event_id == _B.c.event_id).exists()
    bare = select(_B.c.event_id).where(_B.c.created_at < before, ~used).limit(limit)
    gone = await session.execute(delete(_B).where(_B.c.event_id.in_(bare)).returning(_B.c.event_id))
    return len(ids) + len(gone.all())


def _fitting(statement: Any, filters: DeliveryFilters) -> Any:
    for name in ("endpoint", "event", "event_id"):
        wanted = getattr(filters, name)
        if wanted is not None:
            statement = statement.where(_T.c[name] == wanted)
    if filters.states:
        only_failed = set(filters.states) == {"failed"}
        statement = statement.where(_T.c.failed.is_not(None) if only_failed else _T.c.state.in_(filters.states))
    if filters.since is not None:
        statement = statement.where(_T.c.created_at >= filters.since)
    if filters.until is not None:
        statement = statement.where(_T.c.created_at < filters.until)
    return statement
