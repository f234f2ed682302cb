"""Display text: makes text from others safe to show, by spelling out characters that are invisible or reorder their
neighbours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Default-ignorable or blank, although their category is a letter's, a mark's or a symbol's (Unicode
# Default_Ignorable_Code_Point, and the empty Braille pattern).
_HIDDEN_RANGES: Final = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0000, 0xE0FFF),
)  # fmt: skip
_ELLIPSIS: Final = "…"


@lru_cache(maxsize=4096)
def is_hidden(char: str) -> bool:
    """Whether the character is invisible: control, format (bidi, zero-width), unassigned, private, filler,
    variation."""
    point = ord(char)
    if 0x20 <= point < 0x7F:
        return False
    return unicodedata.category(char) in _HIDDEN_CATEGORIES or any(low <= point <= high for low, high in _HIDDEN_RANGES)


def to_display_text(text: str, *, lines: bool = False, limit: int = 2000) -> str:
    """``text`` as one line (``lines`` keeps its line breaks). Hidden characters become ``‹U+202E›``, and the text is
    cut with an ellipsis to ``limit`` characters. Plain text is unchanged. The result is plain text: escape it for HTML
    or CSV."""
    made: list[str] = []
    length = 0
    for char in text:
        if char == "\n" and lines:
            shown = char
        elif is_hidden(char):
            shown = f"‹U+{ord(char):04X}›"
        else:
            shown = char
        length += len(shown)
        if length > limit:
            while made and length - len(shown) + 1 > limit:
                length -= len(made.pop())
            return "".join(made) + _ELLIPSIS
        made.append(shown)
    return "".join(made)


_LOWER: Final = re.compile(r"[a-z]+(?=[ ,:;.’'-])")
"""A first word without any capital. Others are written as they are: "iPad", "pH"."""


def begin_sentence(text: str) -> str:
    """The text with a capital at its beginning: a record's label may stand there."""
    return f"{text[:1].upper()}{text[1:]}" if _LOWER.match(text) else text


def within_sentence(label: str) -> str:
    """A label or title inside a sentence: “Amount” → “amount”. "VAT number" stays."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def drop_listing(text: str, labels: Sequence[str], count: int | None = None) -> str:
    """“2 tickets: A; B.” → “2 tickets” if exactly these labels are listed below it. Text after them stays. Other text
    is unchanged. ``count`` is the total, which may exceed the listed labels."""
    left = (count or 0) - len(labels)
    listed = "; ".join(labels) + (f" and {left} more" if left > 0 else "")
    head, found, after = f"{text} ".partition(f": {listed}. ")
    if len(labels) < 2 or not found:
        return text
    return f"{head}. {after.strip()}" if after.strip() else head


def drop_choices(text: str, choices: Sequence[tuple[str, str]]) -> str:
    """“Two are called ‘Adam’: Adam Novak (Brno) or Adam Nowak (Łódź)?” → “Two are called ‘Adam’. Which one is meant?”
    if these choices, each a label and a detail, are shown below it and show all that it says of them. Other text is
    unchanged."""
    head, _, told = text.partition(": ")
    names = [re.escape(label) + r"(?: \(([^()]+)\))?" for label, _ in choices]
    if len(names) < 2 or len(set(choices)) < len(choices):
        return text
    found = re.fullmatch(", ".join(names[:-1]) + " or " + names[-1] + r"\?", told)
    if found is None or not all(
        aside is None or re.search(rf"(?<!\w){re.escape(aside)}(?!\w)", detail)
        for aside, (_, detail) in zip(found.groups(), choices, strict=True)
    ):
        return text
    asked = head.rpartition(". ")[2].startswith("Which ")
    if asked:
        return f"{head}?"
    return f"{head}. Which one?" if re.search(r"\bmeant\b", head) else f"{head}. Which one is meant?"
