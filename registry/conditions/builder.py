"""Condition builder: writes rows of field, operator and value as CEL, and parses them back.

``to_cel`` writes the rule's condition itself: no second form is stored. ``from_cel`` returns the rows of a condition
that ``to_cel`` could have written. It returns None for any other, which stays as its author wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from core.errors import Finding, InvalidInput
from registry.events.event_fields import Kind

Join = Literal["all", "any"]
MAX_ROWS: Final = 10
_JOINED: Final[Mapping[Join, str]] = {"all": " && ", "any": " || "}
_PATH: Final = re.compile(r"name|id|occurred_at|data(?:\.(?!(?:true|false|null|in)\b)[A-Za-z_][A-Za-z0-9_]*)+")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?")
_TEXT: Final = r"'(?:[^'\\]|\\.)*'"
_ESCAPES: Final = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED: Final = {escaped[1]: plain for plain, escaped in _ESCAPES.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One comparison. ``path`` is a field's (``data.amount``), ``operator`` one of OPERATORS, ``value`` as it was
    typed."""

    path: str
    operator: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Operator:
    """One comparison operator. ``kind`` is the field kind it applies to, None for any; ``takes`` the kind of its
    value."""

    name: str
    label: str
    kind: Kind | None
    takes: Literal["text", "texts", "number", "nothing"]
    shape: str
    """CEL with ``{field}`` and ``{value}``."""


OPERATORS: Final[Mapping[str, Operator]] = {
    each.name: each
    for each in (
        Operator("is", "is", "text", "text", "{field} == {value}"),
        Operator("is_not", "is not", "text", "text", "{field} != {value}"),
        Operator("one_of", "is one of", "text", "texts", "{field} in {value}"),
        Operator("contains", "contains", "text", "text", "{field}.contains({value})"),
        Operator("starts", "starts with", "text", "text", "{field}.startsWith({value})"),
        Operator("ends", "ends with", "text", "text", "{field}.endsWith({value})"),
        Operator("eq", "=", "number", "number", "{field} == {value}"),
        Operator("ne", "≠", "number", "number", "{field} != {value}"),
        Operator("gt", ">", "number", "number", "{field} > {value}"),
        Operator("ge", "≥", "number", "number", "{field} >= {value}"),
        Operator("lt", "<", "number", "number", "{field} < {value}"),
        Operator("le", "≤", "number", "number", "{field} <= {value}"),
        Operator("true", "is true", "truth", "nothing", "{field} == true"),
        Operator("false", "is false", "truth", "nothing", "{field} == false"),
        Operator("includes", "includes", "list", "text", "{value} in {field}"),
        Operator("there", "is there", None, "nothing", "has({field})"),
        Operator("not_there", "is not there", None, "nothing", "!has({field})"),
    )
}


def list_operators(kinds: frozenset[Kind]) -> list[Operator]:
    """The operators for a field of these kinds. All of them for an unknown field."""
    return [each for each in OPERATORS.values() if each.kind is None or not kinds or each.kind in kinds]


def to_cel(rows: Sequence[Row], join: Join = "all") -> str:
    """Writes the rows as a condition in CEL, or an empty text for no rows. Raises InvalidInput that names the row and
    the correction."""
    if len(rows) > MAX_ROWS:
        raise InvalidInput(f"A condition has at most {MAX_ROWS} rows.")
    return _JOINED[join].join(_write(at, row) for at, row in enumerate(rows))


def from_cel(expression: str) -> tuple[list[Row], Join] | None:
    """Parses a condition back into the rows that make exactly it, or None where rows can't express it."""
    if not expression:
        return [], "all"
    for join, sign in _JOINED.items():
        rows: list[Row] = []
        for part in _split(expression, sign):
            found = _read_row(part)
            if found is None:
                break
            rows.append(found)
        else:
            if len(rows) <= MAX_ROWS and to_cel(rows, join) == expression:
                return rows, join
    return None


def _write(at: int, row: Row) -> str:
    if _PATH.fullmatch(row.path) is None:
        raise _make_fault(at, f"{row.path or 'Nothing'} is no field of an event: pick one, or write data.<field>.")
    operator = OPERATORS.get(row.operator)
    if operator is None:
        raise _make_fault(at, f"Say how {row.path} is compared.")
    return operator.shape.replace("{field}", f"event.{row.path}").replace("{value}", _write_value(at, row, operator))


def _write_value(at: int, row: Row, operator: Operator) -> str:
    match operator.takes:
        case "nothing":
            return ""
        case "number":
            text = row.value.strip().replace(" ", "")
            if _NUMBER.fullmatch(text) is None:
                raise _make_fault(at, f"{row.path} is compared with a number: digits, with a point for a fraction.")
            return text
        case "texts":
            words = [word.strip() for word in row.value.split(",") if word.strip()]
            if not words:
                raise _make_fault(at, f"Say what {row.path} may be: words with commas between them.")
            return f"[{', '.join(map(_quote, words))}]"
        case "text":
            return _quote(row.value)


def _quote(text: str) -> str:
    return "'" + "".join(_ESCAPES.get(char, char) for char in text) + "'"


def _unquote(literal: str) -> str:
    return re.sub(r"\\(.)", lambda found: _ESCAPED.get(found[1], "\0"), literal[1:-1], flags=re.S)


_VALUES: Final[Mapping[str, str]] = {
    "text": _TEXT,
    "texts": rf"\[(?:{_TEXT}(?:, {_TEXT})*)\]",
    "number": _NUMBER.pattern,
    "nothing": "",
}
_UNREAD: Final[Mapping[str, Callable[[str], str]]] = {
    "text": _unquote,
    "texts": lambda given: ", ".join(_unquote(each) for each in re.findall(_TEXT, given, flags=re.S)),
    "number": str,
    "nothing": str,
}


def _compile_shape(operator: Operator) -> re.Pattern[str]:
    shape = re.escape(operator.shape)
    shape = shape.replace(re.escape("{field}"), rf"event\.(?P<path>{_PATH.pattern})")
    return re.compile(shape.replace(re.escape("{value}"), f"(?P<value>{_VALUES[operator.takes]})"), flags=re.S)


_SHAPES: Final = [(operator, _compile_shape(operator)) for operator in OPERATORS.values()]


def _read_row(part: str) -> Row | None:
    for operator, shape in _SHAPES:
        found = shape.fullmatch(part)
        if found:
            given = found["value"] if operator.takes != "nothing" else ""
            return Row(found["path"], operator.name, _UNREAD[operator.takes](given))
    return None


def _split(expression: str, sign: str) -> list[str]:
    """Splits at the sign, except inside a text."""
    parts, begun = [], 0
    for found in re.finditer(rf"{_TEXT}|{re.escape(sign)}", expression, flags=re.S):
        if found[0] == sign:
            parts.append(expression[begun : found.start()])
            begun = found.end()
    return [*parts, expression[begun:]]


def _make_fault(at: int, detail: str) -> InvalidInput:
    return InvalidInput(detail, findings=[Finding(f"/condition/{at}", "invalid", detail)])
