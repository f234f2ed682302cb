"""Faults of a form in plain words: what pydantic found wrong, told by what to write instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic_core import ErrorDetails

# By the beginning of pydantic's word for the fault.
_WRITE: Final[Mapping[str, str]] = {
    "datetime_": "Write a point in time with its zone, such as 2027-01-31T00:00:00Z.",
    "timezone_": "Write a point in time with its zone, such as 2027-01-31T00:00:00Z.",
    "date_": "Write a day, such as 2027-01-31.",
    "int_": "Write a whole number.",
    "float_": "Write a number.",
    "bool_": "Write true or false.",
    "string_type": "Write a text.",
    "list_type": "Write a list.",
    "tuple_type": "Write a list.",
    "model_": "A JSON object is expected here.",
    "dict_type": "A JSON object is expected here.",
}
_LIMITS: Final[Mapping[str, str]] = {
    "string_too_short": "Write at least {min_length} {characters}.",
    "string_too_long": "Write at most {max_length} {characters}.",
    "too_short": "Give at least {min_length}.",
    "too_long": "Give at most {max_length}.",
    "greater_than_equal": "Write at least {ge}.",
    "greater_than": "Write more than {gt}.",
    "less_than_equal": "Write at most {le}.",
    "less_than": "Write less than {lt}.",
    "literal_error": "Write {expected}.",
}
"""By pydantic's word for the fault, with the limit that it names."""


def describe_fault(fault: ErrorDetails) -> str:
    """What is wrong and what to do, for somebody who doesn't know how the server is written. Never holds the value."""
    kind, name = fault["type"], str(fault["loc"][-1])[:100] if fault["loc"] else ""
    if kind == "missing":
        return f"The field {name!r} is missing; add it."
    if kind == "extra_forbidden":
        return f"There is no field {name!r} here; remove it."
    if kind == "string_pattern_mismatch":
        return _describe_form(str(fault.get("ctx", {}).get("pattern", "")))
    if kind in _LIMITS:
        limits = fault.get("ctx", {})
        one = 1 in (limits.get("min_length"), limits.get("max_length"))
        return _LIMITS[kind].format(**limits, characters="character" if one else "characters")
    written = next((each for beginning, each in _WRITE.items() if kind.startswith(beginning)), None)
    return written or fault["msg"].removeprefix("Value error, ")


def _describe_form(pattern: str) -> str:
    if not pattern.startswith("^https?://"):
        return f"Write it in the form {pattern} (a regular expression)."
    refused = ["spaces", *(each for each in "?#@" if each in pattern.partition("[^")[2])]
    return f"Write the whole address, beginning with http:// or https://. It has no {', no '.join(refused)}."
