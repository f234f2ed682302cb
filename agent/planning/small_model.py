"""Comparison of a small model's plan with the rules' plan: decides which one to take, whether it waits, and what to ask
where they differ."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from agent.pipeline import (
    Abstain,
    Ask,
    Calls,
    Plan,
    Proposed,
    Question,
    Reply,
    Resolved,
    list_spans,
)
from agent.planning.proposal import Call, NoneResult, PlanResult, TypedValue
from agent.planning.quotes import list_words
from agent.planning.task import Outcome, Task, ask_which, hold, is_harmless, list_planned_actions
from agent.validate.questions import REST
from core.errors import ModelMisbehaved, ModelUnavailable
from language.wordnet import is_english

UNDERSTOOD_OTHERWISE: Final = "The model understood this otherwise; it is how your words read without it. Check it."
READ_BY_MODEL_ALONE: Final = "Only the model can read these words; check that it is what you mean."


async def weigh(
    task: Task,
    resolved: Resolved,
    made: Outcome,
    planned_as: Callable[[Resolved], Awaitable[Outcome]],
    ask_for: Callable[[str], Awaitable[Outcome]],
) -> Outcome:
    """Chooses between a small model's plan and the plan of the words alone. ``planned_as`` plans another reading of the
    words. ``ask_for`` asks the model again, about one action alone.

    If the words lead to a plan, their action is more reliable than the model's. The values are the model's if both plan
    the same calls and no grammar read all the words. A plan of the model's that changes something waits, unless the
    words alone lead to the very same plan. Whatever no word asks for is asked about.
    """
    read, planned = resolved.by_rules, list_planned_actions(made)
    if isinstance(read, Abstain):
        if read.reason == "too_complex":
            return Outcome(read, resolved)  # nothing has read all of it
        acts = planned and isinstance(made.verdict, Plan | Question)
        if acts and (is_english(task.request.text) or not _quotes(made)):
            return hold(ask_which(task, planned, made), READ_BY_MODEL_ALONE)
    if isinstance(read, Ask) and read.lacks and (filled := await _fill(read.drafts[0].action, planned, ask_for)):
        return filled
    if isinstance(read, Ask) and read.question.slot == "action" and isinstance(made.verdict, Plan) and planned:
        left_open = tuple(each.id for each in read.question.candidates)
        if not (set(planned) <= set(left_open) and _quotes(made) and is_harmless(task, made)):
            return hold(ask_which(task, (*left_open, *planned), made), READ_BY_MODEL_ALONE)
    if not isinstance(read, Calls | Proposed):
        return hold(made, READ_BY_MODEL_ALONE)
    notes = (*resolved.trace.notes, "planned as the words read without the model")
    other = await planned_as(Resolved(resolution=read, trace=resolved.trace.model_copy(update={"notes": notes})))
    if isinstance(read, Proposed) and isinstance(read.proposal.result, NoneResult):
        return other  # this person may not do it, and another action is no substitute
    same = planned == (tuple(draft.action for draft in other.drafts) or list_planned_actions(other))
    if (lacking := _find_lacking_action(other)) and (filled := await _fill(lacking, planned, ask_for)):
        return filled
    if not isinstance(other.verdict, Plan | Reply):
        return _beside_none(read, other, made, same=same)
    if same and isinstance(read, Calls) and (isinstance(made.verdict, Plan) or _contradicts(other.verdict, made)):
        return made if _sends_the_same(made, other) else hold(made, READ_BY_MODEL_ALONE)
    return other if same and isinstance(made.verdict, Plan | Reply) else hold(other, UNDERSTOOD_OTHERWISE)


async def _fill(action: str, planned: Sequence[str], ask_for: Callable[[str], Awaitable[Outcome]]) -> Outcome | None:
    """The model's plan of the action that the words name and don't say all values of, where it planned another. None if
    it plans none: asked about one action, a small model finds values that it doesn't find among ten."""
    if not planned or action in planned:
        return None
    try:
        filled = await ask_for(action)
    except (ModelUnavailable, ModelMisbehaved):
        return None  # what it said first stands
    return hold(filled, READ_BY_MODEL_ALONE) if isinstance(filled.verdict, Plan) else None


def _find_lacking_action(other: Outcome) -> str:
    """The one action that the words alone name and don't say all values of."""
    question, actions = other.verdict, list_planned_actions(other) or tuple(each.action for each in other.drafts)
    lacks = isinstance(question, Question) and question.code == "missing"
    return actions[0] if lacks and len(actions) == 1 else ""


def _beside_none(read: Calls | Proposed, other: Outcome, made: Outcome, *, same: bool) -> Outcome:
    """The outcome if the words alone lead to no plan. A grammar's question is about what was said. A small model's
    "none" or other action often isn't."""
    if isinstance(made.verdict, Reply):
        return made
    if isinstance(read, Proposed) and not (same and isinstance(made.verdict, Plan)):
        return other
    if isinstance(made.verdict, Plan) and _asks_of_unused_words(other, made):
        return other
    return hold(made, READ_BY_MODEL_ALONE)


def is_too_complex(resolved: Resolved) -> bool:
    return isinstance(resolved.resolution, Abstain) and resolved.resolution.reason == "too_complex"


def _sends_the_same(made: Outcome, other: Outcome) -> bool:
    """Whether both plan the very same calls."""
    if not isinstance(made.verdict, Plan) or not isinstance(other.verdict, Plan):
        return False
    first, second = (
        [(step.action, step.version, {each.param: each.value for each in step.filled}) for step in plan.steps]
        for plan in (made.verdict, other.verdict)
    )
    return first == second


def _asks_of_unused_words(other: Outcome, made: Outcome) -> bool:
    """Whether the words alone lead to a question about words that the model ignored: left-over words, or a name that
    finds nothing."""
    question = other.verdict
    if not isinstance(question, Question) or question.slot == REST or question.code != "not_found":
        return isinstance(question, Question) and question.slot == REST
    used = [
        text.casefold() for call in _list_calls(made) for each in call.arguments.values() for text in _list_texts(each)
    ]
    asked = _list_asked_words(question, other)
    return not asked or not all(any(text.casefold() in each for each in used) for text in asked)


def _list_asked_words(question: Question, other: Outcome) -> list[str]:
    """The words of the argument that a question is about."""
    at, _, name = question.slot.partition("/")[0].partition(".")
    if not at.isdigit():
        return []
    if (calls := _list_calls(other)) and int(at) < len(calls):
        return _list_texts(calls[int(at)].arguments.get(name))
    argument = other.drafts[int(at)].arguments.get(name) if int(at) < len(other.drafts) else None
    return [span.text for span in list_spans(argument)] if argument is not None else []


def _list_texts(argument: object) -> list[str]:
    return [each.text for each in list_words(argument)]


def _list_calls(outcome: Outcome) -> Sequence[Call]:
    result = outcome.proposal.result if outcome.proposal is not None else None
    return result.calls if isinstance(result, PlanResult) else ()


def _quotes(made: Outcome) -> bool:
    """Whether the words say some value that the model gave itself. Records, sums and texts don't count."""
    typed = [each for call in _list_calls(made) for each in call.arguments.values() if isinstance(each, TypedValue)]
    return any(each.quote and each.quote.text.casefold() in str(each.value).casefold() for each in typed)


def _contradicts(verdict: Plan | Reply, made: Outcome) -> bool:
    """Whether a plan differs from a value that the model read from words, in a call of the same action."""
    if not isinstance(verdict, Plan):
        return False
    read = {
        (call.action, name): argument.value
        for call in _list_calls(made)
        for name, argument in call.arguments.items()
        if isinstance(argument, TypedValue) and argument.quote is not None
    }
    return any(
        str(read.get((step.action, filled.param), filled.value)).casefold() != str(filled.value).casefold()
        for step in verdict.steps
        for filled in step.filled
    )
