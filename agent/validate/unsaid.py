"""Words that a plan leaves unsaid, as its card tells them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Words of an order that its plan leaves unsaid. Nothing accounts for the ``pieces`` yet. ``told`` is what the card
    says of others. ``slight`` is what it says of words that only introduce a text: they make a plan wait that would
    go at once, and are no news on a card that waits anyway."""

    pieces: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    slight: tuple[str, ...] = ()


NOTHING_UNSAID = Unsaid()
