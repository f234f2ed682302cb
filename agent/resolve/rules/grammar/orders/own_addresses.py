"""Own addresses: the e-mail addresses that an action takes as values, and which so name nobody."""

from __future__ import annotations

from agent.extract.references.vocabulary import EMAIL
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.reader import Reader
from registry.offers.offer import Offer


def find_own_addresses(reader: Reader, offer: Offer, first: int, stop: int) -> frozenset[int]:
    """The tokens of the addresses that are an action's values: as many as it takes, the last of those said. One behind
    "of", "for" or "from" tells whose."""
    taken = [
        name
        for name, schema in offer.properties.items()
        if schema.get("format") == "email" and offer.annotation(name).record is None
    ]
    found = [
        range(at, reader.end_index(match.end()))
        for at in range(first, stop if taken else first)
        if (match := EMAIL.match(reader.text.plain, reader.tokens[at].start)) is not None
    ]
    free = [each for each in found if reader.low(each.start - 1) not in lexicon.OF]
    return frozenset(at for each in free[-len(taken) :] for at in each)
