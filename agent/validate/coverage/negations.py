"""Negations within an order: "not", "never" or "no" beside what was used, wherever in its clause they stand.

What a clause tells of how things are ("she is not happy") or gives as a reason ("for not paying") denies nothing of
the order. A negation right at the head of a clause is a pattern of its own, next door.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agent.extract.spans.money import find_currency
from agent.validate.coverage.weighty_patterns import (
    DENIED_CLAUSE,
    PAST,
    REACH,
    UNITS,
    first_from,
    last_before,
    search_before,
)
from language.stems import split_runs, stem

Place = tuple[int, int]

_NO: Final = re.compile(
    r"(?<!\w)(?:not|never|no|nor|neither|none|nobody|nothing)(?!\w)"
    # What only hastens or eases, and what "no" belongs to without denying the order.
    r"(?!\s+(?:rush|hurry|worr(?:y|ies)|problems?|doubt|matter|longer|only|sure|certain|forget|hesitate|fail)\b)",
    re.IGNORECASE,
)
# How things are, what is joined as the other case, a suggestion, or a reason: none of it denies the order.
_TOLD: Final = re.compile(
    r"(?:(?<!\bthere )\b(?:is|are|was|were|am|been|be|has|have|had|did|does|or|if|why|he|she|it|they|who|which)"
    r"|(?<!\bthere)['’](?:s|m|re|ve|d)"
    r"|\b(?:for|of|because|since|as|although|though|to)\b(?:\s+\w+){0,4})\s+$",
    re.IGNORECASE,
)
# "No. 12" is a number, "no 12 euros" denies them.
_NUMBERED: Final = re.compile(r"\.?\s*#?\d[\d.,]*\s*([^\W\d_]+|[€$£¥%])?")
# "Nobody answered", "it never came": what has happened, where an order would have another form of the verb.
_HAPPENED: Final = re.compile(rf"\s+(?:\w+ly\s+|ever\s+)?({PAST})(?!\w)", re.IGNORECASE)
_TO_BE: Final = re.compile(r"\s+to\s", re.IGNORECASE)
_TRY: Final = re.compile(r"\b(?:try|want|need|wish|prefer|choose|decide|rather)\s+$", re.IGNORECASE)
_NEAR: Final = 60
"""Letters within which what tells how things are leads up to a negation."""
_ENDS: Final = re.compile(r"[,;:!?\n()\[\]]|\.(?!\d)|\s[-–—]+\s?|^|$|(?<!\w)(?:and|but|then)(?!\w)", re.IGNORECASE)


def find_negations(text: str, taken: Sequence[Place], verbs: frozenset[str]) -> Iterator[Place]:
    """The places of negations in a clause that holds something used or the call's own verb, or that stand alone.
    ``verbs`` are the stems of the calls' own verbs."""
    for found in _NO.finditer(text):
        start, end = found.span()
        if any(first < end and start < last for first, last in taken):
            continue
        numbered = _NUMBERED.match(text, end)
        unit = numbered[1] if numbered is not None else ""
        if numbered is not None and not (unit and (stem(unit.casefold()) in UNITS or find_currency(unit))):
            continue
        happened = _HAPPENED.match(text, end) if found[0].casefold() in ("never", "nobody", "nothing") else None
        if happened is not None and stem(happened[1].casefold()) not in verbs:
            continue
        told = _TOLD.search(text, max(0, start - _NEAR), start)
        if told is not None and not (_TO_BE.match(text, end) and search_before(_TRY, text, start) is None):
            continue
        first, last = _find_clause(text, start, end)
        words = [(word.casefold(), at) for word, at, _ in split_runs(text[first:last])]
        alone = all(word in {found[0].casefold(), "please"} for word, _ in words)
        if alone:
            if not any(begin >= end for begin, _ in taken):
                yield start, end
            continue
        used = any(begin < last and first < stop for begin, stop in taken)
        if used or any(stem(word) in verbs for word, _ in words):
            yield start, end


def find_denied_clauses(text: str, taken: Sequence[Place]) -> Iterator[Place]:
    """The places of denials in clauses that tell which are meant, before something that was used: "that don't concern
    Ada"."""
    for found in DENIED_CLAUSE.finditer(text):
        if any(found.end("denied") <= start < found.end() for start, _ in taken):
            yield found.span("denied")


def _find_clause(text: str, start: int, end: int) -> Place:
    opening, closing = last_before(_ENDS, text, start), first_from(_ENDS, text, end)
    first, last = (opening[1] if opening else 0), (closing[0] if closing else len(text))
    return max(first, start - REACH), min(last, end + REACH)
