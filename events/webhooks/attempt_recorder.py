"""Attempt recorder: the delivery log, the endpoint's health, and what follows from an attempt (docs/reference/wire.md
§6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

import store.webhooks.attempts
import store.webhooks.deliveries
import store.webhooks.endpoints
from agent.history import recorder
from agent.history.recorder import EntryType
from core.actor import Actor
from core.clock import Clock
from events.publish import OWN_ORIGIN, publish
from executors.retry import WEBHOOK_DELAYS_S
from store.database import after_commit
from store.jobs import lanes
from store.webhooks.attempts import AttemptResult
from store.webhooks.endpoints import AttemptCounts, EndpointRow, find_hour

DISABLED_EVENT: Final = "webhook.endpoint_disabled"
FAILING_FOR: Final = timedelta(days=5)
FAILING_AT_LEAST: Final = len(WEBHOOK_DELAYS_S)
"""Failures of one complete series. A single failure before a long silence and one after it don't make five days of
failures."""
SLOW_DOWN: Final = frozenset({429, 502, 504})
FIRST_SLOW_S: Final = 1.0
MAX_SLOW_S: Final = 300.0
NARROW_AFTER: Final = 10
NARROW_S: Final = 0.05


class RecordedAttempt(NamedTuple):
    """One attempt. ``counts``: it says something of the endpoint's health (a test does not)."""

    came: AttemptResult
    endpoint: str
    ok: bool
    counts: bool
    retry_after_s: float | None = None


def make_system_actor(workspace: str) -> Actor:
    """The actor of OpsIQ's own actions."""
    return Actor(workspace, "opsiq", "system", "OpsIQ", "system", "opsiq")


@dataclass(frozen=True)
class AttemptRecorder:
    """Records attempts, in the transaction that settles their jobs."""

    clock: Clock
    wake: Callable[[], None]

    async def write(self, session: AsyncSession, entries: Sequence[RecordedAttempt]) -> None:
        await store.webhooks.attempts.record_attempts(session, [one.came for one in entries])
        by_endpoint: dict[str, list[RecordedAttempt]] = defaultdict(list)
        for entry in entries:
            if entry.counts or entry.came.status == 410:
                by_endpoint[entry.endpoint].append(entry)
        for endpoint in await store.webhooks.endpoints.count(
            session, [count_attempts(name, of) for name, of in by_endpoint.items()]
        ):
            await self._pace(session, endpoint, by_endpoint[endpoint.id])
            await self._judge(session, endpoint, by_endpoint[endpoint.id])

    async def _pace(self, session: AsyncSession, endpoint: EndpointRow, entries: Sequence[RecordedAttempt]) -> None:
        """Slower while it asks for that, one at a time while nothing gets through, and never above its own rate."""
        asked = [entry for entry in entries if entry.came.status in SLOW_DOWN]
        slow_s = endpoint.slow_s
        if asked:
            slow_s = min(MAX_SLOW_S, max(FIRST_SLOW_S, slow_s * 2))
        elif any(entry.ok for entry in entries):
            slow_s = slow_s / 2 if slow_s > FIRST_SLOW_S else 0.0
        elif endpoint.consecutive_failures >= NARROW_AFTER:
            slow_s = max(slow_s, NARROW_S)
        rate_s = 60 / endpoint.per_minute if endpoint.per_minute else 0.0
        if slow_s != endpoint.slow_s:
            await store.webhooks.endpoints.set_slow(session, endpoint.id, slow_s)
            await lanes.widen(session, endpoint.id, 1 if slow_s or rate_s else None)
        wished_s = max((entry.retry_after_s or 0.0 for entry in asked), default=0.0)
        hold_s = max(slow_s, rate_s, min(MAX_SLOW_S, wished_s))
        if hold_s:
            await lanes.hold(session, endpoint.id, hold_s)

    async def _judge(self, session: AsyncSession, endpoint: EndpointRow, entries: Iterable[RecordedAttempt]) -> None:
        if any(entry.came.status == 410 for entry in entries):
            await self.disable(session, endpoint, "It answered 410 Gone.")
        elif (
            endpoint.failing_since is not None
            and self.clock() - endpoint.failing_since >= FAILING_FOR
            and endpoint.consecutive_failures >= FAILING_AT_LEAST
        ):
            await self.disable(session, endpoint, "Nothing has got through to it for 5 days.")

    async def disable(self, session: AsyncSession, endpoint: EndpointRow, why: str) -> None:
        """Disables an endpoint until a person resumes it, and fails its pending deliveries. Recorded in history and by
        an event."""
        now = self.clock()
        row = await store.webhooks.endpoints.disable(session, endpoint.id, now, why)
        if row is None:
            return
        failed = await store.webhooks.deliveries.give_up_all(session, row.id, now, f"The endpoint was disabled. {why}")
        told: dict[str, Any] = {
            "endpoint": row.id,
            "url": row.url,
            "why": why,
            "failing_since": _format_time(row.failing_since),
            "given_up": failed,
        }
        await publish(session, workspace=row.workspace, name=DISABLED_EVENT, data=told, origin=OWN_ORIGIN, at=now)
        after_commit(session, self.wake)
        await recorder.record_act(
            session, make_system_actor(row.workspace), EntryType.WEBHOOK_DISABLED, now, alert=True, **told
        )


def count_attempts(endpoint: str, entries: Sequence[RecordedAttempt]) -> AttemptCounts:
    """Counts of a group of attempts at one endpoint, in whatever order they are given."""
    ordered = sorted((entry for entry in entries if entry.counts), key=lambda entry: entry.came.at)
    good = [entry.came.at for entry in ordered if entry.ok]
    bad = [entry.came.at for entry in ordered if not entry.ok]
    trailing = [entry.came.at for entry in ordered if not good or entry.came.at > good[-1]]
    return AttemptCounts(
        endpoint=endpoint,
        hour=find_hour(ordered[-1].came.at if ordered else entries[-1].came.at),
        succeeded=len(good),
        failed=len(bad),
        trailing=len(trailing),
        last_success_at=good[-1] if good else None,
        last_failure_at=bad[-1] if bad else None,
        trailing_since=trailing[0] if trailing else None,
    )


def _format_time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
