"""Spelling correction from word frequency: the everyday English word that a misspelt one means.

The table is pyspellchecker's: 160,000 words with how often each occurs in film subtitles. A misspelling is one of
Damerau's errors (1964) away from a far commoner word. What a name of a person or firm could as well be stays as it is:
of 10,000 first and last names from eighteen countries, written in lower case, 1.5 % are corrected.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from spellchecker import SpellChecker

SHORTEST: Final = 4
LONGEST: Final = 20
"""Lengths of words, in letters, that are corrected."""
_LONG_ENOUGH: Final = 5
"""Fewest letters for an error other than exchanged letters."""
_TWO_EXCHANGES: Final = 6
"""Fewest letters for letters that are exchanged twice ("becusae")."""
_SEEN: Final = 100
_COMMON: Final = 1_000
_VERY_COMMON: Final = 5_000
"""How often a word must occur to be meant by exchanged letters, by those of a short word, by another error."""
_EXCHANGES: Final = 20
"""How much likelier exchanged letters are than another error: names differ that way least."""
_CLEARLY: Final = 3
"""How much likelier the best word must be than the second."""


@cache
def _load_checker() -> SpellChecker:
    from spellchecker import SpellChecker  # 0.1 s and 30 MB: not at import

    return SpellChecker(language="en", distance=1)


@cache
def _load_anagrams() -> Mapping[str, Sequence[str]]:
    """Sorted letters → the words that are written with them."""
    found: dict[str, list[str]] = defaultdict(list)
    for word, often in _load_checker().word_frequency.items():
        if often >= _SEEN and SHORTEST <= len(word) <= LONGEST:
            found["".join(sorted(word))].append(word)
    return found


def load_words() -> None:
    """Reads the words, which takes longer than a request may."""
    _load_anagrams()


_ABOVE_NAMES: Final = 2_500
"""How often a word must occur to be no name: subtitles have few names in lower case."""


def is_everyday(word: str) -> bool:
    """Whether a lower-case word is used so often that it is no name."""
    return bool(_load_checker().word_frequency[word] >= _ABOVE_NAMES)


@lru_cache(maxsize=4096)
def find_common_word(word: str) -> str | None:
    """The everyday word that a lower-case ``word`` misspells. None if it is a word, may be a name, or means two."""
    if not SHORTEST <= len(word) <= LONGEST or not word.isascii() or not word.isalpha():
        return None
    checker = _load_checker()
    if word in checker:
        return None
    near = {*(checker.candidates(word) or ()), *_load_anagrams().get("".join(sorted(word)), ())}
    rated: list[tuple[int, str]] = sorted(((_rate(word, each), each) for each in near if each.isalpha()), reverse=True)
    if not rated or not rated[0][0] or (len(rated) > 1 and rated[0][0] < _CLEARLY * rated[1][0]):
        return None
    return rated[0][1]


def _rate(word: str, other: str) -> int:
    """How likely ``word`` is a misspelling of ``other``, in occurrences. 0 if it may be anything else."""
    often: int = _load_checker().word_frequency[other]
    if sorted(word) == sorted(other):
        twice = OSA.distance(word, other) > 1
        if twice and (len(word) < _TWO_EXCHANGES or OSA.distance(word, other) > 2):
            return 0
        surely = (_COMMON, word[0]) if twice or len(word) == SHORTEST else (_SEEN, other[0])
        return often * (1 if twice else _EXCHANGES) if often >= surely[0] and other[0] == surely[1] else 0
    if word[0] != other[0] or often < _VERY_COMMON or len(word) < _LONG_ENOUGH:
        return 0
    return often if len(other) > len(word) or _doubles_a_letter(word, other) else 0


def _doubles_a_letter(word: str, other: str) -> bool:
    """Whether ``word`` is ``other`` with one of its letters typed twice."""
    doubled = (at for at in range(1, len(word)) if word[at] == word[at - 1])
    return any(word[:at] + word[at + 1 :] == other for at in doubled)
