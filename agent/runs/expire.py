"""Run expiry: ends a run whose card or question has expired. ``registry.confirmation`` says how long a card waits, the
setting ``question_expiry_s`` how long a question does."""

from __future__ import annotations

import contextlib
from datetime import datetime

from agent.history import recorder
from agent.history.recorder import EntryType
from agent.runs import repository
from agent.runs.run import Run
from core.errors import Conflict
from store.database import Database


def has_expired(run: Run, now: datetime) -> bool:
    """Whether the time of a card or question is over, stored or not."""
    return run.expires_at is not None and now >= run.expires_at


async def expire(database: Database, run: Run, now: datetime) -> None:
    """Ends a run whose card or question has expired. Does nothing if another change was faster."""
    with contextlib.suppress(Conflict):
        async with database.begin() as session:
            moved = await repository.move(session, run.with_(state="expired", updated_at=now), was={"held", "asked"})
            sentences = recorder.list_sentences(moved.plan)
            await recorder.record(session, moved, EntryType.EXPIRED, now, outcome="expired", sentences=sentences)
