"""Expiry of a run: whether its card or question has run out, and its end then. How long a card waits is said in
``registry.confirmation``, how long a question does by the setting ``question_expiry_s``."""

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
    """Whether the time for a card or question is over, whether or not that has been written down yet."""
    return run.expires_at is not None and now >= run.expires_at


async def expire(database: Database, run: Run, now: datetime) -> None:
    """End a run whose card or question has run out. Nothing happens where somebody was quicker."""
    with contextlib.suppress(Conflict):
        async with database.begin() as session:
            moved = await repository.move(session, run.with_(state="expired", updated_at=now), was={"held", "asked"})
            await recorder.record(session, moved, EntryType.EXPIRED, now, outcome="expired")
