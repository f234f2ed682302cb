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
from language.example_patterns import PARTICLES
from language.stems import makes_anew, stem
from language.text import blank_quotations, find_quotations, read_text
from language.transfers import Way, contradicts, find_named_way, find_way
from registry.contract import Contract, Risk, Unit
from registry.offers.offer import Offer

_SENDING: Final = frozenset(map(stem, TELLING - {"let", "say"} | {"send", "resend"}))
_TO_US: Final = re.compile(r"\W*(?P<verb>[^\W\d_]+)\s+(?:me|us)(?!\w)", re.IGNORECASE)
_DOWN: Final = re.compile(r"(?<!\w)down(?!\w)", re.IGNORECASE)
_CLAUSE: Final = re.compile(r"(?:[^;!?\n.,:]|[.,:](?=\d))+")
_PARTICLES: Final = PARTICLES - {"again", "back"}


def is_contrary(text: str, contract: Contract | Offer) -> bool:
    """Whether an action moves money another way than a request says, reaches somebody else than who writes it, or goes
    by its verb with another particle ("check her in", for a check-out)."""
    if contract.risk is Risk.READ:
        return False
    sums = any(note.unit in (Unit.MONEY, Unit.MONEY_MINOR) for note in contract.annotations.values())
    named = _find_named_way((contract.title, *contract.aliases), contract.description if sums else "")
    contrary = contradicts(_find_way(text), named) or _has_other_particle(text, contract)
    return contrary or _reaches_others(text, contract) or _is_kept(text, contract)


def _reaches_others(text: str, contract: Contract | Offer) -> bool:
    """Whether nothing is ordered but that who writes is told or sent something, and the action is done to somebody's
    record."""
    told = _TO_US.match(strip_politeness(text))
    if told is None or not any(each.record for each in contract.annotations.values()):
        return False
    verb, verbs = stem(told["verb"].casefold()), leading_verbs(contract)
    sends = verb in _SENDING or (verb in verbs and not verbs.isdisjoint(_SENDING))
    made = makes_anew(contract.title) and verb in verbs  # a task "to remind me"
    return sends and not made and len(split_clauses(text)) == 1


def _is_kept(text: str, contract: Contract | Offer) -> bool:
    """Whether quoted words are put down, and the action sends words to somebody."""
    down = bool(find_quotations(text)) and _DOWN.search(blank_quotations(text)) is not None
    return down and not leading_verbs(contract).isdisjoint(_SENDING)


def _has_other_particle(text: str, contract: Contract | Offer) -> bool:
    clause = _CLAUSE.match(strip_politeness(text).strip())
    verb, said = _read_particle(clause[0] if clause is not None else "")
    own = [each for each in map(_read_particle, (contract.title, *contract.aliases)) if each[0] == verb]
    return bool(said and own) and all(particle and particle != said for _, particle in own)


def _read_particle(phrase: str) -> tuple[str, str]:
    """The stem of the verb that a phrase begins with, and its particle, beside it or at the end. Empty without one."""
    words = phrase.casefold().split()
    found = [each for each in (*words[1:2], *words[-1:]) if each in _PARTICLES]
    return (stem(words[0]), found[0] if found else "") if words else ("", "")


@lru_cache(maxsize=256)
def _find_way(text: str) -> Way | None:
    read = read_text(blank_quotations(text))
    return find_way(read.plain, {each.start: each.end for each in money.find(read) if each.currency is not None})


@lru_cache(maxsize=1024)
def _find_named_way(names: tuple[str, ...], description: str) -> Way | None:
    return find_named_way(names, description)
