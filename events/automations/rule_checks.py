"""Static rule checks, made when a rule is saved: faults that hold for every event."""

from __future__ import annotations

from collections.abc import Mapping

from agent.validate.payload import find_misfits
from core.errors import Finding, InvalidInput
from events.automations.rules import ParameterMapping
from registry.conditions import condition, satisfiability
from registry.contract import Contract
from registry.json_schema import pointer


def check_condition(expression: str) -> None:
    """Checks the condition of a rule. Raises InvalidInput for one that isn't about an event, or that could never be
    true or false."""
    try:
        satisfiability.check_satisfiable(condition.compile(expression, condition.EVENT))
    except InvalidInput as error:
        raise InvalidInput(error.detail, findings=[Finding("/condition", "condition", error.detail)]) from error


def check_parameters(parameters: Mapping[str, ParameterMapping], contract: Contract) -> None:
    """Checks the parameters of a rule. Raises InvalidInput for a rule that would fail on every event."""
    unknown = [
        Finding(pointer.join_pointer("parameters", name), "unknown", f"“{contract.title}” has no parameter {name}.")
        for name in parameters
        if name not in contract.properties
    ]
    if unknown:
        raise InvalidInput("The rule names parameters that its action does not have.", findings=unknown)
    constants = {name: each.value for name, each in parameters.items() if each.pointer is None}
    wrong = [
        Finding(
            pointer.join_pointer("parameters", misfit.param, "value") + misfit.below,
            "invalid",
            f"{misfit.param}: {misfit.why}.",
        )
        for misfit in find_misfits(contract, constants)
        if misfit.param in constants
    ]
    if wrong:
        raise InvalidInput("The rule gives values that its action can't take.", findings=wrong)
    missing = [
        Finding(
            pointer.join_pointer("parameters", name),
            "missing",
            f"“{contract.title}” needs {name}: say where it comes from.",
        )
        for name in contract.required
        if name not in parameters and not _is_found_elsewhere(contract, name, parameters)
    ]
    if missing:
        raise InvalidInput("The rule leaves out what its action needs.", findings=missing)


def _is_found_elsewhere(contract: Contract, name: str, given: Mapping[str, ParameterMapping]) -> bool:
    """Whether a parameter without a mapping may still get a value: a default, or from the record of a mapped one."""
    schema, annotation = contract.properties[name], contract.annotation(name)
    if isinstance(schema, Mapping) and "default" in schema:
        return True
    looked_up = any(contract.annotation(each).record for each in given)
    return looked_up and bool(annotation.record or annotation.derive)
