"""Misread values of a proposal: words that were used, but for something else than they are beside."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from agent.pipeline import Request
from agent.planning.proposal import (
    Argument,
    ArgumentOf,
    Call,
    Computed,
    ComputedArgument,
    Find,
    Number,
    PlanResult,
    Proposal,
    QuotedText,
    TypedValue,
)
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.modifiers import begins_beside
from agent.validate.coverage.proposal_quotes import find_places, walk
from registry.contract import Contract, Unit

Place = tuple[int, int]


def find_misread(request: Request, proposal: Proposal, contracts: Sequence[Contract]) -> set[Place]:
    """The places of numbers said of another call's record, of lengths and rates taken for a reason, and of where
    something shall end up, taken for what comes on top."""
    text = request.text
    return {
        *_of_others(text, proposal, request),
        *_beside_texts(text, proposal, contracts, request),
        *_ends_up(text, proposal, contracts, request),
        *_of_earlier(text, proposal, request),
    }


def _arguments(proposal: Proposal, contracts: Sequence[Contract]) -> Iterator[tuple[Contract, str, Argument]]:
    by_name = {each.name: each for each in contracts}
    for call in (node for node in walk(proposal.result) if isinstance(node, Call)):
        if (contract := by_name.get(call.action)) is not None:
            yield from ((contract, name, argument) for name, argument in call.arguments.items())


def _of_others(text: str, proposal: Proposal, request: Request) -> Iterator[Place]:
    """Numbers that are said of the record of another call, behind that of the own one: "A and half of B", where A would
    be halved too. Said before all of them they are for each."""
    calls = [node for node in walk(proposal.result) if isinstance(node, Call)]
    records = [find_places([each for each in walk(call) if isinstance(each, Find)], request) for call in calls]
    for at, call in enumerate(calls):
        elsewhere = {each for other in records for each in other} - {*records[at]}
        for start, end in find_places([each for each in walk(call) if isinstance(each, Number)], request):
            of = patterns.OF.match(text, end)
            behind = any(first < start for first, _ in records[at])
            if of is not None and behind and any(of.end() == first for first, _ in elsewhere):
                yield start, end


def _beside_texts(text: str, proposal: Proposal, contracts: Sequence[Contract], request: Request) -> Iterator[Place]:
    """How long or how often, where it was taken for a reason or note: "suspend her for a week". A message may begin
    so."""
    for contract, name, argument in _arguments(proposal, contracts):
        schema, note = contract.properties.get(name) or {}, contract.annotation(name)
        open_amount = _leaves_amount_open(contract, proposal)
        if not isinstance(argument, QuotedText | TypedValue) or note.compose or note.words:
            continue
        if schema.get("type") != "string" or "enum" in schema or "format" in schema:
            continue
        found = [begins_beside(text, *each) for each in find_places(argument, request)]
        if open_amount:  # for how long, where money for that long may be meant
            found += [patterns.PERIODS.match(text, start) for start, _ in find_places(argument, request)]
        yield from (each.span() for each in found if each is not None)


def _leaves_amount_open(contract: Contract, proposal: Proposal) -> bool:
    """Whether a call leaves out an amount of money that its action would take a part by."""
    calls = [each for each in walk(proposal.result) if isinstance(each, Call) and each.action == contract.name]
    money = {
        name for name in contract.properties if contract.annotation(name).unit in (Unit.MONEY, Unit.MONEY_MINOR)
    } - {*contract.required}
    return any(name not in call.arguments for call in calls for name in money)


def _ends_up(text: str, proposal: Proposal, contracts: Sequence[Contract], request: Request) -> Iterator[Place]:
    """Where something shall end up, taken for what comes on top: "extend it to 10 days"."""
    for contract, name, argument in _arguments(proposal, contracts):
        note = contract.annotation(name)
        bare = isinstance(argument, ComputedArgument) and isinstance(argument.expression, Number)
        if bare and note.unit is not None and patterns.ON_TOP.search(f"{contract.description} {note.label or ''}"):
            places = find_places(argument, request)
            yield from (each for each in places if patterns.TO.search(text[max(0, each[0] - 4) : each[0] + 3]))


def _of_earlier(text: str, proposal: Proposal, request: Request) -> Iterator[Place]:
    """What is said of an earlier value, where none is computed with: "10 more" for what waits, "make it 30" for what
    was done already and would come on top. Whoever was asked since has said how much."""
    if not request.thread or request.answers or not isinstance(proposal.result, PlanResult):
        return
    if any(isinstance(node, Computed | ArgumentOf) for node in walk(proposal.result)):
        return
    if proposal.result.replaces:
        found = patterns.RELATIVE.search(text)
    else:
        done = {call.action for call in request.thread[-1].calls if not call.waits}
        again = any(isinstance(node, Call) and node.action in done for node in walk(proposal.result))
        found = patterns.ANEW.match(text) if again else None
    if found is not None:
        yield found.span()
