"""Directions: who gives and who receives ("move the jobs from Omar to Helena").

Only the receiver is a value of the action. The present holder tells which records are meant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Final

from agent.extract.references.vocabulary import rate_person_likeness
from agent.planning.proposal import BelongsTo, Condition, Find, Has, RecordArgument
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.interpretation import Piece, tells_only
from agent.resolve.rules.grammar.orders.stretch_values import StretchValues
from agent.resolve.rules.grammar.orders.wishes import BEFALLS
from agent.resolve.rules.grammar.phrases.noun_phrase import read_phrase
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from registry.records import RecordKind

TAKING = frozenset(("take", "have", "do", "get", "carry", "handle", "drive"))
"""What somebody is to do with a thing that is given to them: "let Ada take 7"."""

_TAKES: Final = TAKING | {"takes", "has", "does", "gets", "carries", "handles", "drives"}
_GETTING: Final = _TAKES | lexicon.SHALL | BEFALLS | {"need", "needs", "want", "wants"}
GIVING: Final = frozenset(("give", "hand", "pass", "assign", "send", "lend"))
_MOST_NAMED: Final = 4
_TOWARDS: Final = frozenset(("to", "on", "onto", "for", "with"))


def list_receivers(kinds: Mapping[str, RecordKind]) -> frozenset[str]:
    """The parameters that say who receives a record of another parameter, by the kinds of an action's parameters."""
    return frozenset(
        name
        for name, kind in kinds.items()
        if any(other.relation_to(kind.name) is not None for key, other in kinds.items() if key != name)
    )


def settle_receivers(
    records: dict[str, list[Piece]], receivers: Collection[str], aimed: Callable[[Piece], bool]
) -> Iterator[Piece]:
    """Among several possible receivers, keeps those that it goes to. Hands back the others, unless it is theirs."""
    for name in receivers:
        pieces = records.get(name, [])
        to = [each for each in pieces if aimed(each)]
        if not to or len(to) == len(pieces):
            continue
        records[name] = to
        owners = [
            condition.owner
            for every in records.values()
            for each in every
            if (find := _find_of(each)) is not None
            for condition in find.where
            if isinstance(condition, BelongsTo)
        ]
        yield from (each for each in pieces if each not in to and _find_of(each) not in owners)


def _find_of(piece: Piece) -> Find | None:
    reference = piece.argument.reference if isinstance(piece.argument, RecordArgument) else None
    return reference if isinstance(reference, Find) else None


class StretchDirections(StretchValues):
    """Tells what is given from who receives it, if the words allow either."""

    @cached_property
    def _receivers(self) -> frozenset[str]:
        return list_receivers({name: kind for name in self.offer.properties if (kind := self.kind(name)) is not None})

    def _read_receiver(self, at: int) -> tuple[str, Piece] | None:
        """The receiver between a verb of giving and what is given, "give Ada job 7", with its parameter."""
        reader = self.reader
        behind = range(at + 1, min(at + _MOST_NAMED, self.stop))
        noun = next((each for each in behind if reader.noun(each) or reader.low(each) in lexicon.DETERMINERS), None)
        if noun is None or reader.low(at - 1) not in GIVING or reader.tokens[noun - 1].owns or reader.noun(at):
            return None
        if reader.low(at) in lexicon.DETERMINERS | lexicon.QUANTITIES:
            return None  # "give the ceiling job to Ada"
        for name in self._receivers - self.records.keys():
            kind = self.kind(name)
            phrase = read_phrase(reader, at, noun, kind)
            if kind is not None and phrase is not None and phrase.last == noun and phrase.find.said is not None:
                return name, Piece(at, noun, RecordArgument(reference=self._to(kind, phrase.find)))
        return None

    def _find_renewed(self, at: int) -> str | None:
        """The parameter of the record right before a correction, which a name behind it says anew: "7 to Ada, no, to
        Bo". None if there is no such record, or a number stands there."""
        reader = self.reader
        places = (mark for mark in reader.corrections if mark[1] <= at and not any(map(str.isdigit, reader.low(at))))
        for first, stop in places:
            if all(reader.is_mark(step) or reader.low(step) in _TOWARDS for step in range(stop, at)):
                ends = {name: pieces[-1].last for name, pieces in self.records.items()}
                return next((name for name, last in ends.items() if first - 1 <= last <= first), None)
        return None

    def _is_aimed(self, phrase: Phrase) -> bool:
        return self._aimed_at(Piece(phrase.first, phrase.last, RecordArgument(reference=phrase.find)))

    def _settle_direction(
        self, receiver: tuple[str, Phrase, Find], others: Sequence[tuple[str, Phrase, Find]]
    ) -> tuple[str, Phrase, Find]:
        """Settles a name that may be the given record or the receiver: "move Ada to room 7" is about her stay. People
        have names more often than rooms do, and nothing goes "to Ada"."""
        mine = self.reader.kinds[receiver[1].find.record]
        if self._is_put_on(receiver[1], [name for name, _, _ in others]):
            return receiver
        for other in others if not self._is_aimed(receiver[1]) else ():
            owners = [each.owner for each in other[2].where if isinstance(each, BelongsTo)]
            kinds = [self.reader.kinds[each.record] for each in owners if isinstance(each, Find)]
            if any(rate_person_likeness(each) > rate_person_likeness(mine) for each in kinds):
                return other
        return receiver

    def _is_put_on(self, phrase: Phrase, given: Sequence[str]) -> bool:
        """Whether somebody is put on one of the records that are given: "put Ada on job 7"."""
        at = phrase.last + 1 + (self.reader.low(phrase.last + 1) in lexicon.DETERMINERS)
        noun = self.reader.noun(at) if self.reader.low(phrase.last) in {"on", "onto"} else None
        return noun is not None and noun[0].name in {self.offer.annotation(each).record for each in given}

    def _share_names(self) -> None:
        """Gives a name to the receiving parameter: before what is given ("give Ada task 6", "give Ada the old lamp"),
        and beside another record of the same parameter."""
        for given, pieces in list(self.records.items()):
            named = [each for each in pieces if self._is_name(each)]
            for name in self._receivers - {given} if len(named) == 1 else ():
                got = self.records.get(name, [])
                rest = [each for each in (*pieces, *got) if each is not named[0]]
                kind, other = self.kind(name), self.kind(given)
                between = range(named[0].last, rest[0].first) if len(rest) == 1 else range(1)
                if not all(self.reader.low(at) in lexicon.DETERMINERS | _GETTING for at in between):
                    continue
                if len(rest) != 1 or self._is_name(rest[0]) or not (kind and other):
                    continue
                if (to := self._read_again(named[0], kind)) and (what := self._read_again(rest[0], other)):
                    self.records[name], self.records[given] = [to], [what]
                    break

    def _read_again(self, piece: Piece, kind: RecordKind) -> Piece | None:
        """Reads a piece again as a record of another kind."""
        phrase = read_phrase(self.reader, piece.first, piece.last, kind)
        if phrase is None or phrase.last != piece.last or not self._leads(kind, phrase.find):
            return None
        return replace(piece, argument=RecordArgument(reference=self._to(kind, phrase.find)))

    def _is_name(self, piece: Piece) -> bool:
        """Whether a piece can only be a name: a capital, and no noun of a kind."""
        find = piece.argument.reference if isinstance(piece.argument, RecordArgument) else None
        places = range(piece.first, piece.last)
        whose = [each.owner for each in find.where if isinstance(each, BelongsTo)] if isinstance(find, Find) else []
        if isinstance(find, Find) and find.said is None and len(find.where) == len(whose) == 1:
            find = whose[0]  # a name alone, of somebody whose record it may be
        return (
            isinstance(find, Find)
            and ((find.said is not None and not find.where) or tells_only(find, BelongsTo))
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
            thing = self.reader.thing if find.pick == "all" and find.bare else None
            if thing is not None and thing.said is not None and kind.relation_to(thing.record) is not None:
                return Find(
                    record=kind.name, where=(BelongsTo(owner=thing),), pick=pick
                )  # "cancel 7 and refund everyone"
            return Find(record=kind.name, where=(BelongsTo(owner=find), *such), pick=pick)
        return find


def _of_those(condition: Condition, kind: RecordKind) -> tuple[Condition, ...]:
    """Reads conditions on records as conditions on the people who have them: "remind everyone with bills over 100"."""
    related = condition.related if isinstance(condition, Has) and (condition.op, condition.count) == (">=", 1) else None
    return related.where if isinstance(related, Find) and related.record == kind.name else ()
