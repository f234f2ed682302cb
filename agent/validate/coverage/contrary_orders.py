"""Contrary orders: an action that does another thing than a request says by its form. It moves money the other way
("charge her 5 euros", for a refund), reaches somebody else ("remind me of her bill", for a reminder to her), or is
done by another verb of two words ("check her in", for a check-out)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from agent.extract.spans import money
from agent.extract.spans.politeness import strip_politeness
from agent.resolve.rules.clauses import split_clauses
from agent.resolve.rules.grammar.orders.text_parameters import TELLING
from agent.validate.coverage.opposed_verbs import leading_verbs
from language.particles import has_other_particle, puts_down
from language.stems import makes_anew, stem
from language.text import blank_quotations, read_text
from language.transfers import Way, contradicts, find_named_way, find_way
from registry.contract import Contract, Risk, Unit
from registry.offers.offer import Offer

_SENDING: Final = frozenset(map(stem, TELLING - {"let", "say"} | {"send", "resend"}))
_TO_US: Final = re.compile(r"\W*(?P<verb>[^\W\d_]+)\s+(?:me|us)(?!\w)", re.IGNORECASE)


def is_contrary(text: str, contract: Contract | Offer) -> bool:
    """Whether an action moves money another way than a request says, reaches somebody else than who writes it, or goes
    by its verb with another particle ("check her in", for a check-out)."""
    if contract.risk is Risk.READ:
        return False
    sums = any(note.unit in (Unit.MONEY, Unit.MONEY_MINOR) for note in contract.annotations.values())
    phrases = (contract.title, *contract.aliases)
    named = find_named_way(phrases, contract.description if sums else "")
    other = has_other_particle(strip_politeness(text), phrases, contract.examples)
    return other or contradicts(_find_way(text), named) or _reaches_others(text, contract)


def _reaches_others(text: str, contract: Contract | Offer) -> bool:
    """Whether nothing is ordered but that who writes is told or sent something, and the action is done to somebody's
    record, or whether words are put down, and the action sends them."""
    told, verbs = _TO_US.match(strip_politeness(text)), leading_verbs(contract)
    sending = not verbs.isdisjoint(_SENDING)
    if told is None or not any(each.record for each in contract.annotations.values()):
        return sending and puts_down(text)
    verb = stem(told["verb"].casefold())
    made = makes_anew(contract.title) and verb in verbs  # a task "to remind me"
    return (verb in _SENDING or (verb in verbs and sending)) and not made and len(split_clauses(text)) == 1


@lru_cache(maxsize=256)
def _find_way(text: str) -> Way | None:
    read = read_text(blank_quotations(text))
    return find_way(read.plain, {each.start: each.end for each in money.find(read) if each.currency is not None})
