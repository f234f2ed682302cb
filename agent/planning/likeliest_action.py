"""Likeliest action: the one that a request is taken for by its words and values together, where no verb names one that
works. The words are read once more for it alone.

Such words may only tell something, so each must be a value of the plan or a word of its action. Anybody may have meant
something else, so the plan waits for a person, and one that can't be undone is asked about.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterator
from dataclasses import replace
from typing import Final

from agent.pipeline import Abstain, Answer, Plan, Question
from agent.planning.proposal import Computed, Proposal, TypedValue
from agent.planning.quotes import find_places, walk
from agent.planning.task import Outcome, Task, hold_or_ask
from agent.planning.what_fits import ONLY_FIT, list_shown_words
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.ranking import find_likeliest, may_be_one_order
from agent.validate.coverage.unused_words import collect_subject_stems
from agent.validate.questions import REST, preview_steps
from language.stems import EMPTY, GENERIC, is_past, split_runs, stem
from language.text import word_set
from registry.contract import Contract

_OPEN: Final = frozenset({"unclear_action", "not_found"})
_LIGHT: Final = word_set(
    "a an the my our your his her their its s of at for from in into on onto to with by and again now "
    "please pls plz instead"
)
"""Words that say nothing of an order by themselves."""
_MORE: Final = word_set("more extra another")
"""What an action adds is more of it."""
_PERFECT: Final = word_set("has have had been")
"""Words before a participle by which something is told as done."""


async def plan_likeliest(task: Task, made: Outcome, plan: Callable[[Task], Awaitable[Outcome]]) -> Outcome:
    """The plan of the likeliest action, held. ``made`` if it stands, if no action is likely, or if the likeliest has no
    place for all words. A question whether one action is meant shows what it would do. ``plan`` plans a task anew."""
    if task.request.answers or not _is_open(made):
        return made
    shortlist = task.workspace_context.shortlist(task.actor, task.request.surface)
    kinds = tuple(task.workspace_context.kinds)
    one = may_be_one_order(task.request.text)
    likeliest = find_likeliest(task.request.text, shortlist, kinds, task.request.now) if one else None
    offered = made.verdict.candidates if isinstance(made.verdict, Question) and made.verdict.slot == "action" else ()
    action = offered[0].id if len(offered) == 1 else likeliest
    contract = task.workspace_context.catalogue.get(action) if action is not None else None
    if contract is None:
        return made
    chosen = Answer(slot="action", choice=contract.name, text="")
    other = await plan(replace(task, request=task.request.model_copy(update={"answers": (chosen,)})))
    if not isinstance(other.verdict, Plan) or other.proposal is None:
        return made
    shown = list_shown_words(other.verdict)
    # The only action that is asked about stands too, if it gives a record's own field another value.
    sure = action == likeliest or (one and any(note.replaces for note in contract.annotations.values()))
    if sure and not any(_list_unread(task, other.proposal, contract, shown)):
        return hold_or_ask(task, other, ONLY_FIT)
    unread = made.resolved is not None and isinstance(made.resolved.resolution, Abstain)
    if not isinstance(made.verdict, Question) or unread or len(offered) != 1:
        return made  # "What should happen with it?" is open
    text = f"{made.verdict.text.removesuffix('?')}: {preview_steps(other.verdict.steps)}?"
    return replace(made, verdict=made.verdict.model_copy(update={"text": text}))


def _is_open(made: Outcome) -> bool:
    """Whether nothing was planned because no action, or no record for it, was understood."""
    match made.verdict:
        case Abstain(reason=reason):
            return reason == "nothing_fits"
        case Question(code=code, slot=slot):
            return code in _OPEN and slot != REST
    return False


def _list_unread(task: Task, proposal: Proposal, contract: Contract, shown: Collection[str]) -> Iterator[str]:
    """The words of the request that are neither in the plan, nor of its action, nor ``shown`` of its records."""
    places = find_places(proposal, task.request)
    own = collect_subject_stems((contract,), task.workspace_context.kinds)
    own |= _MORE if "add" in own else frozenset()
    changes = any(isinstance(each, Computed) for each in walk(proposal.result))  # "put the price up by 10"
    own |= GENERIC | {*map(stem, lexicon.RAISING | lexicon.LOWERING)} if changes else frozenset()
    taken = {str(each.value) for each in walk(proposal.result) if isinstance(each, TypedValue)}
    words = [(*each, any(first <= each[1] < last for first, last in places)) for each in split_runs(task.request.text)]
    for at, (word, _, _, used) in enumerate(words):
        low = word.casefold()
        if used or low in _LIGHT or (low in shown and low not in EMPTY) or stem(low) in own:
            continue
        behind = next((each for each in words[at + 1 :] if each[0].casefold() not in _PERFECT), None)
        # "Has been paid" is told as done. "Has been cleaned" says nothing of the state of cleaning.
        done = behind is not None and is_past(behind[0].casefold()) and (not behind[3] or behind[0].casefold() in taken)
        if low not in _PERFECT or not done:
            yield word
