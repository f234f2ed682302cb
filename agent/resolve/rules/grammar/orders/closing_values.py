"""Closing values: a member of a closed list of the action that stands behind a comma at the end of its text is that
value, and no part of the text ("log a fault: the hoist squeaks, high urgency")."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from agent.planning.proposal import Argument, QuotedText, TypedValue
from agent.planning.record_links import link_members
from agent.resolve.rules.grammar.orders.text_parameters import is_sent, list_named
from agent.resolve.rules.grammar.reader import Reader
from language.stems import EMPTY, stem, stem_text
from language.text import word_set
from registry.offers.offer import Offer

_MOST: Final = 4  # words
_DEGREES: Final = word_set("priority urgency importance severity level")
"""What a closed list of degrees may be called, whatever its parameter is."""
_HANDS: Final = word_set("take takes do does for")
"""Words by which somebody of a closed list is to have it: "Ada takes it"."""


def add_text(
    reader: Reader, offer: Offer, calls: Sequence[dict[str, Argument]], name: str, place: tuple[int, int]
) -> None:
    """Sets the text of the calls, without the values that close it, and these values."""
    first, last = place
    closing: dict[str, Argument] = {}
    for at, stop, values in _list_closing(reader, offer, name, first, last):
        last = at if stop == last else last
        closing |= values
    for call in calls:
        call.update({**closing, **call, name: QuotedText(quote=reader.words(first, last))})


def _list_closing(
    reader: Reader, offer: Offer, name: str, first: int, last: int
) -> Iterator[tuple[int, int, dict[str, TypedValue]]]:
    """The marks before values that close a text, from its end on, where each ends, and the values."""
    marks = [at for at in range(first + 1, last - 1) if reader.is_mark(at) or reader.low(at) in {"-", "–"}]
    for at in reversed(marks if not is_sent(name, offer.annotation(name)) else []):
        quote, text = reader.words(at + 1, last), reader.text.plain
        start = reader.tokens[at + 1].start
        masked = " " * start + text[start : reader.tokens[last - 1].end]
        values = link_members(text, masked, offer) if last - at - 1 <= _MOST else {}
        own = EMPTY | _DEGREES | _HANDS
        for key, each in values.items():
            own |= {*(each.quote.text.casefold().split() if each.quote is not None else ())}
            own |= list_named(key, offer.annotation(key))
        said = [reader.low(step) for step in range(at + 1, last)]
        if not values or any(word not in own and stem(word) not in own for word in said if stem_text(word)):
            return
        yield at, last, {key: each.model_copy(update={"quote": quote}) for key, each in values.items()}
        last = at
