"""Conditions in words: turns a policy's condition into a clause. ``params.amount > 5000`` becomes “the amount is over
50.00 EUR”.

It is written from the syntax tree, for comparisons with literal values. A condition that no sentence expresses exactly
(loops, arithmetic, nested ``&&`` and ``||``) has no words and is shown as its author wrote it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from agent.validate.questions import join, label_parameter
from core.display_text import to_display_text, within_sentence
from core.money import get_exponent
from language.text import singularize
from registry.conditions import syntax_tree
from registry.conditions.syntax_tree import (
    Comparison,
    Junction,
    Literal,
    Members,
    Negation,
    Node,
    Operand,
    Path,
    Presence,
    Size,
    Truth,
)
from registry.contract import Annotation, Contract, Unit

_OPPOSITE: Final = {"==": "!=", "!=": "==", ">": "<=", ">=": "<", "<": ">=", "<=": ">"}
_TURNED: Final = {"==": "==", "!=": "!=", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
"""Operator → the operator with both sides exchanged."""
_BOUNDS: Final = {">": "over {}", ">=": "{} or more", "<": "under {}", "<=": "{} or less"}
_DURATIONS: Final = frozenset({Unit.DAYS, Unit.HOURS, Unit.MINUTES, Unit.SECONDS})
_TEXTS: Final = {
    "contains": ("contains", "doesn't contain"),
    "startsWith": ("starts with", "doesn't start with"),
    "endsWith": ("ends with", "doesn't end with"),
}


def describe_condition(contract: Contract, params: Mapping[str, Any] | None = None) -> str | None:
    """The condition of the contract's policy as a clause. None if there is no condition, or no words for it. ``params``
    are a call's values: they tell the currency of an amount."""
    expression = contract.confirmation.condition
    tree = syntax_tree.parse(expression) if expression else None
    if tree is None:
        return None
    try:
        return _Writer(contract, params or {}).write(tree)
    except _UnsayableError:
        return None


class _UnsayableError(Exception):
    """A part of the condition has no plain words."""


@dataclass(frozen=True, slots=True)
class _Writer:
    contract: Contract
    params: Mapping[str, Any]

    def write(self, node: Node, *, negated: bool = False) -> str:
        match node:
            case Negation(inner):
                return self.write(inner, negated=not negated)
            case Junction(sign, parts):
                if any(isinstance(each, Junction) for each in parts):
                    raise _UnsayableError
                return join([self.write(each, negated=negated) for each in parts], _word(sign, negated=negated))
            case Presence(path):
                return f"{self._name(path)} {_be(path, negated=negated)} given"
            case Truth(path):
                return self._write_truth(path, negated=negated)
            case Comparison():
                return self._compare(node, negated=negated)

    def _compare(self, found: Comparison, *, negated: bool) -> str:
        left, operator, right = found.left, found.operator, found.right
        if isinstance(left, Literal) and operator in _TURNED:
            left, operator, right = right, _TURNED[operator], left
        if operator in _TEXTS and isinstance(left, Path):
            return f"{self._name(left)} {_TEXTS[operator][negated]} {self._value(left, right)}"
        if operator == "in" and isinstance(left, Path) and isinstance(right, Members):
            members = [self._value(left, each) for each in right.each]
            either = "neither " if negated and len(members) > 1 else "not " if negated else ""
            return f"{self._name(left)} {_be(left)} {either}{join(members, 'nor' if negated else 'or')}"
        if operator == "in" and isinstance(right, Path):
            return f"{self._value(right, left)} {'is not' if negated else 'is'} among {self._name(right)}"
        if operator not in _TURNED:
            raise _UnsayableError
        operator = _OPPOSITE[operator] if negated else operator
        if isinstance(left, Size):
            return f"{self._name(left.of)} {self._write_size(left.of, operator, right)}"
        if not isinstance(left, Path):
            raise _UnsayableError
        return self._write_bound(left, operator, right)

    def _write_bound(self, path: Path, operator: str, right: Operand) -> str:
        if isinstance(right, Literal) and isinstance(right.value, bool):
            return self._write_truth(path, negated=right.value != (operator == "=="))
        if isinstance(right, Literal) and right.value is None:
            return f"{self._name(path)} {_be(path, negated=operator == '==')} set"
        value = self._value(path, right)
        if operator in _BOUNDS:
            bound = _BOUNDS[operator].format(value)
            alone = self._is_only_duration(path)
            return f"it is {bound.replace('over', 'more than')}" if alone else f"{self._name(path)} {_be(path)} {bound}"
        return f"{self._name(path)} {_be(path)} {'not ' if operator == '!=' else ''}{value}"

    def _write_truth(self, path: Path, *, negated: bool) -> str:
        name = self._name(path).removeprefix("the ")
        return f"“{name}” is {'no' if negated else 'yes'}"

    def _write_size(self, path: Path, operator: str, right: Operand) -> str:
        if not (isinstance(right, Literal) and isinstance(right.value, Decimal)):
            raise _UnsayableError
        is_list = self._schema(path).get("type") == "array"
        of = "entry" if is_list and right.value == 1 else "entries" if is_list else "characters"
        number = f"{right.value:,f}"
        bound = {**_BOUNDS, ">": "more than {}", "<": "fewer than {}", "==": "{}", "!=": "other than {}"}[operator]
        return f"{'have' if _be(path) == 'are' else 'has'} {bound.format(number)} {of}"

    def _name(self, path: Path) -> str:
        """“the amount”, “the invoice's due date”."""
        match path.names:
            case ("params", name):
                return f"the {within_sentence(self._label(name))}"
            case ("records", name, field):
                return f"the {within_sentence(self._label(name))}'s {field.replace('_', ' ')}"
        raise _UnsayableError

    def _label(self, name: str) -> str:
        if name not in self.contract.properties:
            raise _UnsayableError
        schema = self.contract.properties[name]
        return to_display_text(
            label_parameter(name, schema if isinstance(schema, Mapping) else {}, self.contract.annotation(name)),
            limit=80,
        )

    def _schema(self, path: Path) -> Mapping[str, Any]:
        schema = self.contract.properties.get(path.names[-1]) if path.names[0] == "params" else None
        return schema if isinstance(schema, Mapping) else {}

    def _annotation(self, path: Path) -> Annotation | None:
        return self.contract.annotation(path.names[1]) if path.names[0] == "params" and len(path.names) == 2 else None

    def _is_only_duration(self, path: Path) -> bool:
        """Whether the compared parameter is the contract's only duration. Its name then adds nothing."""
        units = [self.contract.annotation(name).unit for name in self.contract.properties]
        said = self._annotation(path)
        return said is not None and said.unit in _DURATIONS and sum(each in _DURATIONS for each in units) == 1

    def _value(self, path: Path, given: Operand) -> str:
        if isinstance(given, Path):
            return self._name(given)
        if not isinstance(given, Literal):
            raise _UnsayableError
        match given.value:
            case str():
                return f"“{to_display_text(given.value, limit=80)}”"
            case Decimal():
                return self._number(path, given.value)
            case _:
                raise _UnsayableError

    def _number(self, path: Path, value: Decimal) -> str:
        said = self._annotation(path)
        unit = said.unit if said is not None else None
        currency = (said.currency or self.params.get(said.currency_from or "")) if said is not None else None
        if unit in (Unit.MONEY, Unit.MONEY_MINOR) and isinstance(currency, str):
            digits = get_exponent(currency)
            return f"{value.scaleb(-digits) if unit is Unit.MONEY_MINOR else value:,.{digits}f} {currency}"
        match unit:
            case Unit.MONEY_MINOR:
                return f"{value.scaleb(-2):,.2f} in a currency with cents ({value:,f} of its smallest unit)"
            case Unit.PERCENT:
                return f"{value:,f} %"
            case Unit.DAYS | Unit.HOURS | Unit.MINUTES | Unit.SECONDS:
                return f"{value:,f} {unit.value.removesuffix('s') if value == 1 else unit.value}"
        return f"{value:,f}"


def _be(path: Path, *, negated: bool = False) -> str:
    """The verb that agrees with a name: "is" or "are"."""
    last = path.names[-1].rpartition("_")[2]
    verb = "are" if last != singularize(last) else "is"
    return f"{verb}n't" if negated else verb


def _word(sign: str, *, negated: bool) -> str:
    return "and" if (sign == "&&") != negated else "or"
