"""Linked values: what a request says beside the names of its records, as values of one action."""

from __future__ import annotations

import itertools
import re
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from agent.pipeline import Answer, Plan, PromptSource, Proposed, Request, Resolved
from agent.planning.proposal import (
    Argument,
    ComputedArgument,
    DraftedText,
    FieldOf,
    Handle,
    PlanResult,
    Proposal,
    QuotedText,
    Words,
)
from agent.planning.quotes import find_places
from agent.planning.record_links import RecordLink, link_members
from agent.planning.task import Task
from agent.planning.unread_words import is_payment
from agent.resolve.rules.grammar.orders.text_parameters import list_named, takes_text
from agent.resolve.rules.grammar.orders.texts import REASONS
from agent.resolve.rules.grammar.phrases.amounts import MONEY
from language.stems import name_stems, split_runs, stem_text
from registry.contract import Contract
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

JOINED: Final = re.compile(r"\s*(?:,|&|\+|and\b|,\s*and\b)\s*", re.IGNORECASE)
"""Between two of a list: each of them is meant."""
_WAY: Final = re.compile(r"\s+(?P<way>up|down)\s+to\s", re.IGNORECASE)
"""Behind what is changed: which way it goes, and no limit."""
Read = Callable[[Request, Shortlist], Awaitable[Resolved]]


def mask(text: str, places: Iterable[tuple[int, int]]) -> str:
    """The text with blanks in these places, so that each other word keeps its own."""
    for start, end in places:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


async def read_values(
    task: Task,
    offer: Offer,
    links: Sequence[RecordLink],
    masked: str,
    read: Read,
    given: Mapping[str, Argument] = MappingProxyType({}),
    *,
    lacking: bool = False,
) -> dict[str, Any] | None:
    """The values that ``masked`` says, the request without its names: members of closed lists, and what the grammar
    reads. None if not all that the action requires are said, unless some may be ``lacking``, or if a free text took
    some: any words may be that. ``given`` values are read already."""
    text = task.request.text
    members = link_members(text, masked, offer)
    listed = [name for name, schema in offer.properties.items() if "enum" in (schema or ())]
    ways = (_WAY.match(text, each.end) for each in links)
    masked = mask(masked, [each.span("way") for each in ways if each is not None])
    rest = mask(masked, find_places(tuple(members.values()), task.request))
    chosen = Answer(slot="action", choice=offer.name, text="")
    request = task.request.model_copy(update={"text": rest, "answers": (chosen,)})
    resolved = await read(request, Shortlist([offer]))
    result = resolved.resolution.proposal.result if isinstance(resolved.resolution, Proposed) else None
    calls = result.calls if isinstance(result, PlanResult) else ()
    if len(calls) > 1 or any(each.action != offer.name or each.condition is not None for each in calls):
        return None
    said = {name: each for call in calls for name, each in call.arguments.items()}
    said = {name: each for name, each in said.items() if offer.annotation(name).record is None and name not in given}
    values = {name: each for name, each in said.items() if name not in listed}
    places = find_places(tuple(values.values()), task.request)
    quoted = (name for name, each in values.items() if isinstance(each, QuotedText | DraftedText))
    if any(takes_text(name, offer.properties[name], offer.annotation(name)) for name in quoted):
        return None
    for (first, last), each in itertools.product(places, links):
        numbers = (text[each.start : each.end] + text[first:last]).isdigit()
        if (first <= each.end and each.start <= last) or (numbers and JOINED.fullmatch(text, each.end, first)):
            return None  # of words that name a record, or the rest of one ("F" of "F-9"), or listed: "901 and 12"
    values |= members
    missing = [each for each in offer.list_missing({*values, *given}) if offer.annotation(each).record is None]
    kept = {each: held for each in missing if (held := _keep_value(offer, each, values)) is not None}
    return {**values, **kept, **given} if (len(kept) < len(missing)) == lacking else None


def _keep_value(offer: Offer, name: str, values: Collection[str]) -> ComputedArgument | None:
    """What the record has, for a value that isn't said where another of its values is changed: "lesson 7 starts at
    16:30" stays on its day. None if nothing else is changed."""
    held, others = offer.annotation(name).replaces, [offer.annotation(each).replaces for each in values]
    if held is None or not any(each is not None and each.parameter == held.parameter for each in others):
        return None
    return ComputedArgument(expression=FieldOf(field=held.field, of=Handle(handle=f"@{held.parameter}")))


def names_value(task: Task, actions: Collection[str]) -> bool:
    """Whether the request says what a value of one of these actions is called: "seats: 25" sets no price."""
    said = {*stem_text(task.request.text)}
    contracts = (task.workspace_context.catalogue.get(each) for each in actions)
    return any(
        not said.isdisjoint(name_stems(name))
        for contract in contracts
        if contract is not None
        for name in contract.properties
        if contract.annotation(name).record is None
    )


def list_free_notes(contract: Contract | Offer) -> dict[str, frozenset[str]]:
    """The parameters that take words beside an order, its reason or a note, and what each is called."""
    called = {name: list_named(name, contract.annotation(name)) for name in contract.properties}
    return {
        name: words
        for name, words in called.items()
        if words & REASONS and takes_text(name, contract.properties[name], contract.annotation(name))
    }


def has_bare_sum(task: Task, made: object) -> bool:
    """Whether a plan reads a number as money that is said with no currency."""
    for step in made.steps if isinstance(made, Plan) else ():
        contract = task.workspace_context.catalogue.get(step.action)
        for each in step.filled if contract is not None else ():
            spans = each.source.spans if isinstance(each.source, PromptSource) else ()
            if contract is not None and contract.annotation(each.param).unit in MONEY and spans:
                return all(span.text.isdigit() for span in spans)
    return False


def add_reason(task: Task, proposal: Proposal, told: Sequence[tuple[int, int]]) -> Proposal:
    """The call with what is told beside it as its reason, if the action takes one and none is said."""
    call = proposal.result.calls[0] if isinstance(proposal.result, PlanResult) else None
    contract = task.workspace_context.catalogue.get(call.action) if call is not None else None
    if call is None or contract is None or len(told) > 1:
        return proposal
    free = [*list_free_notes(contract)]
    if len(free) != 1 or free[0] in call.arguments:
        return proposal
    start, end = told[0]
    why = QuotedText(quote=Words(text=task.request.text[start:end], start=start))
    explained = call.model_copy(update={"arguments": {**call.arguments, free[0]: why}})
    return proposal.model_copy(update={"result": PlanResult(calls=(explained,))})


def tells_value(task: Task, contract: Contract, values: Mapping[str, Any], masked: str) -> bool:
    """Whether values alone tell the action: no bare number beside a name, and no money that anybody may give or get."""
    if any(is_payment(task, contract, name) for name in values):
        return False
    places = find_places(tuple(values.values()), task.request)
    said = [word for word, start, _ in split_runs(masked) if not any(first <= start < last for first, last in places)]
    quoted = "".join(task.request.text[first:last] for first, last in places)
    return bool(values) and (bool(said) or not quoted.strip().isdigit())
