"""Shares that say why or what happened, and no amount: "because half of it was missing", "they paid twice"."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.message_texts import SUBJECTS
from agent.resolve.rules.grammar.phrases.amounts import Amounts
from agent.resolve.rules.grammar.reader import Reader
from language.fractions import read_fraction
from language.stems import is_past
from language.text import word_set
from registry.offers.offer import Offer

_WHY: Final = word_set("because since")
_SINCE: Final = word_set("after as")
"""What begins a reason if a clause follows it: "as she paid double", but not "as a 20 % discount"."""
_DUE: Final = frozenset((("due", "to"), ("owing", "to"), ("account", "of"), ("given", "that")))
_WAS: Final = word_set("was were had wasn't weren't hadn't")
_COMPARING: Final = word_set("less more fewer too lower higher cheaper dearer")
_MOST_BETWEEN: Final = 3
"""Tokens between a verb in the past tense and a share that it is about."""


def find_amounts(reader: Reader, offer: Offer, name: str, order: int, texts: Collection[int]) -> Amounts:
    """The reader of a parameter's amounts, which takes none of these shares for one."""
    return Amounts(reader, offer, name, lambda *share: tells_why(reader, share, order, texts))


def tells_why(reader: Reader, share: tuple[int, int], order: int, texts: Collection[int]) -> bool:
    """Whether a share, from its first token to behind its last, is part of one of the ``texts``, of a reason, or of a
    clause other than the one of the order at ``order`` that tells what has happened or compares."""
    first, last = share
    begin = next((at for at in range(first - 1, -1, -1) if reader.is_mark(at) or _opens_reason(reader, at)), -1)
    if first in texts or (begin >= 0 and _opens_reason(reader, begin)):
        return True
    if reader.low(last) in _COMPARING and reader.low(last + 1) != "of":
        return True
    if begin < order < first:
        return False
    said = read_fraction(reader.lows(first, last - first))
    several = said is not None and said[0] > said[1]
    subject = range(last, last + (_MOST_BETWEEN if reader.low(last) in lexicon.OF else 1))
    before = range(max(begin + 1, first - _MOST_BETWEEN), first)
    return any(_has_happened(reader, at) for at in (*subject, *(before if several else ())))


def _opens_reason(reader: Reader, at: int) -> bool:
    low = reader.low(at)
    clause = low in _SINCE and reader.low(at + 1) in SUBJECTS | lexicon.OWNERS
    return low in _WHY or clause or reader.lows(at - 1, 2) in _DUE


def _has_happened(reader: Reader, at: int) -> bool:
    """Whether a verb in the past tense stands at a token, with its subject before it."""
    if reader.low(at) in _WAS:
        return True
    subject = reader.low(at - 1)
    return is_past(reader.low(at)) and not reader.is_mark(at - 1) and subject not in lexicon.NAME_STOP - SUBJECTS
