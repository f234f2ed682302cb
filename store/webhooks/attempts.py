"""Delivery attempts: their log, and the update that each attempt makes to its delivery."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import LargeBinary, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from store.dialect import UtcTime, is_postgresql, write_time
from store.driver.bulk_write import BulkStatement
from store.rows import Row, check_text, every, table

DeliveryState = Literal["pending", "succeeded", "failed"]


class DeliveryAttemptRow(Row, table=True):
    """Attempt at a delivery. ``id`` comes from the claim it was made under, and ``n`` is the number it was sent with.
    ``headers`` is JSON with hidden secrets. ``delivery`` always exists, without a foreign key, because both writers
    hold its row (``record_attempts``, ``store.webhooks.deliveries.purge``).
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


class AttemptResult(NamedTuple):
    """Attempt, with the update that it makes to its delivery. The fields are those of the rows. ``state`` None leaves
    the state unchanged."""

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


_A = table(DeliveryAttemptRow)


async def attempts_of(session: AsyncSession, delivery_id: str) -> list[DeliveryAttemptRow]:
    """A delivery's attempts, in the order they were made."""
    mine = select(_A).where(_A.c.delivery == delivery_id)
    return await every(session, DeliveryAttemptRow, mine.order_by(_A.c.at, _A.c.id))


async def forget(session: AsyncSession, deliveries: Collection[str]) -> None:
    """Deletes the attempts of these deliveries, which must be gone or locked."""
    await session.execute(delete(_A).where(_A.c.delivery.in_(deliveries)))


_MOVING: Final = (
    "UPDATE webhook_deliveries AS d SET attempts = d.attempts + 1, tries = d.tries + CAST(given.in_series AS integer), "
    "state = CASE WHEN d.state = 'succeeded' THEN d.state ELSE coalesce(given.state, d.state) END, "
    "failed = CASE WHEN d.state <> 'succeeded' AND coalesce(given.state, d.state) = 'failed' THEN true END, "
    "status = given.status, error = given.error, detail = given.detail, first_at = coalesce(d.first_at, given.at), "
    "next_at = CASE WHEN d.state = 'succeeded' THEN NULL ELSE given.next_at END, "
    "finished_at = coalesce(given.finished_at, d.finished_at) FROM given WHERE d.id = given.delivery"
)
_LOGGING: Final = (
    "INSERT INTO webhook_attempts (id, delivery, n, by_hand, at, duration_ms, headers, status, error, detail, "
    "response, cut) "
    "SELECT attempt, delivery, n, NOT in_series, at, duration_ms, headers, status, error, detail, response, cut FROM "
)
_TYPES: Final = {
    "attempt": "text", "n": "integer", "duration_ms": "integer", "headers": "text", "response": "bytea",
    "cut": "boolean", "delivery": "text", "state": "text", "status": "integer", "error": "text", "detail": "text",
    "at": "timestamptz", "next_at": "timestamptz", "finished_at": "timestamptz", "in_series": "boolean",
}  # fmt: skip
# PostgreSQL: one statement whose rows are those of ``AttemptResult``. Only attempts whose delivery was updated are
# logged.
_CAME: Final = BulkStatement(f", moved AS ({_MOVING} RETURNING given.*) {_LOGGING} moved", **_TYPES)
# SQLite changes one table per statement.
_MOVED: Final = ("delivery", "in_series", "state", "status", "error", "detail", "at", "next_at", "finished_at")
_LOGGED: Final = (
    "attempt", "delivery", "n", "in_series", "at", "duration_ms", "headers", "status", "error", "detail", "response",
    "cut",
)  # fmt: skip
_MOVE: Final = BulkStatement(_MOVING, **{name: _TYPES[name] for name in _MOVED})
_LOG: Final = BulkStatement(
    _LOGGING + "given WHERE EXISTS (SELECT 1 FROM webhook_deliveries AS d WHERE d.id = given.delivery)",  # noqa: S608
    repeated=" ON CONFLICT DO NOTHING",
    **{name: _TYPES[name] for name in _LOGGED},
)


async def record_attempts(session: AsyncSession, results: Sequence[AttemptResult]) -> None:
    """Logs attempts and updates their deliveries, many at once. Attempts at a delivery that was purged meanwhile are
    dropped. Raises InvalidInput for text that can't be stored."""
    for one in results:
        if one.detail:
            check_text({"detail": one.detail})  # the rest is written here
    # In one order, which most query plans keep, so that deadlocks are rare. A transaction that hits one is retried.
    turns = _rounds(sorted(results, key=attrgetter("delivery")))
    if is_postgresql(session):
        for turn in turns:
            await _CAME.run(session, turn)
        return
    for turn in turns:
        await _MOVE.write(session, [_delivery_columns(one) for one in turn])
    await _LOG.write(session, [_attempt_columns(one) for turn in turns for one in turn])


def _rounds(ordered: list[AttemptResult]) -> list[list[AttemptResult]]:
    """Splits attempts into rounds, because one statement changes a row only once. Attempts at the same delivery go into
    successive rounds."""
    if len({one.delivery for one in ordered}) == len(ordered):
        return [ordered]
    turns: list[dict[str, AttemptResult]] = []
    for one in ordered:
        turn = next((turn for turn in turns if one.delivery not in turn), None)
        if turn is None:
            turns.append(turn := {})
        turn[one.delivery] = one
    return [list(turn.values()) for turn in turns]


def _delivery_columns(one: AttemptResult) -> tuple[Any, ...]:
    """The parameters of _MOVED on SQLite."""
    at, next_at, finished_at = [write_time(each, postgresql=False) for each in (one.at, one.next_at, one.finished_at)]
    return one.delivery, one.in_series, one.state, one.status, one.error, one.detail, at, next_at, finished_at


def _attempt_columns(one: AttemptResult) -> tuple[Any, ...]:
    """The parameters of _LOGGED on SQLite."""
    return (
        one.attempt,
        one.delivery,
        one.n,
        one.in_series,
        write_time(one.at, postgresql=False),
        one.duration_ms,
        one.headers,
        one.status,
        one.error,
        one.detail,
        one.response,
        one.cut,
    )
