"""Result check: whether an action's answer is what its contract promised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core import canon
from core.errors import InvalidInput, NotCanonical


def fits_result(schema: Mapping[str, Any] | None, body: bytes) -> bool | None:
    """Whether an answer fits the contract's result schema (JSON Schema 2020-12). None if the contract has none. Raises
    nothing: an answer that can't be validated, such as a number beyond the validator's range, doesn't fit."""
    if schema is None:
        return None
    from registry.json_schema.schemas import Checker

    try:
        return Checker(schema).fits(canon.loads(body))
    except (NotCanonical, InvalidInput, ValueError, OverflowError, RecursionError):
        return False
