"""Webhook endpoints: which URLs receive which events, and the health of each.

Health is counted as attempts are recorded: counters on the endpoint, and one row an hour with the number of successes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, ClassVar, Final

from sqlalchemy import BigInteger, Index, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import Field

from core.errors import Conflict, NotFound
from store.dialect import UtcTime, among, is_postgresql, write_texts, write_time
from store.driver.bulk_write import BulkStatement
from store.driver.prepared import PreparedQuery
from store.rows import Row, add, amend, every, first, table

RATE_HOURS: Final = 24
_KEPT_HOURS: Final = 48


class EndpointRow(Row, table=True):
    """Endpoint. ``patterns`` are joined by spaces. ``sealed_headers`` is sealed JSON, or empty. ``why`` is the reason
    for ``disabled``. ``per_minute`` limits its attempts, with None for no limit. ``slow_s`` is the pause after each
    attempt while the endpoint asks for one. ``failing_since``: no attempt has succeeded since then.
    """

    __tablename__ = "webhook_endpoints"
    __table_args__ = (Index("ix_webhook_endpoints_workspace", "workspace", "id"),)

    SEALED: ClassVar[tuple[str, ...]] = (
        "id", "workspace", "url", "patterns", "sealed_headers", "state", "created_by", "created_at", "changed_at",
    )  # fmt: skip

    id: str = Field(primary_key=True)
    workspace: str = Field(foreign_key="workspaces.id")
    url: str
    description: str = ""
    patterns: str
    sealed_headers: str = ""
    per_minute: int | None = None
    state: str = "active"
    why: str = ""
    created_by: str
    created_at: datetime = Field(sa_type=UtcTime)
    changed_at: datetime = Field(sa_type=UtcTime)
    last_success_at: datetime | None = Field(default=None, sa_type=UtcTime)
    last_failure_at: datetime | None = Field(default=None, sa_type=UtcTime)
    failing_since: datetime | None = Field(default=None, sa_type=UtcTime)
    consecutive_failures: int = 0
    slow_s: float = 0.0
    mac: str | None = None


class EndpointHourRow(Row, table=True):
    """Attempts at one endpoint in one hour since 1970."""

    __tablename__ = "webhook_endpoint_hours"
    __table_args__ = (Index("ix_webhook_endpoint_hours_hour", "hour"),)

    endpoint: str = Field(primary_key=True)
    hour: int = Field(primary_key=True, sa_type=BigInteger)
    succeeded: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class AttemptCounts:
    """Counts of a group of attempts at one endpoint. ``trailing`` is the number of failures after the last success."""

    endpoint: str
    hour: int
    succeeded: int
    failed: int
    trailing: int
    last_success_at: datetime | None
    last_failure_at: datetime | None
    trailing_since: datetime | None


@dataclass(frozen=True, slots=True)
class SuccessRate:
    """Success rate of the attempts of the last 24 hours."""

    succeeded: int
    failed: int


_T = table(EndpointRow)
_H = table(EndpointHourRow)
_BY_IDS: Final = PreparedQuery(
    EndpointRow, lambda postgresql: select(_T).where(among(_T.c.id, "ids", postgresql=postgresql))
)


async def insert(session: AsyncSession, row: EndpointRow) -> EndpointRow:
    return await add(session, row)


async def get(session: AsyncSession, workspace: str, endpoint_id: str, *, lock: bool = False) -> EndpointRow:
    """Reads one endpoint. Deleted ones count as missing. ``lock`` locks it until this transaction ends. Raises
    NotFound."""
    mine = select(_T).where(_T.c.id == endpoint_id, _T.c.workspace == workspace, _T.c.state != "deleted")
    row = await first(session, EndpointRow, mine.with_for_update() if lock else mine)
    if row is None:
        raise NotFound("There is no such webhook endpoint in this workspace.")
    return row


async def listed(session: AsyncSession, workspace: str) -> list[EndpointRow]:
    """Every endpoint, newest first, without deleted ones."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.state != "deleted")
    return await every(session, EndpointRow, mine.order_by(_T.c.id.desc()))


async def disabled(session: AsyncSession, workspace: str) -> int:
    """Number of endpoints that were disabled because nothing succeeded."""
    mine = select(func.count()).select_from(_T).where(_T.c.workspace == workspace, _T.c.state == "disabled")
    counted: int = (await session.execute(mine)).scalar_one()
    return counted


async def subscribed(session: AsyncSession, workspace: str) -> list[EndpointRow]:
    """The endpoints that get deliveries: active and paused ones, oldest first."""
    mine = select(_T).where(_T.c.workspace == workspace, _T.c.state.in_(("active", "paused")))
    return await every(session, EndpointRow, mine.order_by(_T.c.id))


async def by_ids(session: AsyncSession, endpoint_ids: Collection[str]) -> dict[str, EndpointRow]:
    """Reads endpoints of any workspace in any state, for the workers that deliver."""
    given = write_texts(endpoint_ids, postgresql=is_postgresql(session))
    return {row.id: row for row in await _BY_IDS.every(session, ids=given)}


async def change(
    session: AsyncSession, workspace: str, endpoint_id: str, at: datetime, *, was: Collection[str] = (), **columns: Any
) -> EndpointRow:
    """Sets ``columns``. ``was`` limits the states it may be in. Raises NotFound, and Conflict for another state."""
    mine = select(_T).where(_T.c.id == endpoint_id, _T.c.workspace == workspace, _T.c.state != "deleted")
    there = await first(session, EndpointRow, mine.with_for_update())
    if there is None:
        raise NotFound("There is no such webhook endpoint in this workspace.")
    row = None if was and there.state not in was else await amend(session, there, {**columns, "changed_at": at})
    if row is None:
        raise Conflict(f"This endpoint is {there.state}, so that can't be done to it.", extra={"state": there.state})
    return row


async def disable(session: AsyncSession, endpoint_id: str, at: datetime, why: str) -> EndpointRow | None:
    """Disables an active or paused endpoint automatically. None if it was in another state."""
    mine = select(_T).where(_T.c.id == endpoint_id, _T.c.state.in_(("active", "paused")))
    there = await first(session, EndpointRow, mine.with_for_update())
    return await amend(session, there, {"state": "disabled", "why": why, "changed_at": at}) if there else None


async def set_slow(session: AsyncSession, endpoint_id: str, slow_s: float) -> None:
    await session.execute(update(_T).where(_T.c.id == endpoint_id).values(slow_s=slow_s))


_GIVEN: Final = {
    "endpoint": "text", "hour": "bigint", "succeeded": "integer", "failed": "integer", "in_a_row": "integer",
    "good": "timestamptz", "bad": "timestamptz", "since": "timestamptz",
}  # fmt: skip
_TALLYING: Final = (
    "UPDATE webhook_endpoints AS e SET "
    "consecutive_failures = CASE WHEN given.succeeded > 0 THEN given.in_a_row ELSE e.consecutive_failures + "
    "given.in_a_row END, "
    "failing_since = CASE WHEN given.succeeded > 0 THEN given.since ELSE coalesce(e.failing_since, given.since) END, "
    "last_success_at = coalesce(given.good, e.last_success_at), last_failure_at = coalesce(given.bad, "
    "e.last_failure_at) "
)
_ADDING: Final = (  # DISTINCT: on SQLite a row may be given several times
    "INSERT INTO webhook_endpoint_hours AS h (endpoint, hour, succeeded, failed) "
    "SELECT DISTINCT endpoint, hour, succeeded, failed FROM given WHERE true ON CONFLICT (endpoint, hour) "
    "DO UPDATE SET succeeded = h.succeeded + excluded.succeeded, failed = h.failed + excluded.failed"
)
# PostgreSQL: one statement. The endpoints are locked in one order before any is changed, so that transactions can't
# deadlock.
_COUNT: Final = BulkStatement(
    ", locked AS MATERIALIZED (SELECT id FROM webhook_endpoints WHERE id IN (SELECT endpoint FROM given) ORDER BY "  # noqa: S608
    "id "
    f"FOR NO KEY UPDATE), counted AS ({_TALLYING} FROM locked JOIN given ON given.endpoint = locked.id WHERE e.id "
    f"= locked.id "
    f"RETURNING e.*), added AS ({_ADDING}) SELECT {', '.join(_T.columns.keys())} FROM counted",
    **_GIVEN,
)
_TALLY: Final = BulkStatement(f"{_TALLYING} FROM given WHERE e.id = given.endpoint", **_GIVEN)
_HOURS: Final = BulkStatement(_ADDING, **{name: _GIVEN[name] for name in ("endpoint", "hour", "succeeded", "failed")})


async def count(session: AsyncSession, tallies: Sequence[AttemptCounts]) -> list[EndpointRow]:
    """Adds the counts of a group of attempts, one tally for each endpoint. Returns the endpoints as they are then."""
    if not tallies:
        return []
    postgresql = is_postgresql(session)
    rows: list[tuple[Any, ...]] = []
    for one in sorted(tallies, key=lambda tally: tally.endpoint):
        times = (one.last_success_at, one.last_failure_at, one.trailing_since)
        kept_times = [write_time(at, postgresql=postgresql) for at in times]
        rows.append((one.endpoint, one.hour, one.succeeded, one.failed, one.trailing, *kept_times))
    if postgresql:
        names = _T.columns.keys()
        return [EndpointRow(**dict(zip(names, row, strict=True))) for row in await _COUNT.run(session, rows)]
    await _TALLY.write(session, rows)
    await _HOURS.write(session, [row[:4] for row in rows])
    return list((await by_ids(session, [one.endpoint for one in tallies])).values())


async def rates(session: AsyncSession, endpoint_ids: Collection[str], now: datetime) -> dict[str, SuccessRate]:
    """Success rates of the last 24 hours, by endpoint. Endpoints without attempts are absent."""
    since = find_hour(now) - RATE_HOURS + 1
    sums = (func.sum(_H.c.succeeded), func.sum(_H.c.failed))
    mine = select(_H.c.endpoint, *sums).where(_H.c.endpoint.in_(tuple(endpoint_ids)), _H.c.hour >= since)
    rows = (await session.execute(mine.group_by(_H.c.endpoint))).all()
    return {endpoint: SuccessRate(int(succeeded), int(failed)) for endpoint, succeeded, failed in rows}


async def purge(session: AsyncSession, now: datetime) -> int:
    """Deletes hours that no rate reads any more. Returns how many."""
    old = delete(_H).where(_H.c.hour < find_hour(now - timedelta(hours=_KEPT_HOURS)))
    return len((await session.execute(old.returning(_H.c.hour))).all())


def find_hour(at: datetime) -> int:
    return int(at.timestamp()) // 3600
