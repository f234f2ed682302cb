"""Limits of what is read at once: how much one text may hold, and the words for a text that holds more.

The readers take time in proportion to what they are given, but many of them look at every word for every parameter of
every action that comes into question. What people type stays far below these limits; what goes beyond is refused in
words, before anything is read.
"""

from __future__ import annotations

import re
from typing import Final

MAX_TOKENS: Final = 1200
"""Words, numbers and marks of one text. Four thousand characters of English are about nine hundred."""
MAX_CLAUSES: Final = 200
"""Stretches between full stops, line ends, and the joints before which an order begins."""
MAX_QUOTES: Final = 200
"""Quotation marks of one text, apostrophes left out."""
MAX_WISHES: Final = 20
"""Orders of one request that are each a call of their own."""

_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_QUOTE: Final = re.compile(r"[\"“”„«»`]|(?<!\w)['‘]|['’](?!\w)")
LEAD: Final = "That is more than I can read at once"


def explain_excess(text: str) -> str | None:
    """Why a text is more than can be read at once, as a sentence for who wrote it; None where it is not. Takes time in
    proportion to it."""
    for pattern, most, what in ((_TOKEN, MAX_TOKENS, "words and marks"), (_QUOTE, MAX_QUOTES, "quotation marks")):
        if len(text) > most and (count := sum(1 for _ in pattern.finditer(text))) > most:
            return f"{LEAD}: it has {count} {what}, and {most} is the most. Say it in fewer."
    return None


def refuse_too_many(count: int) -> str:
    """The refusal of a request for more calls than one may make."""
    return f"{LEAD}: these are {count} requests in one, and {MAX_WISHES} is the most. Ask for some of them at a time."
