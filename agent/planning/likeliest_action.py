"""Likeliest action: the one that a request is taken for by its words and values together, where no verb names one that
works. The words are read once more for it alone.

Anybody may have meant something else, so a plan waits for a person, and one that moves money or can't be undone is
asked about.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from agent.pipeline import Abstain, Answer, Plan, Question
from agent.planning.task import Outcome, Task, ask_which, hold, list_planned_actions
from agent.planning.what_fits import ONLY_FIT
from agent.resolve.rules.ranking import find_likeliest
from agent.validate.questions import REST
from registry.contract import Risk

_OPEN: Final = frozenset({"unclear_action", "not_found"})


async def plan_likeliest(task: Task, made: Outcome, plan: Callable[[Task], Awaitable[Outcome]]) -> Outcome:
    """The plan of the likeliest action, or the question about words that it has no place for. ``made`` if it stands, or
    if no action is likely."""
    if task.request.answers or not _is_open(made):
        return made
    shortlist = task.workspace_context.shortlist(task.actor, task.request.surface)
    action = find_likeliest(task.request.text, shortlist, tuple(task.workspace_context.kinds), task.request.now)
    if action is None:
        return made
    chosen = Answer(slot="action", choice=action, text="")
    other = await plan(replace(task, request=task.request.model_copy(update={"answers": (chosen,)})))
    if not isinstance(other.verdict, Plan):
        return made
    return ask_which(task, (action,), other) if _is_final(task, other) else hold(other, ONLY_FIT)


def _is_open(made: Outcome) -> bool:
    """Whether nothing was planned because no action, or no record for it, was understood."""
    match made.verdict:
        case Abstain(reason=reason):
            return reason == "nothing_fits"
        case Question(code=code, slot=slot):
            return code in _OPEN and slot != REST
    return False


def _is_final(task: Task, planned: Outcome) -> bool:
    contracts = [task.workspace_context.catalogue.get(name) for name in list_planned_actions(planned)]
    return any(each is None or each.risk is Risk.IRREVERSIBLE for each in contracts)
