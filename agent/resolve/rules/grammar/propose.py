"""From drafts to a proposal: the wishes of a request read again in full, with their condition."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Final

from pydantic import BaseModel

from agent.extract.time import durations
from agent.pipeline import Draft, Span, spans_of
from agent.planning.proposal import Answer, Call, Find, PlanResult, Proposal, RecordArgument, Test, When, Words
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.amounts import MONEY
from agent.resolve.rules.grammar.calls import CallReader, Wish
from agent.resolve.rules.grammar.conditions import read_tests
from agent.resolve.rules.grammar.questions import read_answer
from agent.resolve.rules.grammar.reader import Reader
from agent.resolve.rules.ranking import segments
from agent.resolve.rules.text_alignment import AlignedText
from language.stems import EMPTY, ORDERS, stem
from language.wordnet import is_word
from registry.offers.shortlist import Shortlist
from registry.records import RecordKind

DATED: Final = 0.55
"""How surely words must mean a day to count as one."""
# Words of amounts that only arithmetic could say.
_RESTS: Final = frozenset({"down", "rest", "remaining", "remainder", "plus", "minus", "difference", "net", "gross"})
# What follows says why, and changes nothing of what is done.
_REASONS: Final = frozenset({"for", "because", "since", "as", "due"})
# What shall not be done, or shall be done no more: nothing comes of its words.
_DENIED: Final = re.compile(r"\b(?:don['’]?t|do\s+not|never|rather\s+than|instead\s+of)\b[^,;.!?\n]*", re.IGNORECASE)
_AFTER: Final = frozenset({"after", "before", "until", "till"})
_WHOLE: Final = frozenset({"full", "fully", "whole", "entire", "complete", "completely", "next", "once"})
_FIRST: Final = re.compile(r"\w\s+first[\s.!]*$", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"[.!?\n](?=\s|$)")


class Proposer:
    """Reads one request. ``shortlist`` holds what may be called."""

    def __init__(self, read: AlignedText, shortlist: Shortlist, kinds: Sequence[RecordKind], now: datetime) -> None:
        self.read, self.shortlist = read, shortlist
        self.reader = Reader(read.text, kinds, now, self.words)

    def words(self, start: int, end: int) -> Words:
        span = self.read.span(Span(start=start, end=end, text=self.read.text[start:end]))
        return Words(text=span.text, origin=0, start=span.start)

    def plan(self, drafts: Sequence[Draft], stretch: tuple[int, int] | None = None) -> tuple[Call, ...] | None:
        """The drafts as calls; None where one can't be."""
        made: list[Call] = []
        first: list[Call] = []
        for wish in self._wishes(drafts, stretch or (0, len(self.read.text))):
            reader = CallReader(self.reader, wish)
            call = reader.read()
            if call is None:
                return None
            (first if made and _FIRST.search(self.read.text[wish.start : wish.end]) else made).append(call)
        return (*first, *made)

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
                start, end = next(((max(a, start), min(b, end)) for a, b in parts if a <= begins[at] < b), (start, end))
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

    def may_test(self, stretch: tuple[int, int]) -> bool:
        """Whether the words may be told of what the call is about: "it's …", "there is one"."""
        return self.reader.low(self.reader.end_index(stretch[0])).split("'")[0] in lexicon.PRONOUNS | {"there"}

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
        read = [self.reader.words(at, at + 1) for at in sorted(self.reader.covered)]
        quoted = sorted({*_quotes(calls), *_quotes(read)})
        offers = [offer for call in calls if (offer := self.shortlist.get(call.action)) is not None]
        paid = any(each.annotation(name).unit in MONEY for each in offers for name in each.properties)
        spoken = frozenset[str]().union(*(self.shortlist.spoken(each.name) for each in offers))
        strict = paid or (self.read.text.islower() and self.read.typed.isupper())
        found: list[tuple[int, int]] = []
        for first, last in self._sentences():
            inside = [each for each in quoted if first <= each[0] < last]
            if inside:
                told = self._telling(first, last, spoken, strict=strict)
                found += [each for each in told if not _meet(each, quoted)]
        typed = self.read.typed
        return tuple(dict.fromkeys(typed[start:end] for start, end in found))

    def _sentences(self) -> list[tuple[int, int]]:
        """Stretches of what was typed, without those that say what shall not be done."""
        typed = self.read.typed
        ends = [match.end() for match in _SENTENCE.finditer(typed)]
        return list(itertools.pairwise([0, *ends, len(typed)]))

    def _telling(self, first: int, last: int, spoken: frozenset[str], *, strict: bool) -> Iterator[tuple[int, int]]:
        reader = self.reader
        denied = [found.span() for found in _DENIED.finditer(self.read.typed)]
        because = False
        for at, token in enumerate(reader.tokens):
            words = reader.words(at, at + 1)
            start = words.start if words.start is not None else -1
            because = (because or token.low in _REASONS) and at not in reader.covered and not reader.is_mark(at)
            if because or not first <= start < last or any(a <= start < b for a, b in denied):
                continue
            if at in reader.covered:
                continue
            day = reader.dates.get(at)
            code = any(map(str.isdigit, token.text)) and (at not in reader.money or "-" in token.text)
            before = reader.tokens[at - 1].text if at else "."
            name = token.capital and len(token.text) > 1 and before not in '.!?:;"“'
            if day is not None and day.weight >= DATED and not day.now:
                yield start, start + (day.end - day.start)
                continue
            lasts = next((each for each in self._durations if each.start == token.start), None)
            if lasts is not None or token.low in _AFTER:
                yield start, start + (lasts.end - lasts.start if lasts is not None else len(words.text))
                continue
            named = name and reader.noun(at) is None and token.low not in lexicon.NAME_STOP
            telling = strict and token.low.isalpha() and self._tells(at, spoken)
            if code or named or telling or self._strange(at, spoken):
                yield start, start + len(words.text)

    def _strange(self, at: int, spoken: frozenset[str]) -> bool:
        """Whether a word is none of English or of the action's: a name in small letters."""
        low = self.reader.low(at)
        known = is_word(low) or low in lexicon.NAME_STOP or low in EMPTY or stem(low) in spoken or self.reader.noun(at)
        return low.isalpha() and len(low) > 2 and not known and self._english

    @cached_property
    def _durations(self) -> tuple[durations.Duration, ...]:
        return durations.find(self.reader.text)

    @cached_property
    def _english(self) -> bool:
        """Whether the request is in English, as far as its words tell."""
        words = [token.low for token in self.reader.tokens if token.low.isalpha()]
        return 2 * sum(is_word(word) or word in EMPTY for word in words) >= len(words)

    def _tells(self, at: int, spoken: frozenset[str]) -> bool:
        """Whether a word may change what is done with money: none of the grammar's, the action's or politeness's."""
        reader, low = self.reader, self.reader.low(at)
        plain = low in _WHOLE | EMPTY | lexicon.NAME_STOP | lexicon.AUXILIARIES | lexicon.RELATIVES
        if low in _RESTS:
            return True
        return not plain and is_word(low) and stem(low) not in spoken | ORDERS and reader.noun(at) is None

    def surely(self, drafts: Sequence[Draft]) -> tuple[Call, ...] | None:
        """The one draft as a call, where its own verb was said and nothing that it needs is missing."""
        if len(drafts) != 1:
            return None
        offer = self.shortlist.get(drafts[0].action)
        own = self.shortlist.called(drafts[0].action)[:1]
        verbs = {stem(token.low) for token in self.reader.tokens}
        if offer is None or not set(own) & verbs:
            return None
        calls = self.plan(drafts)
        if calls is None:
            return None
        given = [name for name in offer.required if name not in calls[0].arguments]
        missing = [n for n in given if offer.annotation(n).derive is None and "default" not in offer.properties[n]]
        return calls if not missing else None

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
