"""Day pairs as values: the first and last day of an action that takes both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from agent.extract.time.day_pairs import find_day_parameters
from agent.planning.proposal import Compare, Day, TypedValue
from agent.resolve.rules.grammar.orders.interpretation import Piece
from agent.resolve.rules.grammar.reader import Reader
from language.stems import makes_anew
from language.text import word_set
from registry.offers.offer import Offer

_FROM: Final = word_set("from since starting")
_LEAVING: Final = word_set("return returns back departure leave leaves")
_LED_TO: Final = word_set(
    "until till through leaving leaves leave returning returns return returned back due ending ends"
)
_LEADS: Final = word_set("from between")


def read_day_pair(reader: Reader, offer: Offer, first: int, stop: int) -> Mapping[str, Piece]:
    """The two days of an action that takes a first and a last one, if they are said together."""
    names = find_day_parameters(offer.properties, offer.annotation)
    for pair in reader.day_pairs if names is not None else ():
        at, last = reader.end_index(pair.start), reader.end_index(pair.end)
        if first <= at and last <= stop:
            begins = at - 1 if reader.low(at - 1) in _LEADS else at
            quote = reader.words(begins, last)
            days = zip(names or (), (pair.first, pair.last), strict=True)
            return {name: Piece(begins, last, TypedValue(value=day.isoformat(), quote=quote)) for name, day in days}
    return {}


class MovedDay(NamedTuple):
    """A day that takes the place of another one. ``before`` is what the record has."""

    name: str
    piece: Piece
    before: Compare


def read_moved_day(reader: Reader, offer: Offer, first: int, stop: int) -> MovedDay | None:
    """The new day of a record that has one, said with the old one: "move 7 from Monday to Friday". None if the record
    has no single such day."""
    dated = [name for name, each in offer.properties.items() if each.get("format") == "date"]
    kinds = [kind for each in offer.properties if (kind := reader.kinds.get(offer.annotation(each).record or ""))]
    if len(dated) != 1 or len(kinds) != 1 or makes_anew(offer.title):
        return None
    days = [each.name for each in kinds[0].fields if each.type == "date"]
    field = dated[0] if dated[0] in days else days[0] if len(days) == 1 else None
    for pair in reader.day_pairs if field is not None else ():
        at, last = reader.end_index(pair.start), reader.end_index(pair.end)
        if first < at and last <= stop and reader.low(at - 1) == "from":
            said = [each for each in reader.dates if at <= each < last]
            apart = len(said) > 1  # "4 to 6 December" has one month, so it is quoted whole for both
            new, old = (
                reader.words(max(said) if apart else at, last),
                reader.words(at, max(said) - 1 if apart else last),
            )
            last_day = reader.dates[max(said)].day if apart else pair.last  # "from Friday to Thursday": the next one
            value = TypedValue(value=last_day.isoformat(), quote=new)
            day = Day(date=pair.first.isoformat(), quote=old)
            return MovedDay(dated[0], Piece(at - 1, last, value), Compare(field=field, op="=", value=day))
    return None


def is_other_end(offer: Offer, name: str, before: str) -> bool:
    """Whether the word ``before`` a day says that it is the other day of the pair: "until Sunday" begins nothing. Who
    comes on a day doesn't leave or bring back on it, but what is closed on a day is so for one."""
    pair = find_day_parameters(offer.properties, offer.annotation)
    if pair is None or name not in pair:
        return False
    if name == pair[0]:
        return before in _LED_TO
    own = {*name.split("_"), *(offer.annotation(name).label or "").casefold().split()}
    return before in _FROM or (bool(own & _LEAVING) and before not in _LED_TO | {"to", "by", "out"})
