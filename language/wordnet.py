"""WordNet: which words are English, which are synonyms, and which phrasal verbs mean a plain one.

The lists are in ``language/english`` (its README says how they are made) and are read once, on first use.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

FOLDER: Final = Path(__file__).parent / "english"
# Ending → what a word may end in without it, for the few regular forms of English.
_ENDINGS: Final = (
    ("s", ("",)), ("es", ("",)), ("ies", ("y",)), ("ed", ("", "e")), ("ied", ("y",)), ("ing", ("", "e")), ("ly", ("",)),
    ("er", ("", "e")), ("est", ("", "e")),
)  # fmt: skip
_WORD: Final = re.compile(r"[^\W\d_]+")
_FEWEST_WORDS: Final = 4
_HISSING: Final = ("s", "x", "z", "ch", "sh", "o")


@lru_cache(maxsize=16_384)
def is_word(word: str) -> bool:
    """Whether a lower-case word is English, as a lemma or in a regular form ("cancelled", "boxes")."""
    words = load_lexicon()
    if word in words:
        return True
    for ending, others in _ENDINGS:
        if not word.endswith(ending) or len(word) < len(ending) + 3:
            continue
        root = word[: -len(ending)]
        if ending in ("s", "es") and root.endswith(_HISSING) != (ending == "es"):
            continue
        doubled = ending in ("ed", "ing", "er", "est") and root[-1] == root[-2]
        if any(root + other in words for other in others) or (doubled and root[:-1] in words):
            return True
    return False


def is_english(text: str) -> bool:
    """Whether a text reads as English: at least half of its words are English, or there are too few to tell."""
    words = _WORD.findall(text.casefold())
    if not words:
        return not any(char.isalpha() for char in text)
    known = sum(is_word(word) for word in words)
    return 2 * known >= len(words) or (len(words) < _FEWEST_WORDS and all(word.isascii() for word in words))


@cache
def load_lexicon() -> frozenset[str]:
    """Common words, lower case, in their dictionary form."""
    return frozenset(_read("lexicon").split())


@lru_cache(maxsize=4096)
def find_similar_stems(stem: str, *, verb: bool = False) -> Mapping[str, float]:
    """Stem → stems of synonyms, each with the share (0 to 1) of the first's uses that have this meaning. ``verb``
    selects verbs, otherwise nouns and adjectives."""
    line = _lines("verbs" if verb else "things").get(stem)
    pairs = (each.partition("=") for each in line.split()) if line else ()
    return MappingProxyType({other: float(weight) for other, _, weight in pairs})


def rate_similarity(stem: str, others: Collection[str], *, verb: bool = False) -> float:
    """How likely ``stem`` and one of ``others`` mean the same (0 to 1)."""
    near = find_similar_stems(stem, verb=verb)
    return max(
        (max(near.get(each, 0.0), find_similar_stems(each, verb=verb).get(stem, 0.0)) for each in others), default=0.0
    )


@cache
def load_phrasal_verbs() -> Mapping[str, str]:
    """Verbs of several words → the plain verb: "call off" → "cancel"."""
    lines = (line.partition(" = ") for line in _read("phrasal").splitlines())
    return MappingProxyType({phrase: plain for phrase, _, plain in lines})


@cache
def _lines(name: str) -> Mapping[str, str]:
    return {word: rest for word, _, rest in (line.partition(" ") for line in _read(name).splitlines())}


def _read(name: str) -> str:
    return (FOLDER / f"{name}.txt").read_text("utf-8")
