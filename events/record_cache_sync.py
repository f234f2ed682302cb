"""Record cache subscriber: updates cached records from events, after the rules and before webhooks.

An event that the connector made from its platform's signed webhook carries the new state. Any other event only says
that something changed, so the platform is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.record_cache.records
import store.record_cache.sync_state
from agent.record_cache import ConnectorCache
from agent.workspace.context import WorkspaceContexts
from core.clock import Clock, format_iso
from events.subscribers import MIRRORS, FiredEvent, ReactionResult, Subscriber
from registry.connector import Event
from registry.events.event_names import fits
from registry.record_cache import RecordState
from store.database import Database

MAX_ASKED: Final = 10


@dataclass(frozen=True)
class RecordCacheSubscribers:
    """Source of one subscriber for each connector that an event is about."""

    database: Database
    contexts: WorkspaceContexts
    clock: Clock

    async def subscribers(self, session: AsyncSession, event: FiredEvent) -> Sequence[Subscriber]:
        context = self.contexts.get_cached(event.workspace)
        about = [each for each in context.cache.values() if _about(each, event)] if context is not None else []
        if not about:
            return ()
        kept = {row.connector for row in await store.record_cache.sync_state.listed(session, event.workspace)}
        return [self._make_subscriber(each) for each in about if each.connector in kept]

    def _make_subscriber(self, cache: ConnectorCache) -> Subscriber:
        async def react(event: FiredEvent) -> ReactionResult:
            return await self.react(cache, event)

        return Subscriber(f"mirror:{cache.connector}", MIRRORS, react)

    async def react(self, cache: ConnectorCache, event: FiredEvent) -> ReactionResult:
        """Updates the cache. Raises PlatformUnavailable: it is then tried again."""
        told = Event(event.id, event.name, event.data, format_iso(event.occurred_at))
        mirrors = list(dict.fromkeys(mirror for mirror, _ in cache.kinds.values()))
        states: list[RecordState] = []
        lost: list[tuple[str, str, str]] = []
        if event.origin == f"connector:{cache.connector}":
            states = [state for mirror in mirrors for state in mirror.carried(told)]
        if not states:
            named = [each for mirror in mirrors for each in mirror.named(told)][:MAX_ASKED]
            states, lost = await self._ask(cache, named)
        states = [state for state in states if state.kind in cache.kinds]

        async def record(session: AsyncSession) -> None:
            for kind in dict.fromkeys([state.kind for state in states] + [kind for kind, _, _ in lost]):
                if await cache.sync_state(session, kind) is None:
                    continue
                theirs = [cache.make_row(state) for state in states if state.kind == kind]
                await store.record_cache.records.store_records(session, cache.get_scope(kind), theirs)
                for _, record_id, was in (each for each in lost if each[0] == kind):
                    await store.record_cache.records.mark_deleted(session, cache.get_scope(kind), record_id, was=was)
                await store.record_cache.sync_state.touch(session, cache.workspace, cache.connector, kind, self.clock())

        what = ", ".join(f"{state.kind} {state.id}" for state in states) or "nothing new"
        return ReactionResult(f"kept: {what}", record)

    async def _ask(
        self, cache: ConnectorCache, named: Sequence[tuple[str, str]]
    ) -> tuple[list[RecordState], list[tuple[str, str, str]]]:
        """The present states, and (kind, id, cached version) of records that the platform no longer has."""
        states: list[RecordState] = []
        lost: list[tuple[str, str, str]] = []
        for kind, record_id in named:
            if kind not in cache.kinds:
                continue
            async with self.database.read() as session:
                if await cache.sync_state(session, kind) is None:
                    continue
                before = await store.record_cache.records.get(session, cache.get_scope(kind), record_id)
            state = await cache.get_source(kind).now(kind, record_id)
            if state is not None:
                states.append(state)
            elif before is not None and not before.gone:
                lost.append((kind, record_id, before.version))
        return states, lost


def _about(cache: ConnectorCache, event: FiredEvent) -> bool:
    return any(fits(pattern, event.name) for _, kept in cache.kinds.values() for pattern in kept.events)
