"""Display text: makes text from others safe to show, by spelling out characters that are invisible or reorder their
neighbours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Final

_HIDDEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Default-ignorable or blank, although their category is a letter's, a mark's or a symbol's (Unicode
# Default_Ignorable_Code_Point, and the empty Braille pattern).
_HIDDEN_RANGES: Final = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2800, 0x2800), (0x3164, 0x3164),
    (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0000, 0xE0FFF),
)  # fmt: skip
_JOINERS: Final = "\u200d\ufe0f"
_ELLIPSIS: Final = "…"
_ASIDE: Final = re.compile(r" \(((?:[^()]|\([^()]*\))*+)\)")


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
    cut with an ellipsis to ``limit`` characters. Plain text is unchanged, and so is what joins the pictures of a known
    emoji. The result is plain text: escape it for HTML or CSV."""
    made: list[str] = []
    length = 0
    for piece in _split_pieces(text):
        seen = len(piece) > 1 or (piece == "\n" and lines) or not is_hidden(piece)
        shown = piece if seen else f"‹U+{ord(piece):04X}›"
        length += len(shown)
        if length > limit:
            while made and length - len(shown) + 1 > limit:
                length -= len(made.pop())
            return "".join(made) + _ELLIPSIS
        made.append(shown)
    return "".join(made)


def _split_pieces(text: str) -> Iterable[str]:
    """The characters of a text, and each emoji with a joiner as one piece: only what Unicode lists is drawn as one
    picture. Between any other two a joiner is invisible, and two names that differ in it look alike."""
    if text.isascii() or not any(each in text for each in _JOINERS):
        yield from text
        return
    known = _load_joined_emoji()
    at = 0
    while at < len(text):
        # The first joiner stands behind the first picture or behind its skin tone.
        joined = any(each in _JOINERS for each in text[at + 1 : at + 3])
        sizes = range(_MOST_JOINED, 1, -1) if joined else ()
        size = next((each for each in sizes if text[at : at + each] in known), 1)
        yield text[at : at + size]
        at += size


_MOST_JOINED: Final = 10
"""Most characters of one emoji."""


@cache
def _load_joined_emoji() -> frozenset[str]:
    lines = resources.files("core").joinpath("joined_emoji.txt").read_text(encoding="utf-8").splitlines()
    return frozenset("".join(chr(int(part, 16)) for part in line.split()) for line in lines if not line.startswith("#"))


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
    told, asides = split_listing(text, labels, count)
    return text if any(asides) else told


def split_listing(text: str, labels: Sequence[str], count: int | None = None) -> tuple[str, tuple[str, ...]]:
    """Like ``drop_listing``, also of labels with asides, which it returns by label: “2 tickets: A (open); B.” →
    “2 tickets” and “open”, “”. Without asides if the text lists something else."""
    left = (count or 0) - len(labels)
    end = f"{f' and {left} more' if left > 0 else ''}. "
    for start in re.finditer(re.escape(f": {labels[0]}"), text) if len(labels) > 1 else ():
        found = _read_listing(f"{text} ", start.start() + 2, labels, end)
        if found is not None:
            asides, at = found
            head, after = text[: start.start()], text[at:].strip()
            return (f"{head}. {after}" if after else head), asides
    return text, ()


def join_aside(aside: str, detail: str) -> str:
    """What a sentence says of a record, beside what stands in its detail anyhow."""
    known = detail.split(" · ")
    return " · ".join((*(each for each in aside.split(", ") if each and each not in known), *filter(None, (detail,))))


def _read_listing(text: str, at: int, labels: Sequence[str], end: str) -> tuple[tuple[str, ...], int] | None:
    """The aside of each label, and where the list ends. None if these labels aren't listed there."""
    asides: list[str] = []
    for label in labels:
        if not text.startswith(label, at):
            return None
        at += len(label)
        aside = _ASIDE.match(text, at)
        asides.append(aside[1] if aside else "")
        at = aside.end() if aside else at
        between = "; " if len(asides) < len(labels) else end
        if not text.startswith(between, at):
            return None
        at += len(between)
    return tuple(asides), at


def drop_choices(text: str, choices: Sequence[tuple[str, str]]) -> str:
    """“Two are called ‘Adam’: Adam Novak (Brno) or Adam Nowak (Łódź)?” → “Two are called ‘Adam’. Which one do you
    mean?” if these choices, each a label and a detail, are shown below it and show all that it says of them. Other text
    is unchanged."""
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
    return f"{head}. Which one?" if re.search(r"\b(?:meant|you mean)\b", head) else f"{head}. Which one do you mean?"
