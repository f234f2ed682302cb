"""Second reading: asks the model about the words alone that a plan ignores, apart from planning.

It does so before a person is asked about weighty words. If the model says that all of them change nothing, or that the
plan expresses them, the plan stands, waits for a yes and shows them. Otherwise the question is about the others.

It also does so before a plan stands beside words that nothing accounts for, even if rules take them for talk. If one
changes something, the person is asked after all.

If the model can't be asked, the question stands, and such a plan waits and shows the words. Words that the person has
answered about are not put to the model.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from typing import Any, Final, Protocol, TypeVar

from agent.pipeline import Plan, Proposed, Question, Request, Resolved
from agent.planning.proposal import Proposal
from agent.planning.task import Outcome, Task, hold_for_words
from agent.resolve.resolver import PieceQuestion, Resolver, SecondReader
from agent.validate.coverage.open_words import is_opening_verb
from agent.validate.questions import REST
from core.errors import ModelMisbehaved, ModelUnavailable, PlatformUnavailable

TAKES_BACK: Final = "It takes back what was done before, so it waits for a yes."

_QUOTED: Final = re.compile(r"‘([^’]*(?:’(?=\w)[^’]*)*)’")
"""What a remark quotes; an apostrophe stands inside a word."""

T = TypeVar("T")


class Around(Protocol):
    """Wraps the call of a resolver, and may cut it off."""

    def __call__(self, asked: Coroutine[Any, Any, T], /) -> Awaitable[T]: ...


async def read_again(
    task: Task,
    made: Outcome,
    resolver: Resolver,
    around: Around | None,
    planned_as: Callable[[Proposal], Awaitable[Outcome]],
) -> Outcome:
    """Resolves an outcome that asks about such words or ignores them: returns the plan, or the question. ``planned_as``
    plans the proposal with what the model said of them."""
    verdict, proposal = made.verdict, made.proposal
    if not isinstance(verdict, Question | Plan) or not verdict.pieces or proposal is None or TAKES_BACK in made.waits:
        return made
    unread = _show(made, verdict) if isinstance(verdict, Plan) else made
    answered = isinstance(verdict, Question) and any(each.slot == REST for each in task.request.answers)
    if answered or not isinstance(resolver, SecondReader):
        return unread
    if made.resolved is not None and made.resolved.trace.model is None:
        return unread  # no model read the words: there is none, or it is gone
    context = task.workspace_context
    shortlist = context.shortlist(task.actor, task.request.surface)
    stands = isinstance(verdict, Plan)
    question = PieceQuestion(task.request, proposal, shortlist, tuple(context.kinds), verdict.pieces, stands)
    asked = resolver.read_again(question)
    try:
        second = await (asked if around is None else around(asked))
    except (ModelUnavailable, ModelMisbehaved) as error:
        return replace(unread, resolved=_note(made.resolved, error))
    if second is None:
        return unread
    resolved = _join(made.resolved, second, proposal)
    if not isinstance(second.resolution, Proposed):
        return replace(unread, resolved=resolved)
    read = second.resolution.proposal
    if read == proposal:
        return replace(made, resolved=resolved)
    try:
        again = await planned_as(read)
    except PlatformUnavailable:
        return replace(unread, resolved=resolved)
    if isinstance(again.verdict, Plan) and not stands:  # it ignores other words too
        waits = task.request if again.verdict.held else None
        return replace(_show(again, again.verdict, waits), resolved=resolved)
    asks = isinstance(again.verdict, Question) and again.verdict.slot == REST
    return replace(again if asks else unread, resolved=resolved)


def _join(first: Resolved | None, second: Resolved, proposal: Proposal) -> Resolved:
    """The resolution with both readings in its trace. It holds ``proposal`` if the second reading gave nothing."""
    if first is None:
        kept = second.resolution if isinstance(second.resolution, Proposed) else Proposed(proposal=proposal)
        return second.model_copy(update={"resolution": kept})
    trace = first.trace.add_second(second.trace)
    resolution = second.resolution if isinstance(second.resolution, Proposed) else first.resolution
    return first.model_copy(update={"resolution": resolution, "trace": trace})


def _note(first: Resolved | None, error: ModelUnavailable | ModelMisbehaved) -> Resolved | None:
    """The resolution, whose trace says why there is no second reading."""
    if first is None:
        return None
    note = f"it gave no usable second reading ({error.code}: {error.detail})"
    trace = first.trace.model_copy(update={"notes": (*first.trace.notes, note)})
    return first.model_copy(update={"trace": trace})


def _show(made: Outcome, plan: Plan, waits: Request | None = None) -> Outcome:
    """The plan, waiting, with those pieces on the card that nothing on it says yet. If the plan of a request ``waits``
    anyway, the verb that orders it is no news: the card says what it does."""
    quoted = [each for told in plan.held for each in _QUOTED.findall(told)]
    untold = [each for each in plan.pieces if not any(each in words for words in quoted)]
    untold = [each for each in untold if waits is None or not is_opening_verb(each, waits)]
    return hold_for_words(made, untold) if untold else made
