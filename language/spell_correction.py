"""Spelling correction: the word of a closed set that a misspelt word means.

It allows Damerau's four errors (1964: deletion, insertion, substitution, transposition), at most one in a short word
and two in a long one. It never changes an English word, and never chooses between two equally near words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from language.stems import stem
from language.wordnet import is_word

SHORTEST: Final = 4
"""Shorter words are never corrected. For an intended word of this length, only two exchanged letters are corrected."""
LONG: Final = 9
"""Length from which two slips are corrected."""


class Speller:
    """Corrects words against a closed set (lower case). Immutable, so safe to share."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(word for word in words if len(word) >= SHORTEST and word.isalpha())
        self._beginning: dict[tuple[str, int], list[str]] = defaultdict(list)
        """Words by first letter and length: a slip changes neither by much."""
        for word in sorted(self._words):
            self._beginning[word[0], len(word)].append(word)
        self._known: dict[str, str | None] = {}

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def meant(self, word: str) -> str | None:
        """The one word that a lower-case ``word`` misspells. None if it is a word, or if none or several are near."""
        if len(word) < SHORTEST or not word.isalpha() or word in self._words:
            return None
        if word not in self._known:
            if len(self._known) > 10_000:
                self._known.clear()
            self._known[word] = None if is_word(word) else self._nearest(word)
        return self._known[word]

    def complete(self, word: str) -> str | None:
        """The one word that a lower-case ``word`` begins, if it is an abbreviation: "prio" for "priority"."""
        begun = [each for each in self._words if each.startswith(word)] if len(word) >= SHORTEST else []
        return min(begun, key=len) if len({stem(each) for each in begun}) == 1 else None

    def _nearest(self, word: str) -> str | None:
        near = self.near(word)
        if not near or (len(near) > 1 and near[1][0] == near[0][0]):
            return None
        return near[0][1]

    def near(self, word: str) -> list[tuple[float, str]]:
        """The words that a lower-case ``word`` may be a misspelling of, nearest first, with their distance."""
        near: list[tuple[float, str]] = []
        most = 2 if len(word) >= LONG else 1
        for letter in {word[0], word[1]}:
            for length in range(len(word) - most, len(word) + most + 1):
                words = self._beginning.get((letter, length), ())
                for other, _, _ in process.extract(word, words, scorer=OSA.distance, score_cutoff=most, limit=None):
                    if letter == word[0] or other[1] == word[0]:
                        far = measure_distance(word, other)
                        if far is not None:
                            near.append((far if letter == word[0] else far + 0.1, other))
        return sorted(near)


def measure_distance(word: str, other: str) -> float | None:
    """Edit distance: 1 for each error, a little more for a substitution, which is rarer; None where it is too far."""
    most = 2 if min(len(word), len(other)) >= LONG else 1
    if len(other) == SHORTEST and sorted(word) != sorted(other):
        return None
    if abs(len(word) - len(other)) > most:
        return None
    far = OSA.distance(word, other, score_cutoff=most)
    if far > most:
        return None
    return far + (0.2 if len(word) == len(other) and sorted(word) != sorted(other) else 0.0)


def is_same_word(word: str, other: str) -> bool:
    """Whether ``word`` is ``other`` or a misspelling of it. Both in lower case."""
    if word == other:
        return True
    if min(len(word), len(other)) < SHORTEST or word[:1] != other[:1] or not word.isalpha():
        return False
    return measure_distance(word, other) is not None and not is_word(word)
