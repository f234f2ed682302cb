"""Dictated numbers, said digit by digit or in pairs: 5524 for "fifty five twenty four", 2107 for "twenty one oh
seven"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from language import numerals
from language.text import read_text

_FEWEST: Final = 3
_ZEROS: Final = re.compile(r"(?:[\s-]*\boh?\b)*[\s-]*", re.IGNORECASE)

_ZERO: Final = re.compile(r"\boh?\b", re.IGNORECASE)


def find_dictated(text: str) -> Iterator[tuple[str, int, int]]:
    """The digits of each run of number words, and its place."""
    run, start, end = "", 0, -1
    for each in numerals.find(read_text(text)):
        spoken = each.kind == "cardinal" and text[each.start : each.end].replace(" ", "").replace("-", "").isalpha()
        if spoken and run and (between := _ZEROS.fullmatch(text, end, each.start)) is not None:
            run, end = f"{run}{'0' * len(_ZERO.findall(between[0]))}{each.value}", each.end
            continue
        if len(run) >= _FEWEST:
            yield run, start, end
        run, start, end = (str(each.value), each.start, each.end) if spoken else ("", 0, -1)
    if len(run) >= _FEWEST:
        yield run, start, end
