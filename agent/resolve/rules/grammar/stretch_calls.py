"""Calls of a stretch: its pieces put together, once or for each part of a list, and the texts that are left."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from agent.planning.proposal import (
    Argument,
    Find,
    QuotedText,
    RecordArgument,
    StateIs,
    TypedValue,
)
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.interpretation import SURE_VERB, Piece
from agent.resolve.rules.grammar.orders.stretch_records import StretchRecords
from agent.resolve.rules.grammar.orders.texts import is_message, read_text_argument, takes_text

MOST_LIST: Final = 12


class StretchCalls(StretchRecords):
    """Puts the pieces of a stretch together as calls."""

    def _settle_values(self) -> None:
        """Of several readings of one parameter those that no record's words hold; a phrase that says nothing but a
        member of a closed set gives it, where nothing else does."""
        for name in list(self.values):
            free = [each for each in self.values[name] if not self._inside(each)]
            free = self._kept(sorted(free, key=lambda each: each.first)) if self.reader.corrections else free
            if not free:
                free = self._from_phrase(name)
            every = max((len(pieces) for pieces in self.records.values()), default=1)
            strong = [each for each in free if each.sure >= 0.8 or (every > 1 and len(free) == every)] or free
            listed = sorted({(each.first, each.last): each for each in strong}.values(), key=lambda each: each.first)
            if len(listed) > 1 and isinstance(listed[0].argument, TypedValue):
                aimed = [each for each in listed if self._aimed_at(each)]
                listed = aimed or listed
            self.values[name] = listed
            if not listed:
                del self.values[name]

    def _inside(self, piece: Piece) -> bool:
        return any(
            other.first < piece.last and piece.first < other.last
            for pieces in self.records.values()
            for other in pieces
            if other.last > other.first
        )

    def _from_phrase(self, name: str) -> list[Piece]:
        """ "give her the pro plan": the phrase is the value where another says the record; "the urgent one"."""
        made: list[Piece] = []
        for param, pieces in self.records.items():
            for other in list(pieces):
                argument = other.argument
                assert isinstance(argument, RecordArgument)
                find = argument.reference
                only = (
                    isinstance(find, Find)
                    and find.said is None
                    and find.order is None
                    and len(find.where) == 1
                    and isinstance(find.where[0], StateIs)
                )
                inner = [each for each in self.values[name] if other.first <= each.first and each.last <= other.last]
                if only and inner and len(pieces) > 1:
                    pieces.remove(other)
                    made.append(replace(inner[0], first=other.first, last=other.last))
                elif only and inner and param in self.records and name in self.offer.required:
                    spoken = self.reader.person
                    if spoken is not None:
                        pieces.remove(other)
                        made.append(replace(inner[0], first=other.first, last=other.last))
        for param in [each for each, pieces in self.records.items() if not pieces]:
            del self.records[param]
            if param in self.offer.required:
                self._spoken_of(param)
        return made

    def _calls(self) -> list[dict[str, Argument]]:
        """The arguments of each call: one, one for each record of a list, or one for each record with its own value."""
        single: dict[str, Argument] = {}
        listed: list[tuple[str, list[Piece]]] = []
        for name, pieces in (*self.records.items(), *self.values.items()):
            if len(pieces) == 1:
                single[name] = pieces[0].argument
            elif pieces:
                listed.append((name, pieces[:MOST_LIST]))
        records = [each for each in listed if each[0] in self.records]
        if len(records) == 2 and len(records[0][1]) == len(records[1][1]) and len(listed) == 2:
            (one, mine), (other, theirs) = records
            return [{**single, one: piece.argument, other: theirs[at].argument} for at, piece in enumerate(mine)]
        values = [each for each in listed if each[0] in self.values]
        if not listed:
            return [single]
        if len(records) == 1:
            name, pieces = records[0]
            if not self._is_list(pieces, values):
                return [self._narrowed(single, name, pieces)]
            for other, theirs in values:
                if len(theirs) != len(pieces):
                    single[other] = theirs[-1].argument
            paired = [each for each in values if len(each[1]) == len(pieces)]
            alone = self._of_one(pieces)
            return [
                {
                    **{one: said for one, said in single.items() if alone.get(one, at) == at},
                    name: piece.argument,
                    **{other: theirs[at].argument for other, theirs in paired},
                }
                for at, piece in enumerate(pieces)
            ]
        for name, pieces in listed:
            single[name] = pieces[0].argument
            self.doubtful = True
        return [single]

    def _of_one(self, pieces: Sequence[Piece]) -> dict[str, int]:
        """The values said of one record alone, behind an earlier one, and of which: "A and half of B"."""
        made: dict[str, int] = {}
        for name, values in self.values.items():
            for at, piece in enumerate(pieces):
                of = values[0].last if len(values) == 1 else -1
                if at and self.reader.low(of) in {"of", "off"} and values[0].first >= pieces[0].last:
                    step = of + 1
                    while self.reader.low(step) in lexicon.DETERMINERS:
                        step += 1
                    if step == piece.first or of + 1 == piece.first:
                        made[name] = at
        return made

    def _is_list(self, pieces: Sequence[Piece], values: Sequence[tuple[str, list[Piece]]]) -> bool:
        """Whether records stand in a list: a joint between each two, or as many values."""
        if all(one.first == other.first for one, other in itertools.pairwise(pieces)):
            return True  # "both of them"
        between = all(self._joins(one.last, other.first) for one, other in itertools.pairwise(pieces))
        return between or any(len(theirs) == len(pieces) for _, theirs in values)

    def _narrowed(self, single: dict[str, Argument], name: str, pieces: Sequence[Piece]) -> dict[str, Argument]:
        """Two phrases for one record, apart from each other: whose it is beside what it is ("resend 1053 to Ada")."""
        kind = self.kind(name)
        assert kind is not None
        finds = [
            each.argument.reference
            for each in pieces
            if isinstance(each.argument, RecordArgument) and isinstance(each.argument.reference, Find)
        ]
        main = max(finds, key=lambda each: (each.said is not None, len(each.where) + (each.order is not None)))
        extra = [
            condition
            for each in finds
            if each is not main and each.record == kind.name and each.said is None and each.order is None
            for condition in each.where
            if condition not in main.where
        ]
        if len([each for each in finds if each is not main and each.said is None]) == len(finds) - 1:
            main = main.model_copy(update={"where": (*main.where, *extra)})
        return {**single, name: RecordArgument(reference=main)}

    def _find_texts(self, calls: list[dict[str, Argument]]) -> None:
        taken = {
            at
            for pieces in (*self.values.values(), *self.records.values())
            for each in pieces
            for at in range(each.first, each.last)
        }
        sure = {at for at, much in self.verbs.items() if much >= SURE_VERB}
        for name, schema in self.offer.properties.items():
            annotation = self.offer.annotation(name)
            if not takes_text(schema, annotation) or not self._speaks(annotation):
                continue
            required = name in self.offer.required
            after = max((each.last for pieces in self.records.values() for each in pieces), default=self.first)
            place = (self.first, self.stop, after, self.place.order)
            found = read_text_argument(self.reader, place, name, annotation, taken | sure, required=required)
            why = next((at for at in range(self.first, self.stop) if self.reader.low(at) == "for"), None)
            if found is None and required and why is not None:
                # What follows "for" may be a usual reason, though it names things that this action isn't about.
                before = {at for at in taken | sure if at < why}
                found = read_text_argument(self.reader, place, name, annotation, before, required=True)
            if found is None:
                continue
            first, last = found
            self.told = self.told or (required and is_message(name, annotation))
            inner = range(first, last)
            self.covered.update(inner)
            quote = self.reader.words(first, last)
            for call in calls:
                call[name] = QuotedText(quote=quote)
            taken.update(inner)
