"""Rule builder rows: each row of the condition and each parameter of the action, with their options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.display_text import to_display_text
from registry.conditions import builder
from registry.conditions.builder import OPERATORS, Row
from registry.contract import Annotation, Contract
from web.console import labels
from web.console.automations.automation_form import OTHER
from web.console.automations.form_options import EventFields, OptionGroup
from web.console.automations.rule_form import CONSTANT, Param, RuleFormData
from web.console.contracts.contracts import POLICIES
from web.console.forms import FormOption
from web.console.labels import Badge


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """Row of the condition builder. ``known``: its field is picked from the list, and otherwise written as ``path``.
    ``words`` are the field's possible values, if they are known."""

    number: int
    known: bool
    path: str
    fields: tuple[FormOption, ...]
    operators: tuple[FormOption, ...]
    takes: str
    value: str
    words: tuple[str, ...]
    hint: str
    fresh: bool


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """Row of a rule's parameters. ``form`` is the input for a constant: ``pick`` (among ``words``), ``number``,
    ``text`` or ``json``."""

    name: str
    label: str
    hint: str
    required: bool
    sources: tuple[OptionGroup, ...]
    constant: bool
    form: str
    value: str
    words: tuple[FormOption, ...]
    warning: str


@dataclass(frozen=True, slots=True)
class ChosenAction:
    """The chosen action."""

    name: str
    title: str
    description: str
    risk: Badge
    policy: Badge


def make_condition_row(at: int, row: Row, known: EventFields, given: RuleFormData) -> ConditionRow:
    field = next((each for each in known.fields if each.path == row.path), None)
    operators = builder.list_operators(field.kinds if field else frozenset())
    operator = OPERATORS.get(row.operator)
    if operator is None or operator not in operators:
        operator = operators[0]
    written_out = bool(row.path) and field is None
    return ConditionRow(
        number=at,
        known=not written_out,
        path=row.path if written_out else "",
        fields=(
            FormOption("", "pick a field", not row.path),
            *(FormOption(each.path, each.path, each is field) for each in known.fields),
            FormOption(OTHER, "another field…", written_out),
        ),
        operators=tuple(FormOption(each.name, each.label, each is operator) for each in operators),
        takes=operator.takes,
        value=row.value,
        words=field.values if field else (),
        hint=to_display_text(field.description, limit=200) if field else "",
        fresh=given.fresh_row and at == len(given.rows) - 1,
    )


def make_chosen_action(contract: Contract) -> ChosenAction:
    return ChosenAction(
        contract.name,
        to_display_text(contract.title, limit=200),
        to_display_text(contract.description, limit=600),
        labels.RISKS[contract.risk],
        POLICIES[contract.confirmation.policy],
    )


def make_parameter_rows(contract: Contract, given: RuleFormData, known: EventFields) -> Sequence[ParameterRow]:
    return [
        _param(name, schema, contract, given.params.get(name) or _guess(name, contract, known), known)
        for name, schema in contract.properties.items()
    ]


def _guess(name: str, contract: Contract, known: EventFields) -> Param:
    """The initial guess for a parameter: an event field of the same name."""
    field = next((each for each in known.fields if each.path == f"data.{name}"), None)
    return Param(field.pointer) if field and "default" not in contract.properties[name] else Param()


def _param(name: str, schema: Mapping[str, Any], contract: Contract, given: Param, known: EventFields) -> ParameterRow:
    note = contract.annotation(name)
    required = name in contract.required
    pointers = {each.pointer for each in known.fields}
    strange = given.source not in ("", CONSTANT) and given.source not in pointers
    fields = [FormOption(each.pointer, each.path, each.pointer == given.source) for each in known.fields]
    if strange:
        fields.append(FormOption(given.source, f"{given.source} (no event has had it)", True))
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else "text"
    choices = [str(each) for each in schema.get("enum", ())] or (["true", "false"] if kind == "boolean" else [])
    form = (
        "pick"
        if choices
        else {"integer": "number", "number": "number", "array": "json", "object": "json"}.get(kind, "text")
    )
    return ParameterRow(
        name=name,
        label=to_display_text(note.label or name.replace("_", " "), limit=120),
        hint=to_display_text(schema.get("description", ""), limit=300),
        required=required,
        sources=(
            OptionGroup(
                "",
                (
                    FormOption("", _tell_unset(schema, note), given.source == ""),
                    FormOption(CONSTANT, "a constant…", given.source == CONSTANT),
                ),
            ),
            OptionGroup("from the event", tuple(fields)),
        ),
        constant=given.source == CONSTANT,
        form=form,
        value=given.value,
        words=tuple(FormOption(each, each, each == given.value) for each in choices),
        warning="Nothing says what it is: each run would be refused."
        if _is_bare(required, schema, note, given)
        else "",
    )


def _tell_unset(schema: Mapping[str, Any], note: Annotation) -> str:
    if note.derive:
        return f"worked out from {note.derive.parameter.replace('_', ' ')}"
    if "default" in schema:
        return "left out: the contract's default"
    return "left out"


def _is_bare(required: bool, schema: Mapping[str, Any], note: Annotation, given: Param) -> bool:
    return required and not given.source and note.derive is None and "default" not in schema
