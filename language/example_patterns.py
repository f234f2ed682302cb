"""Example patterns: the words of an example in order, with a gap for each name, number, day and quote. A request of the
same pattern says the same about others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from language import numerals
from language.stems import EMPTY, is_past, stem
from language.text import blank_quotations, word_set
from language.wordnet import is_word

GAP: Final = "*"
PARTICLES: Final = frozenset(("back", "off", "in", "out", "up", "down", "over", "on", "again", "away", "through"))
_OWNERS: Final = re.compile(r"['’]s?(?=\s|$)")
_TOKEN: Final = re.compile(r"\S+")
_UNITS: Final = word_set(
    "second seconds minute minutes hour hours day days night nights week weeks month months year years"
)
_ARTICLES: Final = frozenset(("the", "a", "an", "please"))
_TENSE: Final = frozenset(("is", "are", "was", "were", "has", "have", "had", "been", "just", "got", "now", "already"))
"""What says when something is so and changes nothing of it, but for where it begins a question."""
_DOES: Final = _TENSE | frozenset(
    ("goes", "needs", "wants", "gets", "comes", "leaves", "stays", "takes", "pays", "moves", "will", "can", "should")
)
"""What follows a name at the beginning, also one that is a word: "Poppy is here"."""
_LEAST: Final = 2
"""Words of a pattern that say something, so that it is none that fits nearly everything; "5 is done" has just one."""
_MOST_NAMED: Final = 3
"""Words of a name that is typed without capitals."""


class _Word(NamedTuple):
    """A word of a text: its stem, or the gap; empty if a pattern leaves it out."""

    said: str
    start: int
    end: int


def read_pattern(text: str) -> tuple[str, ...]:
    """The stems of a text in order. Names, numbers, codes, quotes and the words after a colon are gaps."""
    return _join(_read(text))


def tells_enough(pattern: Sequence[str]) -> bool:
    """Whether a pattern says so much that what fits it means the same."""
    telling = sum(each != GAP and each not in EMPTY for each in pattern)
    apart = telling == 1 and not PARTICLES.isdisjoint(pattern)  # "check Ada in", "check Ada out"
    lone = len(pattern) >= _LEAST and pattern[0] == GAP and pattern.count(GAP) == 1
    return telling >= _LEAST or apart or lone


def find_gaps(text: str, pattern: Sequence[str]) -> list[tuple[int, int]] | None:
    """The places of a text that stand in the gaps of a pattern, of letters alone. Names may be typed without capitals.
    None if the text has another pattern."""
    said = [each for each in _read(text) if each.said]
    if len(said) > _MOST_NAMED * len(pattern):
        return None
    taken = _align(tuple(each.said for each in said), tuple(pattern))
    if taken is None:
        return None
    gaps: list[tuple[int, int]] = []
    at = 0
    for each, count in zip(pattern, taken, strict=True):
        if each == GAP:
            gaps.append((said[at].start, said[at + count - 1].end))
        at += count
    return [(start, end) for start, end in gaps if all(map(str.isalpha, text[start:end].split()))]


def _align(said: tuple[str, ...], pattern: tuple[str, ...]) -> list[int] | None:
    """How many words each part of a pattern stands for."""
    if not said or not pattern:
        return [] if not said and not pattern else None
    if pattern[0] != GAP:
        rest = _align(said[1:], pattern[1:]) if said[0] == pattern[0] else None
        return None if rest is None else [1, *rest]
    for count in range(1, len(said) + 1):
        if said[count - 1] != GAP and (said[count - 1] in EMPTY or count > _MOST_NAMED):
            return None
        if said[count : count + 1] != (GAP,) and (rest := _align(said[count:], pattern[1:])) is not None:
            return [count, *rest]
    return None


def find_said(text: str, examples: Iterable[str]) -> list[tuple[int, int]]:
    """The places of the words that a text has in common with an example of its pattern. Empty if it has no such
    pattern."""
    said = _read(text)
    pattern = _join(said)
    if not tells_enough(pattern) or all(read_pattern(each) != pattern for each in examples):
        return []
    return [(each.start, each.end) for each in said if each.said != GAP]


def _begins_told(rest: str) -> bool:
    """Whether what follows a text's first word tells something of it."""
    following = rest.split(maxsplit=1)[:1]
    return bool(following) and (following[0] in _DOES or following[0].endswith(("n't", "n’t")))


@lru_cache(maxsize=4096)
def _join(words: tuple[_Word, ...]) -> tuple[str, ...]:
    made: list[str] = []
    for each in words:
        if each.said and not (each.said == GAP and made[-1:] == [GAP]):
            made.append(each.said)
    return tuple(made)


@lru_cache(maxsize=4096)
def _read(text: str) -> tuple[_Word, ...]:
    head, colon, _ = text.partition(": ")
    quoted = blank_quotations(head)
    numbers = [(each.start, each.end) for each in numerals.find_typed(head)]
    made: list[_Word] = []
    for at, found in enumerate(_TOKEN.finditer(head)):
        word = _OWNERS.sub("", found[0]).strip(".,;!?\"“”‘’'")
        low = word.casefold()
        slot = (
            not word
            or not quoted[found.start() : found.end()].strip()
            or not word.replace("-", "").isalpha()
            or (word[:1].isupper() and (at > 0 or not is_word(low) or _begins_told(head[found.end() :])))
            or any(start <= found.start() < end for start, end in numbers)
        )
        before = next((each.said for each in reversed(made) if each.said), "")
        # "Gave 7 to Ada" and "moved 7" tell what "give 7 to Ada" and "move 7" ask for.
        said = GAP if slot else low if is_past(low) else stem(low)
        if low.endswith(("n't", "n’t")):
            said = "not"
        elif not slot and (low in _ARTICLES or (before and low in _TENSE) or (low in _UNITS and before == GAP)):
            said = ""
        made.append(_Word(said, *found.span()))
    return (*made, _Word(GAP, len(head), len(text))) if colon else tuple(made)
