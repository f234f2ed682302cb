"""Dictated numbers: those that are said figure by figure or in pairs, 5524 for "fifty five twenty four"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from language import numerals
from language.text import read_text

_FEWEST: Final = 3


def find_dictated(text: str) -> Iterator[tuple[str, int, int]]:
    """The figures of each run of number words, and its place."""
    run, start, end = "", 0, -1
    for each in numerals.find(read_text(text)):
        spoken = each.kind == "cardinal" and text[each.start : each.end].replace(" ", "").replace("-", "").isalpha()
        if spoken and run and not text[end : each.start].strip(" -"):
            run, end = f"{run}{each.value}", each.end
            continue
        if len(run) >= _FEWEST:
            yield run, start, end
        run, start, end = (str(each.value), each.start, each.end) if spoken else ("", 0, -1)
    if len(run) >= _FEWEST:
        yield run, start, end
