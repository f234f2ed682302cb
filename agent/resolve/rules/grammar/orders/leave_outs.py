"""Records left out of a set that was read before: "everybody with 5 days except Ada", "but leave Ada's alone"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from agent.planning.proposal import Except, Find, RecordArgument
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.interpretation import Piece
from agent.resolve.rules.grammar.orders.text_parameters import TELLING
from agent.resolve.rules.grammar.reader import Reader

_MOST_BEFORE: Final = 2
_LEADING: Final = frozenset(("on", "for", "to", "at", "from", "with", "by"))
_INSTEAD: Final = (("instead", "of"), ("rather", "than"))
_AGAINST: Final = frozenset((",", "but", "and", ";"))
_AS_IT_IS: Final = frozenset(("alone", "be", "out", "untouched", "unchanged", "as", "of", "it", "they", "is", "are"))
_LISTING: Final = frozenset(("and", "or"))


def count_excepting(reader: Reader, at: int) -> int:
    """How many words such as "except" stand before a token."""
    return next((len(words) for words in lexicon.EXCEPT if reader.lows(at - len(words), len(words)) == words), 0)


def leave_out(pieces: list[Piece], reference: Find) -> bool:
    """Excludes records from the last set ("all of Ada's to Bo except the two about keys"). False if there is no set, so
    that nothing is settled."""
    whole = find_set(pieces)
    if whole is None:
        return False
    if reference.said is None and reference.order is None:
        reference = reference.model_copy(update={"pick": "all"})  # "except Ada's": none of hers
    where = (*whole.where, Except(left_out=reference))
    less = RecordArgument(reference=whole.model_copy(update={"where": where}))
    pieces[-1] = replace(pieces[-1], argument=less)
    return True


def drop_denied(reader: Reader, pieces: Sequence[Piece]) -> tuple[list[Piece], set[int]]:
    """The pieces without those that "not" sets against them ("7, not 9", "Monday, not on Friday"), and the tokens of
    those."""
    read = [(each, _find_not_before(reader, each.first)) for each in pieces]
    dropped = {at for each, first in read if first is not None for at in range(first, each.last)}
    return [each for each, first in read if first is None], dropped


def drop_spared(reader: Reader, pieces: Sequence[Piece]) -> tuple[list[Piece], set[int]]:
    """The pieces without those that a clause leaves as they are ("leave 7, close 8"), if another one is left, and the
    tokens of that clause. Of a set that was read before, they are left out: "close all, but leave 7 alone"."""
    kept, spared = list[Piece](), list[Piece]()
    for each in sorted(pieces, key=lambda piece: piece.first):
        listed = bool(spared) and set(reader.lows(spared[-1].last, each.first - spared[-1].last)) <= _LISTING
        if listed or _find_sparing(reader, each.first):
            spared.append(each)
        else:
            kept.append(each)
    if not kept or not spared:
        return [*pieces], set()
    for each in spared if find_set(kept) is not None else ():
        find = each.argument.reference if isinstance(each.argument, RecordArgument) else None
        if not isinstance(find, Find) or each.first < kept[-1].last or not leave_out(kept, find):
            return kept, set()  # the words of the clause stay unread, so that the order is asked about
    said = {at for each in spared for at in range(_find_sparing(reader, each.first) or each.first, each.last)}
    end = spared[-1].last
    while end < len(reader.tokens) and reader.low(end) in _AS_IT_IS:
        end += 1
    return kept, said | {*range(spared[-1].last, end)}


def _find_sparing(reader: Reader, at: int) -> int:
    """Where the words begin that leave as it is what begins at a token, with their "but". 0 if there are none."""
    while at > 0 and (reader.low(at - 1) in lexicon.DETERMINERS or reader.noun(at - 1) is not None):
        at -= 1
    if at == 0 or reader.low(at - 1) not in lexicon.SPARING - lexicon.NOT - {"but"}:
        return 0
    opens = at == 1 or reader.is_mark(at - 2) or reader.low(at - 2) in _AGAINST
    return max(at - 2, 1) if opens else 0


def drop_told(reader: Reader, pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without those in what somebody is told: "tell Ada that her parcel comes", "let Bo know his bill is
    paid"."""
    if not pieces or not _is_told(reader, pieces[0]):
        return [*pieces]
    told = next((each.last for each in pieces if reader.low(each.last) in {"that", "know"}), None)
    return [each for each in pieces if told is None or each.first < told]


def _is_told(reader: Reader, piece: Piece) -> bool:
    return any(reader.low(at) in TELLING for at in range(max(0, piece.first - _MOST_BEFORE), piece.first))


def _find_not_before(reader: Reader, at: int) -> int | None:
    """The "not" before a value that only a comma or "but" leads to, or "instead of". None if there is none."""
    while at > 1 and (reader.low(at - 1) in lexicon.DETERMINERS | _LEADING or reader.noun(at - 1) is not None):
        at -= 1
    if reader.lows(at - 2, 2) in _INSTEAD:
        return at - 2
    return at - 1 if reader.low(at - 1) == "not" and reader.low(at - 2) in _AGAINST else None


def find_set(pieces: Sequence[Piece]) -> Find | None:
    """The set of records that was read last, or None."""
    argument = pieces[-1].argument if pieces else None
    find = argument.reference if isinstance(argument, RecordArgument) else None
    return find if isinstance(find, Find) and find.pick != "one" else None
