"""Clauses: splits a request at punctuation and conjunctions, and finds the first content word of each part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agent.validate.coverage.accounted_words import LIGHT, NOTHING, plain_word
from language.stems import split_runs

Word = tuple[str, int, int]

# A clause may begin after a punctuation mark or at a conjunction.
_BREAK: Final = re.compile(
    r"(?P<mark>[;!?\n()]|[.,:](?!\d)|\s[-–—]+\s)|(?<!\w)(?P<join>and|plus|but|then|so|or)(?!\w)|\s(?P<sign>[&+])\s",
    re.IGNORECASE,
)
MIND: Final = re.compile(r"(?<!\w)(?:do|would)\s+you\s+mind\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Clause:
    text: str
    start: int
    end: int
    joined: bool
    """Whether the clause begins with "and" or the like."""
    words: tuple[Word, ...]

    @property
    def ordering(self) -> Sequence[Word]:
        """The words of the order, without "would you mind"."""
        asked = MIND.search(self.text, self.start, self.end)
        return self.words if asked is None else [each for each in self.words if each[1] >= asked.end()]

    @property
    def head(self) -> Word | None:
        """The first content word. In an order, this is the verb."""
        said = (each for each in self.ordering if plain_word(each[0]) not in NOTHING)
        return next((each for each in said if plain_word(each[0]) not in LIGHT), None)


def split_clauses(text: str) -> Iterator[Clause]:
    start, joined = 0, False
    for found in _BREAK.finditer(text):
        if words := _split(text, start, found.start()):
            yield Clause(text, start, found.start(), joined, words)
        elif found["mark"] and joined:
            start = found.end()
            continue
        start, joined = found.end(), not found["mark"] and found[0].casefold() != "so"
    if words := _split(text, start, len(text)):
        yield Clause(text, start, len(text), joined, words)


def _split(text: str, start: int, end: int) -> tuple[Word, ...]:
    return tuple((word, at + start, last + start) for word, at, last in split_runs(text[start:end]))
