"""Phrasal verbs: plain verbs for what people order in two words ("call off", "bring forward")."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Final

from language.stems import KIN, ORDER_WORDS, READING, stem
from language.text import blank_quotations
from language.wordnet import load_phrasal_verbs

# Phrasal verbs with several meanings are left out ("turn down", "take out", "set up").
PLAIN: Final = {
    "bring back": "return", "bring forward": "reschedule", "bring up to date": "update", "call off": "cancel",
    "cross off": "delete", "do away with": "delete", "get rid of": "delete", "give back": "return",
    "hand back": "return", "hold off": "pause", "pass on": "forward", "pay back": "refund", "pick out": "choose",
    "put back": "return", "put off": "postpone", "put on hold": "pause", "put together": "make", "rub out": "delete",
    "send along": "send", "send back": "return", "send off": "send", "send out": "send", "send over": "send",
    "shut down": "close", "shut off": "stop", "sort out": "resolve", "strike off": "delete", "swap out": "replace",
    "take away": "remove", "take down": "remove", "throw away": "delete", "throw out": "delete", "wrap up": "close",
}  # fmt: skip
# A text to write: "drop Ada a line".
_A_LINE: Final = re.compile(
    r"\b(?P<verb>drop|shoot|send)(?=\s+(?:[\w'’]+\s+){1,3}?an?\s+(?:\w+\s+)?(?:line|note|message|apology)\b)", re.I
)
_TOLD: Final = re.compile(
    r"\b(?:tell|text|ask|message|msg|let|remind|inform|write|note|say|sms|e?mail)\b[^.;!?\n]{1,60}?(?::|\s(?:to|that)\s)",
    re.I,
)
_BEFORE: Final = r"(?P<before>^\W*|[.,;:!?]\s+|\b(?:to|and|then|please|also|just|you|not|n['’]t|i|we)\s+)"
# May stand between the two words: something short without an order or punctuation ("send the blue lamp back").
_BETWEEN: Final = r"(?P<between>(?:\s+(?!(?:and|or|to|then|but|please|with|for)\b)[\w’'-]+){1,4}?)"
# No object of the second word follows: "take the car back to the shop" has one, "look the word up" doesn't.
_OVER: Final = r"(?=\s*(?:[.,;:!?]|$|(?:and|then|please|for|because|as|if|with|now|today|tomorrow)\b))"

_SOONER: Final = "forward"
_BY: Final = re.compile(r"\s+by\b", re.IGNORECASE)


@cache
def _load_verbs() -> dict[str, str]:
    known = {phrase: plain for phrase, plain in load_phrasal_verbs().items() if _tells_more(phrase, plain)}
    return {**known, **PLAIN}


def _tells_more(phrase: str, plain: str) -> bool:
    """Whether the plain verb is one that people order with, and not already in the first word ("find out", "look
    for")."""
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
    return re.compile(rf"{_BEFORE}(?P<verb>{either})(?:{_OVER}|(?<={_SOONER})(?=\s+(?:by|to)\b))", re.IGNORECASE)


def _join_alternatives(phrases: dict[str, str]) -> str:
    return "|".join(sorted((each.replace(" ", r"\s+") for each in phrases), key=len, reverse=True))


def replace_phrasal_verbs(
    text: str, knows: Callable[[str], bool] = lambda _: False, calls: Callable[[str], bool] = lambda _: False
) -> list[tuple[int, int, str]]:
    """Finds phrasal verbs and the plain verbs to replace them.

    ``knows`` says whether an offer uses a stem: WordNet is asked only if none uses the verb itself ("take back a
    credit"). ``calls`` says whether an offer is called by these very words, which then stay.
    """
    bare = blank_quotations(text)
    made = [(*found.span("verb"), "write") for found in _A_LINE.finditer(bare)]
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
        told = _TOLD.search(bare, 0, start) is not None  # in "text Ada: bring it back", back is a word of the text
        if told or any(first < end and start < last for first, last in taken):
            continue
        words = found["verb"].split()
        if calls(f"{words[0]} {words[-1]}".lower()):
            continue
        made.append((start, start + len(words[0]), _load_verbs()[f"{words[0]} {words[-1]}".lower()]))
        sooner = words[-1].lower() == _SOONER and _BY.match(bare, end) is not None  # "bring 7 forward by a day"
        made.append((end - len(words[-1]) - 1, end, " earlier" if sooner else " "))
    return made
