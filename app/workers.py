"""Job handlers of planning and sending, and what happens to a job that is given up."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from agent.planning.planner import RESOLVE_JOB, SEND_JOB, Planner
from agent.record_cache.sync import CacheSync
from agent.sending.reconciler import Reconciler
from agent.sending.sender import Sender
from core.errors import Conflict, ModelMisbehaved, ModelUnavailable, NotAuthentic, PlatformUnavailable, Unavailable
from events.webhooks.services import Webhooks
from executors.jobs.queue import Dead, Done, Outcome, Reschedule
from store.jobs.jobs import Job

log = logging.getLogger(__name__)

PLAN_ATTEMPTS = 4


@dataclass(frozen=True)
class JobHandlers:
    """Job handlers of planning and sending."""

    planner: Planner
    sender: Sender
    webhooks: Webhooks
    cache_sync: CacheSync
    reconciler: Reconciler

    async def resolve(self, job: Job) -> Outcome:
        run_id = job.payload["run_id"]
        try:
            return Done(await self.planner.plan_and_commit(job.workspace, run_id))
        except (PlatformUnavailable, ModelUnavailable, ModelMisbehaved) as error:
            if job.attempt < PLAN_ATTEMPTS and error.retryable:
                return Reschedule(0.5 * 2**job.attempt, error.detail)
            await self.planner.mark_unavailable(job.workspace, run_id, error)
        except NotAuthentic as error:
            return Dead(error.detail)
        except Unavailable:
            raise
        except Exception:
            # Nothing was sent, and somebody waits: one more try, then a plain word instead of a long silence.
            if job.attempt < 2:
                raise
            log.exception("planning failed twice", extra={"run_id": run_id})
            return Dead("Planning failed twice (see the log).")
        return Done()

    async def send(self, job: Job) -> Outcome:
        try:
            return await self.sender.send(job.workspace, job.payload["run_id"])
        except Conflict:
            # A worker that was taken for dead goes on with it. Whoever holds the work when it comes again finds out how
            # that ended.
            return Reschedule(1.0, "Another worker is at it.")

    async def reconcile(self, job: Job) -> Outcome:
        return await self.reconciler.reconcile(job)

    async def record_dead_job(self, session: AsyncSession, job: Job, error: str) -> None:
        await self.webhooks.record_dead_job(session, job)
        await self.cache_sync.record_dead_job(session, job, error)
        if job.kind in (RESOLVE_JOB, SEND_JOB):
            await self.planner.give_up(session, job.workspace, job.payload["run_id"], error)
