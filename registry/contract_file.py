"""Contract file: a list of contracts, ``{"contracts": […]}`` (or ``"actions"``), or a single one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

BASE_URL: Final = "{base_url}"
"""Placeholder of the platform's address in a connector's file, replaced by the configured address."""
_SETS: Final = ("contracts", "actions")


def read_contracts(value: Any) -> tuple[str, Sequence[Any] | None]:
    """Finds the contracts in a file's value: a JSON Pointer and the contract each; None for a single contract."""
    if isinstance(value, list):
        return "", value
    if isinstance(value, Mapping):
        for key in _SETS:
            if key in value and "name" not in value and isinstance(value[key], list):
                return f"/{key}", value[key]
    return "", None


def with_base_url(value: Any, base_url: str) -> Any:
    """``value`` with BASE_URL filled in in every contract's endpoint."""
    if isinstance(value, list):
        return [with_base_url(each, base_url) for each in value]
    if not isinstance(value, Mapping):
        return value
    made = {key: with_base_url(each, base_url) if key in _SETS else each for key, each in value.items()}
    endpoint = made.get("endpoint")
    if isinstance(endpoint, Mapping) and isinstance(endpoint.get("url"), str):
        made["endpoint"] = {**endpoint, "url": endpoint["url"].replace(BASE_URL, base_url.rstrip("/"))}
    return made
