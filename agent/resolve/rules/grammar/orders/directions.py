"""Directions: from whom something goes and to whom ("move the jobs from Omar to Helena").

Only who gets it is a value of the action. Who has it now tells which records are meant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from agent.planning.proposal import BelongsTo, Find, RecordArgument
from agent.resolve.rules.grammar.orders.interpretation import SURE_VERB, Piece
from agent.resolve.rules.grammar.phrases.phrase_parts import guess
from agent.resolve.rules.grammar.reader import Reader
from registry.records import RecordKind

_AWAY: Final = (("from",), ("off",), ("off", "of"), ("instead", "of"), ("rather", "than"))


def list_receivers(kinds: Mapping[str, RecordKind]) -> frozenset[str]:
    """The parameters that say who gets a record of another parameter, by the kinds of an action's parameters."""
    return frozenset(
        name
        for name, kind in kinds.items()
        if any(other.relation_to(kind.name) is not None for key, other in kinds.items() if key != name)
    )


def has_it_now(reader: Reader, piece: Piece, verbs: Mapping[int, float]) -> bool:
    """Whether a phrase says who has it now: "from Ada", "instead of Ada", "Ada hands over …"."""
    if any(reader.lows(piece.first - len(words), len(words)) == words for words in _AWAY):
        return True
    return (
        verbs.get(piece.last, 0.0) >= SURE_VERB
        and reader.low(piece.last).endswith("s")
        and reader.noun(piece.last) is None
    )


def settle_holders(
    reader: Reader, records: dict[str, list[Piece]], holders: Sequence[Piece], kinds: Mapping[str, RecordKind]
) -> Iterator[Piece]:
    """Takes who has it now as a condition on what is given; what can't be is handed back."""
    for piece in holders:
        find = _find_of(piece)
        given = [name for name in records if find is not None and kinds[name].relation_to(find.record) is not None]
        if find is None or not given:
            yield piece
            continue
        for name in given:
            owner = guess(reader, kinds[name], find)
            records[name] = [_with_owner(each, owner) for each in records[name]]


def settle_receivers(
    records: dict[str, list[Piece]], receivers: Collection[str], aimed: Callable[[Piece], bool]
) -> Iterator[Piece]:
    """Of several who may get it those that it goes to; who else was named is handed back, unless it is theirs."""
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


def _with_owner(piece: Piece, owner: Find) -> Piece:
    find = _find_of(piece)
    if find is None or any(isinstance(each, BelongsTo) and each.owner == owner for each in find.where):
        return piece
    held = find.model_copy(update={"where": (*find.where, BelongsTo(owner=owner))})
    return replace(piece, argument=RecordArgument(reference=held))


def _find_of(piece: Piece) -> Find | None:
    reference = piece.argument.reference if isinstance(piece.argument, RecordArgument) else None
    return reference if isinstance(reference, Find) else None
