"""Satisfiability check: refuses a condition that can be neither true nor false, when it is written.

Only certain cases are refused: CEL has no types for the fields of events and records, so ``event.data.vip`` may be
true.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from core.errors import InvalidInput
from registry.conditions.condition import Condition
from registry.conditions.tokens import COMPARING, split_tokens

MEND: Final = "Compare it with something: … > 3, … == 'high'."

_SPECIAL_STRING: Final = re.compile(r"\b(?:[rR][bB]?|[bB][rR]?)['\"]|'''|\"\"\"|//")
_CLOSING: Final = {"(": ")", "[": "]", "{": "}"}
_COUNTING: Final = frozenset({"+", "-", "*", "/", "%"})
_NO_ANSWER: Final = frozenset(
    {
        "size", "int", "uint", "double", "string", "bytes", "type", "map", "filter", "timestamp", "duration",
        "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes",
        "getSeconds", "getMilliseconds",
    }
)  # fmt: skip
"""Functions whose result isn't a boolean, but a number, a text, a list or a time."""
_WHOLE: Final = frozenset(
    {"event", "event.data", "event.name", "event.id", "event.occurred_at", "params", "records", "null"}
)
"""Expressions that are known to be a text, a map, or nothing."""


def check_satisfiable(condition: Condition) -> None:
    """Checks that a condition can be judged. Raises InvalidInput for a condition that can be neither true nor
    false, whatever its input."""
    if condition.constant and condition.cheap:
        trouble = condition.evaluate({}).trouble
        if trouble:
            raise InvalidInput(
                f"A condition is true or false; this one {trouble.removeprefix('the condition ')}. {MEND}"
            )
    elif not may_be_satisfiable(condition.expression):
        raise InvalidInput(f"A condition is true or false, and this one never can be. {MEND}")


def may_be_satisfiable(expression: str) -> bool:
    """False only where it is certain that this CEL expression can be neither true nor false."""
    if _SPECIAL_STRING.search(expression):
        return True
    try:
        tokens = split_tokens(expression)[:-1]
    except InvalidInput:
        return True
    return _may(["''" if kind == "string" else "0" if kind == "number" else text for kind, text in tokens])


def _may(tokens: Sequence[str]) -> bool:
    """Recurses by the operator that binds least, as in CEL's grammar."""
    if not tokens:
        return True
    level = _list_outermost(tokens)
    if "?" in level:
        asked = level.index("?")
        nested = 0
        for at in range(asked + 1, len(tokens)):
            nested += (level[at] == "?") - (level[at] == ":")
            if nested < 0:
                return _may(tokens[asked + 1 : at]) or _may(tokens[at + 1 :])
        return True
    for joining in ("||", "&&"):
        if joining in level:
            at = level.index(joining)
            return _may(tokens[:at]) or _may(tokens[at + 1 :])
    if COMPARING & set(level):
        return True
    if _COUNTING & set(level):
        return False
    if tokens[0] == "!":
        return _may(tokens[1:])
    return _value(tokens, level)


def _value(tokens: Sequence[str], level: Sequence[str]) -> bool:
    """Checks a literal, a call, or a variable's field."""
    if "".join(tokens) in _WHOLE or tokens in (["''"], ["0"]):
        return False
    opened = [at for at, token in enumerate(level) if token in _CLOSING]
    if not opened or tokens[-1] not in _CLOSING.values():
        return True
    last = opened[-1]
    match tokens[last]:
        case "(" if last == 0:
            return _may(tokens[1:-1])
        case "(":
            return tokens[last - 1] not in _NO_ANSWER
        case _:
            return last > 0  # an index reads something; a list or a map that stands for itself is neither yes nor no


def _list_outermost(tokens: Sequence[str]) -> list[str]:
    """The tokens outside all brackets at their positions, opening brackets included; the others as ''."""
    depth = 0
    made = []
    for token in tokens:
        depth -= token in _CLOSING.values()
        made.append(token if depth == 0 and token not in _CLOSING.values() else "")
        depth += token in _CLOSING
    return made
