"""Repeated calls: tells where the same person had the very same done a moment ago. It keeps nothing back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

import store.runs.runs
from agent.pipeline import Plan
from agent.runs import repository
from agent.runs.run import Run

RECENT: Final = timedelta(minutes=2)
MOST_READ: Final = 20
_DONE: Final = ("confirmed", "executing", "succeeded", "unknown")


async def tell_repeated(session: AsyncSession, run: Run, plan: Plan, now: datetime) -> str:
    """A sentence where another run has sent, or sends, the same calls as ``plan``. Empty otherwise."""
    rows = await store.runs.runs.listed(
        session, run.workspace, states=_DONE, person=run.actor.person, role=run.actor.role, limit=MOST_READ
    )
    calls = _list_calls(plan)
    for each in repository.list_readable([row for row in rows if row.updated_at > now - RECENT and row.id != run.id]):
        if each.mode == run.mode and each.plan is not None and _list_calls(each.plan) == calls:
            seconds = max(1, round((now - each.updated_at).total_seconds()))
            done = "was done" if each.state == "succeeded" else "was sent"
            return f"The same {done} {seconds} second{'' if seconds == 1 else 's'} ago."
    return ""


def _list_calls(plan: Plan) -> list[tuple[str, dict[str, object]]]:
    return [(step.action, {each.param: each.value for each in step.filled}) for step in plan.steps]
