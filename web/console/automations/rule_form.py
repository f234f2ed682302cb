"""Rule form: as posted, and in the API's form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from core import canon
from core.errors import Finding, InvalidInput
from events.automations.service import RuleForm, describe_rule
from registry.conditions import builder
from registry.conditions.builder import MAX_ROWS, Join, Row
from registry.contract import Contract
from registry.json_schema import pointer
from store.automations import RuleRow
from web.console.automations.automation_form import OTHER, AutomationFormData, parse_model, read_form, read_row
from web.console.forms import Form

CONSTANT: Final = "="


@dataclass(frozen=True, slots=True)
class Param:
    """Source of a parameter's value. ``source`` is a pointer into the event, CONSTANT, or empty. ``value`` is the
    constant as typed."""

    source: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFormData(AutomationFormData):
    """Form of a rule, as posted or shown. ``cel`` is the condition if it is written ``by_hand``. Otherwise ``rows`` and
    ``join`` make the condition."""

    join: Join = "all"
    rows: tuple[Row, ...] = ()
    by_hand: bool = False
    cel: str = ""
    action: str = ""
    params: Mapping[str, Param] = field(default_factory=dict)
    note: str = ""
    fresh_row: bool = False

    @property
    def condition(self) -> str:
        """The condition in CEL. Raises InvalidInput."""
        return self.cel.strip() if self.by_hand else builder.to_cel(self.rows, self.join)

    def after(self, act: str) -> RuleFormData:
        """The form after one of its own buttons: a row was added or removed, or the condition is now written by hand or
        in rows."""
        match act.partition(":"):
            case ("add", _, _) if len(self.rows) < MAX_ROWS:
                return replace(self, rows=(*self.rows, Row("", "", "")), fresh_row=True)
            case ("remove", _, at) if at.isdecimal():
                return replace(self, rows=tuple(row for number, row in enumerate(self.rows) if number != int(at)))
            case ("by-hand", _, _):
                try:
                    return replace(self, by_hand=True, cel=builder.to_cel(self.rows, self.join))
                except InvalidInput:
                    return replace(self, by_hand=True)
            case ("by-rows", _, _):
                found = builder.from_cel(self.cel.strip())
                return self if found is None else replace(self, by_hand=False, rows=tuple(found[0]), join=found[1])
        return self


def read_form_data(form: Form) -> RuleFormData:
    """The form as posted, valid or not."""
    paths, others = form.every("row_path"), form.every("row_other")
    operators, values = form.every("row_op"), form.every("row_value", limit=1000)
    rows = [
        Row(other.strip() if path == OTHER else path, operator, value)
        for path, other, operator, value in zip(paths, others, operators, values, strict=False)
    ]
    names = [name.removeprefix("from.") for name in form.fields if name.startswith("from.")]
    return RuleFormData(
        **read_form(form),
        join="any" if form.get("join", limit=5) == "any" else "all",
        rows=tuple(rows),
        by_hand=form.get("by_hand", limit=5) == "yes",
        cel=form.get("cel"),
        action=form.get("action", limit=200),
        params={
            name: Param(form.get(f"from.{name}", limit=300), form.get(f"value.{name}", limit=20_000)) for name in names
        },
        note=form.get("note", limit=2000).strip(),
    )


def make_form_data(row: RuleRow) -> RuleFormData:
    """The form of an existing rule. Its condition is shown in rows if rows can express it."""
    found = builder.from_cel(row.condition)
    return RuleFormData(
        **read_row(row),
        rows=tuple(found[0]) if found else (),
        join=found[1] if found else "all",
        by_hand=found is None,
        cel=row.condition if found is None else "",
        action=row.contract,
        params={name: _param(each) for name, each in describe_rule(row)["parameters"].items()},
        note=row.note,
    )


def parse_form(given: RuleFormData, contract: Contract | None) -> RuleForm:
    """Parses a posted rule into the API's form. Raises InvalidInput that says what to correct."""
    properties = contract.properties if contract else {}
    parameters = {
        name: {"from": each.source}
        if each.source != CONSTANT
        else {"value": _constant(name, each.value, properties[name])}
        for name, each in given.params.items()
        if each.source and name in properties
    }
    return parse_model(
        RuleForm,
        given,
        {"condition": given.condition, "action": given.action, "parameters": parameters, "note": given.note},
        {
            "condition": "The condition is too long: at most 200 characters of CEL.",
            "action": "Pick the action that it runs.",
        },
    )


def _param(kept: Mapping[str, Any]) -> Param:
    if "from" in kept:
        return Param(kept["from"])
    value = kept["value"]
    return Param(CONSTANT, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _constant(name: str, text: str, schema: Mapping[str, Any]) -> Any:
    """The typed text as the JSON value that the parameter's schema requires."""
    types = schema.get("type")
    wanted = {types} if isinstance(types, str) else set(types or ("string",))
    if "string" in wanted:
        if not text:
            raise _make_fault(name, f"Write the constant for {name}, or take its value from the event.")
        return text
    try:
        value = canon.loads(text.strip().encode())
    except InvalidInput as error:
        told = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}
        kinds = " or ".join(told.get(each, f"JSON ({each})") for each in sorted(wanted))
        raise _make_fault(name, f"The constant for {name} is {kinds}.") from error
    if value is None:
        raise _make_fault(name, f"Write the constant for {name}, or take its value from the event.")
    return value


def _make_fault(name: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, findings=[Finding(pointer.join_pointer("parameters", name), "invalid", detail)])
