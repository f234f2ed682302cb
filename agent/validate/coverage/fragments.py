"""Fragments of a request that a question quotes, as a person reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from agent.planning.quotes import find_in_request
from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty_patterns import Place

_LEADS_ON: Final = re.compile(r"(?<!\w)(?:of|than|the|an?|his|her|its|their|our|my|your)$", re.IGNORECASE)
_NOUN_BEFORE: Final = re.compile(r"(?P<noun>[^\W\d_]+)\s+(?=(?:on|at|from|until|by|in|for|with|to)\s)", re.IGNORECASE)
_TO_REASON: Final = re.compile(r",?\s+(?:because(?:\s+of)?|(?:due|owing)\s+to|since|for|as)\s*$", re.IGNORECASE)
_LEADING: Final = re.compile(r"(?<!\w)(?:to|by|from|for|on|at|in|of|until|about)\s+$", re.IGNORECASE)
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
        start, end = _cut(order, start, end)
        piece = order.text[start:end]
        denies, next_word = _NOT.search(order.text, start, end), _BETWEEN.match(order.text, end)
        follows = next_word is not None and used[next_word.end() : next_word.end() + 1] == b"\1"
        if next_word is not None and follows and (denies is not None or _LEADS_ON.search(piece)):
            start = denies.start() if denies is not None else start
            end = next((at for at in range(next_word.end(), len(used)) if not used[at]), len(used))
            behind = next((each for each in places if each is not None and each[0] == end + 1), None)
            end = behind[1] if behind is not None else end
        made.append(order.text[start:end].strip(" ,;:"))
    return [each for each in dict.fromkeys(made) if not any(each != other and each in other for other in made)]


def _cut(order: Order, start: int, end: int) -> Place:
    """A place without a record's noun before what is said of when or how ("subscription on Friday"), and without what
    leads to a used reason."""
    noun = _NOUN_BEFORE.match(order.text, start, end)
    nouns = {word.casefold() for kind in order.kinds for word in kind.nouns}
    if noun is not None and noun["noun"].casefold() in nouns:
        start = noun.end()
    why = _TO_REASON.search(order.text, start, end)
    follows = any(end <= first <= end + 1 for first, _ in order.texts)
    return start, why.start() if why is not None and follows else end


def quote_misread(order: Order, pieces: Sequence[str]) -> list[str] | None:
    """The pieces with the word that leads to each ("to 12 days"), if the plan uses all of them, perhaps for something
    else than is meant. None if it leaves one out."""
    used, made = patterns.cover(order.text, order.taken), list[str]()
    for place in (find_in_request(each, order.request) for each in pieces):
        if place is None or not all(used[at] for at in range(*place) if order.text[at].isalnum()):
            return None
        leads = _LEADING.search(order.text, 0, place[0])
        made.append(order.text[leads.start() if leads is not None else place[0] : place[1]])
    return made


def list_outermost(told: Iterable[str]) -> list[str]:
    """Each stretch once, without those contained in another."""
    different = dict.fromkeys(told)
    return [each for each in different if not any(each != other and each in other for other in different)]


def join_in_clause(order: Order, pieces: Sequence[str], others: Sequence[str]) -> list[str]:
    """The pieces, each with those and ``others`` of its clause and all between them, up to the clause's end where no
    word is used there: "keep … from coming in" is read as one."""
    used, made = patterns.cover(order.text, order.spoken), list[str]()
    found = (find_in_request(each, order.request) for each in (*pieces, *others))
    more = [each for each in found if each is not None]
    for piece in pieces:
        place = find_in_request(piece, order.request)
        if place is None:
            made.append(piece)
            continue
        first, last = patterns.find_clause(order.text, *place)
        beside = [each for each in more if each != place and first <= each[0] and each[1] <= last]
        start, end = min([place, *beside])[0], max(each[1] for each in [place, *beside])
        end = last if beside and not any(used[end:last]) else end
        made.append(order.text[start:end].strip(" ,;:.!?\n") if beside else piece)
    return list_outermost(made)
