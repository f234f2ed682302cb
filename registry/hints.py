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
    """The nearest of the names. None if none is near. What dotted names begin with alike makes none nearer."""
    if len(name) > _MOST_CHARS:
        return None
    among = [each for each in islice(known, _MOST_NAMES) if len(each) <= _MOST_CHARS]
    found = process.extractOne(name, among, scorer=_rate, score_cutoff=_LEAST)
    return found[0] if found else None


def _rate(one: str, other: str, *, score_cutoff: float | None = None) -> float:
    """0 to 100: how alike the names are behind what they share up to a dot, by letters or by whole words."""
    parts, others = one.split("."), other.split(".")
    shared = next((at for at, (a, b) in enumerate(zip(parts, others, strict=False)) if a != b), len(parts))
    rest, of_other = ".".join(parts[shared:]), ".".join(others[shared:])
    by_words = fuzz.token_set_ratio(*(each.replace(".", " ").replace("_", " ") for each in (rest, of_other)))
    return max(fuzz.ratio(rest, of_other, score_cutoff=score_cutoff), by_words if by_words == 100 else 0)
