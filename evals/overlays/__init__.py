"""Overlays: what an integrator would write for another project's suite, contracts with annotations and a connector over
its tables.

A suite's registry says what its functions are called and take, and nothing of what their parameters mean. An overlay
adds that, in a file of contracts and a module that reads the tables; from there on everything is the code that runs in
production.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from core.errors import InvalidInput
from evals.cases.rows import Rows
from registry.contract import SCHEMA, Contract, parse
from registry.contract_file import with_base_url


@dataclass(frozen=True, slots=True)
class Overlay:
    """An overlay: ``contracts`` in the order written; ``stands_for`` gives the source's function behind each."""

    contracts: tuple[Contract, ...]
    stands_for: Mapping[str, str]


@lru_cache(maxsize=1)
def _load_modules() -> Mapping[str, Any]:
    """Registry file → the overlay's module."""
    modules = [importlib.import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
    return {module.REGISTRY: module for module in modules}


@lru_cache(maxsize=8)
def find_overlay(registry_file: str, path: Path) -> Overlay | None:
    """The overlay for a suite's registry, which is read from ``path``; None where nobody has written one. Raises
    InvalidInput, InvalidContract."""
    module = _load_modules().get(registry_file)
    if module is None:
        return None
    functions = {each["name"]: each for each in json.loads(path.read_text("utf-8"))}
    written = json.loads(Path(module.__file__).with_suffix(".json").read_text("utf-8"))["contracts"]
    return Overlay(
        tuple(_make_contract(each, functions) for each in written), {each["name"]: str(each["of"]) for each in written}
    )


@lru_cache(maxsize=8)
def make_records(registry_file: str, folder: Path, now: str | None) -> Rows:
    """The suite's tables through the overlay's connector. ``now`` is the case's present (ISO 8601), where it has
    one."""
    made: Rows = _load_modules()[registry_file].records(folder, now)
    return made


def _make_contract(written: Mapping[str, Any], functions: Mapping[str, Any]) -> Contract:
    """A contract whose parameters are the function's own where the overlay does not declare others."""
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
