"""Decided values of a drafted contract, whatever the document says: which are required, and which may be chosen
from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from registry.importing.decisions import ParameterDecision

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,), "integer": (int,), "number": (int, float), "boolean": (bool,),
}  # fmt: skip


def decide_values(contract: dict[str, Any], decided: Mapping[str, ParameterDecision]) -> str:
    """Writes ``required`` and ``choices`` into the contract. Returns the first fault as a sentence, or an empty
    text."""
    parameters = contract["parameters"]
    for name, choice in decided.items():
        if name not in parameters["properties"]:
            continue
        if choice.required is True and name not in parameters["required"]:
            parameters["required"].append(name)
        elif choice.required is False and name in parameters["required"]:
            if any(each.get("parameter") == name for each in contract["endpoint"].get("path", {}).values()):
                return f"{name} stands in the address, so every call needs it."
            parameters["required"].remove(name)
        if choice.choices is not None and (fault := _limit(name, parameters["properties"][name], choice.choices)):
            return fault
    return ""


def _limit(name: str, schema: dict[str, Any], choices: tuple[Any, ...]) -> str:
    of = schema.get("items", {}) if schema.get("type") == "array" else schema
    kinds = of.get("type")
    fit = [kind for each in ([kinds] if isinstance(kinds, str) else kinds or ()) for kind in _TYPES.get(each, ())]
    for each in choices:
        if type(each) not in fit:
            return f"{name} takes {kinds or 'no single values'}, and the choice {each!r} is none."
    if beyond := [each for each in choices if each not in of.get("enum", choices)]:
        return f"The document knows no {beyond[0]!r} for {name}. It has: {', '.join(map(str, of['enum'][:20]))}."
    of["enum"] = list(choices)
    return ""
