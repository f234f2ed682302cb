"""Verified spans: a resolver's claims about words, checked against what the person typed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from agent.pipeline import Answer, Request, Span

# Where a word or a number goes on: between two letters of Latin script (others need no spaces), two digits, and around
# a number's own marks ("10.50", "1,000", but not the list "5524,5525").
_WITHIN: Final = re.compile(
    r"[A-Za-z\u00c0-\u024f](?=[A-Za-z\u00c0-\u024f])|\d(?=\d)|\d(?=[.,]\d{1,3}(?!\d))|(?<=\d)[.,](?=\d{1,3}(?!\d))"
)


@dataclass(frozen=True, slots=True)
class VerifiedSpan:
    """``text`` is the spans' words joined by single spaces: what is read, and what a source is recomputed from."""

    text: str
    spans: tuple[Span, ...]


def verify_spans(request: Request, spans: Sequence[Span]) -> VerifiedSpan | None:
    """The words at ``spans``, or None where one of them does not stand in the request as it claims (or there is none at
    all). A part of a word or number is nothing that was said: 1 is not said by INV-1055."""
    for span in spans:
        if span.origin > len(request.answers):
            return None
        words = request.words(span.origin)
        if not span.text.strip() or words[span.start : span.end] != span.text:
            return None
        if _cut(words, span.start) or _cut(words, span.end):
            return None
    return VerifiedSpan(" ".join(span.text for span in spans), tuple(spans)) if spans else None


def _cut(words: str, at: int) -> bool:
    """Whether a word or number goes on across this place."""
    return at > 0 and _WITHIN.match(words, at - 1) is not None


def find_answer(request: Request, slot: str) -> tuple[Answer, VerifiedSpan] | None:
    """The latest answer to ``slot`` and its words: what was typed, or the label of what was chosen."""
    for origin in range(len(request.answers), 0, -1):
        answer = request.answers[origin - 1]
        if answer.slot != slot or (answer.choice is None and not (answer.text or "").strip()):
            continue
        words = request.words(origin)
        spans = (Span(origin=origin, start=0, end=len(words), text=words),) if words else ()
        return answer, VerifiedSpan(words, spans)
    return None
