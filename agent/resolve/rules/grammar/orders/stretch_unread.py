"""Unread words of a stretch: what it says besides the records, values and texts that an action takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from agent.extract.spans.politeness import is_polite_word
from agent.planning.proposal import Find, RecordArgument
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import LIGHT, OWN
from agent.resolve.rules.grammar.orders.colon_texts import (
    find_handed_deed,
    find_led_thing,
    find_put_title,
    find_text_behind_colon,
    find_texts_behind_prepositions,
)
from agent.resolve.rules.grammar.orders.labelled_values import find_labelled_texts
from agent.resolve.rules.grammar.orders.message_texts import find_named_text
from agent.resolve.rules.grammar.orders.stretch_records import StretchRecords
from language.stems import EMPTY, GENERIC, stem

_WHICH: Final = frozenset(("in", "for", "at", "of", "with", "without", "from", "by", "under", "on", "about"))
"""What joins to a set the words that tell which of it are meant."""
HANDED: Final = 0.7
"""How much it tells of an action that makes tasks, that somebody is to do something."""
_BEHIND: Final = lexicon.NAME_STOP - lexicon.DETERMINERS


class StretchUnread(StretchRecords):
    """Finds the texts that marks and labels tell, and the tokens that nothing explains after the pieces were read."""

    def _find_marked_texts(self) -> None:
        reader = self.reader
        labels = find_labelled_texts(reader, self.offer, self.first, self.stop)
        place, begun = (self.first, self.stop), {each.first for each in labels}
        if (found := find_text_behind_colon(reader, self.offer, place, self.verbs, begun)) is not None:
            self.behind_colon, self.quoted = found, self.quoted.union(range(*found))
            self.verbs = {at: much for at, much in self.verbs.items() if at < found[0]}
            thing, deed = (find(reader, self.offer, place) for find in (find_led_thing, find_handed_deed))
            self.led, self.handed = thing is not None or deed is not None, deed is not None
            self.verbs |= {thing: OWN} if thing is not None else {deed: HANDED} if deed is not None else {}
            labels = {each: text for each, text in labels.items() if each.first not in range(*found)}
        put = find_put_title(reader, self.offer, place)
        if put is not None:
            self.behind_colon, self.quoted = put[:2], self.quoted.union(range(*put[:2]))
            self.verbs = {self.place.order: OWN}
        self.labelled = find_texts_behind_prepositions(reader, self.offer, self.first, self.stop)
        self.labelled |= {label.name: text for label, text in labels.items()}
        self.quoted = self.quoted.union(*(range(*each) for each in self.labelled.values()))
        self.renewed = {label.name for label in labels if label.new}
        self.labels = {at for label in labels for at in range(label.first, label.last)}
        self.labels.update(range(*put[1:]) if put is not None else ())
        self.verbs = {at: much for at, much in self.verbs.items() if at not in self.quoted | self.labels}

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
