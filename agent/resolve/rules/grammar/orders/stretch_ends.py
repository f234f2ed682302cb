"""Ends in a stretch: where a description of a record must end, because something else begins."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.planning.proposal import TypedValue
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.action_words import find_base_form
from agent.resolve.rules.grammar.orders.stretch_spoken import StretchSpoken
from agent.resolve.rules.grammar.phrases.phrase_parts import is_code
from language.stems import is_past, makes_anew, stem
from registry.records import RecordKind

_SO_NOW: Final = frozenset(("again", "now"))
MOST_WORDS: Final = 30  # no description of a record is longer


class StretchEnds(StretchSpoken):
    """Finds the ends of phrases."""

    def _past_made_noun(self) -> int:
        """Where the noun ends of what the action makes, which begins words without a verb: "eye test for Ada"."""
        at = self.first + (self.reader.low(self.first) in {"a", "an", "new", "another"})
        noun = self.reader.noun(at) if makes_anew(self.offer.title) and not self.place.ordered else None
        return at + noun[1] if noun is not None and self._makes(noun[0]) else self.first

    def _says_value(self, at: int) -> bool:
        """Whether "is" says a new value of the record: "Ada's car is ready again", but not "the one that is ready"."""
        told = self.reader.low(at - 1) in lexicon.RELATIVES
        last = first = at + 1 + (self.reader.low(at + 1) in _SO_NOW)
        while last in self._typed_tokens or (last > first and self.reader.low(last) in _SO_NOW):
            last += 1
        return not told and self.place.sentence == 0 and last > first and self.reader.is_mark(last)

    def _break(self, at: int, *, words: bool = False) -> int:
        """Where a phrase that begins at a token must end. ``words``: it has no noun."""
        ends = self._ends[words]
        return min(self.stop, at + MOST_WORDS, ends[at + 1 - self.first] if at + 1 < self.stop else self.stop)

    @cached_property
    def _ends(self) -> tuple[list[int], list[int]]:
        """For each token of the stretch, the first later one that no phrase passes, and that no phrase without a noun
        passes. Computed once, backwards."""
        reader, values, words = self.reader, [self.stop], [self.stop]
        for step in range(self.stop - 1, self.first - 1, -1):
            low = reader.low(step)
            ends = step in self.quoted or (self._is_value(step) and not reader.comparison_before(step))
            ends = ends or (
                find_base_form(stem(low)) in self.words.reported and self._is_predicate(step)
            )  # says it of the record
            ends = ends or (low in lexicon.BE and self._says_value(step))
            values.append(step if ends else values[-1])
            ends = ends or step in reader.dated
            if not ends and not reader.tokens[step].capital:
                ends = low in lexicon.PARTICLES or self.verbs.get(step, 0.0) >= 0.5
                ends = ends or stem(low) in self.words.nouns or step in self._begun
            words.append(step if ends else words[-1])
        return values[::-1], words[::-1]

    def _makes_so(self, at: int) -> bool:
        """Whether a verb makes something what a value says by its participle: "confirm", of "confirmed"."""
        pieces = (piece for every in self.values.values() for piece in every if piece.first == at)
        values = (piece.argument.value for piece in pieces if isinstance(piece.argument, TypedValue))
        return not is_past(self.reader.low(at)) and any(is_past(str(each)) for each in values)

    def _is_others_number(self, at: int, kind: RecordKind, names: Sequence[str]) -> bool:
        """Whether a bare number is more likely another parameter's record, of a kind less like a person."""
        named = rate_person_likeness(kind)
        others = [other for name in names if (other := self.kind(name)) is not None and other.name != kind.name]
        less = any(rate_person_likeness(each) < named and is_code(self.reader, at, each) for each in others)
        return bool(others) and (named > 1 or less)
