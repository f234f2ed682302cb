"""Words that may rule out records which the plan is about: "put Ada on it, not Bo", "all rooms but the attic", "all
visits in spring"."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from agent.validate.coverage.clauses import split_clauses
from agent.validate.coverage.order import Order
from agent.validate.coverage.told import find_direct
from agent.validate.coverage.weighty_patterns import Place
from language.common_words import is_everyday
from language.wordnet import is_word

_RULES_OUT: Final = re.compile(
    r"(?<!\w)(?:not|never|instead\s+of|rather\s+than|except(?:\s+for)?|apart\s+from|other\s+than|but(?:\s+not)?|without)"
    r"\s+(?:(?:for|to|of|from|with|in|on|at|the)\s+)*",
    re.IGNORECASE,
)
_ALL_BUT: Final = re.compile(
    r"(?<!\w)(?:all|everything|everyone|everybody)\s+(?:but|except(?:\s+for)?|apart\s+from|other\s+than|besides)"
    r"\s+(?:(?:for|of|the)\s+)*",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(r"(?<!\w)(?:do\s+not|don['’]?t)\s+\w+\s+", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]+(?:-\d+)*")
_MOST: Final = 4
"""Words behind a contrast that may be the record's noun and name."""


def find_ruled_out(
    text: str, asked: Collection[str], labels: Sequence[str], nouns: Collection[str], named: Collection[Place] = ()
) -> str | None:
    """The first of ``labels`` that the words beside ``asked`` rule out, or that stands behind "all but". ``nouns`` name
    kinds, and so no record; ``named`` are the places of the records."""
    places = [(at, at + len(each)) for each in asked if each and (at := text.casefold().find(each.casefold())) >= 0]
    for found in _ALL_BUT.finditer(text):
        unread = any(start < found.end() and found.start() < end for start, end in places)
        if labels and unread and (found.end() in dict(named) or not text[found.end() : found.end() + 1].isdigit()):
            return labels[0]
    denied = _DENIED.finditer(text) if len(labels) > 1 else ()  # of one record, the whole order is denied
    for found in (*_RULES_OUT.finditer(text), *denied):
        if not any(start <= found.end() and found.start() < end for start, end in places):
            continue
        said = [word[0].casefold() for word in _WORD.finditer(text, found.end())][:_MOST]
        said = [word for word in said if word not in nouns]
        for label in labels:
            held = {word[0].casefold() for word in _WORD.finditer(label)} - {*nouns}
            further = said[1] if len(said) > 1 and said[1].isalpha() and said[1] != "s" else ""
            further = "" if is_word(further) or is_everyday(further) else further
            if said and said[0] in held and (not further or further in held):
                return label
    return None


def stands_beside_set(order: Order, asked: Sequence[str]) -> bool:
    """Whether unread words stand in the clause that orders something for a set of records, and so may narrow it."""
    sets, clauses = [each for each in find_direct(order) if each.pick != "one"], list(split_clauses(order.polite))
    places = order.find(sets)
    holding = [each for each in clauses if any(start < each.end and each.start < end for start, end in places)]
    told = [each.text[each.start : each.end] for each in (holding or clauses[:1])]
    return bool(sets) and any(words in clause for clause in told for words in asked)
