"""Further orders, and other people or things that are named.

A further order is another verb after "and". A joined name is one more name or number after "and". Other people are
those for whom, as whom or with whose permission something is to be done.

"For" and "as" usually give a reason. Before a name they say whose the order is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agent.pipeline import Span
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.unused_words import find_left_over
from agent.validate.coverage.weighty_patterns import Place
from language.stems import EMPTY, ORDER_WORDS, stem
from language.wordnet import find_similar_stems, is_word, rate_similarity

_ALIKE: Final = 0.8
"""Similarity above which a verb mostly means to tell somebody something, as "say" does."""


def find_further_orders(text: str, taken: Sequence[Place], known: frozenset[str]) -> Iterator[Place]:
    """Finds clauses that begin with the verb of an order that no call is about, and that hold no used word."""
    for found in patterns.FURTHER.finditer(text):
        said = found["verb"].casefold()
        verb = stem(said)
        orders = (
            said in ORDER_WORDS
            or rate_similarity(verb, patterns.TELLING, verb=True) > _ALIKE
            or verb in patterns.TELLING
            or (patterns.MARKED.search(found.group()) and find_similar_stems(verb, verb=True))
        )
        if not orders or verb in known or patterns.TO_ME.match(text, found.end()):
            continue
        closing = patterns.CLAUSE.search(text, found.end())
        end = closing.start() if closing else len(text)
        if not any(start < end and found.start("verb") < stop for start, stop in taken):
            yield found.start("verb"), end


def find_joined_names(
    text: str, taken: Sequence[Place], known: frozenset[str], *, creates: bool = False
) -> Iterator[Place]:
    """Finds names and numbers that "and" joins to used words. If a call ``creates`` what it names, every unused name
    may be the name."""
    claimed = [Span(start=start, end=end, text=text[start:end]) for start, end in taken]
    ends = {end for _, end in taken}
    for each in find_left_over(text, claimed, known):
        if not patterns.NAME.match(each.text):
            continue
        before = patterns.search_before(patterns.JOINED, text, each.start)
        named = creates and each.start > 0 and each.text[:1].isupper()
        if named or (before is not None and before.start() in ends):
            yield each.start, each.end


_FOR: Final = re.compile(
    r"(?<!\w)(?:(?i:for|as|instead\s+of|on\s+behalf\s+of|in\s+the\s+name\s+of|in\s+favou?r\s+of|by\s+order\s+of)\s+"
    r"|(?i:on|at|with|under|from|through)\s+(?=[A-Z][\w-]*['’]s\s))"
    r"(?P<name>[A-Z][^\W\d_]+(?:-[A-Z][^\W\d_]+)?)(?:['’]s(?:\s+[^\W\d_]+)?)?"
)

_BEHIND: Final = re.compile(r"\s+([a-z]+)")


def find_others(
    text: str, taken: Sequence[Place], known: frozenset[str], shown: frozenset[str] = frozenset()
) -> Iterator[Place]:
    """Finds names after such words ("for Ada"), unless they are used.

    Times of the year and abbreviations name nobody. Names ``shown`` with the call, in lower case, don't count either.
    """
    for found in _FOR.finditer(text):
        name, (start, end) = found["name"], found.span("name")
        low = name.casefold()
        if name.isupper() or stem(low) in patterns.TIMES or low in shown or stem(low) in known:
            continue
        behind = _BEHIND.match(text, found.end())
        if behind is not None and is_word(low) and behind[1] not in EMPTY:
            continue  # "for European customers": an attribute
        if not any(first < end and start < last for first, last in taken):
            yield found.span()
