"""Any answer: draws answers that a model could give, valid by the schema or not, and checks what comes of each.

Answers are drawn from the strict schema of a real request. Their words come from the request, from records that nobody
mentioned, and from nowhere. Sometimes a part is removed. Whatever is drawn, no value that is neither proven nor shown
may be ready to be sent.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from agent.pipeline import Plan, PromptSource, ProposedSource, Request, grade_evidence
from agent.planning.proposal import Find, PlanResult, Proposal
from registry.catalogue import Catalogue
from registry.contract import Risk, Unit

_DEEPEST: Final = 14
_TORN: Final = 0.004
_PLAIN: Final = 0.6
_USUAL: Final[Mapping[str, Any]] = {"where": [], "order": None, "pick": "one", "among": None, "rest": []}
_FILLED: Final = frozenset({"steps", "then", "if", "yes_no"})
_DATES: Final = ("2026-12-02", "2026-12", "2026-11-24T09:30", "2027", "0000-00-00")
_JUNK: Final[tuple[Any, ...]] = (
    None,
    "",
    0,
    -1,
    1e308,
    True,
    [],
    {},
    [[]],
    {"kind": None},
    "\u202e",
    "\ud83d\ude00" * 3,
    "9" * 40,
    "@call1",
)
_WORD: Final = re.compile(r"\w+")
_MONEY: Final = (Unit.MONEY, Unit.MONEY_MINOR)


def draw_answer(chance: random.Random, schema: Mapping[str, Any], words: Sequence[str]) -> Any:
    """Draws one answer by the schema. Its strings are ``words``, and pairs of adjacent ones."""
    words = [*words, *(" ".join(pair) for pair in pairwise(words))]
    return _draw_value(chance, schema, schema.get("$defs", {}), words, 0)


def _draw_value(
    chance: random.Random, schema: Mapping[str, Any], defs: Mapping[str, Any], words: Sequence[str], depth: int
) -> Any:
    if chance.random() < _TORN:
        return chance.choice(_JUNK)
    if "$ref" in schema:
        if depth > _DEEPEST:
            return None
        return _draw_value(chance, defs[schema["$ref"].rpartition("/")[2]], defs, words, depth + 1)
    if "anyOf" in schema:
        branches = schema["anyOf"]
        if depth > _DEEPEST // 2:  # only plain ones, so that it ends
            branches = [each for each in branches if "$ref" not in each] or branches
        if chance.random() >= _TORN * 25:
            branches = [each for each in branches if each.get("type") != "null"] or branches
        # The first is the plainest, and a plan at the top. Drawn evenly, almost nothing would become a card.
        chosen = branches[0] if chance.random() < _PLAIN else chance.choice(branches)
        return _draw_value(chance, chosen, defs, words, depth + 1)
    if "enum" in schema:
        return chance.choice(schema["enum"])
    match schema.get("type"):
        case "object":
            return {
                name: _USUAL[name]
                if name in _USUAL and chance.random() < _PLAIN
                else chance.choice(_DATES)
                if name == "date"
                else [_draw_value(chance, each["items"], defs, words, depth + 1)]
                if name in _FILLED and "items" in each
                else _draw_value(chance, each, defs, words, depth + 1)
                for name, each in schema.get("properties", {}).items()
                if chance.random() >= _TORN
            }
        case "array":
            most = 1 if depth < 3 else 0 if depth > _DEEPEST else chance.choice((0, 0, 0, 1, 1, 2))
            return [_draw_value(chance, schema["items"], defs, words, depth + 1) for _ in range(most)]
        case "integer":
            return chance.choice((0, 1, 1, 2, 7, 501, 10**15))
        case "number":
            return chance.choice((0, 0.5, 1, 3, 9.0, 2.5, 24, 1e12, -4))
        case "boolean":
            return chance.random() < 0.5
        case "null":
            return None
    return chance.choice(words)


def spoil_answer(chance: random.Random, answer: Any, words: Sequence[str]) -> Any:
    """Spoils a good answer: replaces a few of its values with other words, other numbers, or nothing."""
    places = list(_list_leaves(answer))
    for held, key in chance.sample(places, min(len(places), chance.choice((1, 1, 2, 3, 5)))):
        match held[key]:
            case bool():
                held[key] = not held[key]
            case int() | float():
                held[key] = chance.choice((0, 1, 2, 24, 501, 9.5, 10**9))
            case str() if chance.random() < _PLAIN:
                held[key] = chance.choice(words)
            case _:
                held[key] = chance.choice(_JUNK)
    return answer


def _list_leaves(node: Any) -> Iterator[tuple[Any, Any]]:
    items = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in items:
        if isinstance(value, dict | list) and value:
            yield from _list_leaves(value)
        else:
            yield node, key


def list_violations(request: Request, proposal: Proposal, plan: Plan, catalogue: Catalogue) -> list[str]:
    """Lists what must never happen, as sentences. Empty if nothing did."""
    found = [f"{each} was singled out by words that nobody typed" for each in _find_untyped(request, proposal)]
    for step in plan.steps:
        contract = catalogue.get(step.action)
        assert contract is not None
        if contract.risk is Risk.IRREVERSIBLE and any(
            isinstance(each.source, ProposedSource) and not contract.annotation(each.param).compose
            for each in step.filled
        ):
            found.append(f"{step.action} can't be undone and holds a model's own value")
        for each in step.filled:
            annotation, kind = contract.annotation(each.param), grade_evidence(each.source)
            if not plan.held and kind in ("read", "proposed"):
                found.append(f"{step.action}.{each.param} is {kind} and nobody would see it")
            if kind == "proposed" and (annotation.unit in _MONEY or annotation.record is not None):
                found.append(f"{step.action}.{each.param} is money or a record, and a model's own")
            if isinstance(each.source, PromptSource) and not _stands(request, each.source):
                found.append(f"{step.action}.{each.param} rests on words that don't stand there")
    return found


def _stands(request: Request, source: PromptSource) -> bool:
    return bool(source.spans) and all(
        request.words(span.origin)[span.start : span.end] == span.text for span in source.spans
    )


def _find_untyped(request: Request, proposal: Proposal) -> Iterator[str]:
    typed = request.text.casefold()
    if not isinstance(proposal.result, PlanResult):
        return
    for call in proposal.result.calls:
        for argument in call.arguments.values():
            if argument.kind == "reference" and isinstance(argument.reference, Find) and argument.reference.said:
                said = _WORD.findall(argument.reference.said.text.casefold())
                if said and not any(each in typed for each in said):
                    yield f"{call.action} {argument.reference.said.text!r}"
