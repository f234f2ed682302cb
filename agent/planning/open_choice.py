"""Open choice: a model that found several actions to fit is not the last word, because it has seen no record.

"Bring the tuning forward" fits an action for appointments and one for tasks. Which of the two has a record of that name
is known to the platform alone, so each of the actions is read and tried there before a person is asked.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Final

from agent.pipeline import Plan, Question, Resolved
from agent.planning.task import Outcome, Task, hold
from core.errors import ModelMisbehaved, ModelUnavailable

ONLY_ONE_FITS: Final = "Your words fit several actions; one fits your records. Check that it is what you mean."
_MOST: Final = 4
"""Actions that are tried."""


async def choose_by_records(task: Task, made: Outcome, *readings: Callable[[Task], Awaitable[Outcome]]) -> Outcome:
    """The plan of the one offered action that works on live data, held. ``made`` if no model offered a choice of
    actions that all take records, or if none or several of them work. Each of the ``readings`` plans a task; a later
    one is asked if none works by the earlier ones."""
    asked, by_model = made.verdict, made.resolved is not None and made.resolved.trace.model is not None
    if not isinstance(asked, Question) or asked.slot != "action" or task.request.answers or not by_model:
        return made
    offered = [each.id for each in asked.candidates if task.only is None or each.id in task.only]
    contracts = [task.workspace_context.catalogue.get(each) for each in offered]
    told = all(of is not None and any(each.record for each in of.annotations.values()) for of in contracts)
    for plan in readings if told and 1 < len(offered) <= _MOST else ():
        try:
            tried = [await plan(replace(task, only=frozenset((each,)))) for each in offered]
        except (ModelUnavailable, ModelMisbehaved):
            return made  # what it said first stands
        working = [each for each in tried if isinstance(each.verdict, Plan)]
        if len(working) == 1:
            return hold(replace(working[0], resolved=_count(made, tried)), ONLY_ONE_FITS)
        if working:
            break
    return made


def _count(made: Outcome, tried: Sequence[Outcome]) -> Resolved | None:
    """What the model said first, whose trace counts what it was asked since."""
    resolved = made.resolved
    for each in tried:
        if resolved is not None and each.resolved is not None and each.resolved.trace.model is not None:
            resolved = resolved.model_copy(update={"trace": resolved.trace.add_second(each.resolved.trace)})
    return resolved
