"""Full sync of a record kind from its platform, page by page. It resumes after a crash and tolerates events that arrive
meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.jobs.enqueue
import store.jobs.jobs
import store.record_cache.records
import store.record_cache.sync_state
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.record_cache.cache import ConnectorCache, RecordCaches
from agent.workspace.context import WorkspaceContexts
from core.actor import Actor, check_owner
from core.errors import Conflict, NotFound, OpsIQError
from executors.jobs.queue import Dead, Done, Outcome, Reschedule
from store.database import Database, after_commit, now
from store.jobs.jobs import Job
from store.record_cache.sync_state import SyncStateRow
from store.transaction_hook import TransactionHook, no_hook

log = logging.getLogger(__name__)

READ_JOB: Final = "records.read"
PAGE: Final = 50
ATTEMPTS: Final = 8
FIRST_PAUSE_S: Final = 1.0
MAX_PAUSE_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class CacheStatus:
    """Cache status of one kind of one connector. ``records`` is the number cached now. ``fresh`` says whether look-ups
    use them. ``state`` is ``none`` if no sync was started, or ``reading`` while ``seen`` records have been read."""

    connector: str
    kind: str
    events: tuple[str, ...]
    state: str
    fresh: bool
    records: int
    seen: int
    began_at: datetime | None = None
    synced_at: datetime | None = None
    heard_at: datetime | None = None
    error: str = ""


@dataclass(frozen=True)
class CacheSync:
    database: Database
    contexts: WorkspaceContexts
    mirrors: RecordCaches
    wake: Callable[[], None]

    async def begin(
        self,
        by: Actor,
        connector: str | None = None,
        kind: str | None = None,
        *,
        in_transaction: TransactionHook[list[CacheStatus]] = no_hook,
    ) -> list[CacheStatus]:
        """Starts a full sync of one connector or all, one kind or all. A running sync continues. ``in_transaction``
        runs in the same transaction. Raises Forbidden, and NotFound if nothing of these names can be cached."""
        check_owner(by, "has records read")
        context = await self.contexts.of(by.workspace)
        wanted = [
            (cache, name)
            for cache in context.cache.values()
            if connector in (None, cache.connector)
            for name in cache.kinds
            if kind in (None, name)
        ]
        if not wanted:
            raise NotFound("No connector of this workspace lets records of that name be kept.")
        async with self.database.begin() as session:
            at = await now(session)
            begun = [name for cache, name in wanted if await self._begin(session, cache, name, at)]
            if begun:
                await recorder.record_act(
                    session, by, EntryType.MIRROR_BEGUN, self.mirrors.clock(), connector=connector or "", kinds=begun
                )
            standing = [await self._read_status(session, cache, name) for cache, name in wanted]
            await in_transaction(session, standing)
            after_commit(session, self.wake)
        return standing

    async def list_status(self, workspace: str) -> list[CacheStatus]:
        """Status of every kind that may be cached, in the order of connectors and their kinds."""
        context = await self.contexts.of(workspace)
        async with self.database.read() as session:
            return [
                await self._read_status(session, cache, name)
                for cache in context.cache.values()
                for name in cache.kinds
            ]

    async def renew(self) -> None:
        """Starts a new sync of every kind whose last complete one is older than half of ``max_age``, in every
        workspace."""
        async with self.database.read() as session:
            old = await store.record_cache.sync_state.stale(session, self.mirrors.clock() - self.mirrors.max_age / 2)
        for row in old:
            cache = (await self.contexts.of(row.workspace)).cache.get(row.connector)
            if cache is None or row.kind not in cache.kinds:
                continue
            async with self.database.begin() as session:
                await self._begin(session, cache, row.kind, await now(session))
                after_commit(session, self.wake)

    async def read(self, job: Job) -> Outcome:
        """Handles ``records.read``: reads page after page, each in its own transaction with the position reached."""
        connector, kind, began = job.payload["connector"], job.payload["kind"], job.payload["began_at"]
        cache = (await self.contexts.of(job.workspace)).cache.get(connector)
        if cache is None or kind not in cache.kinds:
            return Done()
        try:
            while True:
                async with self.database.read() as session:
                    row = await cache.sync_state(session, kind)
                if row is None or row.state != "reading" or row.began_at.isoformat() != began:
                    return Done()
                if (read := await self._read_page(cache, row)) is not None:
                    log.info("%s %s records were read", read, kind, extra={"workspace": job.workspace})
                    return Done()
        except Conflict as error:
            return Reschedule(1.0, error.detail)
        except OpsIQError as error:
            return await self._settle_failed(job, cache, kind, error)

    async def record_dead_job(self, session: AsyncSession, job: Job, error: str) -> None:
        """Records that a sync has failed, when its job is given up."""
        if job.kind == READ_JOB:
            row = await store.record_cache.sync_state.get(
                session, job.workspace, job.payload["connector"], job.payload["kind"]
            )
            if row is not None and row.state == "reading" and row.began_at.isoformat() == job.payload["began_at"]:
                await store.record_cache.sync_state.move(session, row, state="failed", error=error[:1000])

    async def _read_page(self, cache: ConnectorCache, row: SyncStateRow) -> int | None:
        """Reads one more page. The last page also deletes records that the platform no longer has. Returns the number
        of records after the last page, else None."""
        page = await cache.get_source(row.kind).page(row.kind, row.cursor, PAGE)
        scope = cache.get_scope(row.kind)
        states = [cache.make_row(state) for state in page.states]
        seen = row.seen + len(states)
        async with self.database.begin() as session:
            await store.record_cache.records.store_records(session, scope, states, read=True)
            await self._move(session, row, cursor=page.cursor, seen=seen, error="")
        if page.cursor is not None:
            return None
        while True:
            async with self.database.begin() as session:
                if not await store.record_cache.records.delete_unseen(session, scope, row.began_at):
                    break
        async with self.database.begin() as session:
            there = await store.record_cache.sync_state.get(session, row.workspace, row.connector, row.kind)
            if there is not None and there.began_at == row.began_at:
                await self._move(session, there, state="ready", synced_at=self.mirrors.clock(), cursor=None)
        return seen

    async def _move(self, session: AsyncSession, row: SyncStateRow, **columns: object) -> None:
        if not await store.record_cache.sync_state.move(session, row, **columns):
            raise Conflict("Another worker has gone on with this reading.")

    async def _begin(self, session: AsyncSession, cache: ConnectorCache, kind: str, at: datetime) -> bool:
        """Starts a sync of one kind. False if one is running already."""
        there = await store.record_cache.sync_state.get(session, cache.workspace, cache.connector, kind)
        if there is not None and there.shape != cache.fingerprint(kind):
            # The cache is of another platform or another declaration: its versions say nothing about the new records.
            await store.record_cache.records.forget(session, cache.get_scope(kind))
            await store.record_cache.sync_state.forget(session, cache.workspace, cache.connector, kind)
        row = SyncStateRow(
            workspace=cache.workspace,
            connector=cache.connector,
            kind=kind,
            state="reading",
            shape=cache.fingerprint(kind),
            began_at=at,
        )
        if await store.record_cache.sync_state.begin(session, row) is None:
            return False
        payload = {"connector": cache.connector, "kind": kind, "began_at": at.isoformat()}
        key = f"records:{cache.workspace}:{cache.connector}:{kind}:{at.isoformat()}"
        await store.jobs.enqueue.enqueue(
            session, key=key, kind=READ_JOB, workspace=cache.workspace, payload=payload, priority=80
        )
        return True

    async def _settle_failed(self, job: Job, cache: ConnectorCache, kind: str, error: OpsIQError) -> Outcome:
        over = job.attempt >= ATTEMPTS
        async with self.database.begin() as session:
            row = await cache.sync_state(session, kind)
            if row is not None and row.state == "reading":
                state = "failed" if over else "reading"
                await store.record_cache.sync_state.move(session, row, error=error.detail[:1000], state=state)
        if over:
            return Dead(error.detail)
        return Reschedule(min(MAX_PAUSE_S, FIRST_PAUSE_S * 2 ** (job.attempt - 1)), error.detail)

    async def _read_status(self, session: AsyncSession, cache: ConnectorCache, kind: str) -> CacheStatus:
        row = await cache.sync_state(session, kind)
        events = cache.kinds[kind][1].events
        if row is None:
            return CacheStatus(cache.connector, kind, events, "none", fresh=False, records=0, seen=0)
        return CacheStatus(
            cache.connector,
            kind,
            events,
            row.state,
            fresh=cache.is_fresh(row),
            records=await store.record_cache.records.count(session, cache.get_scope(kind)),
            seen=row.seen,
            began_at=row.began_at,
            synced_at=row.synced_at,
            heard_at=row.heard_at,
            error=row.error,
        )
