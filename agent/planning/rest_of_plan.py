"""Rest of a plan: what is said where one of several calls finds nothing that it could be for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from agent.pipeline import Plan, Question
from agent.planning.proposal import Call, PlanResult, Proposal
from agent.planning.task import Outcome, Task
from agent.validate.proposed.coverage_questions import ask_whether
from agent.validate.questions import REST, join, preview_steps

Try = Callable[[Proposal], Awaitable[Outcome]]


async def offer_rest(task: Task, made: Outcome, plan: Try) -> Outcome:
    """The question whether to do the other calls, which says why one can't be done. Where they can't be planned either,
    it only says that they were not done. ``plan`` validates a proposal. Raises PlatformUnavailable."""
    asked, proposal = made.verdict, made.proposal
    if proposal is None or not isinstance(asked, Question) or asked.code != "not_found" or asked.candidates:
        return made
    at, result = asked.slot.partition(".")[0], proposal.result
    if not isinstance(result, PlanResult) or not at.isdecimal() or len(result.calls) < 2 or task.request.answers:
        return made
    failed, others = result.calls[int(at)], [*result.calls[: int(at)], *result.calls[int(at) + 1 :]]
    asks = asked.text.endswith("?")  # an answer to it leaves the plan whole
    if not asks and not any(each.condition is not None for each in result.calls):
        rest = proposal.model_copy(update={"result": result.model_copy(update={"calls": tuple(others)})})
        offered = await offer_rest(task, await plan(rest), plan)
        question = offered.verdict
        if isinstance(question, Plan):
            does = preview_steps(question.steps)
            question = ask_whether(f"Should I do the rest: {does}?", "Yes, without that", does)
        if isinstance(question, Question) and question.slot == REST and question.candidates:
            return replace(offered, verdict=question.model_copy(update={"text": f"{asked.text} {question.text}"}))
    return replace(made, verdict=asked.model_copy(update={"text": asked.text + _tell_others(task, failed, others)}))


def _tell_others(task: Task, failed: Call, others: list[Call]) -> str:
    """The other actions of a request that goes no further: they wait with the one that failed."""
    found = (task.workspace_context.catalogue.get(each.action) for each in others if each.action != failed.action)
    titles = list(dict.fromkeys(each.title for each in found if each is not None))
    named = join([f"“{each}”" for each in titles], "and")
    return f" {named} {'was' if len(titles) == 1 else 'were'} not done either." if titles else ""
