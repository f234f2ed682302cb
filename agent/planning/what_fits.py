"""What fits: plans and answers that no verb names, and that have a place for all words of a request. They are tried on
live data, and one is used if it alone works there.

Anybody may have meant something else, so a plan waits for a person.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Final

from rapidfuzz.distance import OSA

from agent.pipeline import Abstain, Plan, RecordSource, Reply
from agent.planning.proposal import AnswerResult, Call, Find, Proposal, RecordsAnswer
from agent.planning.quotes import walk
from agent.planning.task import Outcome, Task, ask_which, hold_or_ask, list_planned_actions
from agent.validate.records.ranking import fold_words
from core.errors import PlatformUnavailable
from language.stems import stem

ONLY_FIT: Final = "Your words don't name this action; it is the one that fits. Check that it is what you mean."
_LEAST_SLIP: Final = 5
"""Letters of a word in which one may be wrong."""
Validate = Callable[[Proposal], Awaitable[Outcome]]


async def plan_what_fits(task: Task, abstain: Abstain, validate: Validate) -> Outcome | None:
    """The plan or answer that fits, or the question which one is meant. None if there is none, or if the platform can't
    be asked."""
    proposals = (*abstain.fits, *abstain.answers)
    # Side by side, so that a slow platform is waited for once. All are awaited, so that none goes on behind our back.
    ended = await asyncio.gather(*map(validate, proposals), return_exceptions=True)
    failed = [each for each in ended if isinstance(each, BaseException)]
    if any(not isinstance(each, PlatformUnavailable) for each in failed):
        raise next(each for each in failed if not isinstance(each, PlatformUnavailable))
    if failed:
        return None
    made = [each for each in ended if isinstance(each, Outcome)]
    plans = [*zip(abstain.fits, made, strict=False)]
    answers = [*zip(abstain.answers, made[len(plans) :], strict=True)]
    return _choose_plan(task, plans) or _choose_answer(answers)


def passes_over(proposal: Proposal, other: Proposal) -> bool:
    """Whether a plan takes only the owner in "Ada's lamp", and another one, of another action, the lamp too."""
    mine, theirs = ([each for each in walk(one.result) if isinstance(each, Find)] for one in (proposal, other))
    said = [each.said for each in mine]
    owned = any(each.said is None and each.where for each in mine)
    named = any(each.where and each.said is not None and each.said not in said for each in theirs)
    done, instead = ([each.action for each in walk(one.result) if isinstance(each, Call)] for one in (proposal, other))
    return owned and named and done != instead


def _choose_plan(task: Task, made: Sequence[tuple[Proposal, Outcome]]) -> Outcome | None:
    """The one plan that works, held. Asks if several do, or if it can't be undone."""
    plans = {
        _list_values(each.verdict): each
        for proposal, each in made
        if isinstance(each.verdict, Plan) and _are_called(each.verdict, proposal)
    }
    working = [*plans.values()]
    if len(working) > 1:
        working = [
            each for each in working if isinstance(each.verdict, Plan) and _names_itself(each.verdict)
        ] or working
    if len(working) == 1:
        return hold_or_ask(task, working[0], ONLY_FIT)
    actions = [name for each in working for name in list_planned_actions(each)]
    return ask_which(task, actions, working[0]) if working else None


def _list_values(plan: Plan) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Each call's action and values."""
    return tuple((step.action, tuple((each.param, repr(each.value)) for each in step.filled)) for step in plan.steps)


def _are_called(plan: Plan, proposal: Proposal) -> bool:
    """Whether every word that is said as a name is in the name of a record of the plan or of what it belongs to, but
    for a slip."""
    shown = list_shown_words(plan)
    names = [each.said.text for each in walk(proposal.result) if isinstance(each, Find) and each.said is not None]
    return all(_is_among(word, shown) for name in names for word in fold_words(name))


def list_shown_words(plan: Plan) -> set[str]:
    """The words of the plan's records and of what these belong to, in lower case."""
    sources = [each.source for step in plan.steps for each in step.filled]
    above = [label for each in sources if isinstance(each, RecordSource) for label in each.via]
    pins = [pin for step in plan.steps for pin in step.pins]
    held = [f"{pin.label} {pin.record_id} {' '.join(map(str, pin.values.values()))}" for pin in pins]
    return {word for each in (*above, *held) for word in fold_words(each)}


def _is_among(word: str, shown: Collection[str]) -> bool:
    near = len(word) >= _LEAST_SLIP
    return any(stem(word) == stem(each) or (near and OSA.distance(word, each, score_cutoff=1) <= 1) for each in shown)


def _names_itself(plan: Plan) -> bool:
    """Whether each record is named itself, and not by what it is of."""
    sources = (each.source for step in plan.steps for each in step.filled)
    return not any(each.via for each in sources if isinstance(each, RecordSource))


def _choose_answer(made: Sequence[tuple[Proposal, Outcome]]) -> Outcome | None:
    """The one answer about a single record that is called as was said, or else about one that belongs to it."""
    named: dict[str, Outcome] = {}
    owned: dict[str, Outcome] = {}
    for proposal, each in made:
        if not isinstance(each.verdict, Reply) or each.verdict.count != 1:
            continue
        said = _find_name(proposal)
        owners = {one.said.text.casefold() for one in walk(proposal.result) if isinstance(one, Find) and one.said}
        if said is None and any(one.label.casefold() in owners for one in each.verdict.records):
            continue  # it was to belong to somebody called so, and is called so itself
        if said is None:
            owned[each.verdict.text] = each
        elif _is_called(each.verdict, said):
            named[each.verdict.text] = each
    told = [*(named or owned).values()]
    return told[0] if len(told) == 1 else None


def _find_name(proposal: Proposal) -> str | None:
    """The name that the answer's record was asked for by. None if it is told by another record's."""
    asked = proposal.result.answer if isinstance(proposal.result, AnswerResult) else None
    find = asked.records if isinstance(asked, RecordsAnswer) else None
    return find.said.text if isinstance(find, Find) and find.said is not None else None


def _is_called(reply: Reply, said: str) -> bool:
    """Whether the record is called so itself, and was not found by some other field."""
    shown = {word for each in reply.records for word in fold_words(f"{each.label} {each.id}")}
    return {stem(word) for word in fold_words(said)} <= {stem(word) for word in shown}
