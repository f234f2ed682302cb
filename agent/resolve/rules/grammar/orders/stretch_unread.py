"""Unread words of a stretch: what it says besides the records, values and texts that an action takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from agent.extract.spans.politeness import is_polite_word
from agent.planning.proposal import Find, RecordArgument
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import LIGHT
from agent.resolve.rules.grammar.orders.message_texts import find_named_text
from agent.resolve.rules.grammar.orders.stretch_records import StretchRecords
from language.stems import EMPTY, GENERIC, stem

_WHICH: Final = frozenset(("in", "for", "at", "of", "with", "without", "from", "by", "under", "on", "about"))
"""What joins to a set the words that tell which of it are meant."""
_BEHIND: Final = lexicon.NAME_STOP - lexicon.DETERMINERS


class StretchUnread(StretchRecords):
    """Finds the tokens that nothing explains, after the pieces of a stretch were read."""

    def find_untold_sets(self) -> Iterator[tuple[int, int]]:
        """Words right behind a set that tell which of it are meant, where none was read: "all bookings for gala"."""
        reader, held = self.reader, self.covered | self.verbs.keys()
        for piece in (piece for pieces in self.records.values() for piece in pieces):
            find = piece.argument.reference if isinstance(piece.argument, RecordArgument) else None
            before = piece.first - 2  # "Pepper and Bo get it", where the first may be a word too
            if before >= self.first and reader.low(before + 1) == "and" and reader.tokens[before].capital:
                yield from [(before, before + 1)] if before not in held else []
            at = end = piece.last + 1
            if not isinstance(find, Find) or find.pick == "one" or at - 1 in held:
                continue
            noun = reader.noun(at - 2)
            if noun is not None and noun[0].name != find.record and at <= self.stop and reader.state(at - 1, noun[0]):
                yield at - 1, at  # "everyone with a bill open"
            if reader.low(at - 1) not in _WHICH:
                at = end = self._goes_on(piece.first, at - 1)
            while end < self.stop and end not in held and not reader.is_mark(end) and reader.low(end) not in _BEHIND:
                end += 1
            if any(reader.low(step) not in EMPTY | lexicon.MANNER for step in range(at, end)):
                yield piece.last, end

    def _goes_on(self, first: int, at: int) -> int:
        """Where the words begin in which a relative clause that ends at a token goes on: "(who booked the) mill", "(who
        came or is on) pro". The end of the stretch if it doesn't."""
        reader = self.reader
        more = reader.low(at) in {"and", "or", "but"} and reader.low(at + 1) in lexicon.BE | lexicon.HAVING | {"who"}
        clause = any(reader.low(step) in lexicon.RELATIVES for step in range(first, at))
        if not clause or not (more or reader.low(at) in lexicon.DETERMINERS):
            return self.stop
        step = at + 1
        while step < self.stop and reader.low(step) in lexicon.NAME_STOP:
            step += 1
        return step

    def find_unexplained(self) -> Iterator[int]:
        """Amounts, numbers, days, durations and addresses in the order that have no role."""
        reader, core = self.reader, self._find_core()
        lengths = {reader.end_index(each.start) for each in reader.durations}
        for at in range(self.first, self.stop):
            if at < self.place.order and at not in core:
                continue
            if at in self.covered or at in self.quoted or at in self.verbs:
                continue
            number = reader.numbers.get(at)
            weighs = number is not None and not number.vague
            weighs = weighs or (at in lengths and reader.low(at - 1) in {"for", "within"})
            weighs = weighs or "@" in reader.tokens[at].text or (at in reader.dates and reader.dates[at].weight > 0.6)
            if weighs and not (at in reader.dates and reader.dates[at].now):
                yield at

    def find_strange(self, among: Iterable[int] | None = None) -> Iterator[int]:
        """Words that the action doesn't know, of the order or ``among`` these."""
        reader = self.reader
        text = find_named_text(reader, self.first, self.stop) if self.words.writes else range(0)
        person = reader.person.said.text.split() if reader.person is not None and reader.person.said else ()
        for at in sorted(self._find_core() if among is None else among):
            token = reader.tokens[at]
            low = token.low
            if at in text:
                continue
            if not token.word or at in self.covered or at in self.quoted or at in self.verbs:
                continue
            if low in EMPTY | lexicon.NAME_STOP | lexicon.MANNER | lexicon.MORE or is_polite_word(low):
                continue
            if self.place.befalls and (token.text in person or reader.low(at + 1) == "for"):
                continue  # "Ada asked for her card"
            if stem(low) in self.words.known or stem(low) in GENERIC or stem(low) in LIGHT:
                continue
            noun = reader.noun(at)
            if noun is not None and noun[0].name in self.list_own_kinds():
                continue
            yield at
