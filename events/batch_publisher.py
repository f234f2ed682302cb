"""Batch publisher: events published while one batch commits are committed together in the next.

An event, the answer kept for its Idempotency-Key and its fan-out are one transaction, shared with other events. Nobody
gets an answer before the commit. An event that fails (its key is taken, its data is wrong) doesn't affect the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import store.events.events
import store.jobs.enqueue
import store.jobs.jobs
import store.requests.idempotency
from core.actor import Actor
from core.batching import Batcher
from core.errors import EventLoop, OpsIQError
from events.publish import EventPublisher, count_depth, make_reaction_jobs, make_row
from events.subscribers import FiredEvent, make_event
from store.database import after_commit
from store.events.events import EventRow
from store.requests.idempotency import IdempotencyRow, KeyClaim
from store.rows import list_values

STALE: Final = timedelta(seconds=15)
"""Age after which a claim in flight belongs to a killed process, as in web.idempotency."""
KEPT: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Pending:
    row: EventRow
    kept: IdempotencyRow


class BatchPublisher:
    """Publishes the API's events in batches."""

    def __init__(self, publisher: EventPublisher) -> None:
        self._publisher = publisher
        self._group: Batcher[_Pending, KeyClaim] = Batcher(self._commit)

    async def publish(
        self,
        actor: Actor,
        name: str,
        data: Mapping[str, Any],
        kept: IdempotencyRow,
        answer: Callable[[FiredEvent], str],
        *,
        occurred_at: datetime | None = None,
        caused_by: str | None = None,
        request_id: str | None = None,
    ) -> FiredEvent | KeyClaim:
        """Publishes one event. If one was already published under the key of ``kept``, returns the stored answer.
        ``kept`` is stored with the event and its ``answer``. Raises as ``publish``."""
        now = self._publisher.clock()
        try:
            row = make_row(
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
            list_values(row)  # what no database stores is this one's fault alone
            if caused_by is not None:
                async with self._publisher.database.read() as session:
                    row.depth = await count_depth(session, actor.workspace, name, caused_by)
        except OpsIQError as error:
            stands = await self._find_claim(kept)
            if stands is not None:
                return stands
            if isinstance(error, EventLoop):
                await self._publisher.record_refused(
                    actor, name, now, error, caused_by=caused_by, request_id=request_id
                )
            raise
        fired = make_event(row)
        kept.body = answer(fired)
        claim = await self._group.ask(_Pending(row, kept))
        return fired if claim.verdict == "ours" else claim

    async def _find_claim(self, kept: IdempotencyRow) -> KeyClaim | None:
        """The earlier answer for this key. It is repeated, even if the event would be refused now."""
        async with self._publisher.database.read() as session:
            row = await store.requests.idempotency.get(session, kept.workspace, kept.method, kept.path, kept.key)
        if row is None or row.state != "done" or row.created_at < self._publisher.clock() - KEPT:
            return None
        return KeyClaim("done" if row.fingerprint == kept.fingerprint else "reused", row)

    async def _commit(self, group: Sequence[_Pending]) -> Sequence[KeyClaim]:
        now = self._publisher.clock()
        async with self._publisher.database.begin() as session:
            claims = await store.requests.idempotency.store_answers(
                session, [each.kept for each in group], stale_before=now - STALE, forget_before=now - KEPT
            )
            rows = [each.row for each, claim in zip(group, claims, strict=True) if claim.verdict == "ours"]
            await store.events.events.insert_many(session, rows)
            await store.jobs.enqueue.enqueue_many(session, make_reaction_jobs(rows))
            after_commit(session, self._publisher.wake)
        return claims
