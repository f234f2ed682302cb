"""Shares: words that take only a part of what an order is about ("half of ticket 7", "most of the bill")."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty_patterns import Place
from language import numerals
from language.fractions import read_fraction
from language.stems import stem

_SOME: Final = re.compile(r"(?<!\w)(?:some|most|much|part|a\s+(?:bit|little|part))(?!\w)", re.IGNORECASE)
_THE: Final = r"(?:the|an?|his|her|its|their|our|my|your)"
_OF: Final = re.compile(rf"\s*[^\W\d_]*\s*(?:of|off|from|on)\s+(?:{_THE}\s+)?", re.IGNORECASE)
_THING: Final = re.compile(rf"\s+(?:of\s+)?{_THE}\s+(?P<noun>[^\W\d_]+)", re.IGNORECASE)
_EXCEPT: Final = re.compile(
    r"(?<!\w)(?:(?:all|everything)\s+(?:but|except(?:\s+for)?)|except(?:\s+for)?|minus|less|without)\s+$", re.IGNORECASE
)
_VAGUE: Final = re.compile(r"(?:an?\s+)?(?:some|any|few|bit|little|couple)(?:\s+of)?\s*", re.IGNORECASE)


def is_told_since(order: Order, place: Place, shares: Iterable[Place]) -> bool:
    """Whether a vague amount or a share was asked about and told: "some credit", of how much; "most of the bill"."""
    within = any(start <= place[0] and place[1] <= end for start, end in shares)
    return (within or _VAGUE.fullmatch(order.text[slice(*place)]) is not None) and any(
        answer.text is not None and any(map(str.isdigit, answer.text)) for answer in order.request.answers
    )


def find_shares(order: Order) -> Iterator[Place]:
    """The places of fractions, of amounts before a record's name, and of what shall remain, that no value was read
    from."""
    text, used = order.text, patterns.cover(order.text, order.values)
    names = {first for first, _ in order.names}
    fractions = [place for place in order.find_spans(patterns.PART) if _is_part(order, place, names)]
    numbers = ((each.start, each.end) for each in numerals.find_typed(text) if each.kind == "cardinal")
    for start, end in (*order.find_spans(_SOME), *numbers):
        of, besides = _OF.match(text, end), patterns.search_before(_EXCEPT, text, start)
        if besides is not None or (of is not None and of.end() in names):
            fractions.append((besides.start() if besides is not None else start, end))
    yield from (place for place in fractions if not any(used[slice(*place)]))


def _is_part(order: Order, place: Place, names: set[int]) -> bool:
    """Whether a fraction is less than the whole, and of nothing else than what the order is about: "half the day"."""
    said = read_fraction(order.text[slice(*place)].casefold().split())
    thing = _THING.match(order.text, place[1])
    other = thing is not None and thing.start("noun") not in names and stem(thing["noun"].casefold()) not in order.known
    return not other and (said is None or said[0] < said[1])
