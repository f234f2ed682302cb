"""Questions that can't be read whole: which words of them say something that nothing here knows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from agent.resolve.rules.clauses import is_order
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.wishes import BEFALLS
from agent.resolve.rules.grammar.reader import Reader
from language.stems import stem
from language.text import word_set

_ASKED: Final = word_set("how which what who")
_SHOWN: Final = _ASKED | word_set("list show display find count number")
_CLAUSES: Final = word_set("with without who that which whose having under")
_OPENS: Final = _CLAUSES | word_set("whom have has had in by from where but not is are")
"""What follows the noun of a set that is only spoken of: nothing is ordered of it yet."""
_ON: Final = word_set("and then to so")
"""Words after which something may be ordered of the set."""
_BEFALLS: Final = word_set("get gets go goes")
"""What a set shall get, or where it shall go, is ordered for it, and not told of it."""
_NOBODY: Final = word_set("nobody no-one none")
_BETWEEN: Final = 5
"""Words that stand between two denials of one thing, at most."""
_MOST_QUOTED: Final = 12  # words
TWICE: Final = (
    "“{words}” says no twice, and I can't tell which is meant. Please say it plainly, with one “not” or none; "
    "nothing was done."
)
UNKNOWN: Final = "I can't tell what “{words}” says of {kind} here; nothing was listed and nothing was done."


def explain_unread(reader: Reader, orders: Callable[[str], bool], *, ordered: bool, tried: bool = False) -> str | None:
    """What a question says of a kind's records that nothing here knows, in words for the person; None where the request
    is no question about a set of them. ``orders`` says whether an action goes by a word, ``ordered`` that a verb of the
    request may be an order: one in a clause that tells of a set, as "open" in "that are open", is none; ``tried`` that
    no order was understood."""
    if reader.unread is None:
        return None
    at, stop, kind, several = reader.unread
    if reader.low(at) in _BEFALLS:
        return None
    if reader.low(at) in BEFALLS:
        return None  # what a set shall get is ordered for it
    first = next((step for step in range(at) if reader.tokens[step].word), 0)
    low = reader.low(first)
    opened = any(reader.low(step) in _CLAUSES for step in range(first, at + 1))
    if not several and low not in _SHOWN:
        return None
    if ordered:
        rest = range(at - 1, stop)
        if any(reader.is_mark(step) for step in rest):
            return None
        joined = any(reader.low(step) in _ON for step in rest)
        begins = not orders(low) and (low in _SHOWN or not is_order(stem(low)))
        told = opened or (tried and low in _SHOWN)
        if low not in _ASKED and (joined or not begins or not told):
            return None
    elif low not in _SHOWN and not opened and reader.low(at) not in _OPENS:
        return None
    words = reader.words(at, min(stop, at + _MOST_QUOTED)).text
    title = kind.title.lower()
    return UNKNOWN.format(kind=f"an {title}" if title[:1] in "aeiou" else f"a {title}", words=words)


def denied_twice(reader: Reader) -> str | None:
    """What to say where one thing is denied twice, "not assigned to nobody": it may mean either; None where none is."""
    for at in range(len(reader.tokens)):
        if reader.low(at) not in lexicon.NOT - {"no", "without"} or at in reader.quoted:
            continue
        for step in range(at + 1, min(at + 1 + _BETWEEN, len(reader.tokens))):
            if reader.is_mark(step) or reader.low(step) in lexicon.RELATIVES | {"and", "but", "or"}:
                break
            if reader.low(step) in _NOBODY or reader.lows(step, 2) == ("no", "one"):
                last = step + 1 + (reader.low(step) == "no")
                return TWICE.format(words=reader.words(at, last).text)
    return None
