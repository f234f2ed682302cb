"""Second reading: before a person is asked about words that a plan passes over, the model is asked about those alone.

Where it says of all of them that they change nothing, or that the plan has them, the plan stands, waits for a yes and
shows them; else the question is about the others. It stands as it is where the model can't be asked, and where the
person has answered about such words.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, Final, Protocol, TypeVar

from agent.pipeline import Plan, Proposed, Question, Resolved
from agent.planning.proposal import Proposal
from agent.planning.task import Outcome, Task
from agent.resolve.resolver import PieceQuestion, Resolver, SecondReader
from agent.validate.plan_builder import REST
from core.errors import ModelMisbehaved, ModelUnavailable, PlatformUnavailable

TAKES_BACK: Final = "It takes back what was done before, so it waits for a yes."

T = TypeVar("T")


class Around(Protocol):
    """What is put around the asking of a resolver, which may be cut off there."""

    def __call__(self, asked: Coroutine[Any, Any, T], /) -> Awaitable[T]: ...


async def read_again(
    task: Task,
    made: Outcome,
    resolver: Resolver,
    around: Around | None,
    planned_as: Callable[[Proposal], Awaitable[Outcome]],
) -> Outcome:
    """What comes of an outcome that asks about such words: the plan, or the same question. ``planned_as`` plans the
    proposal with what the model said of them."""
    question, proposal = made.verdict, made.proposal
    if not isinstance(question, Question) or not question.pieces or proposal is None or TAKES_BACK in made.waits:
        return made
    if not isinstance(resolver, SecondReader) or any(each.slot == REST for each in task.request.answers):
        return made
    if made.resolved is not None and made.resolved.trace.model is None:
        return made  # the words were read without a model, which is none or gone
    context = task.workspace_context
    shortlist = context.shortlist(task.actor, task.request.surface)
    asked = resolver.read_again(PieceQuestion(task.request, proposal, shortlist, tuple(context.kinds), question.pieces))
    try:
        second = await (asked if around is None else around(asked))
    except (ModelUnavailable, ModelMisbehaved):
        return made
    if second is None or not isinstance(second.resolution, Proposed):
        return made
    resolved = _join(made.resolved, second)
    read = second.resolution.proposal
    try:
        again = await planned_as(read) if read != proposal else made
    except PlatformUnavailable:
        again = made
    better = isinstance(again.verdict, Plan) or (isinstance(again.verdict, Question) and again.verdict.slot == REST)
    return replace(again if better else made, resolved=resolved)


def _join(first: Resolved | None, second: Resolved) -> Resolved:
    """What was resolved, with both readings in its trace."""
    if first is None:
        return second
    trace = first.trace.add_second(second.trace)
    return first.model_copy(update={"resolution": second.resolution, "trace": trace})
