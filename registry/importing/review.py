"""Review of drafts: applies a person's decisions to one contract, without reading the document again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from core.errors import InvalidInput
from registry.importing.decided_values import decide_values
from registry.importing.decisions import OperationDecision


def decide_draft(
    contract: Mapping[str, Any], decision: OperationDecision, *, connection: str, version: int = 1
) -> dict[str, Any]:
    """The draft as it would be signed. ``connection`` is the target of its calls. Parts without a decision stay as
    drafted. Raises InvalidInput for impossible values."""
    made: dict[str, Any] = json.loads(json.dumps(contract))
    made["version"] = version
    made["endpoint"]["connection"] = connection
    if decision.title:
        made["title"] = decision.title
    if decision.roles is not None:
        made["roles"] = list(decision.roles)
    if decision.risk is not None:
        made["risk"] = decision.risk.value
    if decision.confirmation is not None:
        made["confirmation"] = {"policy": decision.confirmation.value}
    if decision.examples:
        made["examples"] = list(decision.examples)
    if fault := decide_values(made, decision.parameters):
        raise InvalidInput(fault)
    for name in [each for each in made["parameters"]["properties"] if decision.omits(each)]:
        if name not in made["parameters"]["required"]:
            _omit(made, name)
    for name, choice in decision.parameters.items():
        if choice.omit and name not in made["parameters"]["required"]:
            _omit(made, name)
        elif name in made["parameters"]["properties"] and (said := choice.annotation()):
            made.setdefault("annotations", {}).setdefault(name, {}).update(said)
            if choice.record is not None:  # a card identifies a record by its label, which says more than its id
                made.pop("preview", None)
    return made


def _omit(contract: dict[str, Any], parameter: str) -> None:
    """Removes an optional parameter from the contract and its request."""
    contract["parameters"]["properties"].pop(parameter, None)
    contract.get("annotations", {}).pop(parameter, None)
    endpoint = contract["endpoint"]
    body = endpoint.get("body", {})
    whole = parameter in (each.get("parameter") for each in (body.get("value", {}), body.get("fields", {}).get("", {})))
    for holder, member in ((endpoint, "query"), (endpoint, "headers"), (body, "fields")):
        values = holder.get(member)
        if isinstance(values, dict):
            holder[member] = {key: each for key, each in values.items() if each.get("parameter") != parameter}
    if whole:  # then there is no body: an empty object isn't what the parameter would have sent
        del endpoint["body"]
