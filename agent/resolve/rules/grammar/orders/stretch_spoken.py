"""Mentioned records: what a pronoun or an omission refers to in a stretch."""

from __future__ import annotations

from typing import Final

from agent.extract.references.vocabulary import PLACES, is_person, rate_person_likeness
from agent.planning.proposal import BelongsTo, Find, OrderByField, RecordArgument
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.interpretation import Piece
from agent.resolve.rules.grammar.orders.stretch_directions import StretchDirections
from agent.resolve.rules.grammar.phrases.phrase_parts import FIRSTS, count_placing
from agent.resolve.rules.grammar.phrases.shown import PARTITIVE
from agent.resolve.rules.grammar.reader import Reader
from language.text import singularize
from registry.records import RecordKind

_AS: Final = frozenset(("on", "for", "to", "with", "in", "at", "again", "too", "as"))
_THINGS: Final = lexicon.THINGS | {"the"}


_THEIRS: Final = frozenset(("hers", "theirs"))
_BOTH: Final = 2
_OF_ONE: Final = frozenset(("it", "that", "this"))
"""What an amount is a part of, and none of several: "only 20 of it"."""


def is_somebody(reader: Reader, kind: RecordKind) -> bool:
    """Whether a kind's records are people: those that things belong to, or that handle things."""
    does = is_person(kind) and any(kind in reader.doers(each) for each in reader.kinds.values())
    return does or kind is reader.people()


class StretchSpoken(StretchDirections):
    """Finds the record that was mentioned in the request or in its thread."""

    def _speaks_of(self, find: Find) -> None:
        reader, people = self.reader, self.reader.people()
        reader.spoken[find.record] = find
        reader.named += [find, *(each.owner for each in find.where if isinstance(each, BelongsTo))]
        if people is not None and find.record == people.name:
            reader.person = find
        elif find.where and isinstance(find.where[0], BelongsTo) and isinstance(find.where[0].owner, Find):
            reader.person = find.where[0].owner
        if not is_somebody(reader, reader.kinds[find.record]):
            reader.thing = find

    def _leaves_open(self) -> bool:
        """Whether words leave open what is meant: "whichever", "either", "the same" without an antecedent."""
        reader = self.reader
        return any(
            reader.low(at) in {"whichever", "either"}
            or (
                reader.low(at) == "same"
                and not reader.remembered
                and (reader.is_mark(at + 1) or reader.low(at + 1) in _AS)
            )
            for at in range(self.first, self.stop)
            if at not in self.quoted
        )

    def _take_spoken(self, name: str) -> None:
        """Takes the record mentioned before for a pronoun or an omission."""
        kind = self.kind(name)
        assert kind is not None
        reader = self.reader
        pronoun = next(
            (
                at
                for at in range(self.first, self.stop)
                if at not in self.quoted
                and (reader.low(at) in lexicon.PRONOUNS or self._is_definite(at, kind) or self._is_whose(at, kind))
            ),
            None,
        )
        thing = pronoun is not None and reader.low(pronoun) in _THINGS and not self._points_at(pronoun, kind)
        line = self._find_place(pronoun) if pronoun is not None else None
        thing = thing and line is None
        both = next((at for at in range(self.first, self.stop) if reader.low(at) in lexicon.PLURALS), None)
        if both is not None and reader.several and (reader.low(both) != "both" or len(reader.several) == _BOTH):
            led = [each for each in reader.several if each.record == kind.name or self._leads(kind, each)]
            if len(led) == len(reader.several):
                self.records[name] = [
                    Piece(both, both + 1, RecordArgument(reference=self._to(kind, each))) for each in led
                ]
                return
        two = any(each.pick == 2 for each in reader.remembered)
        self.doubtful = self.doubtful or (both is not None and reader.low(both) == "both" and not two)
        told: tuple[Find | None, ...] = (reader.thing, None if thing else reader.person)
        if reader.thing in reader.remembered and reader.person not in reader.remembered:
            told = told[::-1]  # named in this request, so before the thread's
        # Who gets it doesn't say what it is: "give the oldest to Ada" is none of hers.
        getting = [each.argument for aim in self._receivers - {name} for each in self.records.get(aim, ())]
        got = {each.reference for each in getting if isinstance(each, RecordArgument)}
        for spoken in (each for each in (reader.spoken.get(kind.name), *told) if each not in got):
            down = spoken is not None and (
                spoken.record == kind.name or reader.leads(kind, reader.kinds[spoken.record])
            )
            if pronoun is not None and reader.low(pronoun) == "it" and is_somebody(reader, kind):
                continue
            up = spoken is not None and rate_person_likeness(kind) == 2 and pronoun is not None and not thing
            if pronoun is None and spoken in reader.remembered:
                continue
            if spoken is not None and (down or (up and self._leads(kind, spoken))):
                at = pronoun if pronoun is not None else self.first
                last = at + 1 if pronoun is not None else at
                part = reader.low(at - 1) in PARTITIVE and not (reader.low(at) in _OF_ONE and at - 2 in reader.numbers)
                if spoken in reader.remembered and (part or self._is_placed(at)):
                    self.doubtful = True  # which of them can't be told
                    return
                if spoken in reader.remembered and pronoun is not None and self._is_single(pronoun):
                    spoken = spoken.model_copy(update={"pick": "one"})  # of several it is asked which
                found = self._to(kind, spoken)
                sure = 0.8 if pronoun is not None else 0.5
                self.records[name] = [Piece(at, last, RecordArgument(reference=found), sure)]
                return

    def _stands_before(self, at: int, kind: RecordKind) -> bool:
        """Whether a record of a kind stands before a word as a noun or a pronoun: "(Open tasks?) Give it to Ada"."""
        reader, before = self.reader, range(self.first, at)
        spoken = reader.spoken.get(kind.name, reader.thing)
        led = spoken is not None and spoken in reader.remembered and self._leads(kind, spoken)
        nouns = {noun[0].name for each in before if (noun := reader.noun(each)) is not None}
        return kind.name in nouns or (led and any(reader.low(each) in lexicon.THINGS for each in before))

    def _find_place(self, at: int) -> tuple[int, OrderByField] | None:
        """The position said before "one" ("(Ada paid twice.) Refund the last one"), and how many words it has. None if
        the thread showed a list that it may be part of."""
        reader = self.reader
        length = next((size for size in (3, 2, 1) if count_placing(reader, at - size) == size), 0)
        if reader.low(at) != "one" or not length or reader.person is None or reader.person in reader.remembered:
            return None
        position, by, descending = PLACES[" ".join(reader.lows(at - length, length))]
        return length, OrderByField(first=FIRSTS[by, descending], nth=abs(position))

    def _is_definite(self, at: int, kind: RecordKind) -> bool:
        """Whether a noun of the kind, with nothing behind it that tells which, is the thread's: "the ticket"."""
        reader = self.reader
        noun = reader.noun(at + 1) if reader.low(at) == "the" and at + 1 not in reader.standing else None
        if noun is None or noun[0].name != kind.name or reader.spoken.get(kind.name) not in reader.remembered:
            return False
        last = at + 1 + noun[1]
        return last >= self.stop or reader.is_mark(last) or reader.low(last) in lexicon.MANNER | {"please", "to"}

    def _is_whose(self, at: int, kind: RecordKind) -> bool:
        """Whether a possessive is of somebody's own value, and of no record: "his e-mail address". Or it stands for
        the record itself: "move hers to Monday"."""
        reader, low = self.reader, self.reader.low(at)
        whose = low in lexicon.OWNERS if is_somebody(reader, kind) else low in _THEIRS
        return whose and reader.noun(at + 1) is None

    def _is_single(self, at: int) -> bool:
        """Whether a pronoun, or the noun behind an article, is of one: "it", "him", "the bill"."""
        low = self.reader.low(at)
        noun = self.reader.noun(at + 1) if low == "the" else None
        last = self.reader.low(at + noun[1]) if noun is not None else ""
        return singularize(last) == last if last else low not in lexicon.PLURALS

    def _is_placed(self, at: int) -> bool:
        """Whether a position precedes a pronoun: "the newest one"."""
        reader = self.reader
        return any(count_placing(reader, at - size) == size for size in (3, 2, 1) if at - size >= self.first)

    def _points_at(self, at: int, kind: RecordKind) -> bool:
        """Whether a demonstrative precedes a noun of the kind: "(Ada was billed twice.) Void that bill"."""
        noun = self.reader.noun(at + 1)
        return noun is not None and noun[0].name == kind.name and self.reader.person not in self.reader.remembered
