"""Words around an answer: "make it three weeks", "20 should do", "no, Jonas" give the value or name in the middle."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from language.numerals import COUNTS
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
_MARKS: Final = frozenset(",.;:!'\"`()[]")
"""Marks that change nothing of what they stand beside. Any other may: "~20", "<20", "20%", "20?"."""
_DASH: Final = "-"


_NOT: Final = re.compile(r"(?:no\W+)?(?:not|anyone but|any but|all but|nicht)\s+", re.I)
_COMMA: Final = re.compile(r"[,;.]")
_MOST_DENIED: Final = 3  # words


def split_exclusion(text: str) -> tuple[str, str] | None:
    """What an answer excludes and what it names instead ("not Novak, the other one", "Ada, not Bo"). None if it
    excludes nothing. Takes linear time, because answers are read in the server's own process."""
    plain = text.strip()
    found = _NOT.match(plain)
    if found is None:
        instead, _, denied = plain.strip(" .!").partition(" not ")
        named = instead.rstrip(" ,").removesuffix(" and").rstrip(" ,")
        return (denied.strip(), named) if named and 0 < len(denied.split()) <= _MOST_DENIED else None
    excluded, *rest = _COMMA.split(plain[found.end() :], maxsplit=1)
    instead = "".join(rest).strip()
    return (excluded.strip(), instead) if excluded.strip() and "\n" not in instead else None


def list_cores(words: str) -> Iterator[str]:
    """The parts of an answer without such words on either side, the longest first, the whole of it excluded."""
    read = read_text(words)
    tokens = read.tokens
    if any(token.low in _CHANGES or token.low.endswith("n't") for token in tokens):
        return
    first, last = 0, len(tokens)
    while first < min(last, _MOST) and is_beside(tokens, first):
        first += 1
    while last > max(first, len(tokens) - _MOST) and is_beside(tokens, last - 1):
        last -= 1
    cores = ((start, stop) for start in range(first + 1) for stop in range(last, len(tokens) + 1) if start < stop)
    for start, stop in sorted(cores, key=lambda each: each[0] - each[1]):
        if (start, stop) != (0, len(tokens)):
            begin, end = read.span(tokens[start].start, tokens[stop - 1].end)
            yield words[begin:end]


def is_beside(tokens: Sequence[Token], at: int) -> bool:
    """Whether a mark or a light word may stand around a value."""
    token = tokens[at]
    if token.text == _DASH:
        return not _is_sign(tokens, at)
    return token.low in _BESIDE if token.word else token.text in _MARKS


def _is_sign(tokens: Sequence[Token], at: int) -> bool:
    """Whether a dash may make the number beside it a negative one: "-20", "- €20", "20-". Elsewhere it is a pause ("no
    - Jonas"), or stands for the cents: "20,-"."""
    behind = tokens[at + 1] if at + 1 < len(tokens) else None
    if behind is not None:
        return not behind.word or _is_number(behind)
    return at > 0 and _is_number(tokens[at - 1])


def _is_number(token: Token) -> bool:
    return token.text[0].isdigit() or token.low in COUNTS
