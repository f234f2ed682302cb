"""Fuzzy search: any part of a name, without accents, with a typo forgiven; codes and addresses exactly."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, Literal

from rapidfuzz.distance import OSA

By = Literal["name", "number", "email", "text"]

_PLAIN: Final = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i"})
_WORDS: Final = re.compile(r"\w+")


def fold(text: str) -> str:
    """Lower case without accents and invisible characters: ``Łukasz Ré\u200b`` → ``lukasz re``."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    seen = (char for char in apart if unicodedata.category(char) not in ("Mn", "Cf"))
    return "".join(seen).translate(_PLAIN)


def split_words(text: str) -> list[str]:
    """The folded words; a possessive ending is not part of a name (``Adam's`` → ``adam``)."""
    return _WORDS.findall(re.sub(r"['’]s\b", "", fold(text)))


def rank(rows: Iterable[dict[str, Any]], text: str, searched: Mapping[str, By]) -> list[dict[str, Any]]:
    """The matching rows, best first and stable. Where some match every word, those that match fewer are left out."""
    scored = [
        (max((_score(str(row[name]), text, way) for name, way in searched.items()), default=(0.0, 0.0)), row)
        for row in rows
    ]
    matched = [pair for pair in scored if pair[0] > (0.0, 0.0)]
    if any(coverage == 1.0 for (coverage, _), _ in matched):
        matched = [pair for pair in matched if pair[0][0] == 1.0]
    return [row for _, row in sorted(matched, key=lambda pair: pair[0], reverse=True)]


def _score(value: str, text: str, way: By) -> tuple[float, float]:
    """``(share of the words that matched, how well)``."""
    if way == "email":
        return (1.0, 1.0) if value.casefold() == text.strip().casefold() else (0.0, 0.0)
    if way == "number":
        return (1.0, 1.0) if _same_code(value, text) else (0.0, 0.0)
    asked, there = split_words(text), split_words(value)
    if not asked or not there:
        return (0.0, 0.0)
    fits = [_best(word, there) for word in asked]
    hits = [fit for fit in fits if fit > 0]
    return (len(hits) / len(asked), sum(hits) / len(asked))


def _best(word: str, there: Sequence[str]) -> float:
    return max(_alike(word, each) for each in there)


def _alike(asked: str, there: str) -> float:
    if asked == there:
        return 1.0
    if len(asked) >= 3 and there.startswith(asked):
        return 0.9
    shorter, longer = sorted((len(asked), len(there)))
    allowed = 0 if shorter < 3 or longer < 4 else 1 if longer < 8 else 2
    distance = OSA.distance(asked, there, score_cutoff=allowed)
    return 0.8 - 0.2 * distance if 0 < distance <= allowed else 0.0


def _same_code(value: str, text: str) -> bool:
    """``INV-1042`` is found by INV-1042, inv1042, #1042 and 1042; a slug also by its words."""
    plain, asked = (re.sub(r"[^a-z0-9]", "", fold(each)) for each in (value, text))
    if not asked:
        return False
    return asked == plain or (asked.isdigit() and asked == re.sub(r"\D", "", plain))
