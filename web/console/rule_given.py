"""The form of a rule: as it is filled in, and as the API takes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, get_args

from core import canon
from core.actor import SURFACES, Surface
from core.errors import Finding, InvalidInput
from events.rulebook import PER_HOUR, RuleForm, rule_form
from events.rules import Mode
from registry import condition_rows, pointer
from registry.condition_rows import MAX_ROWS, Join, Row
from registry.contract import Contract
from store.rules import RuleRow
from web.console.forms import Form, checked

OTHER: Final = "?"
"""What a picker holds when a person writes it instead of picking."""
CONSTANT: Final = "="
MODES: Final = get_args(Mode)


@dataclass(frozen=True, slots=True)
class Param:
    """Where a parameter's value comes from: ``source`` is a pointer into the event, CONSTANT, or empty; ``value`` the constant as typed."""

    source: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """``cel`` is the condition where it is written ``by_hand``; else ``rows`` and ``join`` make it."""

    name: str = ""
    event: str = ""
    join: Join = "all"
    rows: tuple[Row, ...] = ()
    by_hand: bool = False
    cel: str = ""
    action: str = ""
    find: str = ""
    surface: Surface = "admin"
    params: Mapping[str, Param] = field(default_factory=dict)
    mode: Mode = "shadow"
    per_hour: str = str(PER_HOUR)
    note: str = ""
    own_event: bool = False
    fresh_row: bool = False

    @property
    def condition(self) -> str:
        """In CEL. Raises InvalidInput."""
        return self.cel.strip() if self.by_hand else condition_rows.written(self.rows, self.join)

    def after(self, act: str) -> Given:
        """The form after one of its own buttons: a row more, a row less, the condition by hand or by rows."""
        match act.partition(":"):
            case ("add", _, _) if len(self.rows) < MAX_ROWS:
                return replace(self, rows=(*self.rows, Row("", "", "")), fresh_row=True)
            case ("remove", _, at) if at.isdecimal():
                return replace(self, rows=tuple(row for number, row in enumerate(self.rows) if number != int(at)))
            case ("by-hand", _, _):
                try:
                    return replace(self, by_hand=True, cel=condition_rows.written(self.rows, self.join))
                except InvalidInput:
                    return replace(self, by_hand=True)
            case ("by-rows", _, _):
                found = condition_rows.read(self.cel.strip())
                return self if found is None else replace(self, by_hand=False, rows=tuple(found[0]), join=found[1])
        return self


def given_of(form: Form) -> Given:
    """What was posted, whatever it is."""
    event, own = form.get("event", limit=100).strip(), form.get("own_event", limit=200).strip()
    paths, others = form.every("row_path"), form.every("row_other")
    operators, values = form.every("row_op"), form.every("row_value", limit=1000)
    rows = [
        Row(other.strip() if path == OTHER else path, operator, value)
        for path, other, operator, value in zip(paths, others, operators, values, strict=False)
    ]
    names = [name.removeprefix("from.") for name in form.fields if name.startswith("from.")]
    return Given(
        name=form.get("name", limit=1000).strip(),
        event=own if event == OTHER else event,
        own_event=event == OTHER,
        join="any" if form.get("join", limit=5) == "any" else "all",
        rows=tuple(rows),
        by_hand=form.get("by_hand", limit=5) == "yes",
        cel=form.get("cel"),
        action=form.get("action", limit=200),
        find=form.get("find", limit=200).strip(),
        surface=next((each for each in SURFACES if each == form.get("surface", limit=20)), "admin"),
        params={
            name: Param(form.get(f"from.{name}", limit=300), form.get(f"value.{name}", limit=20_000)) for name in names
        },
        mode=next((each for each in MODES if each == form.get("mode", limit=10)), "shadow"),
        per_hour=form.get("per_hour", limit=10).strip(),
        note=form.get("note", limit=2000).strip(),
    )


def given_of_row(row: RuleRow) -> Given:
    """A rule that stands, as its form: in rows where rows can say its condition."""
    kept = rule_form(row)
    found = condition_rows.read(row.condition)
    return Given(
        name=row.name,
        event=row.pattern,
        rows=tuple(found[0]) if found else (),
        join=found[1] if found else "all",
        by_hand=found is None,
        cel=row.condition if found is None else "",
        action=row.contract,
        surface=kept["surface"],
        params={name: _param(each) for name, each in kept["parameters"].items()},
        mode=kept["mode"],
        per_hour=str(row.max_per_hour),
        note=row.note,
    )


def form_of(given: Given, contract: Contract | None) -> RuleForm:
    """As the API takes it. Raises InvalidInput that says what to mend."""
    properties = contract.properties if contract else {}
    parameters = {
        name: {"from": each.source}
        if each.source != CONSTANT
        else {"value": _constant(name, each.value, properties[name])}
        for name, each in given.params.items()
        if each.source and name in properties
    }
    form, trouble = checked(
        RuleForm,
        {
            "name": given.name, "event": given.event, "condition": given.condition, "action": given.action,
            "surface": given.surface, "parameters": parameters, "mode": given.mode,
            "max_per_hour": given.per_hour or PER_HOUR, "note": given.note,
        },
        {
            "name": "Give it a name of 1 to 120 characters.",
            "event": "Pick the event that it waits for.",
            "condition": "The condition is too long: at most 200 characters of CEL.",
            "action": "Pick the action that it runs.",
            "max_per_hour": "The ceiling is a whole number from 1 to 10000 an hour.",
        },
    )  # fmt: skip
    if form is None:
        raise InvalidInput(trouble)
    return form


def _param(stored: Mapping[str, Any]) -> Param:
    if "from" in stored:
        return Param(stored["from"])
    value = stored["value"]
    return Param(CONSTANT, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))


def _constant(name: str, text: str, schema: Mapping[str, Any]) -> Any:
    """What was typed as the JSON that the parameter's schema wants."""
    types = schema.get("type")
    wanted = {types} if isinstance(types, str) else set(types or ("string",))
    if "string" in wanted:
        if not text:
            raise _wrong(name, f"Write the constant for {name}, or take its value from the event.")
        return text
    try:
        value = canon.loads(text.strip().encode())
    except InvalidInput as error:
        told = {"integer": "a whole number", "number": "a number", "boolean": "true or false"}
        kinds = " or ".join(told.get(each, f"JSON ({each})") for each in sorted(wanted))
        raise _wrong(name, f"The constant for {name} is {kinds}.") from error
    if value is None:
        raise _wrong(name, f"Write the constant for {name}, or take its value from the event.")
    return value


def _wrong(name: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, findings=[Finding(pointer.at("parameters", name), "invalid", detail)])


def author(stored: str) -> tuple[str, str]:
    """The name and the person of whom a rule or instruction acts as."""
    actor = json.loads(stored)
    return actor["name"], actor["person"]
