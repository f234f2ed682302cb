"""Retractions and hedges: words behind an order that take it back, and words that leave open whether it is one.

"Close 5519, scratch that" orders nothing, "give her perhaps 20 euros" has not made up its mind. Neither is ever passed
over, whatever was understood of the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from language.stems import split_runs, stem

_OFF: Final = (
    r"(?P<verb>scratch|ignore|forget|cancel|drop|skip|strike|disregard|undo|stop)"
    r"\s+(?:that|this|it|about\s+(?:it|that)|all\s+(?:of\s+)?that)"
)
_RETRACTION: Final = re.compile(
    r"(?:[,;.!(]|\s[-–—]+|(?<=\w))\s{1,5}(?:(?:oh|no|wait|sorry|hm+|well|actually|and|but)[,\s]{1,5}){0,3}"
    rf"(?P<back>{_OFF}|never\s*mind|actually\s+(?:no|not|don['’]?t)|no\s+wait|(?:just\s+)?kidding|jk|(?:a\s+)?joke"
    r"|on\s+second\s+thoughts?|(?:no\s+)?don['’]?t|(?:better\s+|rather\s+)not)\s{0,5}[.!)…]*\s*$",
    re.IGNORECASE,
)
# What turns round behind an order, whatever words follow: "no wait, I'll ask him", "actually leave it".
_TURN: Final = re.compile(
    r"(?:[,;.!?(…]|\s[-–—]+)\s{0,5}(?:(?:oh|ah|hm+|um|well|sorry|and|but|or)[,.…\s]{1,5}){0,3}"
    rf"(?P<back>(?:no+|nope|nah|wait|stop)(?=\s*(?:[,.;:!…–—-]|$)|\s+(?:no|way|wait|stop|better|rather|don['’]?t)\b)"
    r"|(?:hold|hang)\s+on|actually|on\s+second\s+thoughts?|never\s*mind|(?:better|rather)\s+not"
    rf"|{_OFF.replace('?P<verb>', '?P<said>')}"
    r"|(?:leave|let)\s+(?:it|that|him|her|them)(?=\s*(?:[,.;!]|$)|\s+(?:alone|be|as\s+(?:it|is)|for\s+now)\b))(?!\w)",
    re.IGNORECASE,
)
# What was answered to whoever asked for it, or done: "but we refused", "so I told them no", "so we did".
_REFUSED: Final = re.compile(
    r"(?:[,;.!?…–—-]|\b(?:and|but|so))\s{1,5}(?:(?:and|but|so|then|though)\s{1,5}){0,2}(?P<back>(?:I|we)\s{1,5}"
    r"(?:(?:can['’]?t|cannot|won['’]?t|didn['’]?t|don['’]?t|wouldn['’]?t|did)(?=\s*(?:[,.;!]|$))"
    r"|(?:(?:have|had)\s{1,5})?(?:refused|declined)(?=\s*(?:[,.;!]|$)|\s+(?:it|that|this)\b)"
    r"|(?:said|told\s{1,5}\w+)\s{1,5}(?:(?:that\s{1,5})?(?:I|we)\s{1,5}(?:can['’]?t|won['’]?t)|no(?=\s*(?:[,.;!]|$)))))",
    re.IGNORECASE,
)
_HEDGE: Final = re.compile(r"(?<!\w)(?:maybe|perhaps|possibly)(?!\w)", re.IGNORECASE)
# "Could you maybe" only asks nicely.
_ASKING: Final = re.compile(r"(?:can|could|would|will|please|you|we|i)[\s,]+(?:\w+[\s,]+)?$", re.IGNORECASE)
_NEAR: Final = 24
_BEGINS: Final = 3
"""Characters by which a quote that is nothing but such words may begin before them."""


def find_taken_back(text: str, taken: Sequence[tuple[int, int]], verbs: frozenset[str]) -> Iterator[tuple[int, int]]:
    """The places of words at the end that take the order back, and of those that leave it open. ``taken`` are the
    quotes that were used; ``verbs`` are the stems of the called actions' own verbs: "cancel that" is the order where no
    other of them stands before it."""
    for start, end in _find_retraction(text, verbs):
        begins = any(first < start for first, _ in taken)  # else there is no order before it in these words
        if begins and not any(first + _BEGINS < start and end <= last for first, last in taken):  # part of a text
            yield start, end
            return
    yield from _find_turn(text, taken, verbs)
    last = max((start for start, _ in taken), default=len(text))
    for refused in _REFUSED.finditer(text, last):
        if not any(first + _BEGINS < refused.start() < end for first, end in taken):
            yield refused.span("back")
    for start, end in _find_hedges(text):
        if not any(first + _BEGINS < start and end <= last for first, last in taken):
            yield start, end


def _find_retraction(text: str, verbs: frozenset[str]) -> Iterator[tuple[int, int]]:
    found = _RETRACTION.search(text[-80:])
    if found is None:
        return
    start, end = (len(text) - len(text[-80:]) + place for place in found.span("back"))
    before = {stem(word.casefold()) for word, _, last in split_runs(text) if last <= start}
    if found["verb"] is None or stem(found["verb"].casefold()) not in verbs or before & verbs:
        yield start, end


def _find_turn(text: str, taken: Sequence[tuple[int, int]], verbs: frozenset[str]) -> Iterator[tuple[int, int]]:
    """From where an order is turned round to the end, where nothing behind that was used: nothing is said anew."""
    last = max((start for start, _ in taken), default=len(text))
    for found in _TURN.finditer(text, last):
        start = found.start("back")
        own = found["said"] is not None and stem(found["said"].casefold()) in verbs
        if not own and not any(first + _BEGINS < start < end for first, end in taken):
            yield start, len(text.rstrip(" .!?…)"))
            return


def _find_hedges(text: str) -> Iterator[tuple[int, int]]:
    for found in _HEDGE.finditer(text):
        if _ASKING.search(text[max(0, found.start() - _NEAR) : found.start()]) is None:
            yield found.span()
