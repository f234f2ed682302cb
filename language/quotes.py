"""Quotations: quoted words, and the text after a colon or "saying". They are taken literally."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from language.text import Text

_QUOTE: Final = re.compile(
    r"\"(?P<double>[^\"]+)\"|`(?P<tick>[^`]+)`|(?<![\w])'(?P<single>(?=\S)(?:[^'\n]|'(?=\w))*?[^'\s](?:'(?=s?\s+\w+'(?!\w)))?)'(?![\w])"
)
# An unclosed quote ends with its sentence.
_OPEN: Final = re.compile(r"(?<!\S)['\"](?P<rest>[A-Z][^'\"\n]*?[.!?])(?=\s|$)")
_TAIL: Final = re.compile(
    r"\b(?P<label>[a-z][\w ]{1,24}?)\s*(?::|=|\s-)\s+(?P<rest>[^\n]+)"
    r"|\b(?P<verb>saying|that says|that reads|reading|says)\s+(?:that\s+)?(?P<said>[^\n\"']+)"
    r"|\b(?P<titled>called|named|titled|entitled|nicknamed|labelled|labeled)\s+(?P<name>[^\n\"',.;:!?]+)",
    re.IGNORECASE,
)
_NAME_STOP: Final = re.compile(
    r"(?<!\s)\s++(?:and|with|that|which|to|for|on|at|in|from|using|by|via|under|as|then|but|if|of|is|was|has|should|it|please)\b.*",
    re.IGNORECASE | re.DOTALL,
)
_DATE_STOP: Final = re.compile(
    r"(?<!\s)\s++(?:on|at|for|from|by|until|this|next)\s+(?:the\s+)?(?:\d|(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|"
    r"today|tomorrow|noon|next|this|half\s+past|\w+day\b).*",
    re.IGNORECASE | re.DOTALL,
)
_CAPITAL_STOP: Final = re.compile(
    r"(?<!\s)\s++(?:with|that|which|from|using|via|under|then|but|if|is|was|has|should|please|on|at|for)\s+(?![A-Z]).*",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Quote:
    """One quotation. ``start``/``end`` are those of the words inside. ``kind`` is "quoted", "tail" (after a colon),
    "said" or "named"; ``last`` says that nothing follows it."""

    start: int
    end: int
    outer_start: int
    outer_end: int
    kind: str
    last: bool = False


@lru_cache(maxsize=512)
def find(text: Text) -> tuple[Quote, ...]:
    made: list[Quote] = []
    for match in _QUOTE.finditer(text.plain):
        group = match.lastgroup or "double"
        made.append(Quote(*match.span(group), *match.span(), "quoted"))
    for match in _OPEN.finditer(text.plain):
        if not any(each.outer_start < match.end() and match.start() < each.outer_end for each in made):
            made.append(Quote(*match.span("rest"), *match.span(), "quoted"))
    for match in _TAIL.finditer(text.plain):
        if any(each.outer_start <= match.start() < each.outer_end for each in made):
            continue
        if match.group("name") is not None:
            start, end = match.span("name")
            written = match.group("name")
            written = (_CAPITAL_STOP if written[:1].isupper() else _NAME_STOP).sub("", written)
            written = _DATE_STOP.sub("", written).rstrip()
            kind = "named"
        elif match.group("said") is not None:
            start, end = match.span("said")
            written = match.group("said").rstrip()
            kind = "said"
        else:
            start, end = match.span("rest")
            written = match.group("rest").rstrip()
            kind = "tail"
            if written[:1] in "\"'`":
                continue
        end = start + len(written)
        if written:
            last = not text.plain[end:].strip(" .!?\n")
            made.append(Quote(start, end, match.start(), end, kind, last))
    return tuple(made)
