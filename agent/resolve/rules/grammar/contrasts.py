"""Contrasts: "for Ada, not Ben", "at once instead of at the end": what is said anew, and what it takes the place
of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agent.pipeline import Turn
from agent.planning.proposal import PlanResult, Proposal, TypedValue
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.follow_ups import read_values
from agent.resolve.rules.grammar.reader import Reader
from language.text import read_text, word_set
from registry.offers.shortlist import Shortlist

_CONTRAST: Final = re.compile(
    r"(?:^\W*|[,;–—-]\s*|\s)(?:and\s+|but\s+)?(?:not|instead\s+of|rather\s+than)\s+(?P<what>[^,;.!?]{1,60}?)\s*(?=$|[,;.!?])",
    re.IGNORECASE,
)
_WRONG: Final = re.compile(
    r"^\W*(?:(?:no|oops|sorry|ah|oh)\b\W*)*(?:that['’]?s\s+)?(?:the\s+)?wrong(?P<what>)\s+[^\W\d_]+\s*[,.;:–—-]+\s*(?=\S)",
    re.IGNORECASE,
)
_IDLE: Final = lexicon.DETERMINERS | lexicon.OF | word_set("it one ones to at on in him her them please though")


@dataclass(frozen=True, slots=True)
class Contrast:
    """``what`` is denied by the words at ``place``."""

    what: str
    place: tuple[int, int]


def find_contrast(text: str) -> Contrast | None:
    """The one thing that is denied beside something else."""
    found = list(_WRONG.finditer(text)) or list(_CONTRAST.finditer(text))
    if len(found) != 1 or not re.search(r"\w", text[: found[0].start()] + text[found[0].end() :]):
        return None
    start, end = found[0].span()
    end -= len(text[start:end]) - len(text[start:end].rstrip())
    start += len(text[start:end]) - len(text[start:end].lstrip())
    return Contrast(found[0]["what"], (start, end))


def is_of_before(
    contrast: Contrast, made: Proposal, thread: Sequence[Turn], shortlist: Shortlist, reader: Reader
) -> bool:
    """Whether what is denied is what the corrected call had: words of its request, or another value of what is said
    anew."""
    result = made.result
    if not isinstance(result, PlanResult) or not result.replaces or len(result.calls) != 1:
        return False
    turn = next((turn for turn in reversed(thread) if turn.calls), None)
    said = {token.low for token in read_text(contrast.what).tokens if token.word and token.low not in _IDLE}
    if turn is not None and said <= {token.low for token in read_text(turn.words).tokens}:
        return True
    call = result.calls[0]
    offer = shortlist.get(call.action)
    denied = Reader(contrast.what, tuple(reader.kinds.values()), reader.now, reader.place)
    read = read_values(denied, offer, shortlist) if offer is not None else None
    if read is None or len(read.calls) != 1:
        return False
    pairs = [(value, call.arguments.get(name)) for name, value in read.calls[0].items()]
    return all(
        isinstance(old, TypedValue) and isinstance(new, TypedValue) and old.value != new.value for old, new in pairs
    )
