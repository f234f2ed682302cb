"""Inline dispatcher: creates jobs that this process has already leased, so that they start without a claim."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from executors.jobs.queue import SqlQueue
from executors.jobs.worker import Worker
from store.database import after_commit
from store.jobs import enqueue
from store.jobs.enqueue import NewJob

BeginJob = Callable[[AsyncSession, NewJob], Awaitable[None]]
"""Adds a job in this transaction. After the commit it starts soon, in this process or in another."""


@dataclass(frozen=True, slots=True)
class InlineDispatcher:
    """Starts a new job at once if this process has a free slot. A claim would be another transaction, which a waiting
    caller would have to wait for. The job has the usual lease: if the process dies, others take it after the lease
    expires, as after a claim."""

    queue: SqlQueue
    worker: Worker
    wake: Callable[[], None]

    async def put(self, session: AsyncSession, item: NewJob) -> None:
        """Creates the job (``BeginJob``). Does nothing if its key exists already."""
        if not self.worker.has_capacity(item.kind):
            await enqueue.enqueue_one(session, item)
            after_commit(session, self.wake)
        elif (held := await self.queue.enqueue_leased(session, item)) is not None:
            after_commit(session, partial(self.worker.take, held))
