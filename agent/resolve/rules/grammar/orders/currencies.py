"""Currencies that amounts are said in, for the parameters that take them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.planning.proposal import TypedValue
from agent.resolve.rules.grammar.orders.interpretation import Piece
from agent.resolve.rules.grammar.reader import Reader
from registry.offers.offer import Offer


def read_currencies(reader: Reader, offer: Offer, values: Mapping[str, Sequence[Piece]]) -> Mapping[str, list[Piece]]:
    """The currency of the amounts, for a parameter that can be chosen in words: "£20" gives "GBP" too. None
    from amounts in several."""
    found = {}
    for name, note in offer.annotations.items():
        paid_in = note.currency_from
        if paid_in is None or name not in values or paid_in not in offer.properties or paid_in in values:
            continue
        held = [(each, reader.money.get(each.first)) for each in values[name]]
        said = {money.currency: each for each, money in held if money is not None and money.currency is not None}
        if len(said) == 1 and "prompt" in offer.annotation(paid_in).sources:
            [(code, each)] = said.items()
            value = TypedValue(value=code, quote=reader.words(each.first, each.last))
            found[paid_in] = [Piece(each.first, each.last, value)]
    return found
