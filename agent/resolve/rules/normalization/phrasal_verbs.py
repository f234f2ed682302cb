"""Orders of two words: "call off the order" is "cancel the order", "send it back" is "return it".

Only such as mean one thing, where an order stands, and outside quotes. A few that business is done with stand here; the
rest are WordNet's (language/english).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from language.stems import KIN, ORDER_WORDS, READING, stem
from language.text import blank_quotations
from language.wordnet import load_phrasal_verbs

# What means several things is not here ("turn down", "take out", "set up").
PLAIN: Final = {
    "bring back": "return", "bring forward": "reschedule", "bring up to date": "update", "call off": "cancel",
    "cross off": "delete", "do away with": "delete", "get rid of": "delete", "give back": "return",
    "hand back": "return", "hold off": "pause", "pass on": "forward", "pay back": "refund", "pick out": "choose",
    "put back": "return", "put off": "postpone", "put on hold": "pause", "put together": "make", "rub out": "delete",
    "send along": "send", "send back": "return", "send off": "send", "send out": "send", "send over": "send",
    "shut down": "close", "shut off": "stop", "sort out": "resolve", "strike off": "delete", "swap out": "replace",
    "take away": "remove", "take down": "remove", "throw away": "delete", "throw out": "delete", "wrap up": "close",
}  # fmt: skip
_BEFORE: Final = r"(?P<before>^\W*|[.,;:!?]\s+|\b(?:to|and|then|please|also|just|you|not|n['’]t|i|we)\s+)"
# What may stand between the two words: something short, with no order and no mark in it ("send the blue lamp back").
_BETWEEN: Final = r"(?P<between>(?:\s+(?!(?:and|or|to|then|but|please|with|for)\b)[\w’'-]+){1,4}?)"
# Nothing that the second word could be about follows ("take the car back to the shop" does, "look the word up"
# doesn't).
_OVER: Final = r"(?=\s*(?:[.,;:!?]|$|(?:and|then|please|for|because|as|if|with|now|today|tomorrow)\b))"


@cache
def _load_verbs() -> dict[str, str]:
    known = {phrase: plain for phrase, plain in load_phrasal_verbs().items() if _tells_more(phrase, plain)}
    return {**known, **PLAIN}


def _tells_more(phrase: str, plain: str) -> bool:
    """Whether the plain verb is one that orders are given with, and not what the first word says by itself ("find out",
    "look for")."""
    first, meant = stem(phrase.split()[0]), stem(plain)
    known = plain in ORDER_WORDS or meant in KIN
    return known and meant not in KIN.get(first, ()) and not (first in READING and meant in READING)


@cache
def _compile_together() -> re.Pattern[str]:
    return re.compile(rf"{_BEFORE}(?P<verb>{_join_alternatives(_load_verbs())})(?=\s)", re.IGNORECASE)


@cache
def _compile_apart() -> re.Pattern[str]:
    two = [phrase for phrase in PLAIN if phrase.count(" ") == 1]
    parts = enumerate(phrase.split() for phrase in sorted(two))
    either = "|".join(rf"{verb}{_BETWEEN.replace('between', f'b{at}')}\s+{rest}" for at, (verb, rest) in parts)
    return re.compile(rf"{_BEFORE}(?P<verb>{either}){_OVER}", re.IGNORECASE)


def _join_alternatives(phrases: dict[str, str]) -> str:
    return "|".join(sorted((each.replace(" ", r"\s+") for each in phrases), key=len, reverse=True))


def replace_phrasal_verbs(
    text: str, knows: Callable[[str], bool] = lambda _: False, calls: Callable[[str], bool] = lambda _: False
) -> list[tuple[int, int, str]]:
    """Where an order of several words stands, with the plain one: to be put in its place. ``knows`` says whether some
    offer uses a stem: what WordNet has for a verb is asked for only where none uses the verb itself ("take back a
    credit"). ``calls`` says whether some offer is called by these very words, which then stay."""
    bare = blank_quotations(text)
    made = []
    for found in _compile_together().finditer(bare):
        words = found["verb"].lower().split()
        phrase = " ".join(words)
        if calls(phrase):
            continue
        if phrase in PLAIN or not knows(stem(words[0])):
            made.append((*found.span("verb"), _load_verbs()[phrase]))
    taken = [(start, end) for start, end, _ in made]
    for found in _compile_apart().finditer(bare):
        start, end = found.span("verb")
        if any(first < end and start < last for first, last in taken):
            continue
        words = found["verb"].split()
        if calls(f"{words[0]} {words[-1]}".lower()):
            continue
        made.append((start, start + len(words[0]), _load_verbs()[f"{words[0]} {words[-1]}".lower()]))
        made.append((end - len(words[-1]) - 1, end, " "))
    return made
