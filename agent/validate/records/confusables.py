"""Confusable names (UTS #39): skeletons, near-equal spellings, mixed scripts, invisible characters.

They only ever add a question. Nothing is chosen by likeness.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import Levenshtein

from core.confusables import make_skeleton
from core.display_text import is_hidden

NEAR_LENGTH: Final = 4
"""Shorter names are similar only if their skeletons are equal: one letter would be too large a part of them."""

_MAX_MARKS: Final = 4
_NUMBER: Final = re.compile("[0-9]+")
_LIKE_ANOTHER: Final = frozenset("lI1|0Oo")
# Scripts written together inside one word (UTS #39 §5.1: Japanese, Korean, and Bopomofo with Han).
_TOGETHER: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "IDEOGRAPHIC", "HALFWIDTH"})


def looks_same(one: str, other: str) -> bool:
    """Whether two names look the same: equal skeletons, with case or without (Adarn and Adam, but not Novak and
    Nowak)."""
    first, second = _fold_looks(one), _fold_looks(other)
    return any(mine == theirs for mine, theirs in zip(first, second, strict=True))


def _fold_looks(text: str) -> tuple[str, str]:
    """The skeletons with and without case: "I" looks like "l" in one and like "i" in the other."""
    return make_skeleton(text).casefold(), make_skeleton(text.casefold())


def is_near(one: str, other: str) -> bool:
    """Whether one typing error turns one name into the other."""
    first, second = _fold(one), _fold(other)
    return min(len(first), len(second)) >= NEAR_LENGTH and Levenshtein.distance(first, second, score_cutoff=1) <= 1


def are_numbered_apart(one: str, other: str) -> bool:
    """Whether two names are the same but for their plain numbers: nobody takes room 11 for room 10 by its looks."""
    first, second = _fold(one), _fold(other)
    return first != second and _NUMBER.sub("0", first) == _NUMBER.sub("0", second)


def find_suspicious(text: str) -> tuple[str, ...]:
    """What makes a name suspicious by itself: hidden characters, and words with letters of several scripts. Empty if
    nothing does."""
    found = [f"it holds the invisible {name_letter(char)}" for char in dict.fromkeys(text) if is_hidden(char)]
    for word in text.split():
        scripts = {script for char in word if (script := _find_script(char)) is not None}
        if len(scripts) > 1 and not scripts <= _TOGETHER:
            odd = _find_rarest(word)
            found.append(f"‘{odd}’ is {name_letter(odd)}, beside letters of another script")
    return tuple(found[:_MAX_MARKS])


def describe_differences(one: str, other: str) -> tuple[str, ...]:
    """How ``one`` differs from ``other``, character by character. Gives the Unicode name of a letter that doesn't
    identify itself. Equal names give no marks."""
    found: list[str] = []
    for tag, start, end, other_start, other_end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        mine, theirs = one[start:end], other[other_start:other_end]
        if mine and theirs:
            found.append(f"{_describe_letters(mine)}, where the other has {_describe_letters(theirs)}")
        elif mine:
            found.append(f"{_describe_letters(mine)}, which the other has not")
        else:
            found.append(f"without {_describe_letters(theirs)}, which the other has")
    return tuple(found[:_MAX_MARKS])


def name_letter(char: str) -> str:
    """``CYRILLIC SMALL LETTER A (U+0430)``."""
    return f"{unicodedata.name(char, 'unnamed character')} (U+{ord(char):04X})"


def _describe_letters(chars: str) -> str:
    return " and ".join(_show_letter(char) for char in chars[:3])


def _show_letter(char: str) -> str:
    """Shows a character. An unmistakable ASCII letter stands alone. Any other has its Unicode name."""
    if is_hidden(char):
        return name_letter(char)
    return f"‘{char}’" if char.isascii() and char not in _LIKE_ANOTHER else f"‘{char}’ {name_letter(char)}"


def _fold(text: str) -> str:
    plain = "".join(char for char in unicodedata.normalize("NFKC", text) if not is_hidden(char))
    return " ".join(plain.casefold().split())


@lru_cache(maxsize=4096)
def _find_script(char: str) -> str | None:
    """The script of a letter, from the first word of its Unicode name. None for anything else. Styled alphabets
    (MATHEMATICAL, FULLWIDTH, CIRCLED) count as scripts: among plain letters they are as suspicious as foreign ones."""
    if not char.isalpha() or unicodedata.category(char) == "Lm":
        return None
    return unicodedata.name(char, "UNNAMED").split()[0].removeprefix("CJK-")


def _find_rarest(word: str) -> str:
    letters: Iterable[str] = [char for char in word if _find_script(char) is not None]
    counts: dict[str | None, int] = {}
    for char in letters:
        counts[_find_script(char)] = counts.get(_find_script(char), 0) + 1
    return min(letters, key=lambda char: (counts[_find_script(char)], char.isascii()))
