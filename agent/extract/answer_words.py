"""Words around an answer: "make it three weeks", "20 should do", "no, Jonas" give the value or name in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from language.text import Token, read_text, word_set

AROUND: Final = word_set(
    "well and for to as do make it that put let's lets only just instead rather enough will fine be better hm hmm ok "
    "okay actually wait hang hold on no nope sorry oops one wrong meant mean i is would with of by in at then now "
    "please thing goes set say"
)
"""Grammar words and light verbs that may stand around what is said anew, and change nothing of it."""
_BESIDE: Final = AROUND | word_set(
    "let take takes can could have has get gets give gives need needs want wants should must shall i'd it's that's "
    "he'd she'd they'd we'd i'll he him his she her they them their we us me my you thanks though"
)
_CHANGES: Final = word_set("as than not never nor neither none nobody without except but if unless")
"""What makes something else of an answer: "as late as you can" is no "late"."""
_MOST: Final = 8  # words on either side


def list_cores(words: str) -> Iterator[str]:
    """The parts of an answer without such words on either side, the longest first, the whole of it excluded."""
    read = read_text(words)
    tokens = read.tokens
    if any(token.low in _CHANGES or token.low.endswith("n't") for token in tokens):
        return
    first, last = 0, len(tokens)
    while first < min(last, _MOST) and is_beside(tokens[first]):
        first += 1
    while last > max(first, len(tokens) - _MOST) and is_beside(tokens[last - 1]):
        last -= 1
    cores = ((start, stop) for start in range(first + 1) for stop in range(last, len(tokens) + 1) if start < stop)
    for start, stop in sorted(cores, key=lambda each: each[0] - each[1]):
        if (start, stop) != (0, len(tokens)):
            begin, end = read.span(tokens[start].start, tokens[stop - 1].end)
            yield words[begin:end]


def is_beside(token: Token) -> bool:
    """Whether a mark or a light word may stand around a value."""
    return not token.word or token.low in _BESIDE
