"""Told clauses: what a request tells beside its order ("the bath is broken, give Ada the tub")."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterator
from typing import Final

from agent.resolve.rules.clauses import gives_order
from agent.resolve.rules.grammar import lexicon
from language.example_patterns import PARTICLES
from language.stems import EMPTY, is_past, stem
from language.text import word_set
from language.wordnet import find_similar_stems, is_word

Place = tuple[int, int]
_BOUND: Final = re.compile(r",?\s(?:because|since)\s|[,;.!\n]\s+|\s[-–—]+\s", re.IGNORECASE)
_BINDS: Final = re.compile(
    r"(?<!\w)(?:if|unless|when|once|until|till?|before|after|except|but|only|instead|rather|also|and|or|then|please|both"
    r"|should|must|shall|can|could|may|might|would|will|want|not|never|no|none|without|all|every|each|you|do|don['’]?t"
    r"|others?|half|rest|another|too|more|less|fewer|later|earlier|sooner|said|told|wrote|meant"
    r"|(?:want|wish|hop|prefer|ask|expect|intend|promis|agre|mention|say|tell|allow)(?:s|es|ed|ing|e|d)?)(?!\w)|\d",
    re.IGNORECASE,
)
"""Words by which more is done, less, or not yet, or that somebody wishes it. A number may be a value."""
_STATES: Final = word_set("is are was were has have had does doesn't doesn’t didn't didn’t needs")
_SHORT: Final = ("'s", "’s", "'re", "’re")
_NAME: Final = re.compile(r"(?<![^\W_])(?!I\b)(?=[A-ZÀ-ÖØ-Þ])[^\W\d_]+")
_MARKS: Final = ".,;:!?'\"()"


def list_tellings(text: str, names: Collection[Place]) -> Iterator[tuple[str, list[Place]]]:
    """The request without what it only tells, with blanks in its place, and where that was: first with the ``names`` in
    it, then without them. Nothing if none of it tells, or tells of a name that isn't one of these."""
    bounds = [(0, 0), *(each.span() for each in _BOUND.finditer(text)), (len(text), len(text))]
    clauses = [(start, end) for (_, start), (end, _) in itertools.pairwise(bounds) if text[start:end].strip()]
    kept = {at for start, end in names for at in range(start, end)}
    starts = {start for start, _ in clauses}
    capital = [each for each in _NAME.finditer(text) if each.start() not in kept]
    strange = [each.start() for each in capital if each.start() not in starts or not is_word(each[0].casefold())]
    told = [(start, end) for start, end in clauses if tells(text[start:end])]
    told = [(start, end) for start, end in told if not any(start <= at < end for at in strange)]
    told = told if len(told) < len(clauses) else told[1:]  # the first one may be the order: "7 is paid, Ada called"
    if not told:
        return
    for keeps in (kept, set[int]()):
        blanks = {at for start, end in told for at in range(start, end + 1)} - keeps  # with the mark behind it
        yield "".join(" " if at in blanks else char for at, char in enumerate(text)), told


def tells(clause: str) -> bool:
    """Whether a clause has a subject and a verb that orders nothing, and no word that changes what is done."""
    words = [each.strip(_MARKS) for each in clause.casefold().split()]
    if len(words) < 2 or _BINDS.search(clause) is not None or gives_order(clause, sure=True):
        return False
    pairs = [*itertools.pairwise((*words, ""))]
    spoken = is_past(words[0])  # by whoever writes it: "counted the tubs"
    return any(_is_finite(word, behind) for word, behind in pairs[not spoken :]) or (
        pairs[0][0].endswith(_SHORT) and _says_how(pairs[0][1])
    )


def _is_finite(word: str, behind: str) -> bool:
    objects = lexicon.DETERMINERS | lexicon.OWNERS | lexicon.PRONOUNS
    does = word.endswith("s") and behind in objects and bool(find_similar_stems(stem(word), verb=True))
    return word in _STATES or is_past(word) or does


def _says_how(word: str) -> bool:
    """Whether a word behind "Ada's" tells how she is, and is no thing of hers."""
    return word in PARTICLES | EMPTY or is_past(word) or word.endswith("ing")
