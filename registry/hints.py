"""'Did you mean …?': the nearest known name, in bounded time whatever was typed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from rapidfuzz import fuzz, process

_LEAST: Final = 60.0
_MOST_NAMES: Final = 1_000
_MOST_CHARS: Final = 128


def find_nearest(name: str, known: Iterable[str]) -> str | None:
    """The nearest of the names. None if none is near."""
    if len(name) > _MOST_CHARS:
        return None
    among = [each for each in islice(known, _MOST_NAMES) if len(each) <= _MOST_CHARS]
    found = process.extractOne(name, among, scorer=fuzz.ratio, score_cutoff=_LEAST)
    return found[0] if found else None
