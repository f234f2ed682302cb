"""Size limits: how much a text may hold to be read at once, and the refusal of a text that holds more.

The readers take linear time, but many look at every word for every parameter of every candidate action. Typed text
stays far below these limits. A longer one is refused in words, before anything is read.
"""

from __future__ import annotations

import re
from typing import Final

MAX_TEXT: Final = 4000
"""Most characters of a request or an answer."""
MAX_TOKENS: Final = 1200
"""Most words, numbers and marks of one text. Four thousand characters of English have about nine hundred."""
MAX_CLAUSES: Final = 200
"""Most clauses of one text, which end at full stops, line ends and before an order."""
MAX_QUOTES: Final = 200
"""Most quotation marks of one text, not counting apostrophes."""
MAX_WISHES: Final = 20
"""Most orders of one request that become separate calls."""

_TOKEN: Final = re.compile(r"\w+|[^\w\s]")
_QUOTE: Final = re.compile(r"[\"“”„«»`]|(?<!\w)['‘]|['’](?!\w)")
LEAD: Final = "That is more than I can read at once"


def explain_excess(text: str) -> str | None:
    """Why a text is too much to read at once, as a sentence for its author, or None. Takes linear time."""
    for pattern, most, what in ((_TOKEN, MAX_TOKENS, "words and marks"), (_QUOTE, MAX_QUOTES, "quotation marks")):
        if len(text) > most and (count := sum(1 for _ in pattern.finditer(text))) > most:
            return f"{LEAD}: it has {count} {what}, and {most} is the most. Say it in fewer."
    return None


def refuse_too_many(count: int) -> str:
    """Refuses a request for more calls than allowed."""
    return f"{LEAD}: these are {count} requests in one, and {MAX_WISHES} is the most. Ask for some of them at a time."
