"""Expected answers: whether a reconciling read's answer is the one that a contract expects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from agent.sending.answers import decode
from core.errors import InvalidInput
from executors.retry import Reply
from registry.conditions import condition as conditions
from registry.conditions.condition import Evaluator
from registry.endpoints import json_body
from registry.endpoints.formats import as_text
from registry.endpoints.rendering import Binding, is_absent
from registry.endpoints.types import Expectation
from registry.endpoints.values import Value

ANSWER: Final = frozenset({"answer", "params"})


async def is_met(
    expected: Expectation, reply: Reply, binding: Binding, evaluator: Evaluator, *, workspace: str
) -> bool:
    """Whether all that is expected holds. What can't be judged does not hold, nor does an answer that was cut."""
    if reply.status is None or reply.cut or not _status_fits(expected, reply.status):
        return False
    document = decode(reply.body)
    found = json_body.at(document, expected.at) if document is not json_body.MISSING else json_body.MISSING
    if expected.some is not None or expected.none is not None:
        if not isinstance(found, list):
            return False
        wanted = expected.some or expected.none or {}
        there = any(_entry_fits(entry, wanted, binding) for entry in found)
        if there is (expected.some is None):
            return False
    elif expected.equals is not None:
        if not _same(found, expected.equals, binding):
            return False
    elif expected.at and (found is json_body.MISSING or found is None):
        return False
    if expected.condition is None:
        return True
    if document is json_body.MISSING:
        return False
    try:
        condition = conditions.compile(expected.condition, ANSWER)
    except InvalidInput:
        return False
    result = await evaluator.evaluate(
        condition, {"answer": document, "params": dict(binding.params)}, workspace=workspace
    )
    return result.holds and not result.trouble and not result.overran


def _status_fits(expected: Expectation, status: int) -> bool:
    return str(status) in expected.status or f"{status // 100}xx" in expected.status


def _entry_fits(entry: Any, wanted: Mapping[str, Value], binding: Binding) -> bool:
    return all(_same(json_body.at(entry, pointer), value, binding) for pointer, value in wanted.items())


def _same(found: Any, value: Value, binding: Binding) -> bool:
    """Whether a value is the one that is bound. A number and its text are the same: APIs write ids both ways."""
    try:
        wanted = binding.value(value)
    except InvalidInput:
        return False
    if is_absent(wanted) or found is json_body.MISSING:
        return False
    if isinstance(found, bool) or isinstance(wanted, bool) or found is None or wanted is None:
        return found is wanted
    if isinstance(found, str | int | float) and isinstance(wanted, str | int | float):
        return as_text(found) == as_text(wanted)
    return bool(found == wanted)
