"""Unread words: the words of a request that a plan has no place for, where no word names its action."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from agent.pipeline import Plan, RecordSource
from agent.planning.proposal import Computed, PlanResult, Proposal, RecordArgument, TypedValue
from agent.planning.quotes import find_places, walk
from agent.planning.task import Task
from agent.resolve.rules.grammar.orders.action_words import ActionWords, find_base_form
from agent.validate.coverage.opposed_verbs import GIVING_BACK, TAKING_AWAY
from agent.validate.coverage.unused_words import collect_subject_stems
from agent.validate.records.ranking import fold_words
from language.stems import EMPTY, is_past, split_runs, stem, stem_text
from language.text import word_set
from registry.contract import Contract

_LIGHT: Final = word_set(
    "a an the my our your his her their its s of at for from in into on onto to with by and again now instead "
    "please pls plz make makes set put give get gets use take takes do does let want wants need needs goes go "
    "comes we i just one job run thing order"
)
"""Words that say nothing of an order by themselves, or by which anything may be set or given."""
_CHANGING: Final = word_set("push drop postpone delay change raise lower cut bump bring up down by til till until")
"""Words by which a value is changed."""
_PUSHING: Final = word_set("push put move bring")
"""Verbs beside which "back" and "forward" say which way. What is taken back is something else."""
_BY: Final = word_set("add more less fewer extra another")
"""Words by which a value is changed by something. What an action adds is more of it, too."""
_IS: Final = word_set("is are")
_ANEW: Final = word_set("now again instead until til till set make")
"""Words by which what something is said to be is new."""
_PERFECT: Final = word_set("has have had been")
"""Words before a participle by which something is told as done."""
AKIN: Final = 0.3
"""How much a word tells of an action that has a verb of that meaning."""


def list_unread(
    task: Task, proposal: Proposal, contract: Contract, words: ActionWords, shown: Collection[str]
) -> Iterator[str]:
    """The words of the request that are neither in the plan, nor of its action, nor ``shown`` of its records."""
    call = proposal.result.calls[0] if isinstance(proposal.result, PlanResult) else None
    values = tuple(each for each in (call.arguments.values() if call else ()) if not isinstance(each, RecordArgument))
    own = collect_subject_stems((contract,), task.workspace_context.kinds)
    by = "add" in own or any(isinstance(each, Computed) for each in walk(values))
    light = _LIGHT | (_CHANGING if values else frozenset()) | (_BY if by else frozenset())
    said = {word.casefold() for word, _, _ in split_runs(task.request.text)}
    akin = {each for each in said - EMPTY if words.rate_verb(find_base_form(stem(each))) >= AKIN}
    done = any(map(is_past, akin))  # "the leak is repaired"
    light |= akin | (_IS if done or not said.isdisjoint(_ANEW) else frozenset())
    light |= frozenset() if said.isdisjoint(_PUSHING) else {"back", "forward"}
    places = find_places(proposal, task.request)
    taken = {str(each.value) for each in walk(proposal.result) if isinstance(each, TypedValue)}
    # A member of a closed list that is no value takes the place of another: "from gentle to normal".
    members = {str(each) for schema in contract.properties.values() for each in schema.get("enum", ())}
    own -= {stem(each) for each in members - taken}
    runs = [(*each, any(first <= each[1] < last for first, last in places)) for each in split_runs(task.request.text)]
    for at, (word, _, _, used) in enumerate(runs):
        low = word.casefold()
        if used or low in light or (low in shown and low not in EMPTY) or stem(low) in own:
            continue
        behind = next((each for each in runs[at + 1 :] if each[0].casefold() not in _PERFECT), None)
        # "Has been paid" is told as done. "Has been cleaned" says nothing of the state of cleaning.
        told = behind is not None and is_past(behind[0].casefold()) and (not behind[3] or behind[0].casefold() in taken)
        if low not in _PERFECT or not told:
            yield word


def list_shown_words(plan: Plan) -> set[str]:
    """The words of the plan's records and of what these belong to, in lower case."""
    sources = [each.source for step in plan.steps for each in step.filled]
    above = [label for each in sources if isinstance(each, RecordSource) for label in each.via]
    pins = [pin for step in plan.steps for pin in step.pins]
    held = [f"{pin.label} {pin.record_id} {' '.join(map(str, pin.values.values()))}" for pin in pins]
    return {word for each in (*above, *held) for word in fold_words(each)}


def names_deed(contract: Contract, words: ActionWords, task: Task, masked: str) -> bool:
    """Whether a word is said of what the action does, and not only of what it is about."""
    nouns = {stem(word) for kind in task.workspace_context.kinds for noun in kind.nouns for word in noun.split()}
    own = {stem(word) for each in (contract.title, *contract.aliases) for word, _, _ in split_runs(each)}
    plain = {word.casefold() for word, _, _ in split_runs(masked)} - EMPTY - _LIGHT
    said = {stem(word) for word in plain}
    return bool(said & (own - nouns - EMPTY)) or any(words.rate_verb(find_base_form(each)) >= AKIN for each in said)


def names_taking_away(task: Task, contract: Contract, words: ActionWords) -> bool:
    """Whether a verb of the action is said, or it is called by none that ends or takes away anything: who "paid 90"
    gets no refund."""
    said = {stem(word.casefold()) for word, _, _ in split_runs(task.request.text)}
    called = stem_text(contract.title)[:1]
    if not GIVING_BACK.isdisjoint(called):
        return not GIVING_BACK.isdisjoint(said)
    return TAKING_AWAY.isdisjoint(called) or any(words.rate_verb(find_base_form(each)) >= AKIN for each in said)
