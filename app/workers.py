"""Job handlers: one for each kind of job, and what happens to a job that is given up."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

import store.history.log
from agent.history.anchors import ANCHOR_JOB, Anchors
from agent.history.recorder import EntryType
from agent.planning.planner import RECONCILE_JOB, RESOLVE_JOB, SEND_JOB, Planner
from agent.record_cache.sync import READ_JOB, CacheSync
from agent.sending.reconciler import Reconciler
from agent.sending.sender import Sender
from agent.workspace.wrong_passwords import WRONG_PASSWORDS_JOB, WrongPasswords
from core.clock import Clock
from core.errors import Conflict, ModelMisbehaved, ModelUnavailable, NotAuthentic, PlatformUnavailable, Unavailable
from events.services import Events
from executors.jobs.queue import Dead, Done, Outcome, Reschedule
from executors.jobs.worker import Handler
from store.jobs.jobs import Job

log = logging.getLogger(__name__)

PLAN_ATTEMPTS = 4
SYSTEM = {"id": "opsiq", "kind": "system", "name": "OpsIQ", "role": "", "person": ""}


@dataclass(frozen=True)
class JobHandlers:
    """The handlers of every kind of job, and of jobs that are given up."""

    planner: Planner
    sender: Sender
    events: Events
    cache_sync: CacheSync
    reconciler: Reconciler
    anchors: Anchors
    wrong_passwords: WrongPasswords
    clock: Clock

    def by_kind(self) -> dict[str, Handler]:
        return {
            RESOLVE_JOB: self.resolve,
            SEND_JOB: self.send,
            RECONCILE_JOB: self.reconciler.reconcile,
            READ_JOB: self.cache_sync.read,
            ANCHOR_JOB: self.anchors.send,
            WRONG_PASSWORDS_JOB: self.wrong_passwords.record,
            **self.events.handlers,
        }

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
            # Nothing was sent and a person waits, so one more try, and then a refusal in words.
            if job.attempt < 2:
                raise
            log.exception("planning failed twice", extra={"run_id": run_id})
            return Dead("Planning failed twice (see the log).")
        return Done()

    async def send(self, job: Job) -> Outcome:
        try:
            return await self.sender.send(job.workspace, job.payload["run_id"])
        except Conflict:
            # A worker that was taken for dead continues with it. The next worker finds out how that ended.
            return Reschedule(1.0, "Another worker is at it.")

    async def record_dead_job(self, session: AsyncSession, job: Job, error: str) -> None:
        """Reports what a given-up job leaves undone, where a person waits for it."""
        await self.events.webhooks.record_dead_job(session, job)
        await self.cache_sync.record_dead_job(session, job, error)
        if job.kind in (RESOLVE_JOB, SEND_JOB):
            await self.planner.give_up(session, job.workspace, job.payload["run_id"], error)

    async def record_parked_job(self, session: AsyncSession, job: Job, error: str) -> None:
        """Records in history that a job was parked because its workers died of it repeatedly."""
        await self.events.record_dead_job(session, job, error)
        ids = {name: job.payload[name] for name in ("run_id", "event_id") if isinstance(job.payload.get(name), str)}
        await store.history.log.append(
            session,
            workspace=job.workspace,
            kind=EntryType.WORK_PARKED.value,
            run_id=ids.get("run_id"),
            actor=SYSTEM,
            at=self.clock(),
            data={**ids, "work": job.kind, "key": job.key, "claims_lost": job.lost, "error": error},
        )
