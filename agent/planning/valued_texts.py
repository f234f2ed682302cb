"""Valued texts: a text that holds what may be another value of its action ("oil the gate, heavy") is read anew without
it, or waits for a person."""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from agent.extract.spans.politeness import is_polite_word
from agent.pipeline import Plan
from agent.planning.linked_calls import make_scope
from agent.planning.linked_plans import list_kinds
from agent.planning.linked_texts import Stretch, TextOrder, find_text_name, says_values
from agent.planning.linked_values import Read, mask
from agent.planning.order_words import is_phrasal
from agent.planning.proposal import PlanResult, Proposal, QuotedText
from agent.planning.quotes import find_places
from agent.planning.record_links import find_first_links
from agent.planning.task import Outcome, Task, ask_which, hold
from agent.planning.told_records import find_dates
from agent.resolve.rules.grammar import lexicon
from agent.validate.questions import quote_words
from language.stems import stem

_LONGEST: Final = 2
"""Words of a clause with a value that says no more than that, or denies it: "high priority", "not heavy"."""
Validate = Callable[[Proposal], Awaitable[Outcome]]


async def settle_text(task: Task, made: Outcome, read: Read, validate: Validate) -> Outcome:
    """The plan whose text leaves values to the parameters that lack one, held. Where none stands, the plan as it is,
    held as well. Who writes something up tells nobody: which action is meant is asked."""
    proposal, request = made.proposal, task.request
    result = proposal.result if proposal is not None else None
    call = result.calls[0] if isinstance(result, PlanResult) and len(result.calls) == 1 else None
    if not isinstance(made.verdict, Plan) or call is None or request.answers or request.thread:
        return made
    shortlist = task.workspace_context.shortlist(task.actor, request.surface)
    offer, contract = shortlist.get(call.action), task.workspace_context.catalogue.get(call.action)
    name = find_text_name(offer) if offer is not None else None
    quote = call.arguments.get(name or "")
    places = find_places(quote, request) if isinstance(quote, QuotedText) else []
    if offer is None or contract is None or name is None or len(places) != 1:
        return made
    (start, end) = places[0]
    lacks = not offer.properties.keys() <= call.arguments.keys()
    masked, kinds = mask(request.text, find_dates(task)), list_kinds(task, shortlist)
    links = await find_first_links(masked, make_scope(task), kinds) if lacks else ()
    order = TextOrder(task, offer, contract, name, links, shortlist)
    words = [each for each in order.clauses[0].words if not is_polite_word(each.low)]
    said = tuple(stem(each.low) for each in words[:2])
    if order.sent and words and is_phrasal(words, 0) and said not in [each[:2] for each in order.words.phrases]:
        of = {offer.annotation(each).record for each in offer.required} - {None}
        alike = (each for each in shortlist.offers if find_text_name(each) is not None)
        named = [each.name for each in alike if not of.isdisjoint(each.annotation(one).record for one in each.required)]
        return ask_which(task, named, made)
    if order.sent:
        return made
    found = _find_value(order, call.arguments, start, end)
    if found is None:
        return made
    for stop in order.list_ends(start, len(order.clauses)):
        for each in await order.make_calls(Stretch(start, stop), read) if stop < end else []:
            other = await validate(each)
            if isinstance(other.verdict, Plan) and len(other.verdict.steps) == 1:
                return hold(other, made.hold or _tell(found))
    return hold(made, made.hold or _tell(found))


def _tell(said: str) -> str:
    return f"{quote_words(said)} may be a value of its own, and no part of the text. Check both."


def _find_value(order: TextOrder, given: Mapping[str, Any], start: int, end: int) -> str | None:
    """The words of a text that say what a parameter takes that has no value yet: a clause, or the last words."""
    for clause in order.clauses:
        words = [each for each in clause.words if start <= each.start < end]
        denied = words[1:] if words and words[0].low in lexicon.DENYING and len(words) <= _LONGEST else []
        valued = [each for each in words if each.part in ("value", "name") or each in denied]
        if not valued:
            continue
        alone = says_values(words) or len(words) <= _LONGEST
        behind = [*itertools.takewhile(lambda each: each.part, reversed(words))][::-1]
        said = words if alone and words[0].start > start else behind if words[-1].end == end else []
        run = [each for each in said if each in valued]
        if run and not order.list_takers(run) <= given.keys():
            return order.text[said[0].start : words[-1].end]
    return None
