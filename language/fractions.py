"""Fractions and multiples as English says them: "half", "two thirds", "3/4", "double"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from language.number_words import CARDINALS

_PARTS: Final = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "twelfth": 12, "twentieth": 20, "hundredth": 100,
}  # fmt: skip
_MULTIPLES: Final = {"double": 2, "twice": 2, "triple": 3, "thrice": 3}
_WRITTEN: Final = re.compile(r"(\d{1,3})/(\d{1,3})")
_SIGNS: Final = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8)}
_LARGEST: Final = 100


def read_fraction(words: Sequence[str]) -> tuple[int, int, int] | None:
    """Numerator, denominator, and how many of the leading lower-case ``words`` say them. None if they begin with no
    fraction. An ordinal ("the third invoice") is none."""
    first = words[0] if words else ""
    if first in _SIGNS:
        return (*_SIGNS[first], 1)
    if (written := _WRITTEN.fullmatch(first)) is not None:
        up, down = int(written[1]), int(written[2])
        return (up, down, 1) if 0 < up < down <= _LARGEST and makes_part(words, 1) else None
    if first in _MULTIPLES:
        return _MULTIPLES[first], 1, 1
    head, _, tail = first.partition("-")
    if tail and (count := _count(head)) and (part := _part(tail)):
        return count, part, 1
    if first in {"half", "halve"}:
        return 1, 2, 1
    count, at = _count(first), 1
    if count and len(words) > at and (part := _part(words[at])):
        return (count, part, at + 1) if part == 2 or count > 1 or makes_part(words, at + 1) else None
    return None


def is_fraction(number: object, words: str) -> bool:
    """Whether ``number`` is a part of the fraction: its numerator, its denominator, or the whole."""
    said = read_fraction(words.casefold().split())
    return said is not None and (number in said[:2] or number == said[0] / said[1])


def makes_part(words: Sequence[str], at: int) -> bool:
    """Whether the following words make it a part of a whole."""
    return at >= len(words) or words[at] in {"", "of", "off", "the", "what", "from"}


def _count(word: str) -> int:
    return 1 if word in {"a", "an"} else CARDINALS.get(word, 0) if word in CARDINALS else 0


def _part(word: str) -> int:
    return _PARTS.get(word, 0) or _PARTS.get(word.removesuffix("s"), 0)
