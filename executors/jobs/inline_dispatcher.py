"""Inline dispatcher: jobs created already leased by this process, so that they start without a claim."""

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
"""Puts work in this transaction; when that is committed, it is begun soon, here or elsewhere."""


@dataclass(frozen=True, slots=True)
class InlineDispatcher:
    """Starts a new job at once where this process has a free slot: a claim is a transaction of its own, which a waiting
    caller would wait for. The job is held under the usual lease; if the process dies, others take it when the lease
    expires, as after a claim."""

    queue: SqlQueue
    worker: Worker
    wake: Callable[[], None]

    async def put(self, session: AsyncSession, item: NewJob) -> None:
        """Creates the job (``BeginJob``). Nothing happens where its key was put before."""
        if not self.worker.has_capacity(item.kind):
            await enqueue.enqueue_one(session, item)
            after_commit(session, self.wake)
        elif (held := await self.queue.enqueue_leased(session, item)) is not None:
            after_commit(session, partial(self.worker.take, held))
