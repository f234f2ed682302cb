"""Lexer of CEL conditions: the tokens of an expression, and a reader that goes through them."""

from __future__ import annotations

import re
from typing import Final

from core.errors import InvalidInput

COMPARING: Final = frozenset({"==", "!=", "<", "<=", ">", ">=", "in"})
UNREAD: Final = "Write it without triple quotes, optional (?) fields and message types."
_TOKEN: Final = re.compile(
    r"(?:[ \t\r\n]|//[^\n]*)*+(?:(?P<string>[rR]?[bB]?'(?!'')(?:[^'\\\n]|\\.)*'|[rR]?[bB]?\"(?!\"\")(?:[^\"\\\n]|\\.)*\")"  # noqa: E501
    r"|(?P<number>0[xX][0-9A-Fa-f]+[uU]?|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?[uU]?|\.\d+(?:[eE][+-]?\d+)?)"
    r"|(?P<word>[A-Za-z_]\w*)"
    r"|(?P<sign>\|\||&&|==|!=|<=|>=|[<>+\-*/%!?:.,()\[\]{}])"
    r"|(?P<end>$))",
    re.ASCII,
)


def split_tokens(expression: str) -> list[tuple[str, str]]:
    """Lexer: kind (``string``, ``number``, ``word``, ``sign``) and text of each token, closed by ``end``. Raises
    InvalidInput."""
    tokens: list[tuple[str, str]] = []
    at = 0
    while True:
        found = _TOKEN.match(expression, at)
        if found is None:
            raise InvalidInput(f"At character {at + 1} this condition can't be read. {UNREAD}")
        kind = found.lastgroup or "end"
        tokens.append((kind, found[kind]))
        if kind == "end":
            return tokens
        at = found.end()


class TokenReader:
    """Goes through the tokens of an expression, one at a time."""

    def __init__(self, expression: str) -> None:
        self._tokens = split_tokens(expression)
        self._at = 0

    def _peek(self) -> tuple[str, str]:
        return self._tokens[self._at]

    def _next(self) -> tuple[str, str]:
        token = self._tokens[self._at]
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _takes(self, sign: str) -> bool:
        if self._peek() == ("sign", sign):
            self._next()
            return True
        return False


def read_string(written: str) -> str | None:
    """The value of a string literal; None for bytes, and for escapes that need not be read here."""
    quote = min(at for at in (written.find("'"), written.find('"')) if at >= 0)
    prefix, inside = written[:quote].lower(), written[quote + 1 : -1]
    if "b" in prefix:
        return None
    if "r" in prefix or "\\" not in inside:
        return inside
    plain = inside.replace("\\\\", "\0")
    return None if "\\" in plain else plain.replace("\0", "\\")
