"""Unclaimed text: words of a request that no argument uses.

A resolver may overlook words. A call must not go out as if they had not been said. They serve only to ask, or to find
the owner of a record: "give Nora her money back for the latest invoice" is about Nora's, even if a resolver passes on
"the latest invoice" alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from agent.extract.references.find import find
from agent.extract.references.parse import parse
from agent.extract.references.value import Reference
from agent.extract.spans import money
from agent.extract.time import dates
from agent.pipeline import Draft, Request, Span, list_spans
from agent.validate.coverage.unused_words import collect_subject_stems, find_left_over
from language.stems import ORDERS, stem
from language.text import read_text
from registry.contract import Contract
from registry.records import RecordKind

_WORD: Final = re.compile(r"[^\W\d_]+")
_SENTENCE: Final = re.compile(r"[.!?:;]\s|\n")
_AND: Final = re.compile(r"\s*(?:,|&|\band\b|\bor\b|\bas\s+well\s+as\b)\s*(?:and\s+)?", re.IGNORECASE)
_PART: Final = re.compile(
    r"\b(?:half|halves|(?:a|one|two|three)\s+(?:thirds?|quarters?|fifths?|tenths?)|partial(?:ly)?|partly|part\s+of)\b"
    r"|(?<!\S)[-−]\s?\d+(?:[.,]\d+)?"
    r"|\b\d+(?:[.,]\d+)?\s*(?:%|percent\b|per\s+cent\b)",
    re.IGNORECASE,
)


class UnclaimedText:
    """Words of the request that no argument of its drafts uses."""

    def __init__(self, request: Request, steps: Sequence[tuple[Draft, Contract]], kinds: Iterable[RecordKind]) -> None:
        # A description of a call given as data was said by nobody.
        self._text, self._kinds = "" if request.given else request.text, tuple(kinds)
        self._claimed: list[Span] = []
        self._read: list[Span] = []  # claimed by a parameter that is read from words, not looked up by them
        self._known = collect_subject_stems([contract for _, contract in steps], self._kinds)
        for draft, contract in steps:
            for name, argument in draft.arguments.items():
                self._claimed += list_spans(argument)
                self._read += list_spans(argument) if contract.annotation(name).record is None else ()

    def named(self, kind: RecordKind, within: Sequence[Span] = ()) -> list[tuple[Reference, Span]]:
        """Phrases that name a record of ``kind`` by a proper name or an address.

        Words claimed by other arguments are left out. Words inside ``within`` (the argument that asks) are not.
        """
        own = {(span.start, span.end) for span in within if span.origin == 0}
        others = [span for span in self._claimed if (span.start, span.end) not in own]
        made: list[tuple[Reference, Span]] = []
        for start, end in find(self._text, kind, self._kinds):
            words = self._text[start:end]
            reference = parse(words, kind, self._kinds)
            proper = reference.email or (
                reference.name and reference.name[:1].isupper() and money.find_currency(words) is None
            )
            if proper and not _taken(start, end, others):
                bare = Reference(kind=kind.name, name=reference.name, email=reference.email)
                made.append((bare, Span(start=start, end=end, text=words)))
        return made

    def strangers(self, beside: Sequence[Span] = ()) -> tuple[Span, ...]:
        """Words that no argument uses and no contract is about. One may be a name, however it is written.

        Only words of the sentences that hold ``beside`` count, if any sentence does.
        """
        left = find_left_over(self._text, self._claimed, self._known)
        ends = [0, *(match.end() for match in _SENTENCE.finditer(self._text)), len(self._text) + 1]
        mine = {bisect_right(ends, span.start) for span in beside if span.origin == 0}
        runs = [span for span in left if not mine or bisect_right(ends, span.start) in mine]
        return tuple(each for run in runs for each in (run, *_words(run)))

    def listed(self, one: Span, other: Span) -> bool:
        """Whether only commas and "and" stand between two stretches of the request."""
        between = self._text[one.end : other.start] if one.origin == other.origin == 0 else "."
        return _AND.fullmatch(between) is not None

    def amount(self) -> str | None:
        """The first amount with a currency that no value was read from ("return 8 EUR of it"), or the first part ("half
        of INV-1042"). None if there is neither."""
        text = read_text(self._text)
        for each in money.find(text):
            start, end = text.span(each.start, each.end)
            if each.currency is not None and not _taken(start, end, self._read):
                return self._text[start:end]
        part = _PART.search(self._text)
        return part[0] if part and not _taken(part.start(), part.end(), self._read) else None

    def day(self, now: datetime) -> str | None:
        """The first day outside all arguments ("tomorrow", "on 3 March")."""
        text = read_text(self._text)
        for each in dates.find(text, now.date()):
            start, end = text.span(each.start, each.end)
            if each.weight > 0.5 and not _taken(start, end, self._claimed):
                return self._text[start:end]
        return None


def _words(run: Span) -> list[Span]:
    """The single words of a run of several, without verbs of orders: "jinsoo" of "jinsoo might"."""
    found = [(word[0], run.start + word.start(), run.start + word.end()) for word in _WORD.finditer(run.text)]
    if len(found) < 2:
        return []
    return [
        Span(origin=run.origin, start=start, end=end, text=word)
        for word, start, end in found
        if len(word) > 2 and stem(word) not in ORDERS
    ]


def _taken(start: int, end: int, claimed: Sequence[Span]) -> bool:
    return any(span.origin == 0 and span.start < end and start < span.end for span in claimed)
