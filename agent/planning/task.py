"""Task: what is to be planned for a run as it stands."""

from __future__ import annotations

from collections.abc import Collection

from agent.planning.propose import CHEAP_ONLY, Grounded, Task
from agent.planning.thread import NO_THREAD, Thread
from agent.runs.run import Run
from registry.conditions.condition import Evaluator


def make_task(
    run: Run,
    context: Grounded,
    confirmed: Collection[str],
    evaluator: Evaluator = CHEAP_ONLY,
    thread: Thread = NO_THREAD,
) -> Task:
    """What is to be planned for a run as it stands. ``confirmed`` are the contracts confirmed in this session, by
    digest."""
    return Task(
        run.request.model_copy(update={"thread": thread.turns}),
        run.actor,
        context,
        run.id,
        confirmed,
        only=run.only,
        drafts=run.drafts,
        proposal=run.proposal,
        thread=thread.records,
        calls=thread.calls,
        hold=run.hold,
        must_wait=run.must_wait,
        evaluator=evaluator,
    )
