"""Directions in a stretch: which of an action's records is given, and which one gets it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from agent.extract.references.vocabulary import rate_person_likeness
from agent.planning.proposal import BelongsTo, Condition, Find, Has, RecordArgument
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.directions import list_receivers
from agent.resolve.rules.grammar.orders.interpretation import Piece
from agent.resolve.rules.grammar.orders.stretch_values import StretchValues
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from registry.records import RecordKind


class StretchDirections(StretchValues):
    """Tells apart what is given and what gets it, where their words alone could be either."""

    @cached_property
    def _receivers(self) -> frozenset[str]:
        return list_receivers({name: kind for name in self.offer.properties if (kind := self.kind(name)) is not None})

    def _is_aimed(self, phrase: Phrase) -> bool:
        return self._aimed_at(Piece(phrase.first, phrase.last, RecordArgument(reference=phrase.find)))

    def _settle_direction(
        self, receiver: tuple[str, Phrase, Find], others: Sequence[tuple[str, Phrase, Find]]
    ) -> tuple[str, Phrase, Find]:
        """A name that stands for what is given, and not for what gets it: "move Ada to room 7" is about a stay of hers,
        as people are called by names more than rooms are, and nothing says that it goes to her."""
        mine = self.reader.kinds[receiver[1].find.record]
        for other in others if not self._is_aimed(receiver[1]) else ():
            owners = [each.owner for each in other[2].where if isinstance(each, BelongsTo)]
            kinds = [self.reader.kinds[each.record] for each in owners if isinstance(each, Find)]
            if any(rate_person_likeness(each) > rate_person_likeness(mine) for each in kinds):
                return other
        return receiver

    def _share_names(self) -> None:
        """Gives a name to the parameter that is for whom: right before what is given ("give Ada task 6", "give Ada the
        old lamp"), and beside another record of the same parameter."""
        for given, pieces in list(self.records.items()):
            named = [each for each in pieces if self._is_name(each)]
            for name in self._receivers - {given} if len(named) == 1 else ():
                got = self.records.get(name, [])
                rest = [each for each in (*pieces, *got) if each is not named[0]]
                kind, other = self.kind(name), self.kind(given)
                between = range(named[0].last, rest[0].first) if len(rest) == 1 else range(1)
                if not all(self.reader.low(at) in lexicon.DETERMINERS for at in between):
                    continue
                if len(rest) != 1 or self._is_name(rest[0]) or not (kind and other):
                    continue
                if (to := self._read_again(named[0], kind)) and (what := self._read_again(rest[0], other)):
                    self.records[name], self.records[given] = [to], [what]
                    break

    def _read_again(self, piece: Piece, kind: RecordKind) -> Piece | None:
        """A piece as a record of another kind."""
        phrase = read_phrase(self.reader, piece.first, piece.last, kind)
        if phrase is None or phrase.last != piece.last or not self._leads(kind, phrase.find):
            return None
        return replace(piece, argument=RecordArgument(reference=self._to(kind, phrase.find)))

    def _is_name(self, piece: Piece) -> bool:
        """Whether a piece is called by a word that is nobody's but a name: a capital, and no noun of a kind."""
        find = piece.argument.reference if isinstance(piece.argument, RecordArgument) else None
        places = range(piece.first, piece.last)
        return (
            isinstance(find, Find)
            and find.said is not None
            and not find.where
            and all(self.reader.tokens[at].capital and self.reader.noun(at) is None for at in places)
        )

    def _leads(self, kind: RecordKind, find: Find) -> bool:
        other = self.reader.kinds[find.record]
        return other.name == kind.name or self.reader.related(kind, other)

    def _to(self, kind: RecordKind, find: Find) -> Find:
        other = self.reader.kinds[find.record]
        if find.record != kind.name and self.reader.leads(kind, other):
            such = tuple(told for each in find.where for told in _of_those(each, kind))
            pick = "all" if find.pick != "one" else "one"
            return Find(record=kind.name, where=(BelongsTo(owner=find), *such), pick=pick)
        return find


def _of_those(condition: Condition, kind: RecordKind) -> tuple[Condition, ...]:
    """What is told of the records that people are chosen for having: "remind everyone with bills over 100"."""
    related = condition.related if isinstance(condition, Has) and (condition.op, condition.count) == (">=", 1) else None
    return related.where if isinstance(related, Find) and related.record == kind.name else ()
