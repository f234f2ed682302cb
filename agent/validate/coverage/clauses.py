"""Clauses: splits a request at punctuation and conjunctions, and finds the first content word of each part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agent.validate.coverage.accounted_words import LIGHT, NOTHING, Accounts, plain_word
from agent.validate.coverage.weighty_patterns import TIMES, UNITS
from language.stems import EMPTY, split_runs, stem, stem_text
from language.text import word_set

Word = tuple[str, int, int]

# A clause may begin after a punctuation mark or at a conjunction.
_BREAK: Final = re.compile(
    r"(?P<mark>[;!?\n()]|[.,:](?!\d)|\s[-–—]+\s)|(?<!\w)(?P<join>and|plus|but|then|so|or)(?!\w)|\s(?P<sign>[&+])\s",
    re.IGNORECASE,
)
FOR: Final = re.compile(
    r"for\s+(?P<whose>(?:the|an?|his|her|its|their|our|my|your|this|that|these|those|all|each|every|one|another|some)\s+)?"
    r"(?P<what>[^,;.!?\n]*)",
    re.IGNORECASE,
)
_STRETCHES: Final = UNITS | frozenset(
    stem_text("weekend spring summer autumn winter term semester season holidays period trial")
)
_PEOPLE: Final = frozenset(
    stem_text(
        "sister brother mother father mum mom dad son daughter wife husband partner friend kid child cousin uncle"
        " aunt colleague boss neighbour neighbor team class band"
    )
)
_IDIOMS: Final = word_set("example instance fun sure real starters")
_A_NAME: Final = 2
"""Most words of a bare noun: "theory", "piano practice"."""
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


def is_no_reason(clause: Clause, at: int, by: Accounts) -> bool:
    """Whether "for" at a place tells how long, for whom or which one, and not why.

    It does before a stretch of time, a person and a bare noun that ends the clause. "For the delay", "for her good
    work" and "for winning" are reasons.
    """
    said = FOR.match(clause.text, at, clause.end)
    runs = [*split_runs(said["what"])] if said is not None else []
    runs = runs[: next((step for step, run in enumerate(runs) if run[0].casefold() in EMPTY), len(runs))]
    if said is None or not runs or plain_word(runs[0][0]) in _IDIOMS:
        return False
    words, (_, _, end) = [plain_word(word) for word, _, _ in runs], runs[-1]
    roots = [*map(stem, words)]
    if roots[-1] in TIMES - _STRETCHES or {*words} <= by.shown:
        return False  # "for Christmas", "waive 7 for Ada", whose it is
    if words[0].endswith("ing") and roots[0] not in _STRETCHES:
        return False  # "for waiting so long"
    tail = said["what"][end:].strip()  # "for Ada Berg not Bo"
    bare = said["whose"] is None and len(words) <= _A_NAME and (not tail or tail.startswith("not "))
    return roots[-1] in _STRETCHES | _PEOPLE or bare
