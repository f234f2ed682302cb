"""Webhook deliveries: one for each event and endpoint, its body, and every attempt at it.

The body is written once for an event and sent as those bytes ever after. A delivery's ``state`` is pending, succeeded
or failed, and never leaves succeeded.
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
from store.dialect import UtcTime, among, is_postgresql, kept, texts, upsert
from store.many import Many
from store.rows import Row, every, first, storable, table, values
from store.whole import Whole

KEEP_DAYS: Final = 30
DeliveryState = Literal["pending", "succeeded", "failed"]
Cause = Literal["event", "replay", "test"]


class BodyRow(Row, table=True):
    """What is sent of one event, byte for byte."""

    __tablename__ = "webhook_bodies"
    __table_args__ = (Index("ix_webhook_bodies_created", "created_at"),)

    event_id: str = Field(primary_key=True)
    workspace: str
    event: str
    body: bytes = Field(sa_type=LargeBinary)
    created_at: datetime = Field(sa_type=UtcTime)


class DeliveryRow(Row, table=True):
    """``tries`` counts the attempts of the series, ``attempts`` also what a person sent again.

    ``status``, ``error`` and ``detail`` are those of the last attempt; ``next_at`` is when the next one is due, about. ``failed`` is true
    while the state is failed, else NULL: what failed is found by it, since it is in no way of a delivery that succeeds. No index may hold
    what a success changes, or PostgreSQL enters the row anew in every one of them (docs/decisions/2026-11-26-deliveries.md).
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


class DeliveryAttemptRow(Row, table=True):
    """``id`` is of the claim it was made under; ``n`` is the number it was sent with. ``headers`` is JSON, secrets hidden.

    ``delivery`` is there: no foreign key says so, since both that write here hold its row (``came``, ``purge``).
    """

    __tablename__ = "webhook_attempts"

    delivery: str = Field(primary_key=True)
    id: str = Field(primary_key=True)
    n: int
    by_hand: bool
    at: datetime = Field(sa_type=UtcTime)
    duration_ms: int
    headers: str
    status: int | None = None
    error: str | None = None
    detail: str = ""
    response: bytes = Field(default=b"", sa_type=LargeBinary)
    cut: bool = False


class Due(NamedTuple):
    """What an attempt needs to know of its delivery."""

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


class Came(NamedTuple):
    """An attempt, and what it makes of its delivery; the fields are those of the rows. ``state`` None leaves it as it is."""

    attempt: str
    n: int
    duration_ms: int
    headers: str
    response: bytes
    cut: bool

    delivery: str
    state: DeliveryState | None
    status: int | None
    error: str | None
    detail: str
    at: datetime
    next_at: datetime | None
    finished_at: datetime | None
    in_series: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """Everything given must hold; ``since`` is included, ``until`` is not (times of making)."""

    endpoint: str | None = None
    event: str | None = None
    event_id: str | None = None
    states: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


_T = table(DeliveryRow)
_B = table(BodyRow)
_A = table(DeliveryAttemptRow)
_ANY_SIZE: Final = 2**40
_BODIES_AT_ONCE: Final = 200
"""That so many are not in memory twice."""


async def put_body(session: AsyncSession, row: BodyRow) -> None:
    """Keep what is sent of an event, unless it is kept already."""
    await session.execute(upsert(session, _B).values(values(row)).on_conflict_do_nothing())


async def put_many(session: AsyncSession, rows: Sequence[DeliveryRow]) -> None:
    """Insert; what is there for the same event and endpoint stays as it is. The bodies must be there."""
    if rows:
        quiet = upsert(session, _T).on_conflict_do_nothing()
        await session.execute(quiet, [values(row) for row in rows])


async def get(session: AsyncSession, workspace: str, delivery_id: str) -> DeliveryRow:
    """Raises NotFound."""
    row = await first(session, DeliveryRow, select(_T).where(_T.c.id == delivery_id, _T.c.workspace == workspace))
    if row is None:
        raise NotFound("There is no such delivery in this workspace; deliveries are kept for 30 days.")
    return row


async def body(session: AsyncSession, event_id: str) -> bytes | None:
    found: bytes | None = (await session.execute(select(_B.c.body).where(_B.c.event_id == event_id))).scalar()
    return found


async def due(session: AsyncSession, delivery_ids: Collection[str], max_body_bytes: int | None = None) -> list[Due]:
    """These deliveries with their bodies, in no order; those that are gone, or have a larger body, are absent."""
    postgresql = is_postgresql(session)
    found = await _DUE.rows(session, len(delivery_ids), ids=texts(delivery_ids, postgresql=postgresql))
    events = list({row[_OF_EVENT] for row in found})
    bodies: dict[str, bytes] = {}
    most = max_body_bytes or _ANY_SIZE
    for start in range(0, len(events), _BODIES_AT_ONCE):
        these = events[start : start + _BODIES_AT_ONCE]
        read = await _BODIES.rows(session, len(these), ids=texts(these, postgresql=postgresql), most=most)
        bodies.update((event_id, body) for event_id, body in read)
    return [Due._make((*row, bodies[row[_OF_EVENT]])) for row in found if row[_OF_EVENT] in bodies]


# The body of an event is read once, however many of its deliveries are asked for.
_DUE: Final = Whole(
    lambda postgresql: select(*(_T.c[name] for name in Due._fields if name != "body")).where(
        among(_T.c.id, "ids", postgresql=postgresql)
    )
)
_BODIES: Final = Whole(
    lambda postgresql: select(_B.c.event_id, _B.c.body).where(
        among(_B.c.event_id, "ids", postgresql=postgresql),
        func.length(_B.c.body) <= bindparam("most", type_=BigInteger),
    )
)
_OF_EVENT: Final = Due._fields.index("event_id")


async def listed(
    session: AsyncSession, workspace: str, filters: Filters, *, before: str | None = None, limit: int = 50
) -> list[DeliveryRow]:
    """Newest first; ``before`` is the last id of the page before."""
    statement = _fitting(select(_T).where(_T.c.workspace == workspace), filters)
    if before is not None:
        statement = statement.where(_T.c.id < before)
    return await every(session, DeliveryRow, statement.order_by(_T.c.id.desc()).limit(limit))


async def attempts_of(session: AsyncSession, delivery_id: str) -> list[DeliveryAttemptRow]:
    """In the order they were made."""
    mine = select(_A).where(_A.c.delivery == delivery_id)
    return await every(session, DeliveryAttemptRow, mine.order_by(_A.c.at, _A.c.id))


async def failed(
    session: AsyncSession, endpoint_id: str, since: datetime, until: datetime, *, after: str = "", limit: int = 500
) -> list[str]:
    """Ids of an endpoint's failed deliveries made in [since, until), oldest first. Tests are not among them."""
    mine = select(_T.c.id).where(_T.c.endpoint == endpoint_id, _T.c.failed.is_not(None), _T.c.cause != "test")
    span = mine.where(_T.c.created_at >= since, _T.c.created_at < until, _T.c.id > after)
    return list((await session.execute(span.order_by(_T.c.id).limit(limit))).scalars())


async def heard(session: AsyncSession, endpoint_id: str, event_ids: Collection[str]) -> set[str]:
    """Which of these events have a delivery to this endpoint."""
    mine = select(_T.c.event_id).where(_T.c.endpoint == endpoint_id, _T.c.event_id.in_(tuple(event_ids)))
    return set((await session.execute(mine)).scalars())


_LOGGED: Final = {
    "id": "text", "delivery": "text", "n": "integer", "by_hand": "boolean", "at": "timestamptz", "duration_ms": "integer",
    "headers": "text", "status": "integer", "error": "text", "detail": "text", "response": "bytea", "cut": "boolean",
}  # fmt: skip
_LOG_OF: Final = (
    "INSERT INTO webhook_attempts (id, delivery, n, by_hand, at, duration_ms, headers, status, error, detail, response, cut) "
    "SELECT * FROM given WHERE {}"
)
_TWICE: Final = " ON CONFLICT DO NOTHING"
_LOG: Final = Many(_LOG_OF.format("true"), repeated=_TWICE, **_LOGGED)
_LOG_OF_THERE: Final = Many(
    _LOG_OF.format("EXISTS (SELECT 1 FROM webhook_deliveries AS d WHERE d.id = given.delivery)"),
    repeated=_TWICE,
    **_LOGGED,
)
_MOVE: Final = Many(
    "UPDATE webhook_deliveries AS d SET attempts = d.attempts + 1, tries = d.tries + given.tried, "
    "state = CASE WHEN d.state = 'succeeded' THEN d.state ELSE coalesce(given.now_state, d.state) END, "
    "failed = CASE WHEN d.state <> 'succeeded' AND coalesce(given.now_state, d.state) = 'failed' THEN true END, "
    "status = given.now_status, error = given.now_error, detail = given.now_detail, first_at = coalesce(d.first_at, given.now_at), "
    "next_at = CASE WHEN d.state = 'succeeded' THEN NULL ELSE given.now_next END, "
    "finished_at = coalesce(given.now_finished, d.finished_at) FROM given WHERE d.id = given.delivery",
    delivery="text", tried="integer", now_state="text", now_status="integer", now_error="text", now_detail="text", now_at="timestamptz",
    now_next="timestamptz", now_finished="timestamptz",
)  # fmt: skip


async def came(session: AsyncSession, results: Sequence[Came]) -> None:
    """Move deliveries on and log the attempts at them, many at once. Of a delivery that was purged meanwhile nothing is kept. Raises
    InvalidInput for text that can't be stored."""
    postgresql = is_postgresql(session)
    logged: list[tuple[Any, ...]] = []
    moved: list[dict[str, tuple[Any, ...]]] = [{}]  # the same delivery twice: one after the other
    for one in sorted(
        results, key=lambda result: result.delivery
    ):  # one order everywhere: no two transactions wait crosswise
        if one.detail:
            storable({"detail": one.detail})  # the rest is written here
        at, next_at, finished_at = [
            kept(each, postgresql=postgresql) for each in (one.at, one.next_at, one.finished_at)
        ]
        logged.append(
            (one.attempt, one.delivery, one.n, not one.in_series, at, one.duration_ms, one.headers, one.status, one.error,
             one.detail, one.response, one.cut)
        )  # fmt: skip
        turn = next((turn for turn in moved if one.delivery not in turn), None)
        if turn is None:
            moved.append(turn := {})
        turn[one.delivery] = (
            one.delivery, int(one.in_series), one.state, one.status, one.error, one.detail, at, next_at, finished_at,
        )  # fmt: skip
    there = True
    for turn in moved:
        there &= await _MOVE.write(session, list(turn.values())) == len(turn)
    await (_LOG if there else _LOG_OF_THERE).write(session, logged)


async def give_up(session: AsyncSession, delivery_id: str, at: datetime, detail: str) -> None:
    """A pending delivery is failed without an attempt."""
    mine = update(_T).where(_T.c.id == delivery_id, _T.c.state == "pending")
    await session.execute(mine.values(_given_up(at, detail)))


async def give_up_all(session: AsyncSession, endpoint_id: str, at: datetime, detail: str) -> int:
    """Whatever is pending for this endpoint is failed; returns how many."""
    mine = update(_T).where(_T.c.endpoint == endpoint_id, _T.c.state == "pending")
    return len((await session.execute(mine.values(_given_up(at, detail)).returning(_T.c.id))).all())


def _given_up(at: datetime, detail: str) -> dict[str, Any]:
    return {"state": "failed", "failed": True, "detail": detail, "next_at": None, "finished_at": at}


async def mark_failed(session: AsyncSession) -> int:
    """Mark as failed what is, and nothing else: a process of the version before, beside this one during a rolling deploy, does not know of
    the mark. Answers how many marks were wrong.
    """
    missing = update(_T).where(_T.c.state == "failed", _T.c.failed.is_(None)).values(failed=True)
    over = update(_T).where(_T.c.state != "failed", _T.c.failed.is_not(None)).values(failed=None)
    return sum([len((await session.execute(each.returning(_T.c.id))).all()) for each in (missing, over)])


async def purge(session: AsyncSession, before: datetime, limit: int = 2_000) -> int:
    """Delete up to ``limit`` deliveries made before then with their attempts, and as many bodies that nothing refers to.

    Returns how many rows of either went: call it again until that is 0.
    """
    old = select(_T.c.id).where(_T.c.created_at < before).order_by(_T.c.created_at).limit(limit)
    ids = list((await session.execute(old)).scalars())
    if ids:
        # In this order: an attempt is logged by who holds its delivery's row, so this waits for it, and then sees what it logged.
        await session.execute(delete(_T).where(_T.c.id.in_(ids)))
        await session.execute(delete(_A).where(_A.c.delivery.in_(ids)))
    used = select(_T.c.id).where(_T.c.event_id == _B.c.event_id).exists()
    bare = select(_B.c.event_id).where(_B.c.created_at < before, ~used).limit(limit)
    gone = await session.execute(delete(_B).where(_B.c.event_id.in_(bare)).returning(_B.c.event_id))
    return len(ids) + len(gone.all())


def _fitting(statement: Any, filters: Filters) -> Any:
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
