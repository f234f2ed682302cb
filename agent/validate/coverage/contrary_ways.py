"""Contrary ways: an action that moves money the other way than a request says ("charge her 5 euros", for a refund)."""

from __future__ import annotations

from functools import lru_cache

from agent.extract.spans import money
from language.text import blank_quotations, read_text
from language.transfers import Way, contradicts, find_named_way, find_way
from registry.contract import Contract, Unit
from registry.offers.offer import Offer


def moves_contrarily(text: str, contract: Contract | Offer) -> bool:
    """Whether an action moves money another way than a request says."""
    sums = any(note.unit in (Unit.MONEY, Unit.MONEY_MINOR) for note in contract.annotations.values())
    names = (contract.title, *contract.aliases)
    return contradicts(_find_way(text), _find_named_way(names, contract.description if sums else ""))


@lru_cache(maxsize=256)
def _find_way(text: str) -> Way | None:
    read = read_text(blank_quotations(text))
    return find_way(read.plain, {each.start: each.end for each in money.find(read) if each.currency is not None})


@lru_cache(maxsize=1024)
def _find_named_way(names: tuple[str, ...], description: str) -> Way | None:
    return find_named_way(names, description)
