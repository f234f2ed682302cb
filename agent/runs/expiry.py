"""Expiry of cards and questions: when one runs out, whether it has, and the end of the run that waited for it.

How long a card stands is its contract's word (``expires_s`` in ``registry.confirmation``); how long a question does is
a setting (``question_expiry_s``)."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta

from agent.history import recorder
from agent.history.recorder import EntryType
from agent.pipeline import Plan
from agent.runs import repository
from agent.runs.run import Run
from core.errors import Conflict
from store.database import Database


def compute_card_expiry(plan: Plan, now: datetime) -> datetime:
    """When a card that is shown now runs out: the shortest time that one of its contracts gives."""
    return now + timedelta(seconds=plan.expires_s)


def compute_question_expiry(expires_s: int, now: datetime) -> datetime:
    return now + timedelta(seconds=expires_s)


def has_expired(run: Run, now: datetime) -> bool:
    """Whether the time for a card or question is over, whether or not that has been written down yet."""
    return run.expires_at is not None and now >= run.expires_at


async def expire(database: Database, run: Run, now: datetime) -> None:
    """End a run whose card or question has run out. Nothing happens where somebody was quicker."""
    with contextlib.suppress(Conflict):
        async with database.begin() as session:
            moved = await repository.move(session, run.with_(state="expired", updated_at=now), was={"held", "asked"})
            await recorder.record(session, moved, EntryType.EXPIRED, now, outcome="expired")
