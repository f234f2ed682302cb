"""Acts on several records: an act in everyday words on a list or a set of records ("7 and 9 are sorted", "park all of
Ada's")."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from agent.pipeline import Answer, Plan, Proposed
from agent.planning.linked_values import Read, mask
from agent.planning.proposal import Aside, Call, Find, PlanResult, Proposal, RecordArgument, Words
from agent.planning.record_links import RecordLink
from agent.planning.said_acts import ABSENCE, belongs_to_others, does, list_chosen, list_said_acts
from agent.planning.task import Outcome, Task, ask_which, hold_or_ask, list_planned_actions
from agent.planning.unread_words import list_unread
from agent.planning.wished_deeds import find_wish
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import read_action_words
from language.acts import Act
from language.text import word_set
from registry.contract import Contract
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

MOST_TRIED: Final = 3
_JOINING: Final = word_set("and both all each every of them these those are have one ones two three four five too as")
"""Words beside several records that say nothing else of what is done."""
_SPARING: Final = word_set("leave keep skip spare ignore")
"""Verbs by which one of several is left out."""
Validate = Callable[[Proposal], Awaitable[Outcome]]


async def plan_several(
    task: Task,
    made: Outcome,
    links: Sequence[RecordLink],
    offers: Sequence[Offer],
    shortlist: Shortlist,
    read: Read,
    validate: Validate,
    why: str,
) -> Outcome:
    """The plan of the one action that does what is said to several records, held. ``made`` if there is none, or if
    words are left."""
    text = task.request.text
    if not _SPARING.isdisjoint(text.casefold().split()):
        return made
    acts = list_said_acts(text, mask(text, [(each.start, each.end) for each in links]), links, find_wish(text))
    found: list[Proposal] = []
    for offer in offers:
        contract = task.workspace_context.catalogue.get(offer.name)
        for act in acts if contract is not None else ():
            if (
                contract is None
                or act.kind == ABSENCE
                or not does(task.workspace_context.kinds, contract, act, offer, shortlist)
            ):
                continue
            if not belongs_to_others(text, act, offer, shortlist):
                proposal = await _read(task, contract, offer, act, shortlist, read)
                found += [proposal] if proposal is not None else []
    tried = [await validate(each) for each in found[:MOST_TRIED]]
    plans = [each for each in tried if isinstance(each.verdict, Plan)]
    if len(plans) > 1:
        return ask_which(task, [name for each in plans for name in list_planned_actions(each)], made)
    return hold_or_ask(task, plans[0], why) if plans else made


async def _read(
    task: Task, contract: Contract, offer: Offer, act: Act, shortlist: Shortlist, read: Read
) -> Proposal | None:
    """The calls on several records, if every word has a place in them."""
    text = task.request.text
    chosen = Answer(slot="action", choice=offer.name, text="")
    request = task.request.model_copy(update={"text": mask(text, act.places), "answers": (chosen,)})
    resolution = (await read(request, Shortlist([offer]))).resolution
    result = resolution.proposal.result if isinstance(resolution, Proposed) else None
    calls = result.calls if isinstance(result, PlanResult) else ()
    if any(each.action != offer.name or each.condition is not None for each in calls) or not _are_several(calls):
        return None
    given = list_chosen(contract, act, text)
    calls = tuple(each.model_copy(update={"arguments": {**each.arguments, **given}}) for each in calls)
    asides = [Aside(words=Words(text=text[start:end], start=start), role="expressed") for start, end in act.places]
    proposal = Proposal(result=PlanResult(calls=calls), asides=tuple(asides))
    said = [each for start, end in act.places for each in text[start:end].casefold().split()]
    states = [each for call in calls for each in _list_states(call)]
    words = read_action_words(offer, shortlist)
    unread = [*list_unread(task, proposal, contract, words, [*said, *states, *(_JOINING - lexicon.DENYING)])]
    return None if unread else proposal


def _are_several(calls: Sequence[Call]) -> bool:
    finds = (each.reference for call in calls for each in call.arguments.values() if isinstance(each, RecordArgument))
    return len(calls) > 1 or any(isinstance(each, Find) and each.pick == "all" for each in finds)


def _list_states(call: Call) -> list[str]:
    """The states by which records are told."""
    finds = (each.reference for each in call.arguments.values() if isinstance(each, RecordArgument))
    wheres = (each for find in finds if isinstance(find, Find) for each in find.where)
    return [word for each in wheres for word in str(getattr(each, "state", "")).split()]
