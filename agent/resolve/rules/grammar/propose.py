"""From drafts to a proposal: the wishes of a request read again in full, with their condition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from agent.pipeline import Draft, Span
from agent.planning.proposal import Answer, Call, Find, PlanResult, Proposal, RecordArgument, Test, When, Words
from agent.resolve.rules.grammar.calls import CallReader, Wish
from agent.resolve.rules.grammar.questions import read_answer
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.grammar.tests_of import read_tests
from agent.resolve.rules.mentions import spans_of
from agent.resolve.rules.ranking import segments
from agent.resolve.rules.text_alignment import AlignedText
from registry.records import RecordKind
from registry.shortlist import Shortlist


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


    def answer(self) -> Answer | None:
        return read_answer(self.reader)


def conditioned(calls: Sequence[Call], tests: tuple[Test, ...], *, holds: bool) -> tuple[Call, ...]:
    return tuple(call.model_copy(update={"condition": When(tests=tests, holds=holds)}) for call in calls)


def proposal_of(calls: Sequence[Call]) -> Proposal:
    return Proposal(result=PlanResult(calls=tuple(calls)))
