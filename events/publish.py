"""Event publishing: stores the event and the job that dispatches it, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.automations
import store.events.events
import store.jobs.enqueue
import store.jobs.jobs
import store.runs.calls
import store.runs.runs
from agent.history import recorder
from agent.history.recorder import EntryType
from core import canon, ids
from core.actor import Actor, Mode
from core.clock import Clock
from core.errors import EventLoop, Finding, InvalidInput, NotFound
from events.subscribers import FiredEvent, make_event
from registry.events import event_catalogue, event_names
from store.database import Database, after_commit
from store.events.events import EventRow
from store.jobs.enqueue import NewJob
from store.transaction_hook import TransactionHook, no_hook

REACT_JOB: Final = "event.react"
MAX_DATA_BYTES: Final = 64 * 1024
OWN_ORIGIN: Final = "opsiq"
MAX_DEPTH: Final = 8
"""Most events above one in its chain of causes."""


async def publish(
    session: AsyncSession,
    *,
    workspace: str,
    name: str,
    data: Mapping[str, Any],
    origin: str,
    at: datetime,
    occurred_at: datetime | None = None,
    caused_by: str | None = None,
    request_id: str | None = None,
    event_id: str | None = None,
    mode: Mode = "live",
) -> FiredEvent:
    """Writes the event and its dispatch job into the caller's transaction. The committer wakes the worker.
    ``caused_by`` is the event, run or call that led to it. Raises as ``make_row`` and ``count_depth`` do."""
    row = make_row(
        workspace=workspace,
        name=name,
        data=data,
        origin=origin,
        at=at,
        occurred_at=occurred_at,
        caused_by=caused_by,
        request_id=request_id,
        event_id=event_id,
        mode=mode,
    )
    row.depth = await count_depth(session, workspace, name, caused_by)
    await store.events.events.insert(session, row)
    await store.jobs.enqueue.enqueue_many(session, make_reaction_jobs([row]))
    return make_event(row)


def make_row(
    *,
    workspace: str,
    name: str,
    data: Mapping[str, Any],
    origin: str,
    at: datetime,
    occurred_at: datetime | None = None,
    caused_by: str | None = None,
    request_id: str | None = None,
    event_id: str | None = None,
    mode: Mode = "live",
) -> EventRow:
    """The event's row, without its depth. An event of ``mode`` test is settled as soon as it is published.

    Raises InvalidInput (with findings) for a name that is none or is OpsIQ's own, data that does not fit a universal
    event's schema or is too large.
    """
    event_names.check_name(name)
    if origin != OWN_ORIGIN and event_catalogue.is_own(name):
        detail = f"Only OpsIQ itself says {name}."
        raise InvalidInput(detail, findings=[Finding("/event", "reserved", detail)])
    findings = event_catalogue.find_misfits(name, data)
    if findings:
        raise InvalidInput(f"The data does not fit the schema of {name}.", findings=findings)
    raw = canon.dumps(dict(data))
    if len(raw) > MAX_DATA_BYTES:
        raise InvalidInput(f"An event's data has at most {MAX_DATA_BYTES} bytes; this one has {len(raw)}.")
    return EventRow(
        id=event_id or ids.make_id("evt"),
        workspace=workspace,
        name=name,
        data=raw.decode(),
        occurred_at=occurred_at or at,
        fired_at=at,
        origin=origin,
        cause=caused_by,
        depth=0,
        request_id=request_id,
        mode=mode,
        state="firing" if mode == "live" else "done",
        finished_at=None if mode == "live" else at,
    )


def make_reaction_jobs(rows: Sequence[EventRow]) -> list[NewJob]:
    """The job that dispatches a live event to its subscribers. A test event has none: no rule, instruction, connector,
    cached record or webhook sees it."""
    return [
        NewJob(row.id, REACT_JOB, row.workspace, {"event_id": row.id}, priority=20)
        for row in rows
        if row.mode == "live"
    ]


async def count_depth(session: AsyncSession, workspace: str, name: str, cause: str | None) -> int:
    """How many events precede one with this cause. Raises InvalidInput for an unknown cause, and EventLoop for more
    than 8."""
    depth = 0 if cause is None else await _count_depth(session, workspace, cause)
    if depth > MAX_DEPTH:
        raise EventLoop(
            f"{name} stands at the end of a chain of {depth} events that caused each other; at most {MAX_DEPTH} "
            f"may. It was not fired.",
            extra={"depth": depth},
        )
    return depth


async def _count_depth(session: AsyncSession, workspace: str, cause: str) -> int:
    """One more than the event it goes back to. A run that a person asked for counts like an event."""
    try:
        if cause.startswith("evt_"):
            return (await store.events.events.get(session, workspace, cause)).depth + 1
        if cause.startswith("act_"):
            cause = (await store.runs.calls.get(session, workspace, cause)).run_id
        run = await store.runs.runs.get(session, workspace, cause)
    except NotFound as error:
        detail = "caused_by names no event (evt_…), run (run_…) or call (act_…) of this workspace."
        raise InvalidInput(detail, findings=[Finding("/caused_by", "unknown", detail)]) from error
    firing = await store.automations.firing_of_run(session, workspace, run.id)
    return 1 if firing is None else (await store.events.events.get(session, workspace, firing.event_id)).depth + 1


@dataclass(frozen=True)
class EventPublisher:
    """Event publisher of APIs and consoles."""

    database: Database
    clock: Clock
    wake: Callable[[], None]

    async def publish(
        self,
        actor: Actor,
        name: str,
        data: Mapping[str, Any],
        *,
        occurred_at: datetime | None = None,
        caused_by: str | None = None,
        request_id: str | None = None,
        in_transaction: TransactionHook[FiredEvent] = no_hook,
    ) -> FiredEvent:
        """Publishes in its own transaction. An event refused for its depth becomes an entry in AI History."""
        now = self.clock()
        try:
            async with self.database.begin() as session:
                fired = await publish(
                    session,
                    workspace=actor.workspace,
                    name=name,
                    data=data,
                    origin=f"{actor.kind}:{actor.id}",
                    at=now,
                    occurred_at=occurred_at,
                    caused_by=caused_by,
                    request_id=request_id,
                    mode=actor.mode,
                )
                await in_transaction(session, fired)
                after_commit(session, self.wake)
        except EventLoop as error:
            await self.record_refused(actor, name, now, error, caused_by=caused_by, request_id=request_id)
            raise
        return fired

    async def record_refused(
        self, actor: Actor, name: str, at: datetime, error: EventLoop, *, caused_by: str | None, request_id: str | None
    ) -> None:
        """Records in history an event that would have caused a loop."""
        async with self.database.begin() as session:
            await recorder.record_act(
                session,
                actor,
                EntryType.EVENT_REFUSED,
                at,
                request_id=request_id,
                event=name,
                caused_by=caused_by,
                detail=error.detail,
            )
