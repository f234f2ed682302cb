"""Day pairs as values: the first and last day of an action that takes both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from agent.extract.time.day_pairs import find_day_parameters, find_of, find_periods, name_day
from agent.planning.proposal import TypedValue
from agent.resolve.rules.grammar.orders.interpretation import Piece
from agent.resolve.rules.grammar.reader import Reader
from language.text import word_set
from registry.offers.offer import Offer

_FROM: Final = word_set("from since starting")
_LEAVING: Final = word_set("return returns back departure leave leaves")
_LED_TO: Final = word_set(
    "until till through leaving leaves leave returning returns return returned back due ending ends"
)
_ONE_END: Final = word_set("from since starting until till by before after to through")
_LEADS: Final = word_set("from between for")


def read_day_pair(reader: Reader, offer: Offer, first: int, stop: int) -> Mapping[str, Piece]:
    """The two days of an action that takes a first and a last one, if they are said together."""
    names = find_day_parameters(offer.properties, offer.annotation)
    if names is None:
        return {}
    text, today = reader.text, reader.now.date()
    joined = find_of(text, today, name_day(names[1], offer.annotation(names[1])))
    for pair in joined or find_periods(text, today):
        at, last = reader.end_index(pair.start), reader.end_index(pair.end)
        # "From next week" and "by next week" say one end.
        if first <= at and last <= stop and (joined or reader.low(at - 1) not in _ONE_END):
            begins = at - 1 if reader.low(at - 1) in _LEADS else at
            quote = reader.words(begins, last)
            days = zip(names, (pair.first, pair.last), strict=True)
            return {name: Piece(begins, last, TypedValue(value=day.isoformat(), quote=quote)) for name, day in days}
    return {}


def is_other_end(offer: Offer, name: str, before: str) -> bool:
    """Whether the word ``before`` a day says that it is the other day of the pair: "until Sunday" begins nothing. Who
    comes on a day doesn't leave or bring back on it, but what is closed on a day is so for one."""
    pair = find_day_parameters(offer.properties, offer.annotation)
    if pair is None or name not in pair:
        return False
    if name == pair[0]:
        return before in _LED_TO | {"by"}
    own = name_day(name, offer.annotation(name))
    return before in _FROM or (bool(own & _LEAVING) and before not in _LED_TO | {"to", "by", "out"})
