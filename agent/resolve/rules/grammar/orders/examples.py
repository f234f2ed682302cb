"""Examples as patterns: the one action whose example a request equals except for names, numbers and quotes.

An example shows how people ask for the action, perhaps without any of its verbs ("let Ada's trial run 7 days longer").
The names and numbers are read as in any other request. A verb with a particle shows it too, wherever the name stands:
an action called "sign off" is meant by "sign Ada off", "sign off Ada" and "Ada was signed off".
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from language.example_patterns import GAP, PARTICLES, find_gaps, read_pattern, tells_enough
from language.stems import EMPTY, stem
from registry.offers.offer import Offer
from registry.offers.shortlist import Shortlist

MOST_CHARS: Final = 200
MOST_OFFERS: Final = 200
_PHRASAL: Final = 2  # words


def find_exemplified(text: str, shortlist: Shortlist, *, loosely: bool = False) -> Offer | None:
    """The only action with an example of the request's pattern. None for none and for several. ``loosely``: names may
    be typed without capitals."""
    if len(text) > MOST_CHARS or len(shortlist) > MOST_OFFERS or text.rstrip().endswith("?"):
        return None
    said = read_pattern(text)
    if loosely:
        found = [offer for offer in shortlist.offers if find_named(text, offer) is not None]
    else:
        found = [offer for offer in shortlist.offers if said in _list_patterns(offer)]
    return found[0] if len(found) == 1 else None


def find_named(text: str, offer: Offer) -> list[tuple[int, int]] | None:
    """The places where a request names something as an example of the action does. None if it is like none of them."""
    found = (find_gaps(text, each) for each in _list_patterns(offer))
    return next((each for each in found if each is not None), None)


def _list_patterns(offer: Offer) -> tuple[tuple[str, ...], ...]:
    return _list_told(offer.name, offer.aliases, offer.examples)


@lru_cache(maxsize=2048)
def _list_told(name: str, aliases: tuple[str, ...], examples: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    shown = map(read_pattern, examples)
    return tuple(dict.fromkeys(each for each in (*shown, *_list_phrasal(name, aliases)) if tells_enough(each)))


def _list_phrasal(name: str, aliases: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The patterns of a verb and its particle: "sign off"."""
    for phrase in (name.rpartition(".")[2].replace("_", " "), *aliases):
        words = phrase.casefold().split()
        if len(words) != _PHRASAL or words[1] not in PARTICLES or words[0] in EMPTY:
            continue
        verb, particle = map(stem, words)
        yield from ((verb, GAP, particle), (verb, particle, GAP), (GAP, verb, particle))
