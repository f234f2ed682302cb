"""Fragments of a request that a question quotes, as a person reads them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from agent.planning.quotes import find_in_request
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.order import Order

_LEADS_ON: Final = re.compile(r"(?<!\w)(?:of|than|the|an?|his|her|its|their|our|my|your)$", re.IGNORECASE)
_NOT: Final = re.compile(r"(?<!\w)not(?:\s+(?:to|on|from|at|for|by|in))?(?=\s*$)", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"\s+(?:(?:the|an?|his|her|its|their|our|my|your)\s+)?", re.IGNORECASE)


def complete_fragments(order: Order, pieces: Sequence[str]) -> list[str]:
    """The pieces with the words that they need: "instead of" with whom, "don't fit the" with what. A day needs no
    number that stands before it and that the plan uses."""
    used, made = patterns.cover(order.text, order.spoken), list[str]()
    places = [find_in_request(each, order.request) for each in pieces]
    for piece, place in zip(pieces, places, strict=True):
        if place is None:
            made.append(piece)
            continue
        start, end = place
        day = patterns.DATE.search(order.text, start, end)
        number = order.text[start : day.start()] if day is not None and day.end() == end else ""
        if day is not None and number and not any(map(str.isalpha, number)) and all(used[start : day.start() - 1]):
            start = day.start()
        denies, next_word = _NOT.search(order.text, start, end), _BETWEEN.match(order.text, end)
        follows = next_word is not None and used[next_word.end() : next_word.end() + 1] == b"\1"
        if next_word is not None and follows and (denies is not None or _LEADS_ON.search(piece)):
            start = denies.start() if denies is not None else start
            end = next((at for at in range(next_word.end(), len(used)) if not used[at]), len(used))
            behind = next((each for each in places if each is not None and each[0] == end + 1), None)
            end = behind[1] if behind is not None else end
        made.append(order.text[start:end].strip(" ,;:"))
    return [each for each in dict.fromkeys(made) if not any(each != other and each in other for other in made)]
