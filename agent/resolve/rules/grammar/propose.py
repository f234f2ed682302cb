"""From drafts to a proposal: the wishes of a request read again in full, with their condition."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from pydantic import BaseModel

from agent.pipeline import Draft, Span
from agent.planning.proposal import Answer, Call, Find, PlanResult, Proposal, RecordArgument, Test, When, Words
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.calls import CallReader, Wish
from agent.resolve.rules.grammar.questions import read_answer
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.grammar.tests_of import read_tests
from agent.resolve.rules.mentions import spans_of
from agent.resolve.rules.ranking import segments
from agent.resolve.rules.text_alignment import AlignedText
from registry.records import RecordKind
from registry.shortlist import Shortlist

DATED: Final = 0.55
"""How surely words must mean a day to count as one."""
_SENTENCE: Final = re.compile(r"[.!?\n](?=\s|$)")


class Proposer:
    """Reads one request. ``shortlist`` holds what may be called."""

    def __init__(self, read: AlignedText, shortlist: Shortlist, kinds: Sequence[RecordKind], now: datetime) -> None:
        self.read, self.shortlist = read, shortlist
        self.reader = Reader(read.text, kinds, now, self.words)
        self.computed = False

    def words(self, start: int, end: int) -> Words:
        span = self.read.span(Span(start=start, end=end, text=self.read.text[start:end]))
        return Words(text=span.text, origin=0, start=span.start)

    def plan(self, drafts: Sequence[Draft], stretch: tuple[int, int] | None = None) -> tuple[Call, ...] | None:
        """The drafts as calls; None where one can't be."""
        made: list[Call] = []
        for wish in self._wishes(drafts, stretch or (0, len(self.read.text))):
            reader = CallReader(self.reader, wish)
            call = reader.read()
            if call is None:
                return None
            self.computed = self.computed or reader.computed
            made.append(call)
        return tuple(made)

    def _wishes(self, drafts: Sequence[Draft], stretch: tuple[int, int]) -> list[Wish]:
        """Each draft with its own stretch: its segment's, cut where another draft's words begin."""
        begins = [min((s.start for a in d.arguments.values() for s in spans_of(a)), default=-1) for d in drafts]
        parts = [(p.start, p.end) for p in segments(self.read.text)]
        made: list[Wish] = []
        for at, draft in enumerate(drafts):
            offer = self.shortlist.get(draft.action)
            assert offer is not None
            start, end = stretch
            if len(drafts) > 1 and begins[at] >= 0:
                start, end = next(
                    ((max(a, start), min(b, end)) for a, b in parts if a <= begins[at] < b), (start, end)
                )
                end = min([end, *(b for b in begins if b > begins[at])])
                before = [
                    max((s.end for a in d.arguments.values() for s in spans_of(a)), default=0)
                    for d, b in zip(drafts, begins, strict=True)
                    if 0 <= b < begins[at]
                ]
                start = max([start, *(b for b in before if b <= begins[at])])
            made.append(Wish(draft, offer, start, end, self.shortlist.core(offer.name)))
        return made

    def tests(self, stretch: tuple[int, int]) -> tuple[Test, ...] | None:
        first, last = (self.reader.end_index(at) for at in stretch)
        return read_tests(self.reader, first, last)

    def spoken_of(self, calls: Sequence[Call]) -> None:
        """What "it" in a condition is: the record of the first call."""
        for call in calls:
            for argument in call.arguments.values():
                if isinstance(argument, RecordArgument) and isinstance(argument.reference, Find):
                    self.reader.thing = argument.reference
                    return


    def thing_kind(self) -> str | None:
        return self.reader.thing.record if self.reader.thing is not None else None

    def left_over(self, calls: Sequence[Call]) -> tuple[str, ...]:
        """Names, numbers and days that stand beside what the calls quote, in the same sentence, and that none of them
        says."""
        if not calls:
            return ()
        quoted = sorted(_quotes(calls))
        found: list[tuple[int, int]] = []
        for first, last in self._sentences():
            inside = [each for each in quoted if first <= each[0] < last]
            if inside:
                found += [each for each in self._telling(first, last) if not _meet(each, quoted)]
        typed = self.read.typed
        return tuple(dict.fromkeys(typed[start:end] for start, end in found))

    def _sentences(self) -> list[tuple[int, int]]:
        """Stretches of what was typed, without those that say what shall not be done."""
        typed = self.read.typed
        ends = [match.end() for match in _SENTENCE.finditer(typed)]
        return list(itertools.pairwise([0, *ends, len(typed)]))

    def _telling(self, first: int, last: int) -> Iterator[tuple[int, int]]:
        reader = self.reader
        denied = [(p.start, p.end) for p in segments(self.read.text) if p.negated]
        for at, token in enumerate(reader.tokens):
            words = reader.words(at, at + 1)
            start = words.start if words.start is not None else -1
            if not first <= start < last or any(a <= start < b for a, b in denied):
                continue
            day = reader.dates.get(at)
            code = any(map(str.isdigit, token.text)) and ((len(token.text) > 2 and at not in reader.money) or "-" in token.text)
            name = token.capital and len(token.text) > 1 and start > first and reader.text.plain[token.start - 1 : token.start] == " "
            before = reader.tokens[at - 1] if at else None
            begins = before is None or before.text in ".!?:;\"“"
            if day is not None and day.weight >= DATED and not day.now:
                yield start, start + (day.end - day.start)
            elif code or (name and not begins and reader.noun(at) is None and token.low not in lexicon.NAME_STOP):
                yield start, start + len(words.text)

    def answer(self) -> Answer | None:
        return read_answer(self.reader)


def _quotes(node: object) -> Iterator[tuple[int, int]]:
    if isinstance(node, Words):
        if node.start is not None:
            yield node.start, node.start + len(node.text)
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from _quotes(getattr(node, name))
    elif isinstance(node, Mapping):
        for each in node.values():
            yield from _quotes(each)
    elif isinstance(node, tuple | list):
        for each in node:
            yield from _quotes(each)


def _meet(place: tuple[int, int], quoted: Sequence[tuple[int, int]]) -> bool:
    return any(start < place[1] and place[0] < end for start, end in quoted)


def conditioned(calls: Sequence[Call], tests: tuple[Test, ...], *, holds: bool) -> tuple[Call, ...]:
    return tuple(call.model_copy(update={"condition": When(tests=tests, holds=holds)}) for call in calls)


def proposal_of(calls: Sequence[Call], left_over: Sequence[str] = ()) -> Proposal:
    return Proposal(result=PlanResult(calls=tuple(calls)), left_over=tuple(left_over))
