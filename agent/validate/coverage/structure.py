"""Structure of a proposal: which kinds of weighty words its form accounts for, without a quote."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from agent.pipeline import Request
from agent.planning.proposal import (
    SET_HANDLE,
    UNDONE,
    AnyOf,
    BelongsTo,
    Call,
    Compare,
    Computed,
    ComputedArgument,
    Except,
    FieldOf,
    Find,
    Handle,
    Has,
    Number,
    OrderByCount,
    OrderByField,
    PlanResult,
    Proposal,
    StateIs,
    Test,
    Word,
)
from agent.planning.quotes import walk

_NEGATIVE: Final = ("un", "not ", "no ", "non-")
"""Prefixes of a state's name that negate it."""


@dataclass(frozen=True, slots=True)
class Structure:
    """What the form of a proposal accounts for, without a quote.

    ``several``: one reference means several records. ``several_calls``: there are several, so one may be what is added.
    ``answered``: an answer to a question said how much. ``undoes``: it takes back what was done before.
    """

    negates: bool = False
    restricts: bool = False
    conditions: bool = False
    quantifies: bool = False
    computes_field: bool = False
    multiplies: bool = False
    several: bool = False
    several_calls: bool = False
    one_record: bool = False
    either: bool = False
    answered: bool = False
    undoes: bool = False


def read_structure(request: Request, proposal: Proposal) -> Structure:
    nodes = list(walk(proposal.result))
    plan = proposal.result if isinstance(proposal.result, PlanResult) else PlanResult(calls=())
    calls = plan.calls
    kept = len(plan.replaces) > len(calls)  # a correction that drops some of the waiting calls
    finds = [node for node in nodes if isinstance(node, Find)]
    negates = any(
        isinstance(node, Except)
        or (isinstance(node, StateIs) and (node.negated or node.state.startswith(_NEGATIVE)))
        or (isinstance(node, Compare) and isinstance(node.value, Word) and node.value.word is False)
        or (isinstance(node, Has) and node.count == 0)
        or (isinstance(node, Compare | Computed) and node.op in ("!=", "-"))
        or (isinstance(node, Test) and node.op == "=" and isinstance(node.right, Number) and not node.right.number)
        for node in nodes
    ) or any(call.condition is not None and not call.condition.holds for call in calls)
    computes_field = any(isinstance(node, Computed) for node in nodes)
    # "The last bill of everyone" as one record doesn't mean several, whoever owns it.
    owners = (each.owner for find in finds if find.pick == "one" for each in find.where if isinstance(each, BelongsTo))
    above = [node for owner in owners for node in walk(owner)]
    several = any(find.pick != "one" and all(find is not each for each in above) for find in finds)
    sets = any(isinstance(node, Handle) and node.handle.startswith(SET_HANDLE) for node in nodes)
    return Structure(
        negates=negates,
        restricts=kept
        or any(
            isinstance(node, Except | Compare | Has | StateIs | AnyOf | OrderByField | OrderByCount) for node in nodes
        ),
        conditions=any(call.condition is not None for call in calls),
        quantifies=not finds
        or several
        or sets
        or len(calls) > 1
        or computes_field
        or any(isinstance(node, ComputedArgument) and isinstance(node.expression, FieldOf) for node in nodes),
        computes_field=computes_field,
        multiplies=any(
            isinstance(node, Computed) and node.op == "*" and isinstance(node.a, Number) and isinstance(node.b, Number)
            for node in nodes
        ),
        several=several,
        several_calls=sum(isinstance(node, Call) for node in nodes) > 1,
        either=any(isinstance(node, AnyOf) for node in nodes),
        answered=any(each.text for each in request.answers),
        undoes=any(isinstance(node, Handle) and node.handle.startswith(UNDONE) for node in nodes),
        one_record=bool(finds) and not several and not sets and len(calls) == 1,
    )
