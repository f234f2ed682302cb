"""Coverage check: words that change the deal and that no part of a proposal accounts for.

A number, date, part, negation, restriction, condition, quantifier or further wish is never passed over in silence. Which words are such is
told by readers and closed word classes of the language; what accounts for them, by the proposal's own parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from agent.pipeline import Request
from agent.proposal import (
    AnyOf,
    Call,
    Compare,
    Computed,
    Except,
    Find,
    Has,
    Number,
    OrderByCount,
    OrderByField,
    PlanResult,
    Proposal,
    StateIs,
    Words,
)
from agent.read import numerals
from agent.read.manners import without_manners
from agent.read.text import read_text
from agent.resolve.proposer.parse import locate
from registry.contract import Contract

_NEGATION: Final = re.compile(
    r"(?<!\w)(?:(?:do|does|did|should|must|need|ca|wo)n['’]?t|not|never|without|except|excluding|but\s+for|other\s+than|apart\s+from)(?!\w)",
    re.IGNORECASE,
)
_RESTRICTION: Final = re.compile(
    r"(?<!\w)(?:only|just\s+the|at\s+most|at\s+least|no\s+more\s+than|up\s+to)(?!\w)", re.IGNORECASE
)
_CONDITION: Final = re.compile(
    r"(?<!\w)(?:if|unless|provided|as\s+long\s+as|in\s+case|once|as\s+soon\s+as|until)(?!\w)", re.IGNORECASE
)
_QUANTIFIER: Final = re.compile(r"(?<!\w)(?:all|every|everyone|everybody|both|each)(?!\w)", re.IGNORECASE)
_PART: Final = re.compile(
    r"(?<!\w)(?:half|a\s+third|a\s+quarter|two\s+thirds|three\s+quarters|double|twice|\d+(?:[.,]\d+)?\s*%)(?!\w)",
    re.IGNORECASE,
)
_CLAUSE: Final = re.compile(r"[,;.!?\n]|\b(?:and|but|or|then)\b", re.IGNORECASE)
_MOST_TOLD: Final = 120


@dataclass(frozen=True, slots=True)
class _Structure:
    """What the proposal's own form accounts for, beside its quotes."""

    negates: bool
    restricts: bool
    conditions: bool
    quantifies: bool
    computes: bool


def unaccounted(request: Request, proposal: Proposal, contracts: Sequence[Contract] = ()) -> list[str]:
    """The stretches of the request that hold a weighty word which nothing accounts for, as they stand, in their order. A number that is a
    default of the ``contracts`` called is accounted for by that."""
    text = request.text
    quotes = list(_quotes(proposal.result, request))
    taken = [
        (words.start, words.start + len(words.text))
        for words in quotes
        if words.origin == 0 and words.start is not None
    ]
    structure = _structure(proposal)
    counted = {*_counts(proposal), *_defaults(contracts)}
    polite = without_manners(text)
    found: list[tuple[int, int]] = []
    for pattern, accounted in (
        (_NEGATION, structure.negates),
        (_RESTRICTION, structure.restricts),
        (_CONDITION, structure.conditions),
        (_QUANTIFIER, structure.quantifies),
        (_PART, structure.computes),
    ):
        found += [] if accounted else [match.span() for match in pattern.finditer(polite)]
    for number in numerals.find(read_text(polite)):
        if not number.vague and number.value not in counted:
            found.append((number.start, number.end))
    for said in proposal.left_over:
        words = locate(said, request)
        if words.start is not None and words.origin == 0:
            found.append((words.start, words.start + len(words.text)))
    left = [place for place in sorted(found) if not any(start < place[1] and place[0] < end for start, end in taken)]
    return list(dict.fromkeys(_clause(text, *place) for place in left))


def _clause(text: str, start: int, end: int) -> str:
    """The clause around a place, so that a person sees what is meant."""
    begins = [match.start() if match.group().isalpha() else match.end() for match in _CLAUSE.finditer(text, 0, start)]
    closing = _CLAUSE.search(text, end)
    first, last = (begins[-1] if begins else 0), (closing.start() if closing else len(text))
    return text[first:last].strip(" ,;.!?\n")[:_MOST_TOLD] or text[start:end]


def _quotes(node: Any, request: Request) -> Iterator[Words]:
    """Every stretch of typed words in a proposal, wherever it stands."""
    if isinstance(node, Words):
        yield node if node.start is not None else locate(node.text, request)
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _quotes(getattr(node, name), request)
    elif isinstance(node, dict):
        for each in node.values():
            yield from _quotes(each, request)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for each in node:
            yield from _quotes(each, request)


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, BaseModel):
        yield node
        for name in type(node).model_fields:
            yield from _nodes(getattr(node, name))
    elif isinstance(node, dict):
        for each in node.values():
            yield from _nodes(each)
    elif isinstance(node, Sequence) and not isinstance(node, str):
        for each in node:
            yield from _nodes(each)


def _structure(proposal: Proposal) -> _Structure:
    nodes = list(_nodes(proposal.result))
    calls = [
        call
        for call in (proposal.result.calls if isinstance(proposal.result, PlanResult) else ())
        if isinstance(call, Call)
    ]
    finds = [node for node in nodes if isinstance(node, Find)]
    negates = any(
        isinstance(node, Except) or (isinstance(node, StateIs) and node.negated) or (isinstance(node, Has) and node.count == 0)
        or (isinstance(node, Compare) and node.op == "!=") or (isinstance(node, Computed) and node.op == "-")
        for node in nodes
    )  # fmt: skip
    restricts = negates or any(
        isinstance(node, Compare | Has | StateIs | AnyOf | OrderByField | OrderByCount) for node in nodes
    )
    return _Structure(
        negates=negates,
        restricts=restricts or any(isinstance(node, Computed) for node in nodes),
        conditions=any(call.condition is not None for call in calls),
        quantifies=not finds or any(find.pick != "one" for find in finds) or len(calls) > 1,
        computes=any(isinstance(node, Computed | Number) for node in nodes),
    )


def _counts(proposal: Proposal) -> Iterator[int]:
    """The numbers that stand in a reference's form instead of a quote: how many, which place in line, how many related records."""
    for node in _nodes(proposal.result):
        if isinstance(node, Find) and isinstance(node.pick, int):
            yield node.pick
        elif isinstance(node, Has):
            yield node.count
        elif isinstance(node, OrderByField | OrderByCount):
            yield node.nth


def _defaults(contracts: Sequence[Contract]) -> Iterator[float]:
    for contract in contracts:
        for schema in contract.properties.values():
            default = schema.get("default") if isinstance(schema, dict) else None
            if isinstance(default, int | float) and not isinstance(default, bool):
                yield default
