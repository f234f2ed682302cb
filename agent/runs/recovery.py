"""Recovery of stranded runs: finds runs that should move but have no job, and gives them one. A worker that settles its
job without moving the run leaves one behind. Whatever the cause, no confirmed call may be forgotten."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import store.runs.runs
from agent.history import recorder
from agent.history.recorder import EntryType
from agent.planning.planner import SEND_JOB, put_send
from agent.runs import repository
from agent.runs.run import Run
from core.clock import Clock
from core.errors import Conflict
from store.database import Database, after_commit

log = logging.getLogger(__name__)

STANDING_FOR: Final = timedelta(seconds=30)
AT_ONCE: Final = 100


@dataclass(frozen=True)
class RunRecovery:
    database: Database
    clock: Clock
    wake: Callable[[], None]

    async def take_up(self) -> int:
        """Enqueues a job for every confirmed or executing run that hasn't changed for half a minute and has none, at
        most ``AT_ONCE``. Returns how many.

        The job continues where the run stands. A call under way is sent again under its key if its contract is
        idempotent. Otherwise it becomes ``unknown`` and a person decides (agent/sending/sender.py).
        """
        async with self.database.read() as session:
            rows = await store.runs.runs.find_stranded(session, SEND_JOB, self.clock() - STANDING_FOR, AT_ONCE)
        return sum([await self._put(run) for run in repository.list_readable(rows)])

    async def _put(self, run: Run) -> bool:
        now = self.clock()
        try:
            async with self.database.begin() as session:
                # A move, so that only one of many sweeps enqueues it, and under its own key.
                moved = await repository.move(session, run.with_(updated_at=now), was={run.state})
                await recorder.record(
                    session, moved, EntryType.TAKEN_UP, now, state=run.state, error="There was no work for it."
                )
                await put_send(session, moved)
                after_commit(session, self.wake)
        except Conflict:
            return False
        log.warning("run %s stood %s with no work: it is taken up again", run.id, run.state, extra={"run_id": run.id})
        return True
