"""Corrections: words of an order that later ones take the place of: "30, no, make it 60"."""

from __future__ import annotations

from typing import Final

from agent.validate.coverage import weighty_patterns as patterns
from agent.validate.coverage.order import Order
from agent.validate.coverage.weighty_words import Finding, Kind

_REPLACED: Final[frozenset[Kind]] = frozenset(("number", "unit", "date", "part", "quantifier"))
"""What "make it …" replaces."""


def is_corrected(order: Order, each: Finding) -> bool:
    """Whether a later correction replaces it, followed by used words. "Make it" may also be an order about what was
    named before ("job 7 except its lid, make it urgent"), so it replaces values alone."""
    correction = patterns.first_from(patterns.CORRECTION, order.text, each.place[1])
    denied = "order not to" in each.kinds and patterns.DENIES.fullmatch(each.said) is not None
    if (
        correction is None
        or denied
        or "framed" in each.kinds
        or not any(start >= correction[1] for start, _ in order.taken)
    ):
        return False
    marks = (correction, patterns.first_from(patterns.CORRECTION, order.text, each.place[0]) or correction)
    only_made = all(order.text[slice(*mark)].casefold().startswith("make") for mark in marks)
    return each.kinds <= _REPLACED or not only_made
