"""Overlays: what an integrator would write for another project's suite, contracts with annotations and a connector over
its tables.

A suite's registry says what its functions are called and take, but not what their parameters mean. An overlay adds
that, in a file of contracts and a module that reads the tables. Everything after that is the code that runs in
production.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from core.errors import InvalidInput
from evals.cases.rows import Rows
from evals.overlays import office, retail
from registry.contract import SCHEMA, Contract, parse
from registry.contract_file import with_base_url


@dataclass(frozen=True, slots=True)
class Overlay:
    """An overlay. ``contracts`` are in the order written. ``stands_for`` maps each to the source's function."""

    contracts: tuple[Contract, ...]
    stands_for: Mapping[str, str]


_OVERLAYS: Final[Mapping[str, tuple[str, Callable[[Path, str | None], Rows]]]] = {
    office.REGISTRY: ("office.json", office.load_records),
    retail.REGISTRY: ("retail.json", retail.load_records),
}
"""The suite's registry file → the overlay's file of contracts, and what reads the suite's tables."""


@lru_cache(maxsize=8)
def find_overlay(registry_file: str, path: Path) -> Overlay | None:
    """The overlay for a suite's registry at ``path``. None if there is none. Raises InvalidInput, InvalidContract."""
    overlay = _OVERLAYS.get(registry_file)
    if overlay is None:
        return None
    functions = {each["name"]: each for each in json.loads(path.read_text("utf-8"))}
    written = json.loads(Path(__file__).with_name(overlay[0]).read_text("utf-8"))["contracts"]
    return Overlay(
        tuple(_make_contract(each, functions) for each in written), {each["name"]: str(each["of"]) for each in written}
    )


@lru_cache(maxsize=8)
def make_records(registry_file: str, folder: Path, now: str | None) -> Rows:
    """Reads the suite's tables through the overlay's connector. ``now`` is the case's current time (ISO 8601), if it
    has one."""
    _, load_records = _OVERLAYS[registry_file]
    return load_records(folder, now)


def _make_contract(written: Mapping[str, Any], functions: Mapping[str, Any]) -> Contract:
    """A contract with the function's own parameters, except those that the overlay declares."""
    function = functions.get(written["of"])
    if function is None:
        raise InvalidInput(f"The registry has no function {written['of']!r}, which {written['name']} stands for.")
    parameters = _merge(function["parameters"], written.get("parameters") or {})
    made = {
        "schema": SCHEMA,
        "description": function["description"],
        "surfaces": ["admin"],
        "roles": ["owner"],
        "endpoint": {"url": "{base_url}/" + str(written["of"])},
        **{key: value for key, value in written.items() if key != "of"},
        "parameters": parameters,
    }
    return parse(with_base_url(made, "https://platform.invalid"))


def _merge(one: Any, other: Any) -> Any:
    """JSON merge patch (RFC 7396)."""
    if not isinstance(other, dict):
        return other
    made = dict(one) if isinstance(one, dict) else {}
    for key, value in other.items():
        if value is None:
            made.pop(key, None)
        else:
            made[key] = _merge(made.get(key), value)
    return made
