"""Kept wishes: clauses of an order that wish something not to happen, or to stay as it is, where no call does it: "no
refund please", "but leave the price alone"."""

from __future__ import annotations

import re
from typing import Final

from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.accounted_words import LIGHT, plain_word
from agent.validate.coverage.left_over import FINITE, OWN_SUBJECT
from agent.validate.coverage.order import Order
from agent.validate.coverage.unused_words import collect_subject_stems
from agent.validate.coverage.weighty_patterns import Place
from language.stems import EMPTY, split_runs, stem
from language.text import word_set

_DENYING: Final = re.compile(r"(?:do\s+not|don['’]?t|never|not|no|without)\s+", re.IGNORECASE)
_GOES_ON: Final = re.compile(r"\W*\b(?:and|or|nor)\b|[^.!?\n]*\b(?:or|nor)\b", re.IGNORECASE)
"""What follows if a denial is of several things."""
_SPARING: Final = word_set("leave keep forget skip")
_NOTHING_MORE: Final = frozenset((("nothing", "else"), ("nothing", "more"), ("nothing", "further")))
_LEADING: Final = word_set("and but also just please so then or")
_AS_IT_IS: Final = word_set("alone untouched unchanged")
_LITTLE: Final = EMPTY | LIGHT | _AS_IT_IS
_AS_IT_STANDS: Final = (" as it is", " as they are")


def find_kept_wish(order: Order, place: Place) -> str:
    """The words of the clause at a place, if it wishes only what the calls leave alone. Empty if it doesn't. What it
    denies must be something else that can be ordered here, and nothing that the calls are about."""
    text = order.text
    first, last = patterns.find_clause(text, *place)
    if any(map(str.isdigit, text[first:last])) or any(first <= at < last for at, _ in order.values):
        return ""
    runs = [(plain_word(word), first + at) for word, at, _ in split_runs(text[first:last])]
    while runs and (runs[0][0] in _LEADING or runs[0][0].endswith("ly")):
        runs.pop(0)
    said, told = [word for word, _ in runs], text[runs[0][1] : last].strip(" ,;.!?\n") if runs else ""
    if tuple(said) in _NOTHING_MORE:
        return told
    if _GOES_ON.match(text, last) is not None:  # "don't scrap it or waive it"
        return ""
    if len(said) < 2 or any(stem(word) in order.verbs for word in said):
        return ""
    denied = _DENYING.match(told)
    behind = denied.end() if denied is not None else len(said[0])
    about = [word for word, at in runs if at >= runs[0][1] + behind and word not in _LITTLE]
    others = order.other_verbs - patterns.SILENCE - collect_subject_stems(order.contracts, ())  # "and gives it back"
    if not about or stem(about[0]) not in others or FINITE.search(told, behind) or OWN_SUBJECT.search(told):
        return ""
    named = {start for start, _ in order.taken}
    if denied is not None:
        rest = [word for word, at in runs if word in about[1:] and at not in named]
        return told if all(stem(word) in order.known for word in rest) else ""
    stays = said[0] in _SPARING and (said[-1] in _AS_IT_IS or told.endswith(_AS_IT_STANDS))
    return told if stays and len(about) == 1 and not any(first <= at < last for at in named) else ""
