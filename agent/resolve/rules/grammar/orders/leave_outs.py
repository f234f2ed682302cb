"""Records left out of a set that was read before: "everybody with 5 days except Ada", "but leave Ada's alone"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from agent.planning.proposal import Except, Find, RecordArgument
from agent.resolve.rules.grammar import lexicon
from agent.resolve.rules.grammar.orders.interpretation import Piece
from agent.resolve.rules.grammar.phrases.phrase_parts import Phrase
from agent.resolve.rules.grammar.reader import Reader


def is_left_out(reader: Reader, at: int) -> bool:
    """Whether words such as "except" stand before a token."""
    return any(reader.lows(at - len(words), len(words)) == words for words in lexicon.EXCEPT)


def leave_out(pieces: list[Piece], phrase: Phrase, reference: Find) -> bool:
    """Excludes a phrase's records from the last set ("all of Ada's to Bo except the two about keys"). False if there is
    no set, so that nothing is settled."""
    whole = find_set(pieces)
    if whole is None:
        return False
    where = (*whole.where, Except(left_out=reference))
    less = RecordArgument(reference=whole.model_copy(update={"where": where}))
    pieces[-1] = replace(pieces[-1], last=phrase.last, argument=less)
    return True


def find_spared(reader: Reader, pieces: Sequence[Piece], phrase: Phrase) -> tuple[int, int] | None:
    """Finds an exemption after a set that can't be read: "(all of them) but leave Ada's alone"."""
    if find_set(pieces) is None:
        return None
    spared = (at for at in range(pieces[-1].last, phrase.first) if reader.low(at) in lexicon.SPARING)
    return next(((at, phrase.last) for at in spared), None)


def find_set(pieces: Sequence[Piece]) -> Find | None:
    """The set of records that was read last, or None."""
    argument = pieces[-1].argument if pieces else None
    find = argument.reference if isinstance(argument, RecordArgument) else None
    return find if isinstance(find, Find) and find.pick != "one" else None
