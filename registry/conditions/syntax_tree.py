"""Syntax tree of a simple CEL condition: comparisons of fields with literal values, joined by ``&&`` or ``||``.

The CEL library doesn't show its tree. This parser reads the part of the grammar that a sentence can express, and
returns None for the rest: arithmetic, loops, indexes, choices.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.errors import InvalidInput
from registry.conditions.tokens import COMPARING, TokenReader, read_string

MAX_NESTING: Final = 8
_METHODS: Final = frozenset({"contains", "startsWith", "endsWith"})
_NUMBERS: Final = frozenset({"int", "uint", "double"})
"""Conversions that keep a number's value."""


@dataclass(frozen=True, slots=True)
class Literal:
    value: str | Decimal | bool | None


@dataclass(frozen=True, slots=True)
class Path:
    """``params.amount`` → ``("params", "amount")``."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Size:
    of: Path


@dataclass(frozen=True, slots=True)
class Members:
    """A list of literals."""

    each: tuple[Literal, ...]


Operand = Literal | Path | Size | Members


@dataclass(frozen=True, slots=True)
class Comparison:
    """Comparison of two operands. ``operator`` is one of CEL's, or the name of a method that compares two texts."""

    left: Operand
    operator: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Presence:
    """``has(path)``."""

    path: Path


@dataclass(frozen=True, slots=True)
class Truth:
    """A path that must be true."""

    path: Path


@dataclass(frozen=True, slots=True)
class Negation:
    inner: Node


@dataclass(frozen=True, slots=True)
class Junction:
    """Conjunction or disjunction. ``sign`` is ``&&`` or ``||``; two parts at least."""

    sign: str
    parts: tuple[Node, ...]


Node = Comparison | Presence | Truth | Negation | Junction


def parse(expression: str) -> Node | None:
    """The tree of a simple condition, None for any other."""
    try:
        return _Parser(expression).parse_whole()
    except (_TooRichError, InvalidInput):
        return None


class _TooRichError(Exception):
    """The condition has something that this tree doesn't hold."""


class _Parser(TokenReader):
    """Recursive descent parser; depth is bounded by ``MAX_NESTING``."""

    def __init__(self, expression: str) -> None:
        super().__init__(expression)
        self._depth = 0

    def parse_whole(self) -> Node:
        found = self._parse_junction("||")
        if self._peek()[0] != "end":
            raise _TooRichError
        return found

    def _parse_junction(self, sign: str) -> Node:
        parts = [self._parse_part(sign)]
        while self._takes(sign):
            parts.append(self._parse_part(sign))
        return parts[0] if len(parts) == 1 else Junction(sign, tuple(parts))

    def _parse_part(self, sign: str) -> Node:
        return self._parse_junction("&&") if sign == "||" else self._parse_term()

    def _parse_term(self) -> Node:
        self._depth += 1
        if self._depth > MAX_NESTING:
            raise _TooRichError
        found = self._parse_unnested_term()
        self._depth -= 1
        return found

    def _parse_unnested_term(self) -> Node:
        if self._takes("!"):
            return Negation(self._parse_term())
        if self._takes("("):
            found = self._parse_junction("||")
            self._must(")")
            return found
        if self._peek() == ("word", "has") and self._tokens[self._at + 1] == ("sign", "("):
            self._at += 1
            return Presence(self._parse_argument())
        left = self._parse_operand()
        if isinstance(left, Path) and left.names[-1] in _METHODS and self._takes("("):
            right = self._parse_operand()
            self._must(")")
            return Comparison(Path(left.names[:-1]), left.names[-1], right)
        if self._peek()[1] in COMPARING and self._peek()[0] in ("sign", "word"):
            operator = self._next()[1]
            right = self._parse_operand()
            return Comparison(left, operator, right)
        if isinstance(left, Path):
            return Truth(left)
        raise _TooRichError

    def _parse_operand(self) -> Operand:
        kind, word = self._next()
        if (kind, word) == ("sign", "["):
            return self._parse_members()
        if kind == "word" and word in (*_NUMBERS, "size") and self._peek() == ("sign", "("):
            path = self._parse_argument()
            return Size(path) if word == "size" else path
        if kind == "word" and word not in ("true", "false", "null"):
            return self._parse_path(word)
        self._at -= 1
        return self._parse_literal()

    def _parse_path(self, first: str) -> Path:
        names = [first]
        while self._takes("."):
            kind, word = self._next()
            if kind != "word":
                raise _TooRichError
            names.append(word)
        return Path(tuple(names))

    def _parse_argument(self) -> Path:
        self._must("(")
        kind, word = self._next()
        if kind != "word":
            raise _TooRichError
        path = self._parse_path(word)
        self._must(")")
        return path

    def _parse_members(self) -> Members:
        made = [self._parse_literal()]
        while self._takes(","):
            made.append(self._parse_literal())
        self._must("]")
        return Members(tuple(made))

    def _parse_literal(self) -> Literal:
        negative = self._takes("-")
        kind, word = self._next()
        if kind == "number" and word[:2].lower() != "0x":
            number = Decimal(word.rstrip("uU"))
            return Literal(-number if negative else number)
        if negative:
            raise _TooRichError
        if kind == "string" and (text := read_string(word)) is not None:
            return Literal(text)
        if kind == "word" and word in ("true", "false", "null"):
            return Literal(None if word == "null" else word == "true")
        raise _TooRichError

    def _must(self, sign: str) -> None:
        if not self._takes(sign):
            raise _TooRichError
