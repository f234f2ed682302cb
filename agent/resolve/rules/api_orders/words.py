"""Words of an order: its tokens with where they were typed, and its parts between prepositions."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from agent.planning.proposal import Words
from language.stems import stem
from language.text import word_set

PREPOSITIONS: Final = word_set(
    "in on from of for to into onto with as at by under called named titled using via within"
)
DETERMINERS: Final = word_set("the a an this that my our your his her their its these those some new existing current")
POLITE: Final = word_set(
    "please pls now kindly just also then and hi hey hello thanks could can would will you i we want need to like"
)
_TOKEN: Final = re.compile(r"\"[^\"]+\"|“[^”]+”|'[^'\s][^']*'(?!\w)|‘[^’]+’|\S+")
_OPEN, _CLOSE = "\"“‘'(", "\"”’').,;!?"
MOST_TOKENS: Final = 40
_MOST_SPLITS: Final = 5


@dataclass(frozen=True, slots=True)
class Token:
    """``start`` to ``end`` without quotes and marks; ``colon``: a colon ends it; ``owns``: it had a possessive 's."""

    start: int
    end: int
    low: str
    quoted: bool = False
    colon: bool = False
    owns: bool = False

    @property
    def stem(self) -> str:
        return stem(self.low)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of tokens behind a preposition; ``by`` is ``""`` for the object, ``":"`` after a colon."""

    by: str
    tokens: tuple[Token, ...]

    @property
    def plain(self) -> tuple[Token, ...]:
        """Without the determiners before it."""
        return tuple(itertools.dropwhile(lambda each: each.low in DETERMINERS and not each.quoted, self.tokens))


def read_tokens(text: str) -> tuple[Token, ...]:
    made = []
    for found in _TOKEN.finditer(text):
        said = found[0]
        start, end = found.span()
        quoted = len(said) > 2 and said[0] in _OPEN[:4] and said[-1] in _CLOSE[:4]
        if quoted:
            made.append(Token(start + 1, end - 1, said[1:-1].casefold(), quoted=True))
            continue
        plain = said.rstrip(_CLOSE + ":")
        tail = said[len(plain) :]
        plain = plain.lstrip(_OPEN)
        start = end - len(tail) - len(plain)
        if not plain:
            continue
        owns = bool(re.search(r"['’]s\Z", plain)) and len(plain) > 2
        plain = plain[:-2] if owns else plain
        made.append(
            Token(
                start,
                start + len(plain),
                plain.casefold(),
                colon=":" in tail,
                owns=owns,
            )
        )
    return tuple(made)


def quote(text: str, tokens: Sequence[Token]) -> Words:
    """The words as they were typed."""
    start, end = tokens[0].start, tokens[-1].end
    return Words(text=text[start:end], start=start)


def split_parts(tokens: Sequence[Token]) -> Iterator[tuple[Part, ...]]:
    """Each way to cut an order at its prepositions, the most cuts first: a preposition may belong to a name."""
    colon = next((at for at, each in enumerate(tokens) if each.colon and not each.quoted), None)
    told: tuple[Part, ...] = ()
    if colon is not None and colon + 1 < len(tokens):
        told = (Part(":", tuple(tokens[colon + 1 :])),)
        tokens = tokens[: colon + 1]
    at = [
        place
        for place, each in enumerate(tokens)
        if each.low in PREPOSITIONS and not each.quoted and place + 1 < len(tokens)
    ]
    at = at[:_MOST_SPLITS]
    for count in range(len(at), -1, -1):
        for chosen in itertools.combinations(at, count):
            ends = (*chosen, len(tokens))
            first = Part("", tuple(tokens[: ends[0]]))
            rest = tuple(
                Part(tokens[here].low, tuple(tokens[here + 1 : after])) for here, after in itertools.pairwise(ends)
            )
            if all(each.plain for each in rest):
                yield tuple(_owned(each for each in (first, *rest) if each.tokens)) + told


def _owned(parts: Iterator[Part]) -> Iterator[Part]:
    """ "Ada's email" is the email of Ada."""
    for part in parts:
        place = next((at for at, each in enumerate(part.tokens) if each.owns), None)
        if place is None or place + 1 == len(part.tokens):
            yield part
            continue
        yield Part(part.by, part.tokens[place + 1 :])
        yield Part("of", part.tokens[: place + 1])
