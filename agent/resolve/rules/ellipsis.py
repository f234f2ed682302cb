"""What a list of wishes leaves out: "extend Mia's trial by 3 days and Oskar's by 5" says verb and thing once, and means
two calls.

Each part is made whole with words of the others (gapping and right node raising: Ross 1970), all of them typed, and
filled like any other request. Only where every part then has all that the action needs, and no word of it is left over,
are they calls of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from agent.pipeline import Argument, Choice, Draft, ListArgument, Mention, Span, spans_of
from agent.resolve.rules.clauses import after_verb, begins_like_an_order
from agent.resolve.rules.coordination import expand_coordination
from agent.resolve.rules.slot_filling import SlotFilling, fill_slots
from language.stems import EMPTY, name_stems, split_runs, stem, stem_text
from language.text import blank_quotations, word_set
from registry.contract import Unit
from registry.offers.offer import Offer
from registry.records import RecordKind

Place = tuple[int, int]

_JOINT: Final = re.compile(
    r"(?<!\s)\s*+(?:[,;]\s*(?:\b(?:and|as\s+well\s+as|also|plus)\b)?|\b(?:and|plus|as\s+well\s+as|along\s+with|together\s+with)\b|&)\s*"
    r"(?:\b(?:and|also|then|likewise)\b\s*)*",
    re.IGNORECASE,
)
_POSSESSOR: Final = re.compile(r"(?:[^\W\d_][\w.-]*\s+){0,3}?[^\W\d_][\w.-]*(?:['’]s|s['’])(?!\w)")
_THAT: Final = re.compile(r"(?:that|those|the\s+ones?|ones?)\s+(?=(?:of|from|for|by)\b)", re.IGNORECASE)
_WHOSE: Final = re.compile(r"\b(?:of|from|for|by)\s+(?=[^\W\d_])", re.IGNORECASE)
_CODE: Final = re.compile(r"#?(?:[A-Za-z]{1,6}-?)?\d[\w-]*\s*$")
_TOO: Final = re.compile(
    r"(?<![\s,])[\s,]++(?:too|as\s+well|likewise|please|thanks|thank\s+you)\W*+$|(?<![\s.!?])[\s.!?]++$", re.IGNORECASE
)
_EACH: Final = re.compile(r"\b(?:each|apiece|both)\b", re.IGNORECASE)
_LITTLE: Final = EMPTY | word_set("please also too then likewise both each by to that those one ones")
_MOST_PARTS: Final = 8
_MOST_CHARS: Final = 600
"""Of a clause that may be such a list: nobody leaves out in one that is longer."""
_MOST_TRIES: Final = 40
"""Parts made whole and filled, of one list."""
_SPACE: Final = " \t\n,"


@dataclass(frozen=True, slots=True)
class Whole:
    """A part made whole: stretches of the request, in the order they are read in, joined by single spaces."""

    text: str
    places: tuple[Place, ...]

    def span(self, start: int, end: int, request: str) -> tuple[Span, ...]:
        """The stretches of the request that ``start`` to ``end`` of the joined text are."""
        made, at = [], 0
        for first, last in self.places:
            low, high = max(start, at), min(end, at + last - first)
            words = request[first + low - at : first + high - at] if low < high else ""
            if words.strip():
                begin = first + low - at + len(words) - len(words.lstrip())
                made.append(Span(start=begin, end=begin + len(words.strip()), text=words.strip()))
            at += last - first + 1
        return tuple(made)


def split_coordinated(
    draft: Draft, text: str, start: int, offer: Offer, kinds: Sequence[RecordKind], now: datetime
) -> tuple[Draft, ...]:
    """``draft``, made of the clause ``text`` at offset ``start`` of the request, once for each record or wish that the
    clause lists."""
    drafts = expand_coordination(draft, " " * start + text, offer, kinds)
    return drafts if len(drafts) > 1 else expand_ellipsis(drafts[0], text, start, offer, kinds, now)


def expand_ellipsis(
    draft: Draft, text: str, start: int, offer: Offer, kinds: Sequence[RecordKind], now: datetime
) -> tuple[Draft, ...]:
    """``draft``, made of the clause ``text`` at offset ``start`` of the request, once for each part of it that is a
    wish of its own; alone where the words are no such list, or which part a word belongs to can't be told."""
    cuts = [found.span() for found in _JOINT.finditer(blank_quotations(text)) if found[0].strip()]
    verb = after_verb(text)
    cuts = [cut for cut in cuts if verb is not None and cut[0] > verb]
    refers = any(offer.annotation(name).record is not None for name in offer.properties)
    if verb is None or not refers or not cuts or len(cuts) >= _MOST_PARTS or len(text) > _MOST_CHARS:
        return (draft,)
    if any(begins_like_an_order(text[end:]) for _, end in cuts):
        return (draft,)  # a wish with a verb of its own is none that leaves it out
    used = [
        (span.start - start, span.end - start) for argument in draft.arguments.values() for span in spans_of(argument)
    ]
    for some in _choices(cuts):
        listing = _List(text, verb, some, offer, kinds, now)
        if all(any(a <= cut[0] and cut[1] <= b for a, b in used) for cut in some) or not listing.leaves(used):
            continue
        parts = listing.parts()
        if parts is not None:
            return tuple(
                draft.model_copy(
                    update={
                        "arguments": {
                            name: _moved(each, whole, text, start) for name, each in filling.arguments.items()
                        }
                    }
                )
                for whole, filling in parts
            )
    return (draft,)


def _choices(cuts: Sequence[Place]) -> Iterator[Sequence[Place]]:
    """All joints, then each by itself: a name or a note may hold an "and" of its own."""
    yield cuts
    if len(cuts) > 1:
        yield from ((cut,) for cut in cuts)


class _List:
    def __init__(
        self, text: str, verb: int, cuts: Sequence[Place], offer: Offer, kinds: Sequence[RecordKind], now: datetime
    ) -> None:
        self.text, self.verb, self.offer, self.kinds, self.now = text, verb, offer, kinds, now
        self._tries = 0
        ends = [0, *(end for _, end in cuts)]
        self.pieces = [
            _tight(text, first, last) for first, last in zip(ends, [*(s for s, _ in cuts), len(text)], strict=True)
        ]
        called = (*name_stems(offer.name), *stem_text(offer.title), *stem_text(offer.description))
        self.known = frozenset((*called, *(word for name in offer.properties for word in name_stems(name))))

    def parts(self) -> list[tuple[Whole, SlotFilling]] | None:
        """Every part with what fills it; None where one of them can't stand."""
        first, *others = self.pieces
        if any(start >= end for start, end in self.pieces):
            return None
        head = self._best([self._whole(first), *self._heads(first, others[-1])], first)
        if head is None:
            return None
        made = [head]
        for other in others:
            part = self._best(self._tails(head, other), other)
            if part is None:
                return None
            made.append(part)
        made = self._shared(made)
        return made if self._apart(made) else None

    # ── candidates ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _heads(self, first: Place, last: Place) -> Iterator[Whole]:
        """The first part with what only the last one says: "cancel Emma's | and Hugo's subscriptions", "trials of A |
        and B by 3 days"."""
        owner = _POSSESSOR.match(self.text, *last)
        if owner is not None:
            yield self._whole(first, (owner.end(), last[1]))
            if _POSSESSOR.search(self.text, *first) is None:
                yield self._whole(first, (owner.end() - 2, last[1]))  # "Emma and Hugo's subscriptions"
        for at in self._words(last):
            yield self._whole(first, (at, last[1]))

    def _tails(self, head: tuple[Whole, SlotFilling], part: Place) -> Iterator[Whole]:
        """A later part with what only the first one says, nearest first."""
        whole, filling = head
        owner, that = _POSSESSOR.match(self.text, *part), _THAT.match(self.text, *part)
        for name in filling.arguments:
            if self.offer.annotation(name).record is None:
                continue
            for start, end in self._stretches(whole, filling, name)[:1]:
                before = (0, start)
                theirs = _POSSESSOR.search(self.text, start, end)
                if owner is not None and theirs is not None and theirs.end() < end:
                    yield self._whole(before, owner.span(), (theirs.end(), end), (owner.end(), part[1]))
                whose = _WHOSE.search(self.text, start, end)
                if that is not None and whose is not None:
                    yield self._whole((0, whose.start()), (that.end(), part[1]))
                if whose is not None:
                    yield self._whole((0, whose.end()), part)
                code = _CODE.search(self.text, start, end)
                if code is not None and self.text[part[0]].isalnum():
                    yield self._whole((0, code.start()), part)
                yield self._whole(before, part)
        starts = [place[0] for name in filling.arguments for place in self._stretches(whole, filling, name)]
        if starts:
            yield self._whole((0, min(starts)), part)
        yield self._whole((0, self.verb), part)

    def _words(self, part: Place) -> Iterator[int]:
        """Where a word begins, from the second on."""
        yield from (found.start() for found in list(re.finditer(r"\S+", self.text[part[0] : part[1]]))[1:])

    # ── what fits ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _whole(self, *places: Place) -> Whole:
        tight = [place for place in (_tight(self.text, *each) for each in places) if place[0] < place[1]]
        return Whole(" ".join(self.text[start:end] for start, end in tight), tuple(tight))

    def _best(self, wholes: Iterator[Whole] | Sequence[Whole], part: Place) -> tuple[Whole, SlotFilling] | None:
        """The first that has all it needs and leaves no word of the part over; else the first that lacks what another
        part may share."""
        lacking = None
        for whole in wholes:
            self._tries += 1
            if self._tries > _MOST_TRIES:
                return None
            filling = fill_slots(whole.text, 0, self.offer, self.kinds, self.now)
            if not any(self.offer.annotation(name).record for name in filling.arguments):
                continue
            places = [whole.span(first, last, self.text) for first, last in filling.spans]
            if self.leaves([(span.start, span.end) for spans in places for span in spans], part):
                continue
            if not filling.missing:
                return whole, filling
            lacking = lacking or (whole, filling)
        return lacking

    def leaves(self, used: Sequence[Place], part: Place | None = None) -> bool:
        """Whether a telling word of the part, or of all of it, is not among those that are ``used``."""
        part = part or (0, len(self.text))
        for word, first, last in split_runs(self.text[part[0] : part[1]]):
            at = (part[0] + first, part[0] + last)
            if at[1] <= self.verb or any(start < at[1] and at[0] < end for start, end in used):
                continue
            if any(char.isdigit() for char in word) or (
                word.casefold() not in _LITTLE and stem(word) not in self.known
            ):
                return True
        return False

    def _shared(self, made: list[tuple[Whole, SlotFilling]]) -> list[tuple[Whole, SlotFilling]]:
        """What one part says behind its record and others lack goes for them too: "… by 3 days", "… immediately"."""
        done = []
        for whole, filling in made:
            lent = whole
            for other, theirs in (made[-1], made[0]):
                for name in theirs.arguments:
                    if name in filling.arguments or self.offer.annotation(name).record is not None:
                        continue
                    said = self._stretches(other, theirs, name)
                    behind = max((end for _, end in self._reference(other, theirs)), default=0)
                    if said and said[0][0] >= behind > 0 and not any(a <= said[0][0] < b for a, b in lent.places):
                        lent = self._whole(*lent.places, (behind, said[0][1]))
            done.append(
                (lent, fill_slots(lent.text, 0, self.offer, self.kinds, self.now) if lent is not whole else filling)
            )
        return done

    def _apart(self, made: Sequence[tuple[Whole, SlotFilling]]) -> bool:
        """Whether each has all it needs and means another record, or says something else of it. A sum may be meant for
        each or for all."""
        records = [tuple(_said(filling.arguments[name]) for name in self._referring(filling)) for _, filling in made]
        names = {frozenset(filling.arguments) for _, filling in made}
        if any(filling.missing for _, filling in made) or len(names) != 1 or len(set(records)) < len(records):
            return False
        if _EACH.search(self.text):
            return True
        for name in next(iter(names)):
            if self.offer.annotation(name).unit in (Unit.MONEY, Unit.MONEY_MINOR):
                places = {self._stretches(whole, filling, name)[0] for whole, filling in made}
                if len(places) < len(made):
                    return False
        return True

    def _referring(self, filling: SlotFilling) -> list[str]:
        return [name for name in filling.arguments if self.offer.annotation(name).record is not None]

    def _reference(self, whole: Whole, filling: SlotFilling) -> list[Place]:
        return [place for name in self._referring(filling) for place in self._stretches(whole, filling, name)]

    def _stretches(self, whole: Whole, filling: SlotFilling, name: str) -> list[Place]:
        return [
            (span.start, span.end)
            for each in spans_of(filling.arguments[name])
            for span in whole.span(each.start, each.end, self.text)
        ]


def _tight(text: str, start: int, end: int) -> Place:
    piece = text[start:end]
    stop = _TOO.search(piece)
    if stop is not None and end == len(text):
        piece = piece[: stop.start()]
    stripped = piece.strip(_SPACE)
    first = start + (piece.index(stripped) if stripped else 0)
    return first, first + len(stripped)


def _said(argument: Argument) -> object:
    if isinstance(argument, Mention):
        return argument.text.casefold()
    return argument.value if isinstance(argument, Choice) else tuple(_said(each) for each in argument.items)


def _moved(argument: Argument, whole: Whole, text: str, start: int) -> Argument:
    """The same argument with its words where they stand in the request."""
    if isinstance(argument, ListArgument):
        items = tuple(_moved_one(each, whole, text, start) for each in argument.items)
        return ListArgument(items=items)
    return _moved_one(argument, whole, text, start)


def _moved_one(argument: Mention | Choice, whole: Whole, text: str, start: int) -> Mention | Choice:
    spans = tuple(
        span.model_copy(update={"start": span.start + start, "end": span.end + start})
        for each in argument.spans
        for span in whole.span(each.start, each.end, text)
    )
    return argument.model_copy(update={"spans": spans})
