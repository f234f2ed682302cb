"""Event dispatcher: one durable job for each event runs its subscribers in the order of their priorities.

The list of subscribers is stored before any reacts. Lower priority goes first, and equal priorities run side by side. A
reaction and its writes are one transaction, so dispatch continues after a crash and repeats nothing. A reaction that
fails becomes its own job and is retried while dispatch continues. Only a blocking subscriber stops dispatch, until it
is done or has failed for good.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.events.events
import store.history.log
import store.jobs.enqueue
import store.jobs.jobs
from agent.history.recorder import EntryType
from agent.workspace.context import WorkspaceContexts
from core.clock import Clock
from core.errors import OpsIQError
from events.publish import REACT_JOB
from events.subscribers import FiredEvent, Source, Subscriber, make_event, wrap_connector_subscriber
from executors.jobs.queue import Done, Outcome, Reschedule
from registry.events.event_names import fits
from store.database import Database, after_commit
from store.events.events import ReactionRow
from store.jobs.jobs import Job

log = logging.getLogger(__name__)

RETRY_JOB: Final = "event.retry"
REACT_S: Final = 60.0
RETRY_S: Final = (5.0, 30.0, 120.0, 600.0, 3600.0)
"""Pauses in seconds after the first failure, the second, and so on. After the last one the reaction has failed."""

_SYSTEM: Final = {"id": "opsiq", "kind": "system", "name": "OpsIQ", "role": "", "person": ""}


class Dispatcher:
    """Job handler of ``event.react`` and ``event.retry``. ``react_s`` bounds one reaction."""

    def __init__(
        self,
        database: Database,
        sources: Sequence[Source],
        contexts: WorkspaceContexts,
        clock: Clock,
        wake: Callable[[], None],
        *,
        react_s: float = REACT_S,
    ) -> None:
        self._database = database
        self._sources = tuple(sources)
        self._contexts = contexts
        self._clock = clock
        self._wake = wake
        self._react_s = react_s

    async def react(self, job: Job) -> Outcome:
        """Dispatches the event as far as possible now. ``Reschedule`` while a blocking subscriber is retried."""
        async with self._database.read() as session:
            event = make_event(await store.events.events.get(session, job.workspace, job.payload["event_id"]))
        if event.mode != "live":
            return Done()
        there = await self._list_subscribers(event)
        for _, group in groupby(await self._plan_reactions(event, there), key=lambda row: row.priority):
            rows = list(group)
            async with asyncio.TaskGroup() as tasks:
                for row in rows:
                    if row.state == "pending" or (row.state == "retrying" and row.blocking):
                        tasks.create_task(self._let(event, row, there.get(row.subscriber)))
            stopped = await self._explain_block(event, [row.subscriber for row in rows if row.blocking])
            if stopped is not None:
                return stopped
        return Done(lambda session: store.events.events.finish(session, event.workspace, event.id, self._clock()))

    async def again(self, job: Job) -> Outcome:
        """Retry one reaction that failed."""
        async with self._database.read() as session:
            event = make_event(await store.events.events.get(session, job.workspace, job.payload["event_id"]))
            row = await store.events.events.reaction(session, event.workspace, event.id, job.payload["subscriber"])
        if row is not None and row.state == "retrying" and row.attempts == job.payload["attempts"]:
            await self._let(event, row, (await self._list_subscribers(event)).get(row.subscriber))
        return Done()

    async def record_dead_job(self, session: AsyncSession, job: Job, error: str) -> None:
        """Marks the remaining reactions of a given-up job as failed, in the same transaction."""
        if job.kind not in (REACT_JOB, RETRY_JOB):
            return
        now, event_id = self._clock(), job.payload["event_id"]
        for row in await store.events.events.reactions(session, job.workspace, event_id):
            mine = job.kind == REACT_JOB or row.subscriber == job.payload.get("subscriber")
            if mine and row.state in store.events.events.OPEN:
                await store.events.events.move_reaction(session, row, to="failed", error=error, finished_at=now)
        if job.kind == REACT_JOB:
            await store.events.events.finish(session, job.workspace, event_id, now)

    async def _list_subscribers(self, event: FiredEvent) -> dict[str, Subscriber]:
        """All subscribers of this event, by name."""
        context = await self._contexts.of(event.workspace)
        found: list[Subscriber] = []
        for connector in context.connectors:
            try:
                theirs = [each for each in connector.subscribers() if fits(each.pattern, event.name)]
            except Exception:  # third-party code: any failure is its own
                log.exception("connector %s could not say who reacts to %s", connector.connection, event.name)
                continue
            found += [wrap_connector_subscriber(connector.connection, each) for each in theirs]
        async with self._database.read() as session:
            for source in self._sources:
                found += await source.subscribers(session, event)
        return {each.name: each for each in found}

    async def _plan_reactions(self, event: FiredEvent, there: dict[str, Subscriber]) -> list[ReactionRow]:
        """The subscribers in their order, as stored at the first look. Later arrivals and departures don't count."""
        async with self._database.begin() as session:
            rows = await store.events.events.reactions(session, event.workspace, event.id)
            if not rows:
                await store.events.events.plan_reactions(
                    session,
                    [
                        ReactionRow(
                            event_id=event.id,
                            subscriber=each.name,
                            workspace=event.workspace,
                            priority=each.priority,
                            blocking=each.blocking,
                        )
                        for each in there.values()
                    ],
                )
                rows = await store.events.events.reactions(session, event.workspace, event.id)
        return rows

    async def _let(self, event: FiredEvent, row: ReactionRow, subscriber: Subscriber | None) -> None:
        """Makes one attempt and commits its result. Raises only if that can't be stored."""
        began = self._clock()
        try:
            if subscriber is None:
                gone = "This subscriber is not there any more."
                async with self._database.begin() as session:
                    await store.events.events.move_reaction(session, row, to="skipped", error=gone, finished_at=began)
                return
            async with asyncio.timeout(self._react_s):
                reacted = await subscriber.react(event)
            async with self._database.begin() as session:
                mine = await store.events.events.move_reaction(
                    session,
                    row,
                    to="done",
                    attempts=row.attempts + 1,
                    detail=reacted.detail[:1000],
                    error="",
                    started_at=row.started_at or began,
                    finished_at=self._clock(),
                )
                if mine and reacted.record is not None:
                    await reacted.record(session)
                after_commit(session, self._wake)
        except Exception as error:  # a subscriber's failure is its own
            log.warning(
                "%s failed to react to %s: %s",
                row.subscriber,
                event.name,
                _describe_error(error),
                exc_info=None if isinstance(error, OpsIQError | TimeoutError) else error,
                extra={"event_id": event.id},
            )
            await self._record_failure(
                event, row, _describe_error(error), self._clock() if row.started_at is None else row.started_at
            )

    async def _record_failure(self, event: FiredEvent, row: ReactionRow, error: str, started_at: object) -> None:
        attempts = row.attempts + 1
        over = attempts > len(RETRY_S)
        async with self._database.begin() as session:
            mine = await store.events.events.move_reaction(
                session,
                row,
                to="failed" if over else "retrying",
                attempts=attempts,
                error=error,
                started_at=started_at,
                finished_at=self._clock() if over else None,
            )
            if not mine:
                return
            if over:
                await store.history.log.append(
                    session, workspace=event.workspace, kind=EntryType.REACTION_FAILED.value, run_id=None, actor=_SYSTEM, at=self._clock(),  # noqa: E501
                    data={"event_id": event.id, "event": event.name, "subscriber": row.subscriber, "attempts": attempts, "error": error},  # noqa: E501
                )  # fmt: skip
            elif not row.blocking:
                await store.jobs.enqueue.enqueue(
                    session,
                    key=f"{event.id}:{row.subscriber}:{attempts}",
                    kind=RETRY_JOB,
                    workspace=event.workspace,
                    priority=20,
                    payload={"event_id": event.id, "subscriber": row.subscriber, "attempts": attempts},
                    delay_s=RETRY_S[attempts - 1],
                )

    async def _explain_block(self, event: FiredEvent, blocking: Sequence[str]) -> Outcome | None:
        """What an unfinished blocking subscriber means for the dispatch. None if nothing blocks it."""
        if not blocking:
            return None
        async with self._database.read() as session:
            rows = await store.events.events.reactions(session, event.workspace, event.id)
        states = {row.subscriber: row for row in rows if row.subscriber in blocking}
        waiting = [row for row in states.values() if row.state in store.events.events.OPEN]
        if waiting:
            slowest = max(waiting, key=lambda row: row.attempts)
            return Reschedule(RETRY_S[max(0, slowest.attempts - 1)], f"{slowest.subscriber} must be done first.")
        failed = next((row for row in states.values() if row.state == "failed"), None)
        if failed is None:
            return None
        now = self._clock()
        async with self._database.begin() as session:
            for row in await store.events.events.reactions(session, event.workspace, event.id):
                if row.state == "pending":
                    why = f"{failed.subscriber} failed, and it must be done first."
                    await store.events.events.move_reaction(session, row, to="skipped", error=why, finished_at=now)
            await store.events.events.finish(session, event.workspace, event.id, now)
        return Done()


def _describe_error(error: Exception) -> str:
    """An error as a line for a person. Only our own errors promise to hold no secret. Of others only the name is
    shown."""
    if isinstance(error, OpsIQError):
        return error.detail[:1000]
    return "It took too long." if isinstance(error, TimeoutError) else f"{type(error).__name__} (see the log)"
