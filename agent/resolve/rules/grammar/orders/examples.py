"""Examples as patterns: matches a request that equals an action's example except for names, numbers and quotes.

An example shows how people ask for the action, perhaps without any of its verbs ("let Ada's trial run 7 days longer").
The names and numbers are read as in any other request.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from language import numerals
from language.stems import EMPTY, stem
from language.text import blank_quotations
from language.wordnet import is_word
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

MOST_CHARS: Final = 200
MOST_OFFERS: Final = 200
_SLOT: Final = "*"
_LEAST: Final = 2
"""Words of a pattern that say something, so that it is none that fits nearly everything; "5 is done" has just one."""
_OWNERS: Final = re.compile(r"['’]s?(?=\s|$)")
_TOKEN: Final = re.compile(r"\S+")
_UNITS: Final = frozenset(map(stem, ("second", "minute", "hour", "day", "night", "week", "month", "year")))
_ARTICLES: Final = frozenset(("the", "a", "an", "please"))
_TENSE: Final = frozenset(("is", "are", "was", "were", "has", "have", "had", "been", "just", "got", "now", "already"))
"""What says when something is so and changes nothing of it, but for where it begins a question."""


def find_exemplified(text: str, shortlist: Shortlist) -> Offer | None:
    """The only action with an example of the request's pattern. None for none and for several."""
    if len(text) > MOST_CHARS or len(shortlist) > MOST_OFFERS:
        return None
    said = _read_pattern(text)
    telling = sum(each != _SLOT and each not in EMPTY for each in said)
    if telling < _LEAST and (len(said) < _LEAST or said[0] != _SLOT or said.count(_SLOT) > 1):
        return None
    if text.rstrip().endswith("?"):
        return None
    found = [offer for offer in shortlist.offers if any(_read_pattern(each) == said for each in offer.examples)]
    return found[0] if len(found) == 1 else None


@lru_cache(maxsize=4096)
def _read_pattern(text: str) -> tuple[str, ...]:
    """The stems of a text in order. Names, numbers, codes, quotes and the words after a colon are slots."""
    text = text.partition(": ")[0] + (" 0" if ": " in text else "")
    quoted = blank_quotations(text)
    numbers = [(each.start, each.end) for each in numerals.find_typed(text)]
    made: list[str] = []
    for at, found in enumerate(_TOKEN.finditer(text)):
        word = _OWNERS.sub("", found[0]).strip(".,;!?\"“”‘’'")
        low = word.casefold()
        if low.endswith(("n't", "n’t")):
            made.append("not")
            continue
        slot = (
            not word
            or not quoted[found.start() : found.end()].strip()
            or not word.replace("-", "").isalpha()
            or (word[:1].isupper() and (at > 0 or not is_word(low)))
            or any(start <= found.start() < end for start, end in numbers)
        )
        if slot and made[-1:] != [_SLOT]:
            made.append(_SLOT)
        elif (
            not slot
            and low not in _ARTICLES
            and not (made and low in _TENSE)
            and not (stem(low) in _UNITS and made[-1:] == [_SLOT])
        ):
            made.append(stem(low))
    return tuple(made)
