"""Nothing without a source: where the words a model gave stand in the words a person typed.

A span's text is always the person's, never the model's. What can't be found is not an argument.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from rapidfuzz.distance import OSA

from agent.pipeline import Request, Span

_QUOTES: Final = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "`": "'"}
)
_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_NEAR: Final = 0.85  # least similarity of a misspelt mention: one slip in seven characters
_LEAST_FUZZY: Final = 4  # shorter words have too many neighbours
_TRIM: Final = " \t\n\r,;:.!?\"'()[]{}"
_WORD: Final = re.compile(r"\w+(?:['’.@/:-]\w+)*")


class Words(NamedTuple):
    """What a person typed in one place: the request (origin 0) or the n-th answer."""

    origin: int
    text: str


def typed(request: Request) -> tuple[Words, ...]:
    """Everything the person typed. A picked candidate's label is a record's words, not the person's, and is left
    out."""
    said = (Words(number, answer.text) for number, answer in enumerate(request.answers, 1) if answer.text)
    return (Words(0, request.text), *said)


def locate(mention: str, typed: Sequence[Words], *, taken: Iterable[Span] = ()) -> tuple[Span, ...]:
    """Where ``mention`` was typed: as it stands, else without regard to case, spaces, quotes and dashes, else word for
    word in order though not side by side, else with a slip of the pen. Empty when it was not typed.

    Digits are never guessed: a misspelt mention must have exactly the digits that were typed. A place not in ``taken``
    (spans other arguments stand on) is preferred. Later words win over earlier ones, since an answer corrects the
    request.
    """
    wanted = mention.strip(_TRIM)
    if not wanted:
        return ()
    used = tuple(taken)
    for find in (_as_it_stands, _folded):
        places = [Span(origin=o, start=s, end=e, text=t[s:e]) for o, t in reversed(typed) for s, e in find(wanted, t)]
        if places:
            return (next((place for place in places if not any(overlap(place, other) for other in used)), places[0]),)
    for scattered in (_in_order, _nearly):
        for origin, text in reversed(typed):
            if found := scattered(wanted, text):
                return tuple(Span(origin=origin, start=start, end=end, text=text[start:end]) for start, end in found)
    return ()


def pieces(mention: str, typed: Sequence[Words], *, taken: Iterable[Span] = ()) -> tuple[Span, ...]:
    """As ``locate``; but where a model completed what was typed ("Los Angeles, CA" for "Los Angeles"), the part before
    its comma."""
    used = tuple(taken)
    found = locate(mention, typed, taken=used)
    head, comma, _ = mention.partition(",")
    return found or (locate(head, typed, taken=used) if comma and len(head.strip()) >= _LEAST_FUZZY else ())


def fold(text: str) -> tuple[str, list[int]]:
    """``text`` without case, width, quote, dash and space differences, and for each character of that the offset it
    came from."""
    made: list[str] = []
    at: list[int] = []
    for offset, char in enumerate(text):
        plain = " " if char.isspace() else char
        for each in unicodedata.normalize("NFKC", plain).translate(_QUOTES).translate(_DASHES).casefold():
            if each == " " and made and made[-1] == " ":
                continue
            if unicodedata.category(each) == "Cf":
                continue
            made.append(each)
            at.append(offset)
    return "".join(made), at


def _as_it_stands(wanted: str, text: str) -> list[tuple[int, int]]:
    return [place for place in _occurrences(wanted, text) if _whole(text, *place)]


def _folded(wanted: str, text: str) -> list[tuple[int, int]]:
    plain, at = fold(text)
    sought = fold(wanted)[0].strip()
    found = _occurrences(sought, plain) if sought else []
    return [(at[start], at[end - 1] + 1) for start, end in found if _whole(plain, start, end)]


def _in_order(wanted: str, text: str) -> list[tuple[int, int]]:
    """Every word of ``wanted``, each after the one before and all within a few words of each other; two words at
    least."""
    sought = [fold(word)[0] for word in _WORD.findall(wanted)]
    if len(sought) < 2:
        return []
    words = [(fold(found.group())[0], found.span()) for found in _WORD.finditer(text)]
    for begin in range(len(words)):
        places: list[tuple[int, int]] = []
        position = begin
        for word in sought:
            step = next((n for n in range(position, min(position + 4, len(words))) if _same(word, words[n][0])), None)
            if step is None or (not places and step != begin):
                break
            places.append(words[step][1])
            position = step + 1
        if len(places) == len(sought):
            return places
    return []


def _nearly(wanted: str, text: str) -> list[tuple[int, int]]:
    """The run of words most like ``wanted``, if it is like it enough."""
    sought = fold(wanted)[0].strip()
    if len(sought) < _LEAST_FUZZY:
        return []
    words = [found.span() for found in _WORD.finditer(text)]
    size = max(1, len(_WORD.findall(wanted)))
    best: tuple[float, int, int] | None = None
    for count in {max(1, size - 1), size, size + 1}:
        for first in range(len(words) - count + 1):
            start, end = words[first][0], words[first + count - 1][1]
            there = fold(text[start:end])[0]
            if _digits(there) != _digits(sought):
                continue
            score = OSA.normalized_similarity(sought, there)
            if score >= _NEAR and (best is None or score > best[0]):
                best = (score, start, end)
    return [best[1:]] if best else []


def _same(wanted: str, there: str) -> bool:
    return there in (wanted, f"{wanted}'s", f"{wanted}'")


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _occurrences(wanted: str, text: str) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    start = text.find(wanted)
    while start >= 0:
        found.append((start, start + len(wanted)))
        start = text.find(wanted, start + 1)
    return found


def _whole(text: str, start: int, end: int) -> bool:
    """Whether the place is whole words: "12" is not said by "1042". A unit may follow a number ("45USD" says "45")."""
    before, first = text[start - 1 : start], text[start]
    last, after = text[end - 1], text[end : end + 1]
    opens = not (before and _joined(before) and _joined(first))
    closes = not (after and _joined(last) and _joined(after)) or (last.isdigit() and after.isalpha())
    # 4.25 doesn't say "25", and 1,042 doesn't say "42".
    inside = (
        (first.isdigit() and before in (".", ",") and text[start - 2 : start - 1].isdigit())
        or (last.isdigit() and after in (".", ",") and text[end + 1 : end + 2].isdigit())
    )  # fmt: skip
    return opens and closes and not inside


_SPACELESS: Final = ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR")


def _joined(char: str) -> bool:
    """Letters and digits of scripts that put spaces between words."""
    return (char.isalnum() or char == "_") and not unicodedata.name(char, "").startswith(_SPACELESS)


def overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a character."""
    return one.origin == other.origin and one.start < other.end and other.start < one.end
