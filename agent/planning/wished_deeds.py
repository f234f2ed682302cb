"""Wished deeds: what a request says that somebody or something shall do or be ("Ada should take the bath")."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from agent.planning.unread_words import AKIN
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import find_base_form, read_action_words
from language.example_patterns import PARTICLES
from language.opposites import TAKING_AWAY
from language.stems import READING, stem
from registry.contract import Contract
from registry.offers.shortlist import Shortlist

_WISH: Final = re.compile(
    r"(?<!\w)(?:should|shall|must|can|will|(?:ought|needs?|ha(?:s|ve)|is|are)\s+to)(?:\s+(?:be|get|go)(?!\w))?(?!\w)",
    re.IGNORECASE,
)
"""What may, might or could be is not wished."""
_GET: Final = re.compile(r"\W*get\s+(?!to\b)", re.IGNORECASE)
_TO: Final = re.compile(r"(?<!\w)to(?!\w)", re.IGNORECASE)
_ABLE: Final = re.compile(r"\W*(?:hey\s+)?can\s+(?!you\b)", re.IGNORECASE)
_POLITE: Final = re.compile(r"\W*(?:hey\s+)?(?:can|could|would|will)\s+you\s", re.IGNORECASE)
_PARTICLES: Final = PARTICLES | {"after", "to", "at", "into"}


def find_wish(text: str) -> re.Match[str] | None:
    """Where a request says that something shall be: "should", "needs to be", "get Ada to …"."""
    got = _GET.match(text)
    return _WISH.search(text) or (_TO.search(text, got.end()) if got is not None else None)


def find_asked(text: str) -> int:
    """Where it is named who shall do something, in an order that is asked: "can Ada take the bath?". 0 elsewhere."""
    able = _ABLE.match(text)
    return able.end() if able is not None else 0


def blank_asking(text: str) -> str:
    """The text with blanks for what only asks in an order: "can you …?", and the mark behind "can Ada …?"."""
    polite = _POLITE.match(text)
    plain = " " * polite.end() + text[polite.end() :] if polite is not None else text
    return re.sub(r"\?(?=\s*$)", " ", plain) if polite is not None or find_asked(text) else plain


def find_taker(text: str, wish: re.Match[str], holders: Iterable[tuple[int, int]]) -> int:
    """Where the name ends that stands beside a wish, among those of new holders. 0 if none does."""
    between = ((text[end : wish.start()] + text[wish.end() : start], end) for start, end in holders)
    return next((end for words, end in between if words.isspace()), 0)


def list_wished(text: str, contract: Contract, shortlist: Shortlist, wish: re.Match[str], taker: int) -> list[str]:
    """The words of a wish: that it is one, and what a new holder shall do, if no other action goes by that verb
    ("Ada should look after the bath")."""
    deed = text[max(wish.end(), taker) :].casefold().split()[:2] if taker else []
    verb, beside = find_base_form(stem(deed[0])) if deed else "", [each for each in deed[1:] if each in _PARTICLES]
    others = (read_action_words(each, shortlist) for each in shortlist.offers if each.name != contract.name)
    reads = verb in READING and not beside  # "see the bath", but "see to the bath"
    known = verb in TAKING_AWAY | lexicon.DENYING | {"have"} or any(each.rate_verb(verb) >= AKIN for each in others)
    free = [] if reads or known else [*deed[:1], *beside]
    return [*wish[0].casefold().split(), *free]
