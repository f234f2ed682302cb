"""'Did you mean …?': the nearest of the names that are known, found in time that nobody's spelling can stretch."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Final

from rapidfuzz import fuzz, process

_LEAST: Final = 60.0
_MOST_NAMES: Final = 1_000
_MOST_CHARS: Final = 128


def nearest(name: str, known: Iterable[str]) -> str | None:
    """None where nothing is near."""
    if len(name) > _MOST_CHARS:
        return None
    among = [each for each in islice(known, _MOST_NAMES) if len(each) <= _MOST_CHARS]
    found = process.extractOne(name, among, scorer=fuzz.ratio, score_cutoff=_LEAST)
    return found[0] if found else None
