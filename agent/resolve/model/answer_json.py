"""JSON checks of a model's answer: only text, numbers, lists and objects of bounded size pass."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final, get_args

from agent.planning.proposal import MAX_DEPTH, Comparison

MAX_LIST: Final = 40
MAX_TEXT: Final = 4000


class BadProposal(ValueError):
    """An answer is no proposal. The message names the place and the kind of fault, never the model's words."""


def check_storable(answer: Any) -> None:
    """Rejects text that no encoding has (half a surrogate pair, NUL) and endless values. They can't be shown, stored or
    sent."""
    try:
        text = json.dumps(answer, ensure_ascii=False)
        text.encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise BadProposal("the answer holds what is no text") from error
    if "\\u0000" in text:
        raise BadProposal("the answer holds what is no text")


def read_mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, Mapping):
        raise BadProposal(f"{what} is no object")
    return value


def read_list(value: Any, what: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple) or len(value) > MAX_LIST:
        raise BadProposal(f"{what} is no list, or too long")
    return value


def read_text(value: Any, what: str) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise BadProposal(f"{what} is no text, or too long")
    return value


def read_number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise BadProposal("a number is none")
    try:
        made = Decimal(str(value))
    except InvalidOperation as error:
        raise BadProposal("a number is none") from error
    if not made.is_finite() or abs(made) >= Decimal(10) ** 15 or made.as_tuple().exponent < -9:  # type: ignore[operator]
        raise BadProposal("a number is out of range")
    return made


def read_scalar(value: Any) -> bool | int | float | str:
    if isinstance(value, bool | int | float | str):
        return value
    raise BadProposal("a word is none")


def read_comparison(value: Any) -> Comparison:
    if value not in get_args(Comparison):
        raise BadProposal("a comparison is unknown")
    made: Comparison = value
    return made


def read_value(value: Any, depth: int = 0) -> Any:
    """A JSON value without keys that are null. A null key counts as left out."""
    if depth > MAX_DEPTH:
        raise BadProposal("a value is nested too deep")
    if isinstance(value, Mapping):
        return {str(key): read_value(each, depth + 1) for key, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [read_value(each, depth + 1) for each in read_list(value, "a list")]
    if isinstance(value, str):
        return read_text(value, "a value")
    if value is None or isinstance(value, bool | int | float):
        return value
    raise BadProposal("a value is no JSON")
